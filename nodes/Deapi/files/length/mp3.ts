/**
 * An MP3 is as long as its frames, less what the encoder put in front of the sound and behind it.
 *
 * What must not regress, and why:
 * - Frames are counted. Bit rate and size say nothing where the bit rate changes, and headers (Xing,
 *   Info, VBRI) and tags (TLEN) may belong to a file that was cut or joined since.
 * - A header stands in a frame of its own, which is not played.
 * - LAME and FFmpeg write down how many samples they added at both ends. Nobody else's figures are
 *   taken, as decoders do not take them either.
 */
import type { ByteReader } from './bytes';
import { MAX_FRAME_SIZE, readMp3Frame, type Mp3Frame } from './mp3Frame';
import { unreadable } from './unreadable';
import { id3TagSize } from '../mp3Frames';

/** How much is looked through at once for the next frame, in bytes. */
const WINDOW = 64 * 1024;

/** A frame's header, in bytes. */
const HEADER_SIZE = 4;

/** Samples that a decoder itself is late by; encoders do not count them. */
const DECODER_DELAY = 529;

/**
 * The length of an MP3 in seconds, counted frame by frame. Tags and bytes that are no sound may stand
 * anywhere.
 *
 * @throws {Failure} where no frame is found
 */
export async function readMp3Length(bytes: ByteReader): Promise<number> {
	let added: Added | undefined;
	let kind: number | undefined;
	let rate = 0;
	let seconds = 0;
	let samples = 0;
	let isFirst = true;
	let isInStep = false;
	for (;;) {
		const frame = await nextFrame(bytes, isInStep ? kind : undefined);
		if (frame === 'end') break;
		if (frame === undefined) {
			isInStep = false;
			continue;
		}
		const content = await bytes.take(frame.size);
		// Decoders play a last frame that is cut off as well, if there is more than its header.
		if (content.length <= HEADER_SIZE) break;
		({ kind } = frame);
		isInStep = true;
		if (isFirst) {
			isFirst = false;
			rate = frame.rate;
			const header = readHeaderFrame(content, frame);
			added = header?.added;
			if (header) continue;
		}
		seconds += frame.samples / frame.rate;
		samples += frame.samples;
	}
	if (samples === 0) throw unreadable();
	return seconds - (added ? unplayed(added, samples) : 0) / rate;
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

/** What an encoder added at both ends, in samples. */
interface Added {
	delay: number;
	padding: number;
	/** Where the padding ends, counted from the first sample; 0 where nobody says. */
	end: number;
}

/** What a first frame says that holds a header in place of sound. */
type HeaderFrame = { added?: Added };

function readHeaderFrame(content: Buffer, frame: Mp3Frame): HeaderFrame | undefined {
	return readXing(content, frame) ?? readVbri(content);
}

/** The header of LAME and its heirs, behind the (empty) side information. */
function readXing(content: Buffer, frame: Mp3Frame): HeaderFrame | undefined {
	const sideInformation = frame.isMpeg1 ? (frame.isMono ? 17 : 32) : frame.isMono ? 9 : 17;
	let at = HEADER_SIZE + sideInformation;
	const next = (size: number): Buffer => content.subarray(at, (at += size));
	const number = (size: number): number => Number(`0x0${next(size).toString('hex')}`);

	if (!['Xing', 'Info'].includes(next(4).toString('latin1'))) return undefined;
	const flags = number(4);
	const frames = flags & 1 ? number(4) : 0;
	if (flags & 2) next(4); // Size
	if (flags & 4) next(100); // Where to seek
	if (flags & 8) next(4); // Quality
	if (!['LAME', 'Lavf', 'Lavc'].includes(next(4).toString('latin1'))) return {};
	next(17); // The encoder's version, filters, gains, bit rate
	const both = number(3);
	return { added: { delay: both >>> 12, padding: both & 0xfff, end: frames * frame.samples } };
}

/** The header of Fraunhofer's encoders, always at the same place. */
function readVbri(content: Buffer): HeaderFrame | undefined {
	const isVbri = content.toString('latin1', 36, 40) === 'VBRI' && content.length >= 54;
	return isVbri && content.readUInt16BE(40) === 1 ? {} : undefined;
}

/** How many of the samples that were found are not played. */
function unplayed({ delay, padding, end }: Added, samples: number): number {
	const front = Math.min(samples, delay + DECODER_DELAY);
	// Another file was put behind this one: what was its padding is played.
	if (samples > end + end / 16) return front;
	// The decoder is late at the end as well: so much of the padding is still to come out of it.
	const start = end - Math.max(0, padding - DECODER_DELAY);
	const back = Math.min(end, samples) - Math.max(start, front);
	return front + Math.max(0, back);
}
