/**
 * The main jobs, once, for a person to watch: a song goes through the built package in n8n's real
 * engine to deAPI, and an MP4 comes back; then a whole song, as one film of several clips. On the fake
 * service, or on the real one when `DEAPI_API_KEY` is set. There the film is made with
 * `DEAPI_DEMO_FILM=1` only: it is several paid jobs.
 *
 * Usage: npm run demo [-- song.mp3]
 */
import '../test/support/setup';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Container } from '@n8n/di';
import type { ICredentialDataDecryptedObject, IDataObject, INode, INodeType } from 'n8n-workflow';
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
const FIXTURES = path.join(ROOT, 'test', 'fixtures');
const SONG = path.join(FIXTURES, 'song.mp3');
const LONG_SONG = path.join(FIXTURES, 'songs', 'half-minute.mp3');
/** The node in the example. */
const GENERATE = 'Generate Video';
const started = Date.now();

/** How many lines this has printed. */
let linesSaid = 0;

function say(text: string): void {
	linesSaid += 1;
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

/** What the node is told: how to wait, and what to do with a song that is longer than a clip. */
type Parameters = INode['parameters'];

const VIDEO: Parameters = { whenTooLong: 'shorten', options: { pollInterval: 1 } };
const FILM: Parameters = { whenTooLong: 'clips', options: { pollInterval: 1 } };

/** Reads an example and puts this machine's paths and what the node is told into it. */
function readExample(song: string, parameters: Parameters, video = ''): SavedWorkflow {
	const file = path.join(ROOT, 'examples', 'song-to-video.json');
	const workflow = JSON.parse(readFileSync(file, 'utf8')) as SavedWorkflow;
	for (const node of workflow.nodes) {
		if (node.name === 'Read Song') node.parameters.fileSelector = song;
		if (node.name === 'Write Video') node.parameters.fileName = video;
		if (node.name === GENERATE) {
			node.parameters = { ...node.parameters, lengthMode: 'matchAudio', ...parameters };
		}
	}
	return workflow;
}

/** Prints what the node writes into n8n's log: each request ID at once, then the progress of the jobs. */
async function showLog(): Promise<void> {
	const { Logger } = await import('@n8n/backend-common');
	const logger = Container.get(Logger);
	const lines = new ProgressLines();
	const show = (message: string) => {
		if (!message.startsWith('deAPI')) return;
		const [, what, status, progress] = PROGRESS.exec(message) ?? [];
		if (what === undefined) say(message);
		else lines.show(what, Number(progress ?? 0), status ?? '');
	};
	Object.defineProperty(logger, 'info', { value: show });
	Object.defineProperty(logger, 'debug', { value: show });
}

/** What the node says of a job's state, e.g. `deAPI clip 3 of 4: processing 34.1 %`. */
const PROGRESS = /^deAPI (.+): (\w+)(?: ([\d.]+) %)?$/;

/** A line for each job, which says how far it is. */
class ProgressLines {
	private readonly lines: string[] = [];

	/** Prints a job's line, or in a terminal writes over the one it has. */
	show(what: string, percent: number, status: string): void {
		const done = Math.round(percent / 5);
		const bar = `${'█'.repeat(done)}${'░'.repeat(20 - done)} ${Math.round(percent)} %`;
		if (!process.stdout.isTTY) {
			say(`deAPI ${what}: ${status} ${bar}`);
			return;
		}
		// Whatever was said in between has closed the block of lines.
		if (linesSaid !== this.lastSaid) this.lines.length = 0;
		const place = this.lines.indexOf(what);
		const up = place < 0 ? 0 : this.lines.length - place;
		if (place < 0) this.lines.push(what);
		process.stdout.write(up > 0 ? `\x1b[${up}A\x1b[2K` : '');
		say(`deAPI ${what}: ${status} ${bar}`);
		process.stdout.write(up > 1 ? `\x1b[${up - 1}B` : '');
		this.lastSaid = linesSaid;
	}

	private lastSaid = 0;
}

/** Runs the example and gives the item that left the node. */
async function run(
	workflow: SavedWorkflow,
	credentials: ICredentialDataDecryptedObject,
): Promise<IDataObject> {
	const nodeTypes = { [DEAPI_NODE]: builtNode('Deapi.node.js', 'Deapi') };
	const result = await startWorkflow(workflow, { credentials, nodeTypes }).result;
	const [item] = outputOf(result, GENERATE);
	if (item === undefined) {
		const { message, description } = errorOf(result);
		throw new Error(`${message}\n${description}`);
	}
	return item.json;
}

/** Asks deAPI what it would cost, and sends nothing. */
async function sayPrice(
	credentials: ICredentialDataDecryptedObject,
	song: string,
	{ whenTooLong }: Parameters,
): Promise<void> {
	const workflow = readExample(song, { operation: 'estimatePrice', whenTooLong, options: {} });
	workflow.nodes = workflow.nodes.filter(({ name }) => name !== 'Write Video');
	const { price, currency, clips } = await run(workflow, credentials);
	const count = typeof clips === 'number' && clips > 1 ? ` for ${clips} clips` : '';
	say(`deAPI asks for ${text(price)} ${text(currency)}${count}`);
}

/** A song becomes a file beside the others of this folder. */
async function generate(
	credentials: ICredentialDataDecryptedObject,
	song: string,
	parameters: Parameters,
): Promise<void> {
	const isFilm = parameters === FILM;
	const folder = path.join(ROOT, 'out');
	mkdirSync(folder, { recursive: true });
	const video = path.join(folder, `${path.parse(song).name}${isFilm ? '-film' : ''}.mp4`);
	say(`Song: ${path.relative(process.cwd(), song)} (${statSync(song).size} bytes)`);

	const workflow = readExample(song, parameters, video);
	const names = workflow.nodes
		.filter(({ type }) => !type.endsWith('stickyNote'))
		.map(({ name }) => name);
	say(`Workflow: ${names.join(' → ')}`);
	const json = await run(workflow, credentials);
	if (!isFilm) say(`request_id: ${text(json.request_id)}`);
	const content = readFileSync(video);
	if (content.subarray(4, 8).toString() !== 'ftyp') throw new Error('What came back is no MP4');
	const size = `${content.length} bytes, ${text(json.video_seconds)} s`;
	const ids = Array.isArray(json.request_ids) ? `, of ${json.request_ids.length} clips` : '';
	say(`${isFilm ? 'Film' : 'Video'}: ${path.relative(process.cwd(), video)} (${size}${ids})`);
}

/** The demo on the fake service, with the trigger's workflow listening for its signed webhook. */
async function demoOnFake(song: string, longSong: string): Promise<void> {
	const webhookSecret = 'the-demo-signs-its-webhooks-with-this';
	const fake = await startFakeDeapi({
		pendingMs: 1000,
		processingMs: 3000,
		results: 'film',
		webhookSecret,
	});
	const credentials = { apiKey: 'test-key', baseUrl: fake.url, webhookSecret };
	const trigger = builtNode('DeapiTrigger.node.js', 'DeapiTrigger');
	const host = await startWebhookHost({ credentials, trigger });
	try {
		say(`Service: the fake deAPI at ${fake.url} (set DEAPI_API_KEY for the real one)`);
		// As if the URL had been entered in the dashboard; a URL per job would have to be https.
		fake.settings.accountWebhookUrl = host.url;
		await generate(credentials, song, VIDEO);
		await fake.waitFor(() => host.received().length > 0);
		for (const { json, binary } of host.received()) {
			say(`Trigger: ${text(json.event)} for ${text(json.request_id)} started its workflow`);
			say(
				`Trigger: the video lies in '${Object.keys(binary ?? {}).join()}' (${binary?.data?.fileSize})`,
			);
		}
		fake.settings.accountWebhookUrl = undefined;
		say(
			'And a whole song, as one film: read to its end, cut into pieces of equal length, a job a clip, joined under the song',
		);
		await generate(credentials, longSong, FILM);
	} finally {
		await host.close();
		await fake.close();
	}
}

/** The demo on the real service; before each part it says what that costs. */
async function demoOnReal(apiKey: string, song: string, longSong: string): Promise<void> {
	const baseUrl = process.env.DEAPI_BASE_URL ?? 'https://api.deapi.ai';
	const credentials = { apiKey, baseUrl };
	say(`Service: the real deAPI at ${baseUrl} (DEAPI_API_KEY is set; this costs money)`);
	await sayPrice(credentials, song, VIDEO);
	await generate(credentials, song, VIDEO);
	if (process.env.DEAPI_DEMO_FILM !== '1') {
		say('A whole song as one film is several paid jobs: DEAPI_DEMO_FILM=1 makes it too');
		return;
	}
	await sayPrice(credentials, longSong, FILM);
	await generate(credentials, longSong, FILM);
}

async function main(): Promise<void> {
	const [, , own] = process.argv;
	const song = path.resolve(own ?? SONG);
	const longSong = path.resolve(own ?? LONG_SONG);
	if (!existsSync(song)) throw new Error(`There is no file ${song}`);
	await useBinaryMode('filesystem');
	await showLog();
	const apiKey = process.env.DEAPI_API_KEY;
	if (apiKey) await demoOnReal(apiKey, song, longSong);
	else await demoOnFake(song, longSong);
	say('Done.');
}

main().then(
	() => process.exit(0),
	(error: unknown) => {
		process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
		process.exit(1);
	},
);
