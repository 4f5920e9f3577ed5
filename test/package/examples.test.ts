/**
 * The workflows in examples/ are what many users start from: each is run as it is shipped, through
 * n8n's engine against the fake deAPI. Only paths, addresses and intervals are this machine's.
 */
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import busboy from 'busboy';
import type { IDataObject, INode, INodeTypeDescription } from 'n8n-workflow';
import { NodeHelpers } from 'n8n-workflow';
import { Deapi as DeapiNode } from '../../nodes/Deapi/Deapi.node.ts';
import { DeapiTrigger } from '../../nodes/Deapi/DeapiTrigger.node.ts';
import { DEAPI_NODE, errorOf, NodeTypes, runWorkflow, TRIGGER_NODE } from '../support/engine';
import {
	type AgentStyle,
	chatNodes,
	DEAPI_TOOL,
	ExampleCredentials,
	exampleNodes,
	formNodes,
	type ScriptedModel,
} from '../support/example-nodes';
import { closeAfterTest, Deapi, fieldsOf, filePart } from '../support/deapi';
import {
	type Example,
	filesForExamples,
	FOLDER,
	itemsOf,
	readExample,
	runExample,
	sha256,
} from '../support/examples';
import { startWebhookHost } from '../support/webhook-host';
import { fixture } from '../support/workflows';
import { asText } from '../support/text';

const NAMES = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
const NOTE = 'n8n-nodes-base.stickyNote';
/** The fake's result, which every finished video is. */
const VIDEO = readFileSync(fixture('result.mp4'));

const files = filesForExamples();

test('there are at least six of them', () => {
	expect(NAMES.length).toBeGreaterThanOrEqual(6);
});

describe.each(NAMES)('%s', (file) => {
	const example = readExample(file);
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
			const lines = asText(content)
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

/** What an option's condition names: a field of the node, or without the slash another option. */
function valueOf({ parameters }: INode, field: string): unknown {
	const options = (parameters.options ?? {}) as IDataObject;
	return field.startsWith('/') ? parameters[field.slice(1)] : options[field];
}

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
				allowed?.some((value) => value === valueOf(node, field)),
			);
		})
		.map(({ name }) => name);
}

test('song-to-video.json reads a song and writes its video', async () => {
	const deapi = await Deapi.open();
	files.put('song.mp3');
	const result = await runExample(files.filledIn('song-to-video.json', deapi), deapi);
	const [item] = itemsOf(result, 'Write Video');
	expect(item?.json).toMatchObject({ status: 'done', request_id: deapi.requestIds[0] });
	expect(files.read(`${deapi.requestIds[0]}.mp4`).equals(VIDEO)).toBe(true);
});

test('upload-form.json makes a video of the song and the sentence in its form', async () => {
	const deapi = await Deapi.open();
	const data = readFileSync(fixture('song.mp3')).toString('base64');
	const song = { data, mimeType: 'audio/mpeg', fileName: 'my song.mp3' };
	const result = await runExample(files.filledIn('upload-form.json', deapi), deapi, undefined, {
		nodeTypes: formNodes({ Prompt: 'A lighthouse at night' }, { Song: song }),
		startNode: 'Song and Prompt',
	});
	const [item] = itemsOf(result, 'Show Video');
	expect(fieldsOf(deapi.submits[0])).toMatchObject({ prompt: 'A lighthouse at night' });
	expect(item?.binary?.data).toMatchObject({ fileName: 'my song.mp4', mimeType: 'video/mp4' });
});

test('submit-then-fetch.json has the request ID in the output of its first node', async () => {
	const deapi = await Deapi.open();
	files.put('song.mp3');
	const example = files.filledIn('submit-then-fetch.json', deapi);
	expect(example.settings?.saveExecutionProgress).toBe(true);
	const result = await runExample(example, deapi);
	const [submitted] = itemsOf(result, 'Submit Song');
	expect(submitted?.json.request_id).toBe(deapi.requestIds[0]);
	expect(deapi.submits).toHaveLength(1);
	expect(files.read(`${deapi.requestIds[0]}.mp4`).equals(VIDEO)).toBe(true);
});

describe('event-driven.json', () => {
	const SECRET = 'a-webhook-secret-of-40-characters-012345';
	const PLACEHOLDER = 'Paste the Production URL of the deAPI Trigger here';

	/** Publishes the example and submits its song. */
	async function submitted(deapi: Deapi) {
		const credentials = deapi.credentials({ webhookSecret: SECRET });
		const example = files.filledIn('event-driven.json', deapi);
		const host = await startWebhookHost({
			credentials,
			workflow: example,
			nodeTypes: { [DEAPI_NODE]: new DeapiNode(), ...exampleNodes() },
		});
		closeAfterTest(async () => await host.close());
		files.put('song.mp3');
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
		expect(files.read(`${job?.request_id}.mp4`).equals(VIDEO)).toBe(true);
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
		expect(readdirSync(files.folder)).toEqual(['song.mp3']);
	});

	test('sends nothing until the URL is pasted, and says what is missing', async () => {
		const deapi = await Deapi.open();
		files.put('song.mp3');
		const result = await runWorkflow(files.filledIn('event-driven.json', deapi), {
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
	for (const name of ['a song.mp3', 'c.mp3', 'd.mp3']) files.put(`songs/${name}`);
	files.put('songs/b.mp3', 'not-audio.mp3');
	files.put('songs/notes.txt', 'not-audio.mp3');
	mkdirSync(path.join(files.folder, 'videos'));
	const result = await runExample(files.filledIn('batch-with-limit.json', deapi), deapi);

	expect(itemsOf(result, 'Limit')).toHaveLength(3);
	expect(deapi.submits.map((request) => filePart(request).filename).sort()).toEqual([
		'a song.mp3',
		'c.mp3',
	]);
	expect(readdirSync(path.join(files.folder, 'videos')).sort()).toEqual(['a song.mp4', 'c.mp4']);
	expect(files.read('videos/c.mp4').equals(VIDEO)).toBe(true);
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
		files.put('song.mp3');
		const result = await runExample(files.filledIn('price-gate.json', deapi), deapi);
		expect(itemsOf(result, 'Too Expensive')).toEqual([]);
		expect(itemsOf(result, 'Write Video')).toHaveLength(1);

		const [price, submit] = deapi.submits;
		expect(price?.route).toBe('price');
		const asked = price?.json as { [name: string]: string | number };
		expect(asked).toMatchObject({ frames: 97, fps: 24, width: 512, height: 512 });
		const texts = Object.entries(asked).map(([name, value]) => [name, String(value)]);
		expect(fieldsOf(submit)).toMatchObject(Object.fromEntries(texts) as object);
		expect(files.read(`${deapi.requestIds[0]}.mp4`).equals(VIDEO)).toBe(true);
	});

	test('generates nothing above the sum', async () => {
		const deapi = await Deapi.open({ price: 0.21 });
		files.put('song.mp3');
		const result = await runExample(files.filledIn('price-gate.json', deapi), deapi);
		expect(itemsOf(result, 'Too Expensive')[0]?.json).toMatchObject({
			price: 0.21,
			currency: 'USD',
		});
		expect(deapi.fake.jobs).toEqual([]);
	});
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
		files.put('song.mp3');
		const example = files.filledIn('store-and-post.json', deapi, {
			'https://social.example.com': network.url,
		});
		const others = { s3: { endpoint: bucket.url }, httpBearerAuth: { token: 'network-token' } };
		const result = await runExample(example, deapi, others);
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
		const result = await runWorkflow(files.filledIn('ai-agent-tool.json', deapi), {
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
			const [answer] = JSON.parse(asText(item?.json.output)) as IDataObject[];
			const [job] = deapi.fake.jobs;
			expect(answer).toMatchObject({
				request_id: job?.request_id,
				status: 'done',
				audio_seconds: 8.6,
				video_seconds: 8.708,
				frames: 209,
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

	test.each<AgentStyle>(['engine', 'call'])(
		'hands the agent our message and our advice where the address leads nowhere (agents that %s)',
		async (style) => {
			const deapi = await Deapi.open();
			const { result } = await chat(deapi, `${await songServer()}/none.mp3`, style);
			const told = itemsOf(result, 'AI Agent')[0]?.json.output;
			expect(told).toContain(
				"'Audio URL' could not be fetched: the server answered with status 404",
			);
			expect(told).toContain('There is no file at this address.');
			expect(deapi.submits).toEqual([]);
		},
	);
});
