/**
 * The main job, once, for a person to watch: a song goes through the built package in n8n's real
 * engine to deAPI, and an MP4 comes back. On the fake service, or on the real one when
 * `DEAPI_API_KEY` is set.
 *
 * Usage: npm run demo [-- song.mp3]
 */
import '../test/support/setup';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Container } from '@n8n/di';
import type { ICredentialDataDecryptedObject, INodeType } from 'n8n-workflow';
import { startFakeDeapi } from '../test/fake-deapi';
import {
	DEAPI_NODE,
	errorOf,
	outputOf,
	type SavedWorkflow,
	startWorkflow,
	useBinaryMode,
} from '../test/support/engine';
import { startWebhookHost } from '../test/support/webhook-host';

const ROOT = path.join(__dirname, '..');
const SONG = path.join(ROOT, 'test', 'fixtures', 'song.mp3');
const started = Date.now();

function say(text: string): void {
	const seconds = ((Date.now() - started) / 1000).toFixed(1).padStart(5);
	process.stdout.write(`${seconds} s  ${text}\n`);
}

/** A field of an item, as it is shown: these are texts. */
function text(value: unknown): string {
	return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What the user will install: the built files, not their sources. */
function builtNode(file: string, name: string): INodeType {
	const modules = createRequire(__filename)(path.join(ROOT, 'dist', 'nodes', 'Deapi', file)) as {
		[name: string]: new () => INodeType;
	};
	const Type = modules[name];
	if (Type === undefined) throw new Error(`The build has no ${name}`);
	return new Type();
}

/** Reads an example and puts this machine's paths into its two file nodes. */
function readExample(song: string, video: string): SavedWorkflow {
	const file = path.join(ROOT, 'examples', 'song-to-video.json');
	const workflow = JSON.parse(readFileSync(file, 'utf8')) as SavedWorkflow;
	for (const { name, parameters } of workflow.nodes) {
		if (name === 'Read Song') parameters.fileSelector = song;
		if (name === 'Write Video') parameters.fileName = video;
		if (name === 'Generate Video') parameters.options = { pollInterval: 1 };
	}
	return workflow;
}

/** Prints what the node writes into n8n's log: the request ID at once, then the job's progress. */
async function showLog(): Promise<void> {
	const { Logger } = await import('@n8n/backend-common');
	const logger = Container.get(Logger);
	const show = (message: string, facts: { progress?: number } = {}) => {
		if (!message.startsWith('deAPI')) return;
		const { progress } = facts;
		if (progress === undefined) {
			say(message);
			return;
		}
		const done = Math.round(progress / 5);
		say(`${message} ${'█'.repeat(done)}${'░'.repeat(20 - done)} ${Math.round(progress)} %`);
	};
	Object.defineProperty(logger, 'info', { value: show });
	Object.defineProperty(logger, 'debug', { value: show });
}

async function generate(credentials: ICredentialDataDecryptedObject, song: string): Promise<void> {
	const folder = path.join(ROOT, 'out');
	mkdirSync(folder, { recursive: true });
	const video = path.join(folder, `${path.parse(song).name}.mp4`);
	say(`Song: ${path.relative(process.cwd(), song)} (${statSync(song).size} bytes)`);

	const workflow = readExample(song, video);
	say(
		`Workflow: ${workflow.nodes
			.filter(({ type }) => !type.endsWith('stickyNote'))
			.map(({ name }) => name)
			.join(' → ')}`,
	);
	const run = await startWorkflow(workflow, {
		credentials,
		nodeTypes: { [DEAPI_NODE]: builtNode('Deapi.node.js', 'Deapi') },
	}).result;
	const [item] = outputOf(run, 'Generate Video');
	if (item === undefined) {
		const { message, description } = errorOf(run);
		throw new Error(`${message}\n${description}`);
	}
	say(`request_id: ${text(item.json.request_id)}`);
	const content = readFileSync(video);
	if (content.subarray(4, 8).toString() !== 'ftyp') throw new Error('What came back is no MP4');
	say(`Video: ${path.relative(process.cwd(), video)} (${content.length} bytes)`);
}

/** The demo on the fake service, with the trigger's workflow listening for its signed webhook. */
async function demoOnFake(song: string): Promise<void> {
	const webhookSecret = 'the-demo-signs-its-webhooks-with-this';
	const fake = await startFakeDeapi({ pendingMs: 1000, processingMs: 3000, webhookSecret });
	const credentials = { apiKey: 'test-key', baseUrl: fake.url, webhookSecret };
	const trigger = builtNode('DeapiTrigger.node.js', 'DeapiTrigger');
	const host = await startWebhookHost({ credentials, trigger });
	try {
		say(`Service: the fake deAPI at ${fake.url} (set DEAPI_API_KEY for the real one)`);
		// As if the URL had been entered in the dashboard; a URL per job would have to be https.
		fake.settings.accountWebhookUrl = host.url;
		await generate(credentials, song);
		await fake.waitFor(() => host.received().length > 0);
		for (const { json, binary } of host.received()) {
			say(`Trigger: ${text(json.event)} for ${text(json.request_id)} started its workflow`);
			say(
				`Trigger: the video lies in '${Object.keys(binary ?? {}).join()}' (${binary?.data?.fileSize})`,
			);
		}
	} finally {
		await host.close();
		await fake.close();
	}
}

async function main(): Promise<void> {
	const song = path.resolve(process.argv[2] ?? SONG);
	if (!existsSync(song)) throw new Error(`There is no file ${song}`);
	await useBinaryMode('filesystem');
	await showLog();
	const apiKey = process.env.DEAPI_API_KEY;
	if (apiKey) {
		const baseUrl = process.env.DEAPI_BASE_URL ?? 'https://api.deapi.ai';
		say(`Service: the real deAPI at ${baseUrl} (DEAPI_API_KEY is set; this costs money)`);
		await generate({ apiKey, baseUrl }, song);
	} else {
		await demoOnFake(song);
	}
	say('Done.');
}

main().then(
	() => process.exit(0),
	(error: unknown) => {
		process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
		process.exit(1);
	},
);
