/**
 * Reads the length of a sound that is made while it is read, and prints how much stayed in memory.
 * Arguments: the kind, the file that begins it, from which byte on that file is repeated, megabytes.
 */
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { readLength } from '../../../nodes/Deapi/files/length/readLength';

/** n8n's pieces, as an upload asks for them. */
const PIECE = 256 * 1024;
const TIMES_MEASURED = 40;

const [kind = '', path = '', from = '0', megabytes = '1'] = process.argv.slice(2);
const file = readFileSync(path);
const size = Number(megabytes) * 1024 * 1024;
let given = 0;
let most = 0;

/** What stays in use, in bytes. Pieces that are let go are freed beside the work, so until no more is. */
async function memoryHeld(): Promise<number> {
	let least = Infinity;
	for (;;) {
		global.gc?.();
		await setTimeout(2);
		const { heapUsed, external } = process.memoryUsage();
		if (heapUsed + external > least - PIECE / 4) return least;
		least = heapUsed + external;
	}
}

async function* pieces(): AsyncGenerator<Buffer> {
	let at = 0;
	for (let turn = 1; given < size; turn++) {
		const piece = Buffer.alloc(PIECE);
		for (let filled = 0; filled < PIECE;) {
			const count = file.copy(piece, filled, at);
			filled += count;
			at = at + count < file.length ? at + count : Number(from);
		}
		given += PIECE;
		yield piece;
		if (turn % Math.ceil(size / PIECE / TIMES_MEASURED) === 0) {
			most = Math.max(most, await memoryHeld());
		}
	}
}

async function main(): Promise<void> {
	const before = await memoryHeld();
	const stream = Readable.from(pieces(), { objectMode: false });
	// Of a size that is not known, so that a WAV is read to its end as well.
	const seconds = await readLength(
		{ size: 0, open: async () => await Promise.resolve(stream) },
		{ name: kind },
	);
	process.stdout.write(JSON.stringify({ seconds, given, growth: most - before }));
}

void main();
