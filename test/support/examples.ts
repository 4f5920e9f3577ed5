/** What the tests of the shipped workflows have in common: a folder for their files, and their runs. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { IDataObject, IRun } from 'n8n-workflow';
import { closeAfterTest, type Deapi } from './deapi';
import { outputOf, runWorkflow, type RunOptions, type SavedWorkflow } from './engine';
import { ExampleCredentials, exampleNodes } from './example-nodes';
import { fixture } from './workflows';

/** Where the examples lie. */
export const FOLDER = path.join(__dirname, '..', '..', 'examples');
const SHIPPED_FILES = '/home/node/.n8n-files';

export interface Example extends SavedWorkflow {
	name: string;
}

/** An example as it is shipped. */
export function readExample(file: string): Example {
	return JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8')) as Example;
}

/** A folder in place of the one that the examples name. */
export class ExampleFiles {
	folder = '';

	/** Puts a fixture into the folder. */
	put(name: string, source: string | Buffer = 'song.mp3'): void {
		const target = path.join(this.folder, name);
		mkdirSync(path.dirname(target), { recursive: true });
		if (typeof source === 'string') copyFileSync(fixture(source), target);
		else writeFileSync(target, source);
	}

	/** What a workflow has written. */
	read(name: string): Buffer {
		return readFileSync(path.join(this.folder, name));
	}

	/** An example as its user has filled it in. */
	filledIn(file: string, deapi: Deapi, values: { [shipped: string]: string } = {}): Example {
		let text = readFileSync(path.join(FOLDER, file), 'utf8');
		const all = { [SHIPPED_FILES]: this.folder, 'https://api.deapi.ai': deapi.fake.url, ...values };
		for (const [shipped, own] of Object.entries(all)) text = text.replaceAll(shipped, own);
		const example = JSON.parse(text) as Example;
		for (const { parameters } of example.nodes) {
			if (parameters.waitForCompletion !== true) continue;
			parameters.options = { ...(parameters.options as IDataObject), pollInterval: 0.05 };
		}
		return example;
	}
}

/** A folder that is empty for each test. */
export function filesForExamples(): ExampleFiles {
	const files = new ExampleFiles();
	beforeEach(() => {
		files.folder = mkdtempSync(path.join(tmpdir(), 'examples-'));
	});
	afterEach(() => {
		rmSync(files.folder, { recursive: true, force: true });
	});
	return files;
}

type OtherCredentials = ConstructorParameters<typeof ExampleCredentials>[1];

/** Runs an example with n8n's nodes around ours. */
export async function runExample(
	example: Example,
	deapi: Deapi,
	others: OtherCredentials = {},
	options: Partial<RunOptions> = {},
): Promise<IRun> {
	return await runWorkflow(example, {
		credentials: new ExampleCredentials(deapi.credentials(), others),
		...options,
		nodeTypes: { ...exampleNodes(), ...options.nodeTypes },
	});
}

/** The items of a node; fails with what stopped the workflow. */
export function itemsOf(result: IRun, node: string, output = 0) {
	if (result.data.resultData.error) throw result.data.resultData.error;
	return outputOf(result, node, output);
}

export const sha256 = (data: Buffer) => createHash('sha256').update(data).digest('hex');

/** A server that ends with the test; returns its address. */
export async function serve(
	answer: (request: http.IncomingMessage, response: http.ServerResponse) => Promise<void>,
): Promise<string> {
	const server = http.createServer((request, response) => void answer(request, response));
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	closeAfterTest(async () => {
		server.closeAllConnections();
		server.close();
		await once(server, 'close');
	});
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
