/**
 * Files of any size that begin like an MP4 and hold nothing.
 */
import { Readable } from 'node:stream';

const CHUNK = Buffer.alloc(64 * 1024);

/** The first box of every MP4 file: brand isom, version 512, compatible with iso2, avc1 and mp41. */
const FTYP = Buffer.concat([
	Buffer.from([0, 0, 0, 32]),
	Buffer.from('ftypisom'),
	Buffer.from([0, 0, 2, 0]),
	Buffer.from('isomiso2avc1mp41'),
]);

/**
 * @param size bytes
 * @returns a stream of that many: the `ftyp` box of an MP4, then a `free` box of zeros
 */
export function filler(size: number): Readable {
	function* chunks(): Generator<Buffer> {
		const free = Buffer.alloc(8);
		free.writeUInt32BE(Math.max(8, size - FTYP.length), 0);
		free.write('free', 4);
		const head = Buffer.concat([FTYP, free]).subarray(0, size);
		yield head;
		for (let left = size - head.length; left > 0; left -= CHUNK.length) {
			yield left < CHUNK.length ? CHUNK.subarray(0, left) : CHUNK;
		}
	}
	return Readable.from(chunks(), { objectMode: false });
}
