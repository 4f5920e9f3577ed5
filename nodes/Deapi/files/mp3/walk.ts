import type { ByteReader } from '../bytes';
import { tagSize } from '../tags';
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
	/** The samples of it that are played: where each part begins, and the sample behind it. */
	played: Array<[from: number, to: number]>;
}

/**
 * Walks through an MP3 frame by frame. Tags, and bytes that are no sound, may be anywhere; a header
 * that an encoder put in front (Xing, Info, VBRI) is no sound and is passed over.
 */
export class Mp3Walk {
	/** What the encoder added, where it says so. */
	private added: Added | undefined;

	/** Of the frame before, where that one ended here. */
	private kind: number | undefined;

	private isFirst = true;

	/** Whether bytes that are no tag were passed over. */
	private isBehindJunk = false;

	/** Frames that were read ahead. */
	private ahead: Array<Pick<SoundFrame, 'frame' | 'content'>> = [];

	/** Samples of the frames that were given out. */
	private position = 0;

	constructor(private readonly bytes: ByteReader) {}

	/**
	 * The next frame of sound.
	 *
	 * @returns undefined at the end of the file
	 */
	async next(): Promise<SoundFrame | undefined> {
		const found = this.ahead.shift() ?? (await this.read());
		if (found === undefined) return undefined;
		const { samples } = found.frame;
		if (this.added && this.position + samples > this.added.back) await this.checkEnd(found);
		const played = playedOf(this.added, this.position, samples);
		this.position += samples;
		return { ...found, played };
	}

	/** Where another file was put behind this one, what was padding is played. */
	private async checkEnd(found: Pick<SoundFrame, 'frame' | 'content'>): Promise<void> {
		const { added } = this;
		if (added === undefined || this.position >= added.end) return;
		let end = this.position + found.frame.samples;
		for (const { frame } of this.ahead) end += frame.samples;
		while (end <= added.end + added.end / 16) {
			const next = await this.read();
			if (next === undefined) return;
			this.ahead.push(next);
			end += next.frame.samples;
		}
		this.added = { ...added, back: added.end };
	}

	private async read(): Promise<Pick<SoundFrame, 'frame' | 'content'> | undefined> {
		for (;;) {
			const isResumed = this.kind === undefined;
			const found = await nextFrame(this.bytes, this.kind);
			if (found === 'end') return undefined;
			this.kind = found.frame?.kind;
			this.isBehindJunk ||= found.hasJunk;
			const { frame } = found;
			if (frame === undefined) continue;
			const content = await this.bytes.take(frame.size);
			// Decoders play a last frame that is cut off as well, if there is more than its header.
			if (content.length <= HEADER_SIZE) return undefined;
			// Decoders look for it right at the start; behind junk they play it, as silence.
			const isHidden = this.isFirst && this.isBehindJunk;
			const header = isResumed && !isHidden ? readHeaderFrame(content, frame) : undefined;
			if (this.isFirst) this.added = header?.added;
			this.isFirst = false;
			// What was read lasts until the reader goes on.
			if (header === undefined) return { frame, content: Buffer.from(content) };
		}
	}
}

function playedOf(
	added: Added | undefined,
	position: number,
	samples: number,
): SoundFrame['played'] {
	if (added === undefined) return [[0, samples]];
	const within = (sample: number) => Math.min(samples, Math.max(0, sample - position));
	const [front, back, end] = [within(added.front), within(added.back), within(added.end)];
	const parts: SoundFrame['played'] = [
		[front, back],
		[Math.max(back, end), samples],
	];
	return parts.filter(([from, to]) => to > from);
}

/** What was passed over, and the frame that is behind it, if one was found. */
interface Found {
	frame?: Mp3Frame;
	hasJunk: boolean;
}

/**
 * Goes on to the frame that comes next, or by what is no frame.
 *
 * @param kind of the frame before where that one ended here: then a header of the same kind is enough.
 * Elsewhere one header proves nothing (it occurs by chance), so another of its kind has to follow.
 */
async function nextFrame(bytes: ByteReader, kind: number | undefined): Promise<Found | 'end'> {
	if (kind !== undefined) {
		const frame = readMp3Frame(await bytes.peek(HEADER_SIZE));
		if (frame?.kind === kind) return { frame, hasJunk: false };
	}
	const window = await bytes.peek(WINDOW);
	if (window.length < HEADER_SIZE) return 'end';
	const tag = tagSize(window);
	if (tag > 0) {
		await bytes.skip(tag);
		return { hasJunk: false };
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
			return { frame, hasJunk: at > 0 };
		}
	}
	await bytes.skip(Math.max(1, end));
	return { hasJunk: true };
}
