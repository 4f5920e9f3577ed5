import type { ByteReader } from '../bytes';
import { unreadable } from '../length/unreadable';
import { skipTags, tagSize } from '../tags';
import type { FlacHeader, StreamInfo } from './frame';
import {
	crc16,
	isSync,
	MAX_HEADER_SIZE,
	MIN_FRAME_SIZE,
	readFlacFrame,
	readStreamInfo,
	STREAM_INFO_SIZE,
} from './frame';

/** How much is looked through at once, in bytes: more than most frames have. */
const WINDOW = 64 * 1024;
/** The mark of a file; another one may have been put behind the first. */
const MARK = Buffer.from('fLaC');

/** A frame of sound. */
export interface FlacFrame {
	info: StreamInfo;
	/** Samples of each channel. */
	samples: number;
	/** All its bytes; undefined where they are damaged: decoders play silence then. */
	content: Buffer | undefined;
}

/**
 * Walks through a FLAC frame by frame.
 *
 * Invariants:
 * - A frame counts where its check sum is right, or where its header and the one behind it fit each other.
 *   Its number does not matter: recorders begin anew, and parts get lost.
 * - The header of the file says nothing of its length: a pipe leaves it out, a cut makes it wrong.
 */
export class FlacWalk {
	private constructor(
		private readonly bytes: ByteReader,
		private info: StreamInfo,
	) {}

	/** @throws {Failure} where no FLAC begins here, behind tags */
	static async open(bytes: ByteReader): Promise<FlacWalk> {
		await skipTags(bytes);
		if (!isFile(await bytes.peek(MARK.length), 0)) throw unreadable();
		const info = await readMetadata(bytes);
		if (info === undefined) throw unreadable();
		return new FlacWalk(bytes, info);
	}

	/** The next frame, or undefined at the end of the file. */
	async next(): Promise<FlacFrame | undefined> {
		for (;;) {
			const window = await this.bytes.peek(this.reach);
			if (window.length < MIN_FRAME_SIZE) return undefined;
			const header = this.headerAt(window, 0);
			const frame = header === undefined ? undefined : this.frameAt(window, header);
			if (frame !== undefined) {
				// The window lasts until the reader goes on.
				const content = frame.whole > 0 ? Buffer.from(window.subarray(0, frame.whole)) : undefined;
				await this.bytes.skip(frame.size);
				return { info: this.info, samples: frame.samples, content };
			}
			await this.pass(window);
		}
	}

	/** How far a frame may reach, with the header of the next. */
	private get reach(): number {
		return Math.max(WINDOW, this.info.maxFrameSize + MAX_HEADER_SIZE);
	}

	private headerAt(window: Buffer, at: number): FlacHeader | undefined {
		if (!isSync(window, at)) return undefined;
		return readFlacFrame(window.subarray(at, at + MAX_HEADER_SIZE), this.info);
	}

	/**
	 * The frame at the window's start: how far it reaches, and how many of its bytes are whole.
	 *
	 * @returns undefined where it is none, or was cut off
	 */
	private frameAt(window: Buffer, { nextNumber, samples }: FlacHeader) {
		let crc = crc16(0, window, 0, MIN_FRAME_SIZE);
		let whole = 0;
		for (let at = MIN_FRAME_SIZE; at <= window.length; at++) {
			const isPossible = at <= this.info.maxFrameSize;
			if (isPossible && crc === 0) whole = at;
			const next = this.headerAt(window, at);
			const isEnd = next !== undefined || this.isOther(window, at) || at === window.length;
			if (isEnd && isPossible && crc === 0) return { size: at, whole: at, samples };
			// Damaged, or followed by what is no sound.
			if (next?.number === nextNumber) return { size: at, whole, samples };
			// A frame that was too long is looked for no further: this one is whole, or cut off.
			if (next !== undefined && !isPossible) break;
			if (isPossible) crc = crc16(crc, window, at, at + 1);
		}
		const isLast = window.length < this.reach;
		const isCut = isLast && window.subarray(whole).some((byte) => byte !== 0);
		return whole === 0 || isCut ? undefined : { size: whole, whole, samples };
	}

	/** Goes on by what is no frame: to the next that may be one. */
	private async pass(window: Buffer): Promise<void> {
		if (isFile(window, 0)) {
			this.info = (await readMetadata(this.bytes)) ?? this.info;
			return;
		}
		const tag = tagSize(window);
		if (tag > 0) {
			await this.bytes.skip(tag);
			return;
		}
		let at = 1;
		while (at < window.length && !this.headerAt(window, at) && !this.isOther(window, at)) at++;
		// A header may begin at the end of the window.
		const isEnd = at >= window.length && window.length >= this.reach;
		await this.bytes.skip(isEnd ? at - MAX_HEADER_SIZE : at);
	}

	/** Whether a tag or another file begins here. */
	private isOther(window: Buffer, at: number): boolean {
		return tagSize(window, at) > 0 || (window[at] === MARK[0] && isFile(window, at));
	}
}

function isFile(window: Buffer, at: number): boolean {
	return MARK.equals(window.subarray(at, at + MARK.length));
}

/** Reads from the mark to the first frame; undefined where what holds for the stream is not there. */
async function readMetadata(bytes: ByteReader): Promise<StreamInfo | undefined> {
	await bytes.skip(MARK.length);
	let info: StreamInfo | undefined;
	for (;;) {
		const head = await bytes.take(4);
		if (head.length < 4) return undefined;
		const size = head.readUIntBE(1, 3);
		const type = (head[0] ?? 0) & 0x7f;
		const isLast = ((head[0] ?? 0) & 0x80) !== 0;
		if (type === 0) info = readStreamInfo(await bytes.peek(STREAM_INFO_SIZE));
		await bytes.skip(size);
		if (isLast) return info;
	}
}
