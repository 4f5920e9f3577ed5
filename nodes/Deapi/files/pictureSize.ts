import { Failure } from '../engine/failure';
import type { InputFile } from './binary';
import { ByteReader } from './bytes';
import type { MediaType } from './kinds';
import { BMP, GIF, JPG, PNG, WEBP } from './kinds';

/** How wide and how high a picture is, in pixels, as it is stored. */
export interface PictureSize {
	width: number;
	height: number;
}

/** A JPG whose size is further behind has something else in front of its picture. */
const SEARCHED_BYTES = 10 * 1024 * 1024;

/**
 * How large a picture is, by its first bytes. Those of a JPG may have pages of metadata before them.
 *
 * @param type its kind, as its bytes tell
 * @param head as much of its start as is at hand
 * @returns undefined where its bytes do not tell
 * @throws {Failure} where the file can no longer be read
 */
export async function pictureSizeOf(
	file: InputFile,
	type: MediaType,
	head: Buffer,
): Promise<PictureSize | undefined> {
	if (type !== JPG) return real(sizeAtStart(type, head));
	const size = await sizeOfJpg(new ByteReader(head, brokeOff));
	if (size !== undefined || head.length >= file.size) return real(size);
	const bytes = new ByteReader(await file.open(), brokeOff);
	try {
		return real(await sizeOfJpg(bytes));
	} finally {
		bytes.close();
	}
}

const brokeOff = (cause: unknown) =>
	new Failure(
		{ message: 'The picture could not be read', description: 'Run the node again.' },
		{ cause },
	);

/** A picture without a side is none: its bytes have told something else. */
function real(size: PictureSize | undefined): PictureSize | undefined {
	return size !== undefined && size.width > 0 && size.height > 0 ? size : undefined;
}

/** The size of a kind that has it at a fixed place; undefined where the bytes are not what they should be. */
function sizeAtStart(type: MediaType, head: Buffer): PictureSize | undefined {
	if (head.length < 30) return undefined;
	const tag = (at: number) => head.toString('latin1', at, at + 4);
	switch (type) {
		case PNG:
			// Of the chunk IHDR, which every PNG begins with.
			return tag(12) === 'IHDR'
				? { width: head.readUInt32BE(16), height: head.readUInt32BE(20) }
				: undefined;
		case GIF:
			return { width: head.readUInt16LE(6), height: head.readUInt16LE(8) };
		case BMP:
			// The header of OS/2 has 12 bytes, and short numbers; a height below 0 means from top to bottom.
			return head.readUInt32LE(14) === 12
				? { width: head.readUInt16LE(18), height: head.readUInt16LE(20) }
				: { width: head.readInt32LE(18), height: Math.abs(head.readInt32LE(22)) };
		case WEBP:
			return sizeOfWebp(tag(12), head);
		default:
			return undefined;
	}
}

/** Source: RFC 9649: lossy, lossless and extended files have their size in three ways. */
function sizeOfWebp(chunk: string, head: Buffer): PictureSize | undefined {
	if (chunk === 'VP8 ') {
		const hasFrame = head.readUIntBE(23, 3) === 0x9d012a;
		const side = (at: number) => head.readUInt16LE(at) & 0x3fff;
		return hasFrame ? { width: side(26), height: side(28) } : undefined;
	}
	if (chunk === 'VP8L' && head[20] === 0x2f) {
		const bits = head.readUInt32LE(21);
		return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
	}
	if (chunk === 'VP8X') {
		return { width: head.readUIntLE(24, 3) + 1, height: head.readUIntLE(27, 3) + 1 };
	}
	return undefined;
}

/** Markers that begin a frame: C0 to CF without those of tables, of JPEG itself and of arithmetic coding. */
const isFrame = (marker: number) =>
	marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** Markers behind which there is no frame any more: of its data, and of the end. */
const ENDS = [0xda, 0xd9];

/** Goes from segment to segment up to the one that begins the picture. Source: ITU-T T.81, annex B. */
async function sizeOfJpg(bytes: ByteReader): Promise<PictureSize | undefined> {
	await bytes.skip(2);
	while (bytes.position < SEARCHED_BYTES) {
		// The marker, the segment's length, and of a frame its precision, height and width.
		const segment = await bytes.peek(9);
		const [mark, marker = 0] = segment;
		if (segment.length < 9 || mark !== 0xff || ENDS.includes(marker)) return undefined;
		if (isFrame(marker)) {
			return { width: segment.readUInt16BE(7), height: segment.readUInt16BE(5) };
		}
		// More bytes of that value may fill the space before a marker.
		await bytes.skip(marker === 0xff ? 1 : 2 + segment.readUInt16BE(2));
	}
	return undefined;
}
