import { id3TagSize } from '../mp3Frames';
import type { ByteReader } from '../bytes';
import type { Added } from './encoder';
import { readHeaderFrame } from './encoder';
import type { Mp3Frame } from './frame';
import { HEADER_SIZE, MAX_FRAME_SIZE, readMp3Frame } from './frame';

/** How much is looked through at once for the next frame, in bytes. */
const WINDOW = 64 * 1024;

/** A frame of sound with all its bytes. */
export interface SoundFrame {
	frame: Mp3Frame;
	/** Header included; shorter than the frame where the file is cut off in its middle. */
	content: Buffer;
}

/**
 * Walks through an MP3 frame by frame. Tags, and bytes that are no sound, may stand anywhere; a header
 * that an encoder put in front (Xing, Info, VBRI) is no sound and is passed over.
 */
export class Mp3Walk {
	/** What the encoder added, where it says so; known with the first frame. */
	added: Added | undefined;

	/** Samples a second; known with the first frame. */
	rate = 0;

	/** Of the frame before, where that one ended here. */
	private kind: number | undefined;

	private isFirst = true;

	constructor(private readonly bytes: ByteReader) {}

	/**
	 * The next frame of sound.
	 *
	 * @returns undefined at the end of the file
	 */
	async next(): Promise<SoundFrame | undefined> {
		for (;;) {
			const frame = await nextFrame(this.bytes, this.kind);
			if (frame === 'end') return undefined;
			this.kind = frame?.kind;
			if (frame === undefined) continue;
			const content = await this.bytes.take(frame.size);
			// Decoders play a last frame that is cut off as well, if there is more than its header.
			if (content.length <= HEADER_SIZE) return undefined;
			if (!this.isFirst) return { frame, content };
			this.isFirst = false;
			this.rate = frame.rate;
			const header = readHeaderFrame(content, frame);
			this.added = header?.added;
			if (header === undefined) return { frame, content };
		}
	}
}

/**
 * The frame that stands here, or undefined after going on by what is no frame.
 *
 * @param kind of the frame before where that one ended here: then a header of the same kind is enough.
 * Elsewhere one header proves nothing (it occurs by chance), so another of its kind has to follow.
 */
async function nextFrame(
	bytes: ByteReader,
	kind: number | undefined,
): Promise<Mp3Frame | 'end' | undefined> {
	if (kind !== undefined) {
		const frame = readMp3Frame(await bytes.peek(HEADER_SIZE));
		if (frame?.kind === kind) return frame;
	}
	const window = await bytes.peek(WINDOW);
	if (window.length < HEADER_SIZE) return 'end';
	const tag = tagSize(window);
	if (tag > 0) {
		await bytes.skip(tag);
		return undefined;
	}
	const isLast = window.length < WINDOW;
	const end = isLast ? window.length : window.length - MAX_FRAME_SIZE - HEADER_SIZE;
	for (let at = window.indexOf(0xff); at !== -1 && at < end; at = window.indexOf(0xff, at + 1)) {
		const frame = readMp3Frame(window, at);
		if (frame === undefined) continue;
		const next = at + frame.size;
		const isFollowed = readMp3Frame(window, next)?.kind === frame.kind;
		if (isFollowed || (isLast && next === window.length) || tagSize(window, next) > 0) {
			await bytes.skip(at);
			return frame;
		}
	}
	await bytes.skip(Math.max(1, end));
	return undefined;
}

/** The first letters of the tags' marks. */
const TAG_LETTERS = [...Buffer.from('ITA')];

/** The size in bytes of the tag that begins here (ID3 of both kinds, APE), or 0. */
function tagSize(bytes: Buffer, offset = 0): number {
	if (!TAG_LETTERS.includes(bytes[offset] ?? 0)) return 0;
	const mark = bytes.toString('latin1', offset, offset + 8);
	if (mark.startsWith('ID3')) return id3TagSize(bytes.subarray(offset));
	if (mark.startsWith('TAG')) return 128;
	// Its size counts everything but the header of 32 bytes.
	if (mark !== 'APETAGEX' || offset + 16 > bytes.length) return 0;
	return 32 + bytes.readUInt32LE(offset + 12);
}
