/**
 * Splits a WAV of so many bytes into clips through n8n's engine, its files on disk, and prints how much
 * memory that took. Arguments: the sound's size in bytes, a folder to write into.
 */
import './setup';
import { createReadStream } from 'node:fs';
import { open, truncate } from 'node:fs/promises';
import path from 'node:path';
import type { IExecuteFunctions, INodeType } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { startFakeDeapi } from '../fake-deapi';
import { DEAPI_NODE, errorOf, outputOf, runWorkflow, useBinaryMode } from './engine';
import { silence } from './wav';
import { chain, node } from './workflows';

/** 16 bits of two channels at 44.1 kHz would be the same: one channel of 8 bits at 176.4 kHz. */
const SAMPLE_RATE = 176_400;

async function makeSong(file: string, size: number): Promise<void> {
	const head = silence(0, SAMPLE_RATE);
	head.writeUInt32LE(size - 8, 4);
	head.writeUInt32LE(size - 44, 40);
	const target = await open(file, 'w');
	await target.write(head);
	await target.close();
	await truncate(file, size);
}

/** Gives out the song, stored by n8n. */
function sourceOf(file: string): INodeType {
	return {
		description: {
			displayName: 'Source',
			name: 'source',
			group: ['input'],
			version: 1,
			description: 'Source',
			defaults: { name: 'Source' },
			inputs: [NodeConnectionTypes.Main],
			outputs: [NodeConnectionTypes.Main],
			properties: [],
		},
		async execute(this: IExecuteFunctions) {
			const data = await this.helpers.prepareBinaryData(createReadStream(file), 'song.wav');
			return [[{ json: {}, binary: { data } }]];
		},
	};
}

/** What garbage collection cannot free, in bytes. */
function memoryInUse(): number {
	global.gc?.();
	const { heapUsed, external } = process.memoryUsage();
	return heapUsed + external;
}

async function main([size = '', folder = '']: string[]): Promise<void> {
	const fake = await startFakeDeapi({ apiKeys: ['key'] });
	await useBinaryMode('filesystem');
	const split = async (bytes: number) => {
		const file = path.join(folder, `song-${bytes}.wav`);
		await makeSong(file, bytes);
		let before = memoryInUse();
		let most = before;
		let sampling: NodeJS.Timeout | undefined;
		const workflow = chain(
			node('Start', 'n8n-nodes-base.manualTrigger'),
			node('Source', 'test.large'),
			node(
				'deAPI',
				DEAPI_NODE,
				{ resource: 'audio', operation: 'splitIntoClips' },
				{ credentials: { deapiApi: { id: '1', name: 'deAPI' } } },
			),
		);
		const run = await runWorkflow(workflow, {
			credentials: { apiKey: 'key', baseUrl: fake.url },
			nodeTypes: { 'test.large': sourceOf(file) },
			onNode: (name, moment) => {
				if (name !== 'deAPI') return;
				clearInterval(sampling);
				if (moment === 'after') return;
				before = memoryInUse();
				most = before;
				sampling = setInterval(() => (most = Math.max(most, memoryInUse())), 300);
			},
		});
		clearInterval(sampling);
		const items = outputOf(run, 'deAPI');
		if (items.length === 0) throw new Error(errorOf(run).message);
		const stored = items.every(({ binary }) => binary?.data?.id !== undefined);
		return { pieces: items.length, stored, growth: most - before };
	};
	// A first small run loads all that is loaded once.
	await split(5_000_000);
	process.stdout.write(JSON.stringify(await split(Number(size))));
	await fake.close();
}

main(process.argv.slice(2)).then(
	() => process.exit(0),
	(error: unknown) => {
		process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
		process.exit(1);
	},
);
