/**
 * Reads a sound's length out of n8n's file storage, in a process of its own, and prints how much
 * memory that took. Argument: the sound's path.
 */
import '../../support/setup';
import { createReadStream } from 'node:fs';
import { Container } from '@n8n/di';
import { BinaryDataConfig, BinaryDataService } from 'n8n-core';
import type { IBinaryData, IExecuteSingleFunctions } from 'n8n-workflow';
import { toInputFile } from '../../../nodes/Deapi/files/binary';
import { kindOf } from '../../../nodes/Deapi/files/kinds';
import { readLength } from '../../../nodes/Deapi/files/length/readLength';

async function store(file: string): Promise<IBinaryData> {
	Container.get(BinaryDataConfig).mode = 'filesystem';
	const service = Container.get(BinaryDataService);
	await service.init();
	const location = { type: 'execution' as const, workflowId: '1', executionId: '1' };
	const binary: IBinaryData = { data: '', mimeType: 'audio/mpeg', fileName: 'sound' };
	return await service.store(location, createReadStream(file), binary);
}

/** What garbage collection cannot free, in bytes. */
function memoryInUse(): number {
	global.gc?.();
	const { heapUsed, external } = process.memoryUsage();
	return heapUsed + external;
}

async function measure(stored: IBinaryData) {
	const service = Container.get(BinaryDataService);
	let pieces = 0;
	let largestPiece = 0;
	let most = 0;
	const helpers = {
		getBinaryMetadata: async (id: string) => await service.getMetadata(id),
		getBinaryStream: async (id: string, chunkSize?: number) => {
			const stream = await service.getAsStream(id, chunkSize);
			const push = stream.push.bind(stream);
			stream.push = (piece: unknown, encoding?: BufferEncoding) => {
				if (Buffer.isBuffer(piece)) largestPiece = Math.max(largestPiece, piece.length);
				if (++pieces % 8 === 0) most = Math.max(most, memoryInUse());
				return push(piece, encoding);
			};
			return stream;
		},
	};
	const file = await toInputFile({ helpers } as unknown as IExecuteSingleFunctions, stored);
	const type = kindOf(await file.readHead());
	if (type === undefined) throw new Error('This is no sound');
	const before = memoryInUse();
	pieces = 0;
	most = before;
	const seconds = await readLength(file, type);
	return { seconds, size: file.size, pieces, largestPiece, growth: most - before };
}

async function main(): Promise<void> {
	const stored = await store(process.argv[2] ?? '');
	process.stdout.write(JSON.stringify(await measure(stored)));
}

main().then(
	() => process.exit(0),
	(error: unknown) => {
		process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
		process.exit(1);
	},
);
