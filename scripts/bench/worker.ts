/** One measurement in a fresh process: what it allocates and how long it takes are its own. */
import '../../test/support/setup';
import { createReadStream } from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import FormData from 'form-data';
import type {
	IDataObject,
	IExecutePaginationFunctions,
	IHttpRequestOptions,
	INodeExecutionData,
	INodeType,
} from 'n8n-workflow';
import {
	DEAPI_NODE,
	errorOf,
	outputOf,
	runWorkflow,
	TRIGGER_NODE,
	useBinaryMode,
} from '../../test/support/engine';
import { startWebhookHost } from '../../test/support/webhook-host';
import { sourceNode } from '../../test/support/nodes';
import { chain, node } from '../../test/support/workflows';
import type { JoinTask } from './join';
import { measureJoin } from './join';
import type { OperationTask } from './operations';
import { measureOperation } from './operations';
import type { SoundTask } from './sounds';
import { measureSoundTask, measureTurns, UPLOAD } from './sounds';
import type { RoutingRequest } from '../../nodes/Deapi/engine/call';

/** Who sends: the node, n8n's engine with a bare upload of the same fields, or form-data and http. */
export type Client = 'node' | 'bare' | 'hand';

export type Task =
	| { type: 'submit'; url: string; file: string; items: number; runs: number; parallel: number }
	| {
			type: 'memory';
			url: string;
			file: string;
			items: number;
			client: Client;
			/** The process's memory at its highest, or what is in use then once the garbage is collected. */
			of: 'process' | 'use';
	  }
	| { type: 'trigger'; url: string }
	| { type: 'load'; files: string[] }
	| JoinTask
	| OperationTask
	| SoundTask;

/** Loads as n8n does: CommonJS, whatever this file becomes. */
const load = createRequire(__filename);

const DIST = path.join(__dirname, '..', '..', 'dist');

/** What is measured is what is installed: the built files. */
function built(file: string, name: string): INodeType {
	const exported = load(path.join(DIST, 'nodes', 'Deapi', file)) as {
		[name: string]: new () => INodeType;
	};
	const Type = exported[name];
	if (Type === undefined) throw new Error(`The build has no ${name}`);
	return new Type();
}

/** Gives out items that all carry the same stored file. */
function sourceOf(file: string, items: number): INodeType {
	let stored: INodeExecutionData['binary'];
	return sourceNode(async ({ helpers }) => {
		stored ??= {
			data: await helpers.prepareBinaryData(createReadStream(file), path.basename(file)),
		};
		const binary = stored;
		return Array.from({ length: items }, () => ({ json: {}, binary }));
	});
}

/**
 * The node with its checks, lane and messages taken out: what is left is n8n's engine, the same fields
 * and a bare upload.
 */
function bareNode(parallel: number): INodeType {
	const bare = built('Deapi.node.js', 'Deapi');
	let running = 0;
	const waiting: Array<() => void> = [];
	async function upload(this: IExecutePaginationFunctions, { options }: RoutingRequest) {
		while (running >= parallel) await new Promise<void>((resolve) => waiting.push(resolve));
		running++;
		const file = this.getInputData().binary?.data;
		const form = new FormData();
		for (const [name, value] of Object.entries(options.body as object)) {
			form.append(name, String(value));
		}
		form.append('audio', await this.helpers.getBinaryStream(file?.id ?? ''), {
			filename: 'song.mp3',
			contentType: 'audio/mpeg',
			knownLength: file?.bytes,
		});
		const answer = (await this.helpers.httpRequestWithAuthentication.call(this, 'deapiApi', {
			...(options as IHttpRequestOptions),
			url: '/api/v1/client/aud2video',
			method: 'POST',
			body: form,
			headers: { ...options.headers, ...form.getHeaders() },
			disableFollowRedirect: true,
		})) as { data: IDataObject };
		running--;
		waiting.shift()?.();
		return [{ json: answer.data, pairedItem: { item: this.getItemIndex() } }];
	}
	const operation = bare.description.properties.find(({ name }) => name === 'operation');
	for (const option of operation?.options ?? []) {
		if ('routing' in option && option.routing?.operations) {
			option.routing.operations.pagination = upload;
		}
	}
	return bare;
}

/** Runs the node over the items; returns the seconds that the node itself took. */
async function throughEngine(
	url: string,
	source: INodeType,
	items: number,
	deapi = built('Deapi.node.js', 'Deapi'),
): Promise<number> {
	const workflow = chain(
		node('Start', 'n8n-nodes-base.manualTrigger'),
		node('Source', 'bench.source'),
		node('deAPI', DEAPI_NODE, UPLOAD, {
			credentials: { deapiApi: { id: '1', name: 'deAPI' } },
			onError: 'continueRegularOutput',
		}),
	);
	let started = 0;
	let seconds = 0;
	const run = await runWorkflow(workflow, {
		credentials: { apiKey: 'test-key', baseUrl: url },
		nodeTypes: { [DEAPI_NODE]: deapi, 'bench.source': source },
		onNode: (name, moment) => {
			if (name !== 'deAPI') return;
			if (moment === 'before') started = performance.now();
			else seconds = (performance.now() - started) / 1000;
		},
	});
	const submitted = outputOf(run, 'deAPI').filter(({ json }) => json.request_id !== undefined);
	if (submitted.length !== items) {
		const [first] = outputOf(run, 'deAPI');
		throw new Error(
			`${submitted.length} of ${items}: ${JSON.stringify(first?.json ?? errorOf(run))}`,
		);
	}
	return seconds;
}

/** The same requests by form-data and http alone; returns the seconds. */
async function byHand(url: string, file: string, items: number, parallel: number): Promise<number> {
	const started = performance.now();
	let next = 0;
	const worker = async () => {
		while (next++ < items) await postByHand(url, file);
	};
	await Promise.all(Array.from({ length: parallel }, worker));
	return (performance.now() - started) / 1000;
}

async function postByHand(url: string, file: string): Promise<void> {
	const form = new FormData();
	const fields = {
		prompt: 'A singer on a rooftop',
		model: 'Ltx2_3_22B_Dist_INT8',
		width: '512',
		height: '512',
		frames: '97',
		fps: '24',
		seed: '1',
	};
	for (const [name, value] of Object.entries(fields)) form.append(name, value);
	form.append('audio', createReadStream(file), {
		filename: path.basename(file),
		contentType: 'audio/mpeg',
	});
	const length = await new Promise<number>((resolve, reject) =>
		form.getLength((error, size) => (error ? reject(error) : resolve(size))),
	);
	await new Promise<void>((resolve, reject) => {
		const request = http.request(`${url}/api/v1/client/aud2video`, {
			method: 'POST',
			agent: new http.Agent(),
			headers: {
				...form.getHeaders(),
				'content-length': length,
				accept: 'application/json',
				authorization: 'Bearer test-key',
			},
		});
		request.on('error', reject);
		request.on('response', (response) => {
			response.resume();
			response.on('end', () =>
				response.statusCode === 200
					? resolve()
					: reject(new Error(`Status ${String(response.statusCode)}`)),
			);
		});
		form.pipe(request);
	});
}

async function measure(task: Task): Promise<unknown> {
	if (task.type === 'load') {
		// n8n has loaded its own library long before it loads a package.
		load('n8n-workflow');
		const started = performance.now();
		for (const file of task.files) load(file);
		return performance.now() - started;
	}
	await useBinaryMode('filesystem');
	if (task.type === 'operation') {
		return await measureOperation(task, () => built('Deapi.node.js', 'Deapi'));
	}
	if (task.type === 'sound') {
		return await measureSoundTask(task, built('Deapi.node.js', 'Deapi'));
	}
	if (task.type === 'turns') {
		const deapi = task.deapi === 'bare' ? bareNode(3) : built('Deapi.node.js', 'Deapi');
		return await measureTurns(task, deapi);
	}
	if (task.type === 'join') return await measureJoin(task, built('Deapi.node.js', 'Deapi'));
	if (task.type === 'trigger') {
		const host = await startWebhookHost({
			credentials: { apiKey: 'test-key', baseUrl: task.url, webhookSecret: 'secret' },
			parameters: { events: ['job.processing', 'job.completed'] },
			trigger: built('DeapiTrigger.node.js', 'DeapiTrigger'),
		});
		process.send?.({ url: host.url, type: TRIGGER_NODE });
		await new Promise((resolve) => process.once('message', resolve));
		await host.idle();
		const files = host.received().filter(({ binary }) => binary?.data !== undefined).length;
		const executions = host.executions.length;
		await host.close();
		return { executions, files };
	}
	const { url, file, items } = task;
	if (task.type === 'memory') {
		// A first small run loads all that is loaded once.
		await throughEngine(url, sourceOf(path.join(__dirname, '../../test/fixtures/song.mp3'), 2), 2);
		global.gc?.();
		const source = sourceOf(file, items);
		const { of } = task;
		const read = () => {
			if (of === 'process') return process.memoryUsage.rss();
			global.gc?.();
			const { heapUsed, external } = process.memoryUsage();
			return heapUsed + external;
		};
		const before = read();
		let peak = before;
		const sampling = setInterval(() => (peak = Math.max(peak, read())), of === 'use' ? 100 : 2);
		if (task.client === 'hand') await byHand(url, file, items, 3);
		else if (task.client === 'bare') await throughEngine(url, source, items, bareNode(3));
		else await throughEngine(url, source, items);
		clearInterval(sampling);
		return (Math.max(peak, read()) - before) / (1024 * 1024);
	}
	const source = sourceOf(file, items);
	await throughEngine(url, source, items);
	await byHand(url, file, items, task.parallel);
	const engine: number[] = [];
	const bare: number[] = [];
	const hand: number[] = [];
	// In turn, so that what else the machine does falls on both.
	for (let run = 0; run < task.runs; run++) {
		engine.push(await throughEngine(url, source, items));
		bare.push(await throughEngine(url, source, items, bareNode(task.parallel)));
		hand.push(await byHand(url, file, items, task.parallel));
	}
	return { engine, bare, hand };
}

void (async () => {
	const task = JSON.parse(process.argv[2] ?? '{}') as Task;
	const result = await measure(task);
	process.send?.({ result }, () => process.exit(0));
})().catch((error: unknown) => {
	process.stderr.write(`${String(error)}\n`);
	process.exit(1);
});
