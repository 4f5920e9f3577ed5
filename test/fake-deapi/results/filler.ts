/**
 * Files of any size that are a whole MP4: a short video, and behind it nothing.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';

const CHUNK = Buffer.alloc(64 * 1024);

/**
 * @param size bytes
 * @returns a stream of that many: a video of the fixtures, then a `free` box of zeros
 */
export function filler(size: number): Readable {
	const video = readFileSync(join(__dirname, '..', '..', 'fixtures', 'clips', 'red.mp4'));
	function* chunks(): Generator<Buffer> {
		const free = Buffer.alloc(8);
		free.writeUInt32BE(Math.max(8, size - video.length), 0);
		free.write('free', 4);
		const head = Buffer.concat([video, free]).subarray(0, size);
		yield head;
		for (let left = size - head.length; left > 0; left -= CHUNK.length) {
			yield left < CHUNK.length ? CHUNK.subarray(0, left) : CHUNK;
		}
	}
	return Readable.from(chunks(), { objectMode: false });
}
