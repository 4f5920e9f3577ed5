/** Tags in front of a sound, behind it or between two parts of it, and are not heard. */
import type { ByteReader } from './bytes';
import { id3TagSize } from './mp3Frames';

/** The first letters of the tags' marks. */
const TAG_LETTERS = [...Buffer.from('ITA')];

/** The size in bytes of the tag that begins here (ID3 of both kinds, APE), or 0. */
export function tagSize(bytes: Buffer, offset = 0): number {
	if (!TAG_LETTERS.includes(bytes[offset] ?? 0)) return 0;
	const mark = bytes.toString('latin1', offset, offset + 8);
	if (mark.startsWith('ID3')) return id3TagSize(bytes.subarray(offset));
	if (mark.startsWith('TAG')) return 128;
	// Its size counts everything but the header of 32 bytes.
	if (mark !== 'APETAGEX' || offset + 16 > bytes.length) return 0;
	return 32 + bytes.readUInt32LE(offset + 12);
}

/** Goes on behind all ID3 tags that are here. */
export async function skipTags(bytes: ByteReader): Promise<void> {
	for (;;) {
		const size = id3TagSize(await bytes.peek(10));
		if (size === 0) return;
		await bytes.skip(size);
	}
}
