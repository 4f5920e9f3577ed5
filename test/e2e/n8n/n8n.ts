import { execFile } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../machine/ports';
import { atTheEnd } from '../machine/teardown';
import type { N8nProcess, Start, StartN8n } from './program';

interface N8nOptions {
	startN8n: StartN8n;
	/** Where n8n keeps everything: settings, database, files, community packages. */
	userFolder: string;
	port: number;
	logFile: string;
	/** The address under which the world calls this n8n's webhooks. */
	publicUrl?: string;
	/** A folder for the front of n8n's PATH. */
	binFolder?: string;
	/** Which of n8n's processes this is: the last two are for queue mode. */
	role?: Start['role'];
	env?: NodeJS.ProcessEnv;
	/** How long to wait for n8n to be ready, in milliseconds. */
	timeout?: number;
}

/** n8n, as a program that can be started, stopped and started again on the same port and folder. */
export class N8n {
	readonly url: string;

	private running: N8nProcess | undefined;

	constructor(private readonly options: N8nOptions) {
		this.url = `http://127.0.0.1:${options.port}`;
		atTheEnd(async () => await this.stop());
	}

	/**
	 * Starts n8n and waits until it answers.
	 *
	 * @param settings variables of its environment, for this start only
	 */
	async start(settings: NodeJS.ProcessEnv = {}): Promise<void> {
		const { startN8n, binFolder, logFile, userFolder, role = 'start' } = this.options;
		const env = {
			...this.environment(),
			...settings,
			N8N_RUNNERS_BROKER_PORT: String(await freePort()),
		};
		// A container can have only folders that exist; beside n8n's own are the files of the playground.
		await mkdir(userFolder, { recursive: true });
		this.running = startN8n({ role, env, binFolder, folders: [path.dirname(userFolder)], logFile });
		await this.untilReady(this.running);
	}

	/** Asks n8n to shut down, waits for running executions as n8n does, then ends it by force. */
	async stop(): Promise<void> {
		await this.running?.stop();
		this.running = undefined;
	}

	/** Ends n8n at once, as a power cut would. */
	async kill(): Promise<void> {
		await this.running?.kill();
		this.running = undefined;
	}

	/** Stops n8n and starts it again; `settings` as for `start`. */
	async restart(settings?: NodeJS.ProcessEnv): Promise<void> {
		await this.stop();
		await this.start(settings);
	}

	/** The memory that n8n's process holds just now, in MiB. */
	async residentMiB(): Promise<number> {
		const pid = await this.running?.pid();
		if (pid === undefined) throw new Error('n8n does not run');
		const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => undefined);
		const kilobytes =
			status === undefined
				? (await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)])).stdout
				: (/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? '');
		return Number(kilobytes) / 1024;
	}

	private environment(): NodeJS.ProcessEnv {
		const { env, port, publicUrl, role, userFolder } = this.options;
		return {
			// As in n8n's own image.
			NODE_ENV: 'production',
			N8N_USER_FOLDER: userFolder,
			N8N_PORT: String(port),
			N8N_LISTEN_ADDRESS: '127.0.0.1',
			N8N_DIAGNOSTICS_ENABLED: 'false',
			N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
			N8N_TEMPLATES_ENABLED: 'false',
			N8N_PERSONALIZATION_ENABLED: 'false',
			N8N_SECURE_COOKIE: 'false',
			...(publicUrl ? { WEBHOOK_URL: publicUrl } : {}),
			...(role === 'worker'
				? { QUEUE_HEALTH_CHECK_ACTIVE: 'true', QUEUE_HEALTH_CHECK_PORT: String(port) }
				: {}),
			...env,
		};
	}

	private async untilReady(n8n: N8nProcess): Promise<void> {
		const deadline = Date.now() + (this.options.timeout ?? 180_000);
		while (!(await this.isReady())) {
			if (!n8n.running || Date.now() > deadline) {
				const what = n8n.running ? 'is not ready in time' : 'ended while starting';
				throw new Error(`n8n ${what}. Its last words:\n${await n8n.logTail()}`);
			}
			await wait(250);
		}
	}

	/** `/healthz` answers early; `/healthz/readiness` waits for the database, the settings for the rest. */
	private async isReady(): Promise<boolean> {
		const isMain = (this.options.role ?? 'start') === 'start';
		const pages = ['/healthz', '/healthz/readiness', ...(isMain ? ['/rest/settings'] : [])];
		try {
			for (const page of pages) {
				const answer = await fetch(this.url + page);
				const type = answer.headers.get('content-type') ?? '';
				await answer.text();
				if (!answer.ok || !type.includes('json')) return false;
			}
			return true;
		} catch {
			return false;
		}
	}
}
