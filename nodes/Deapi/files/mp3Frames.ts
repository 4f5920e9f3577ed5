import { readMp3Frame } from './mp3/frame';

/** How far into a file its first frame is searched, in bytes. */
const SEARCHED_BYTES = 16 * 1024;

/**
 * The size of an ID3v2 tag at a file's start, in bytes, header and footer included; 0 without one.
 * Its cover picture can be megabytes long, so the sound may start far behind the file's head.
 */
export function id3TagSize(head: Buffer): number {
	if (head.toString('latin1', 0, 3) !== 'ID3' || head.length < 10) return 0;
	const byte = (offset: number) => (head[offset] ?? 0) & 0x7f;
	const size = (byte(6) << 21) | (byte(7) << 14) | (byte(8) << 7) | byte(9);
	const hasFooter = ((head[5] ?? 0) & 0x10) !== 0;
	return size + (hasFooter ? 20 : 10);
}

/**
 * Whether MP3 frames start somewhere in these bytes. One sync word proves nothing (it occurs by
 * chance), so the frame after it must be in its place too, unless the bytes end before.
 */
export function hasMp3Frames(bytes: Buffer): boolean {
	const last = Math.min(bytes.length - 4, SEARCHED_BYTES);
	for (let offset = 0; offset <= last; offset++) {
		const frame = readMp3Frame(bytes, offset);
		if (frame === undefined) continue;
		const next = offset + frame.size;
		if (next + 4 > bytes.length) {
			// A file of a single frame is none; a head that ends inside a first frame still is one.
			if (offset === 0 && next > bytes.length) return true;
			continue;
		}
		if (readMp3Frame(bytes, next) !== undefined) return true;
	}
	return false;
}
