/**
 * Splits a WAV of so many bytes into clips through n8n's engine, its files on disk, and prints how much
 * memory that took. Arguments: the sound's size in bytes, and how much memory it may take.
 */
import './setup';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { Container } from '@n8n/di';
import { BinaryDataService } from 'n8n-core';
import type { INodeType } from 'n8n-workflow';
import { startFakeDeapi } from '../fake-deapi';
import { DEAPI_NODE, errorOf, outputOf, runWorkflow, useBinaryMode } from './engine';
import { sourceNode } from './nodes';
import { silence } from './wav';
import { chain, node } from './workflows';

/** Many bytes a second, so that there is little to encode: 32 bits of eight channels. */
const CHANNELS = 8;
const SAMPLE_RATE = 48_000;

/** The first bytes of a sound of this size; all others are zero. */
function headOf(size: number): Buffer {
	const head = silence(0, SAMPLE_RATE);
	head.writeUInt32LE(size - 8, 4);
	head.writeUInt16LE(CHANNELS, 22);
	head.writeUInt32LE(4 * CHANNELS * SAMPLE_RATE, 28);
	head.writeUInt16LE(4 * CHANNELS, 32);
	head.writeUInt16LE(32, 34);
	head.writeUInt32LE(size - 44, 40);
	return head;
}

/**
 * Makes a stored file longer, without a byte to be written: half of the work would be to make the song.
 *
 * @param id from n8n's file storage
 */
async function lengthen(id: string, size: number): Promise<void> {
	const file = Container.get(BinaryDataService).getPath(id);
	await truncate(file, size);
	const about = JSON.parse(await readFile(`${file}.metadata`, 'utf8')) as object;
	await writeFile(`${file}.metadata`, JSON.stringify({ ...about, fileSize: size }));
}

/** Gives out the song, stored by n8n. */
function sourceOf(size: number): INodeType {
	return sourceNode(async ({ helpers }) => {
		const stored = await helpers.prepareBinaryData(headOf(size), 'song.wav');
		await lengthen(stored.id ?? '', size);
		const data = { ...stored, bytes: size };
		return [{ json: {}, binary: { data } }];
	});
}

/** What garbage collection cannot free, in bytes. */
function memoryInUse(): number {
	global.gc?.();
	return memoryHeld();
}

/** That, and what it has not freed yet. */
function memoryHeld(): number {
	const { heapUsed, external } = process.memoryUsage();
	return heapUsed + external;
}

/**
 * As much as may be in use, in bytes. To free all takes longer than to cut a piece, so as much is freed as
 * has to be to come below the limit.
 */
function atMostInUse(limit: number): number {
	if (memoryHeld() > limit) global.gc?.({ type: 'minor' });
	return memoryHeld() > limit ? memoryInUse() : memoryHeld();
}

async function main([size = '', most = '']: string[]): Promise<void> {
	const fake = await startFakeDeapi({ apiKeys: ['key'] });
	await useBinaryMode('filesystem');
	const split = async (bytes: number) => {
		let before = memoryInUse();
		let peak = before;
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
			nodeTypes: { 'test.large': sourceOf(bytes) },
			onNode: (name, moment) => {
				if (name !== 'deAPI') return;
				clearInterval(sampling);
				if (moment === 'after') return;
				before = memoryInUse();
				peak = before;
				const limit = before + Number(most);
				sampling = setInterval(() => (peak = Math.max(peak, atMostInUse(limit))), 50);
			},
		});
		clearInterval(sampling);
		const items = outputOf(run, 'deAPI');
		if (items.length === 0) throw new Error(errorOf(run).message);
		const stored = items.every(({ binary }) => binary?.data?.id !== undefined);
		return { pieces: items.length, stored, growth: peak - before };
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
