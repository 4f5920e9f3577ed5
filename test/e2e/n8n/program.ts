/** The n8n that there is to start: npm's, or one in a container. */
import { execFile, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { N8N_VERSION, prepareN8n } from '../machine/cache';
import { Child } from '../machine/child';
import { step } from '../machine/steps';
import { Unavailable } from '../machine/unavailable';

/** How one of n8n's processes is started. */
export interface Start {
	role: 'start' | 'webhook' | 'worker';
	/** What n8n reads from its environment. */
	env: NodeJS.ProcessEnv;
	/** A folder for the front of n8n's PATH. */
	binFolder?: string | undefined;
	/** Folders that n8n reads and writes, besides those for temporary files. */
	folders: string[];
	logFile: string;
}

/** One of n8n's processes. */
export interface N8nProcess {
	readonly running: boolean;
	/** Of n8n itself, as this machine counts. */
	pid(): Promise<number | undefined>;
	/** Asks n8n to shut down, and after a while ends it by force. */
	stop(): Promise<void>;
	/** Ends n8n at once. */
	kill(): Promise<void>;
	/** The end of its log. */
	logTail(): Promise<string>;
}

export type StartN8n = (start: Start) => N8nProcess;

const ENGINES = ['docker', 'podman'] as const;
type ContainerEngine = (typeof ENGINES)[number];

const IMAGE = `docker.n8n.io/n8nio/n8n:${N8N_VERSION}`;

/**
 * Finds an n8n. npm's comes first; from n8n 3 on npm has none that runs, and n8n's own image takes its place.
 * `E2E_N8N` chooses: npm, docker or podman.
 *
 * @throws {Unavailable} where there is none
 */
export async function findN8n(): Promise<StartN8n> {
	const wanted = process.env.E2E_N8N ?? '';
	let reason = 'npm was not wanted';
	if (wanted === 'npm' || wanted === '') {
		try {
			return fromNpm(await prepareN8n());
		} catch (error) {
			reason = error instanceof Error ? error.message : String(error);
		}
	}
	const engine = ENGINES.find((each) => (wanted === '' || wanted === each) && works(each));
	if (engine === undefined) {
		const engines = wanted === '' ? ENGINES.join(' or ') : wanted;
		throw new Unavailable(
			`n8n ${N8N_VERSION} cannot be had: from npm (${reason}), or in a container (no ${engines} that works)`,
		);
	}
	await step(`The image ${IMAGE}`, async () => await haveImage(engine));
	return inContainer(engine);
}

/** With the Node that the cache brings. */
function fromNpm({ node, script }: { node: string; script: string }): StartN8n {
	return ({ role, env, binFolder, logFile }) => {
		const searchPath = [binFolder, path.dirname(node), process.env.PATH];
		const PATH = searchPath.filter(Boolean).join(path.delimiter);
		const child = new Child(node, [script, role], { env: { ...env, PATH }, logFile });
		return {
			get running() {
				return child.running;
			},
			pid: async () => await Promise.resolve(child.pid),
			stop: async () => await child.stop(),
			kill: async () => await child.stop(0),
			logTail: async () => await child.logTail(),
		};
	};
}

/** The PATH of n8n's image. */
const PATH_INSIDE = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** In a container that sees this machine's network, and the folders under their own names. */
function inContainer(engine: ContainerEngine): StartN8n {
	return ({ role, env, binFolder, folders, logFile }) => {
		const name = `deapi-e2e-${randomUUID()}`;
		const inside = { ...env, PATH: [binFolder, PATH_INSIDE].filter(Boolean).join(':') };
		const { uid, gid } = process.getuid ? { uid: process.getuid(), gid: process.getgid?.() } : {};
		const child = new Child(
			engine,
			[
				...['run', '--rm', '--name', name, '--network', 'host'],
				...(uid === undefined ? [] : ['--user', `${uid}:${gid}`]),
				...['--security-opt', 'label=disable'],
				...[tmpdir(), ...folders].flatMap((folder) => ['--volume', `${folder}:${folder}`]),
				...Object.entries(inside).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
				...[IMAGE, role],
			],
			{ logFile },
		);
		const end = async (...command: string[]) => {
			await promisify(execFile)(engine, [...command, name]).catch(() => undefined);
			await child.stop();
		};
		// The last resort: what the engine has started does not end with the engine's client.
		process.on('exit', () => child.running && spawnSync(engine, ['kill', name]));
		return {
			get running() {
				return child.running;
			},
			pid: async () => {
				const asked = ['inspect', '--format', '{{.State.Pid}}', name];
				const init = (await promisify(execFile)(engine, asked)).stdout.trim();
				// The first process of n8n's image is an init, which starts n8n.
				const children = await readFile(`/proc/${init}/task/${init}/children`, 'utf8').catch(
					() => '',
				);
				const [n8n = ''] = children.split(' ');
				if (n8n === '') throw new Unavailable('a way to see what runs in a container');
				return Number(n8n);
			},
			stop: async () => await end('stop', '--time', '20'),
			kill: async () => await end('kill'),
			logTail: async () => await child.logTail(),
		};
	};
}

async function haveImage(engine: ContainerEngine): Promise<void> {
	const ask = async (...command: string[]) =>
		await promisify(execFile)(engine, [...command, IMAGE]);
	await ask('image', 'inspect').catch(async () => {
		await ask('pull').catch((error: unknown) => {
			throw new Unavailable(`${engine} cannot get ${IMAGE}: ${String(error)}`);
		});
	});
}

/** Whether the engine is there, and can be reached. */
function works(engine: ContainerEngine): boolean {
	return spawnSync(engine, ['info'], { stdio: 'ignore' }).status === 0;
}
