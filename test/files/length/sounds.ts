/** The sounds of test/fixtures as files of n8n, in memory or as streams. */
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import type { SoundFile } from '../../../nodes/Deapi/files/length/readLength';
import { FIGURES } from '../../support/decoded';
import { fixture } from '../../support/workflows';

/** Lengths in seconds by file name: what FFmpeg decodes of every sound that is in order. */
export const DECODED: { [name: string]: number } = Object.fromEntries(
	Object.entries(FIGURES)
		.filter(([name]) => !name.startsWith('damaged/'))
		.map(([name, { seconds }]) => [name, seconds]),
);

export function bytesOf(name: string): Buffer {
	return readFileSync(fixture(name));
}

/** The file's kind by its name. */
export function kindOf(name: string): { name: string } {
	return { name: (name.split('.').at(-1) ?? '').toUpperCase() };
}

export function inMemory(content: Buffer): SoundFile {
	return { size: content.length, open: async () => await Promise.resolve(content) };
}

/**
 * The same as a stream whose pieces are so long in turn.
 *
 * @param size what n8n says about it
 */
export function asStream(
	content: Buffer,
	pieces: number[],
	size = content.length,
): SoundFile & { stream?: Readable } {
	const file: SoundFile & { stream?: Readable } = {
		size,
		open: async () => {
			file.stream = Readable.from(cut(content, pieces), { objectMode: false });
			return await Promise.resolve(file.stream);
		},
	};
	return file;
}

function* cut(content: Buffer, pieces: number[]): Generator<Buffer> {
	let at = 0;
	for (let turn = 0; at < content.length; turn++) {
		const length = pieces[turn % pieces.length] ?? 1;
		yield content.subarray(at, at + length);
		at += length;
	}
}

/** Puts the check sum of an Ogg page in its place (RFC 3533, section 6), bit by bit. */
export function sumUp(page: Buffer): void {
	page.writeUInt32LE(0, 22);
	let sum = 0;
	for (const byte of page) {
		sum ^= byte << 24;
		for (let bit = 0; bit < 8; bit++) sum = sum < 0 ? (sum << 1) ^ 0x04c11db7 : sum << 1;
	}
	page.writeUInt32LE(sum >>> 0, 22);
}
