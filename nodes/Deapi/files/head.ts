import type { FileHead } from './kinds';
import { HEAD_BYTES, recognise } from './kinds';
import { id3TagSize } from './mp3Frames';

/**
 * How far behind the tags in front of a file its sound is searched, in bytes. Programs that rewrite a tag
 * leave the old one or zeros behind it, and some write a wrong size into it; decoders look further as well.
 */
const SEARCHED_BYTES = 128 * 1024;

/** More tags than any file has. */
const MOST_TAGS = 50;

/**
 * Reads as much of a file's start as is needed to tell its kind: through all ID3 tags in front, and what
 * lies between them. At most a few hundred kilobytes are in memory at a time.
 *
 * @param content the file, part by part; it is left when enough has been seen
 */
export async function readHead(
	content: AsyncIterable<Buffer> | Iterable<Buffer>,
): Promise<FileHead> {
	let head = Buffer.alloc(0);
	/** What has been read from the end of the tags on. */
	let behind = Buffer.alloc(0);
	/** Where they end. */
	let start = 0;
	let tags = 0;
	let position = 0;

	/** Goes on by the tags that are there, and says whether enough has been seen. */
	const isEnough = (isEnd: boolean): boolean => {
		while (tags < MOST_TAGS) {
			let size = id3TagSize(behind);
			if (size === 0) {
				if (!isEnd && behind.length < HEAD_BYTES) return false;
				const searched = behind.subarray(0, SEARCHED_BYTES);
				if (recognise({ head: searched }) !== undefined) return true;
				size = endOfLaterTag(searched);
			}
			if (size === 0) return behind.length >= SEARCHED_BYTES;
			start += size;
			tags++;
			behind = behind.subarray(size);
		}
		return true;
	};

	// Leaving the loop closes a stream.
	for await (const part of content) {
		if (head.length < SEARCHED_BYTES) {
			head = Buffer.concat([head, part.subarray(0, SEARCHED_BYTES - head.length)]);
		}
		const from = Math.max(0, start - position);
		if (from < part.length) behind = Buffer.concat([behind, part.subarray(from)]);
		position += part.length;
		if (isEnough(false)) break;
	}
	isEnough(true);
	return tags > 0 ? { head, afterTag: behind.subarray(0, SEARCHED_BYTES) } : { head };
}

/** Where an ID3 tag ends that is behind other bytes; 0 where there is none. */
function endOfLaterTag(bytes: Buffer): number {
	for (let at = bytes.indexOf('ID3'); at !== -1; at = bytes.indexOf('ID3', at + 1)) {
		const header = bytes.subarray(at, at + 10);
		// In the middle of a file the three letters prove nothing: the version and the size have to fit.
		const [version = 0, revision = 0xff, , ...size] = header.subarray(3);
		const fits = version >= 2 && version <= 4 && revision < 0xff && size.every((n) => n < 0x80);
		if (fits && header.length === 10) return at + id3TagSize(header);
	}
	return 0;
}
