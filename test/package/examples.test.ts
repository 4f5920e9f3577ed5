/**
 * The workflows in examples/ are what many users start from: each is run as it is shipped, through
 * n8n's engine against the fake deAPI. Only paths, addresses and intervals are this machine's.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import busboy from 'busboy';
import type { IDataObject, INode, INodeTypeDescription, IRun } from 'n8n-workflow';
import { NodeHelpers } from 'n8n-workflow';
import { Deapi as DeapiNode } from '../../nodes/Deapi/Deapi.node.ts';
import { DeapiTrigger } from '../../nodes/Deapi/DeapiTrigger.node.ts';
import {
	DEAPI_NODE,
	errorOf,
	NodeTypes,
	outputOf,
	runWorkflow,
	type SavedWorkflow,
	TRIGGER_NODE,
	useBinaryMode,
} from '../support/engine';
import { TELLS_AGENT_OF_ERRORS } from '../support/engine-versions';
import {
	type AgentStyle,
	chatNodes,
	DEAPI_TOOL,
	ExampleCredentials,
	exampleNodes,
	type ScriptedModel,
} from '../support/example-nodes';
import { closeAfterTest, Deapi, fieldsOf, filePart } from '../support/deapi';
import { startWebhookHost } from '../support/webhook-host';
import { fixture } from '../support/workflows';

const FOLDER = path.join(__dirname, '..', '..', 'examples');
const NAMES = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
const SHIPPED_FILES = '/home/node/.n8n-files';
const NOTE = 'n8n-nodes-base.stickyNote';
/** The fake's result, which every finished video is. */
const VIDEO = readFileSync(fixture('result.mp4'));

interface Example extends SavedWorkflow {
	name: string;
}

function read(file: string): Example {
	return JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8')) as Example;
}

/** A folder in place of the one that the examples name, empty for each test. */
let files = '';

beforeEach(async () => {
	files = mkdtempSync(path.join(tmpdir(), 'examples-'));
	await useBinaryMode('filesystem');
});

afterEach(async () => {
	rmSync(files, { recursive: true, force: true });
	await useBinaryMode('default');
});

/** An example as its user has filled it in. */
function filledIn(file: string, deapi: Deapi, values: { [shipped: string]: string } = {}): Example {
	let text = readFileSync(path.join(FOLDER, file), 'utf8');
	const all = { [SHIPPED_FILES]: files, 'https://api.deapi.ai': deapi.fake.url, ...values };
	for (const [shipped, own] of Object.entries(all)) text = text.replaceAll(shipped, own);
	const example = JSON.parse(text) as Example;
	for (const { parameters } of example.nodes) {
		if (parameters.waitForCompletion !== true) continue;
		parameters.options = { ...(parameters.options as IDataObject), pollInterval: 0.05 };
	}
	return example;
}

type OtherCredentials = ConstructorParameters<typeof ExampleCredentials>[1];

async function run(example: Example, deapi: Deapi, others: OtherCredentials = {}): Promise<IRun> {
	const result = await runWorkflow(example, {
		credentials: new ExampleCredentials(deapi.credentials(), others),
		nodeTypes: exampleNodes(),
	});
	return result;
}

/** The items of a node; fails with what stopped the workflow. */
function itemsOf(result: IRun, node: string, output = 0) {
	if (result.data.resultData.error) throw result.data.resultData.error;
	return outputOf(result, node, output);
}

function putSong(name: string, song = 'song.mp3'): void {
	mkdirSync(path.dirname(path.join(files, name)), { recursive: true });
	copyFileSync(fixture(song), path.join(files, name));
}

function written(name: string): Buffer {
	return readFileSync(path.join(files, name));
}

const sha256 = (data: Buffer) => createHash('sha256').update(data).digest('hex');

test('there are at least six of them', () => {
	expect(NAMES.length).toBeGreaterThanOrEqual(6);
});

describe.each(NAMES)('%s', (file) => {
	const example = read(file);
	const nodes = example.nodes.filter(({ type }) => type !== NOTE);
	const notes = example.nodes.filter(({ type }) => type === NOTE);
	const ours: { [type: string]: INodeTypeDescription } = Object.fromEntries(
		Object.entries({
			[DEAPI_NODE]: new DeapiNode(),
			[TRIGGER_NODE]: new DeapiTrigger(),
			[DEAPI_TOOL]: exampleNodes()[DEAPI_TOOL] as DeapiNode,
		}).map(([type, node]) => [
			type,
			new NodeTypes({ [type]: node }).getByNameAndVersion(type).description,
		]),
	);

	test('has a name and notes that say what it does and what to fill in', () => {
		expect(example.name).toMatch(/^[A-Z]/);
		expect(example.settings?.executionOrder).toBe('v1');
		const [about] = notes;
		expect(about?.name).toBe('About this workflow');
		expect(about?.parameters.content).toMatch(/^## .+\n/);
		expect(about?.parameters.content).toMatch(/\n1\. /);
		for (const { name } of nodes.filter(({ type }) => type in ours)) {
			expect(about?.parameters.content).toContain(`**${name}**`);
		}
	});

	test('has notes that hold their text and cover no node and no other note', () => {
		const boxes = example.nodes.map((node) => {
			const [x, y] = node.position;
			const { width, height } = node.parameters;
			if (node.type === NOTE) {
				return { node, left: x, top: y, right: x + Number(width), bottom: y + Number(height) };
			}
			// As the canvas draws it, with its name below.
			const right = x + (node.type.endsWith('.agent') ? 256 : 96);
			return { node, left: x, top: y, right, bottom: y + 144 };
		});
		for (const note of notes) {
			const box = boxes.find(({ node }) => node === note);
			for (const other of boxes.filter(({ node }) => node !== note)) {
				const isApart =
					box === undefined ||
					box.right <= other.left ||
					other.right <= box.left ||
					box.bottom <= other.top ||
					other.bottom <= box.top;
				expect({ note: note.name, on: other.node.name, isApart }).toMatchObject({ isApart: true });
			}
			const { content, width, height } = note.parameters;
			// Letters of n8n's notes are about 7 pixels wide, lines 22 high.
			const lines = String(content)
				.split('\n')
				.map((line) => Math.max(1, Math.ceil((line.length * 7) / (Number(width) - 40))));
			expect(lines.reduce((sum, each) => sum + each, 0) * 22).toBeLessThan(Number(height) + 22);
		}
	});

	test('connects all its nodes, and only nodes that it has', () => {
		const names = nodes.map(({ name }) => name);
		expect(new Set(example.nodes.map(({ name }) => name)).size).toBe(example.nodes.length);
		expect(new Set(example.nodes.map(({ id }) => id)).size).toBe(example.nodes.length);
		const targets = Object.values(example.connections).flatMap((kinds) =>
			Object.values(kinds).flatMap((outputs) => outputs.flatMap((each) => each ?? [])),
		);
		const connected = [...Object.keys(example.connections), ...targets.map(({ node }) => node)];
		expect(new Set(connected)).toEqual(new Set(names));
	});

	test('sets only what the nodes have, and all that they need', () => {
		for (const node of nodes.filter(({ type }) => type in ours)) {
			const description = ours[node.type] as INodeTypeDescription;
			const { properties } = description;
			const complete = NodeHelpers.getNodeParameters(
				properties,
				node.parameters,
				true,
				false,
				node,
				description,
			);
			// What n8n would drop: parameters that do not exist, or not beside the others.
			expect(complete).toMatchObject(node.parameters);
			const issues = NodeHelpers.getNodeParametersIssues(properties, node, description);
			expect(issues).toBeNull();
			for (const option of Object.keys((node.parameters.options ?? {}) as IDataObject)) {
				expect(shownOptions(node, description)).toContain(option);
			}
		}
	});

	test('names credentials as n8n does, and holds none', () => {
		for (const { type, credentials = {} } of nodes) {
			if (type in ours) {
				expect(credentials).toEqual({ deapiApi: { id: '', name: 'deAPI account' } });
			}
			for (const { id, name } of Object.values(credentials)) {
				expect(id).toBe('');
				expect(name).toMatch(/ account$/);
			}
		}
	});
});

/** The options that a user can add in the node's panel. */
function shownOptions(node: INode, description: INodeTypeDescription): string[] {
	return description.properties
		.filter(({ name }) => name === 'options')
		.filter((each) => NodeHelpers.displayParameter(node.parameters, each, node, description))
		.flatMap(({ options = [] }) => options)
		.filter((option) => 'type' in option)
		.filter((option) => {
			const show = option.displayOptions?.show ?? {};
			return Object.entries(show).every(([field, allowed]) =>
				allowed?.some((value) => value === node.parameters[field.replace('/', '')]),
			);
		})
		.map(({ name }) => name);
}

test('song-to-video.json reads a song and writes its video', async () => {
	const deapi = await Deapi.open();
	putSong('song.mp3');
	const result = await run(filledIn('song-to-video.json', deapi), deapi);
	const [item] = itemsOf(result, 'Write Video');
	expect(item?.json).toMatchObject({ status: 'done', request_id: deapi.requestIds[0] });
	expect(written(`${deapi.requestIds[0]}.mp4`).equals(VIDEO)).toBe(true);
});

describe('event-driven.json', () => {
	const SECRET = 'a-webhook-secret-of-40-characters-012345';
	const PLACEHOLDER = 'Paste the Production URL of the deAPI Trigger here';

	/** Publishes the example and submits its song. */
	async function submitted(deapi: Deapi) {
		const credentials = deapi.credentials({ webhookSecret: SECRET });
		const example = filledIn('event-driven.json', deapi);
		const host = await startWebhookHost({
			credentials,
			workflow: example,
			nodeTypes: { [DEAPI_NODE]: new DeapiNode(), ...exampleNodes() },
		});
		closeAfterTest(async () => await host.close());
		putSong('song.mp3');
		// The fake calls an https address only where its test asks for one; n8n's is http here.
		const publicUrl = 'https://n8n.example.com/webhook/1';
		const text = JSON.stringify(example).replace(PLACEHOLDER, publicUrl);
		const result = await runWorkflow(JSON.parse(text) as Example, {
			credentials,
			nodeTypes: { [TRIGGER_NODE]: new DeapiTrigger(), ...exampleNodes() },
			startNode: 'Start',
		});
		const [item] = itemsOf(result, 'Submit Song');
		const [job] = deapi.fake.jobs;
		expect(item?.json).toMatchObject({ request_id: job?.request_id });
		expect(item?.json).not.toHaveProperty('status');
		expect(job?.webhookUrl).toBe(publicUrl);
		const deliver = async (event: string, data: IDataObject = {}) => {
			const target = { url: host.url, event, secret: SECRET, ...(job ? { job } : {}) };
			const delivery = await deapi.fake.deliver({ ...target, data });
			expect(delivery).toMatchObject({ status: 200, ok: true });
			await host.idle();
			const execution = host.executions.at(-1)?.run;
			if (!execution) throw new Error('The call has started nothing');
			return execution;
		};
		return { job, deliver };
	}

	test('submits without waiting, and saves the video when the webhook comes', async () => {
		const deapi = await Deapi.open();
		const { job, deliver } = await submitted(deapi);
		await deapi.fake.waitFor(() => job?.status === 'done');
		const saved = itemsOf(await deliver('job.completed'), 'Write Video');
		expect(saved).toHaveLength(1);
		expect(saved[0]?.json).toMatchObject({ event: 'job.completed' });
		expect(written(`${job?.request_id}.mp4`).equals(VIDEO)).toBe(true);
	});

	test('keeps a job without a video apart', async () => {
		const deapi = await Deapi.open();
		const { job, deliver } = await submitted(deapi);
		await deapi.fake.waitFor(() => job?.status === 'done');
		const failed = await deliver('job.failed', { error_message: 'worker-error', status: 'error' });
		expect(itemsOf(failed, 'No Video')[0]?.json).toMatchObject({ error_message: 'worker-error' });

		deapi.fake.faults.add({ route: 'result', times: 10, fault: { type: 'expired' } });
		const lost = await deliver('job.completed');
		expect(itemsOf(lost, 'No Video')[0]?.json).toHaveProperty('download_error');
		expect(readdirSync(files)).toEqual(['song.mp3']);
	});

	test('sends nothing until the URL is pasted, and says what is missing', async () => {
		const deapi = await Deapi.open();
		putSong('song.mp3');
		const result = await runWorkflow(filledIn('event-driven.json', deapi), {
			credentials: deapi.credentials(),
			nodeTypes: { [TRIGGER_NODE]: new DeapiTrigger(), ...exampleNodes() },
			startNode: 'Start',
		});
		expect(errorOf(result).message).toBe(`'Webhook URL' is not an https address: ${PLACEHOLDER}`);
		expect(deapi.submits).toEqual([]);
	});
});

test('batch-with-limit.json makes videos of the good songs and lists the others', async () => {
	const deapi = await Deapi.open();
	for (const name of ['a song.mp3', 'c.mp3', 'd.mp3']) putSong(`songs/${name}`);
	putSong('songs/b.mp3', 'not-audio.mp3');
	putSong('songs/notes.txt', 'not-audio.mp3');
	mkdirSync(path.join(files, 'videos'));
	const result = await run(filledIn('batch-with-limit.json', deapi), deapi);

	expect(itemsOf(result, 'Limit')).toHaveLength(3);
	expect(deapi.submits.map((request) => filePart(request).filename).sort()).toEqual([
		'a song.mp3',
		'c.mp3',
	]);
	expect(readdirSync(path.join(files, 'videos')).sort()).toEqual(['a song.mp4', 'c.mp4']);
	expect(written('videos/c.mp4').equals(VIDEO)).toBe(true);
	expect(itemsOf(result, 'What Went Wrong').map(({ json }) => json)).toEqual([
		{
			song: 'b.mp3',
			reason: expect.stringContaining('is not an MP3, WAV, OGG or FLAC file') as string,
		},
	]);
});

describe('price-gate.json', () => {
	test('generates what it has asked the price of, where that is below the sum', async () => {
		const deapi = await Deapi.open({ price: 0.2 });
		putSong('song.mp3');
		const result = await run(filledIn('price-gate.json', deapi), deapi);
		expect(itemsOf(result, 'Too Expensive')).toEqual([]);
		expect(itemsOf(result, 'Write Video')).toHaveLength(1);

		const [price, submit] = deapi.submits;
		expect(price?.route).toBe('price');
		const asked = price?.json as IDataObject;
		expect(asked).toMatchObject({ frames: 96, fps: 24, width: 512, height: 512 });
		const texts = Object.entries(asked).map(([name, value]) => [name, String(value)]);
		expect(fieldsOf(submit)).toMatchObject(Object.fromEntries(texts) as object);
		expect(written(`${deapi.requestIds[0]}.mp4`).equals(VIDEO)).toBe(true);
	});

	test('generates nothing above the sum', async () => {
		const deapi = await Deapi.open({ price: 0.21 });
		putSong('song.mp3');
		const result = await run(filledIn('price-gate.json', deapi), deapi);
		expect(itemsOf(result, 'Too Expensive')[0]?.json).toMatchObject({
			price: 0.21,
			currency: 'USD',
		});
		expect(deapi.fake.jobs).toEqual([]);
	});
});

test('text-to-speech-to-video.json speaks a text and makes a video as long as the speech', async () => {
	const deapi = await Deapi.open();
	const result = await run(filledIn('text-to-speech-to-video.json', deapi), deapi);
	const [item] = itemsOf(result, 'Write Video');

	const [speech, video] = deapi.fake.jobs;
	expect(speech).toMatchObject({
		job_type: 'txt2audio',
		fields: { text: expect.stringMatching(/^Good morning/) as string, format: 'mp3' },
	});
	expect(video?.job_type).toBe('audio2video');
	expect(video?.fields.prompt).toMatch(/lighthouse keeper/);
	expect(video?.files[0]?.sha256).toBe(sha256(readFileSync(fixture('speech.mp3'))));
	expect(item?.json.audio_seconds).toBeCloseTo(6.888, 3);
	expect(video?.fields.frames).toBe('165');
	expect(written(`${video?.request_id}.mp4`).equals(VIDEO)).toBe(true);
});

describe('store-and-post.json', () => {
	interface Upload {
		method: string | undefined;
		url: string | undefined;
		authorization: string | undefined;
		fields: { [name: string]: string };
		files: { [name: string]: { content: Buffer; filename: string; mimeType: string } };
		raw: Buffer;
	}

	/** A server that takes in everything, for the bucket and for the social network. */
	async function receiver(status: number) {
		const uploads: Upload[] = [];
		const server = http.createServer((request, response) => {
			void take(request).then((upload) => {
				uploads.push(upload);
				response.writeHead(status, { 'Content-Type': 'application/json' });
				response.end('{"id":"post-1"}');
			});
		});
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		closeAfterTest(async () => {
			server.closeAllConnections();
			server.close();
			await once(server, 'close');
		});
		return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, uploads };
	}

	async function take(request: http.IncomingMessage): Promise<Upload> {
		const { method, url, headers } = request;
		const { authorization } = headers;
		const upload: Upload = {
			...{ method, url, authorization },
			...{ fields: {}, files: {}, raw: Buffer.alloc(0) },
		};
		if (!headers['content-type']?.startsWith('multipart/')) {
			return { ...upload, raw: await bytesOf(request) };
		}
		const form = busboy({ headers });
		const reading: Array<Promise<void>> = [];
		form.on('field', (name, value) => {
			upload.fields[name] = value;
		});
		form.on('file', (name, stream, { filename, mimeType }) => {
			reading.push(
				bytesOf(stream).then((content) => {
					upload.files[name] = { content, filename, mimeType };
				}),
			);
		});
		request.pipe(form);
		await once(form, 'close');
		await Promise.all(reading);
		return upload;
	}

	async function bytesOf(stream: AsyncIterable<Buffer>): Promise<Buffer> {
		const chunks: Buffer[] = [];
		for await (const chunk of stream) chunks.push(chunk);
		return Buffer.concat(chunks);
	}

	async function post(bucketStatus: number) {
		const deapi = await Deapi.open();
		const [bucket, network] = [await receiver(bucketStatus), await receiver(201)];
		putSong('song.mp3');
		const example = filledIn('store-and-post.json', deapi, {
			'https://social.example.com': network.url,
		});
		const others = { s3: { endpoint: bucket.url }, httpBearerAuth: { token: 'network-token' } };
		const result = await run(example, deapi, others);
		return { deapi, result, bucket, network };
	}

	test('puts the video into the bucket and posts it with its caption', async () => {
		const { deapi, result, bucket, network } = await post(200);
		expect(itemsOf(result, 'Post')[0]?.json).toEqual({ id: 'post-1' });
		const name = `${deapi.requestIds[0]}.mp4`;
		expect(bucket.uploads).toHaveLength(1);
		expect(bucket.uploads[0]).toMatchObject({ method: 'PUT', url: `/videos/${name}` });
		expect(bucket.uploads[0]?.raw.equals(VIDEO)).toBe(true);

		expect(network.uploads).toHaveLength(1);
		const [upload] = network.uploads;
		expect(upload).toMatchObject({ method: 'POST', authorization: 'Bearer network-token' });
		expect(upload?.fields).toEqual({ caption: 'New: song.mp3' });
		expect(upload?.files.video).toMatchObject({ filename: 'song.mp4', mimeType: 'video/mp4' });
		expect(upload?.files.video?.content.equals(VIDEO)).toBe(true);
	});

	test('posts nothing that could not be stored', async () => {
		const { result, network } = await post(403);
		expect(result.data.resultData.error).toBeDefined();
		expect(network.uploads).toEqual([]);
	});
});

describe('ai-agent-tool.json', () => {
	/** Serves the song that the chat speaks of. */
	async function songServer(): Promise<string> {
		const server = http.createServer((request, response) => {
			const isThere = request.url === '/song.mp3';
			response.writeHead(isThere ? 200 : 404, { 'Content-Type': 'audio/mpeg' });
			response.end(isThere ? readFileSync(fixture('song.mp3')) : undefined);
		});
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		closeAfterTest(async () => {
			server.closeAllConnections();
			server.close();
			await once(server, 'close');
		});
		return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	}

	/** A model that finds the URL in the message and takes the rest for the prompt. */
	function scripted(): ScriptedModel {
		return {
			prompts: [],
			tools: [],
			callWith: (message) => {
				const [url = ''] = /https?:\S+/.exec(message) ?? [];
				return { Audio_URL: url, Prompt: message.replace(url, '').trim() };
			},
		};
	}

	async function chat(deapi: Deapi, song: string, style: AgentStyle) {
		const model = scripted();
		const result = await runWorkflow(filledIn('ai-agent-tool.json', deapi), {
			credentials: new ExampleCredentials(deapi.credentials()),
			nodeTypes: {
				...exampleNodes(),
				...chatNodes(`A singer in the rain ${song}`, model, style),
			},
			startNode: 'When chat message received',
		});
		return { model, result };
	}

	test.each<AgentStyle>(['engine', 'call'])(
		'makes a video of what the user writes, and tells its link (agents that %s)',
		async (style) => {
			const deapi = await Deapi.open();
			const { model, result } = await chat(deapi, `${await songServer()}/song.mp3`, style);
			const [item] = itemsOf(result, 'AI Agent');
			const [answer] = JSON.parse(String(item?.json.output)) as IDataObject[];
			const [job] = deapi.fake.jobs;
			expect(answer).toMatchObject({
				request_id: job?.request_id,
				status: 'done',
				audio_seconds: 8.6,
				video_seconds: 8.583,
				frames: 206,
			});
			expect(answer?.result_url).toMatch(/^http.+output\.mp4/);
			expect(job?.fields.prompt).toBe('A singer in the rain');
			expect(job?.files[0]).toMatchObject({
				filename: 'song.mp3',
				sha256: sha256(readFileSync(fixture('song.mp3'))),
			});
			// The result is not fetched: an agent can do nothing with a file.
			expect(deapi.fake.requests.filter(({ route }) => route === 'result')).toEqual([]);

			expect(model.prompts[0]).toContain('result_url');
			const [tool] = model.tools;
			expect(tool?.name).toBe('Generate_Video');
			expect(tool?.description).toContain('result_url');
			expect(Object.keys(tool?.schema.shape ?? {})).toEqual(['Audio_URL', 'Prompt']);
		},
	);

	test('hands the agent our message where the address leads nowhere', async () => {
		const deapi = await Deapi.open();
		const { result } = await chat(deapi, `${await songServer()}/none.mp3`, 'engine');
		const { error } = result.data.resultData;
		const told = TELLS_AGENT_OF_ERRORS
			? itemsOf(result, 'AI Agent')[0]?.json.output
			: error?.message;
		expect(told).toContain("'Audio URL' could not be fetched: the server answered with status 404");
		expect(deapi.submits).toEqual([]);
	});
});

describe('long-song-in-clips.json', () => {
	/** A WAV of silence of so many seconds: 16 bits, mono. */
	function wav(seconds: number, sampleRate = 8000): Buffer {
		const size = seconds * sampleRate * 2;
		const bytes = Buffer.alloc(44 + size);
		bytes.write('RIFF', 0);
		bytes.writeUInt32LE(36 + size, 4);
		bytes.write('WAVEfmt ', 8);
		for (const [at, value] of [
			[16, 16],
			[24, sampleRate],
			[28, sampleRate * 2],
		] as const) {
			bytes.writeUInt32LE(value, at);
		}
		for (const [at, value] of [
			[20, 1],
			[22, 1],
			[32, 2],
			[34, 16],
		] as const) {
			bytes.writeUInt16LE(value, at);
		}
		bytes.write('data', 36);
		bytes.writeUInt32LE(size, 40);
		for (let at = 44; at < bytes.length; at += 2) bytes.writeInt16LE(at % 30_000, at);
		return bytes;
	}

	async function clipsOf(song: Buffer, name: string) {
		const deapi = await Deapi.open();
		writeFileSync(path.join(files, name), song);
		const example = filledIn('long-song-in-clips.json', deapi, { 'song.mp3': name });
		const result = await run(example, deapi);
		return { deapi, clips: itemsOf(result, 'Write Clip').map(({ json }) => json) };
	}

	test('makes one clip per ten seconds of an MP3, in order, each as long as its piece', async () => {
		// Four times the song, each with its tag and its header frame between the others: 34.5 seconds.
		const song = readFileSync(fixture('song.mp3'));
		const { deapi, clips } = await clipsOf(Buffer.concat([song, song, song, song]), 'long.mp3');
		expect(clips.map(({ fileName }) => path.basename(String(fileName)))).toEqual(
			[1, 2, 3, 4].map((number) => `long-00${number}.mp4`),
		);
		const seconds = clips.map(({ audio_seconds }) => Number(audio_seconds));
		for (const each of seconds.slice(0, 3)) expect(Math.abs(each - 10)).toBeLessThan(0.06);
		expect(seconds.reduce((sum, each) => sum + each, 0)).toBeCloseTo(34.5, 0);
		expect(clips.map(({ shortened }) => shortened)).toEqual([
			undefined,
			undefined,
			undefined,
			undefined,
		]);

		const jobs = new Map(deapi.fake.jobs.map((job) => [job.request_id, job]));
		const sent = clips.map(({ request_id }) => jobs.get(String(request_id)));
		expect(sent.map((job) => job?.files[0]?.filename)).toEqual(
			[1, 2, 3, 4].map((number) => `long-00${number}.mp3`),
		);
		expect(sent.map((job) => job?.fields.frames).slice(0, 3)).toEqual(['240', '240', '240']);
		for (const name of [1, 2, 3, 4].map((number) => `long-00${number}.mp4`)) {
			expect(written(name).equals(VIDEO)).toBe(true);
		}
	});

	test('cuts a WAV without losing a sample', async () => {
		const song = wav(25);
		const { deapi, clips } = await clipsOf(song, 'long.wav');
		expect(clips.map(({ audio_seconds }) => audio_seconds)).toEqual([10, 10, 5]);
		const pieces = [0, 10, 20].map((from) => {
			const piece = wav(from === 20 ? 5 : 10);
			song.copy(piece, 44, 44 + from * 16_000);
			return sha256(piece);
		});
		const jobs = new Map(deapi.fake.jobs.map((job) => [job.request_id, job]));
		const sent = clips.map(({ request_id }) => jobs.get(String(request_id)));
		expect(sent.map((job) => job?.files[0]?.sha256)).toEqual(pieces);
	});

	test('says so where there is nothing to cut', async () => {
		const deapi = await Deapi.open();
		putSong('song.mp3', 'not-audio.mp3');
		const result = await run(filledIn('long-song-in-clips.json', deapi), deapi);
		expect(errorOf(result).message).toContain('Nothing to cut');
		expect(deapi.submits).toEqual([]);
	});
});
