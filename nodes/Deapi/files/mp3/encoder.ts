/**
 * What an encoder says of itself in an MP3's first frame, which is not played then. LAME and FFmpeg write
 * down how many samples they added at both ends; nobody else's figures are taken, as decoders do not take
 * them either.
 */
import { HEADER_SIZE } from './frame';
import type { Mp3Frame } from './frame';

/** Samples that a decoder itself is late by; encoders do not count them. */
export const DECODER_DELAY = 529;

/** Samples of an MP3 that an encoder added, counted from the first one that is decoded. */
export interface Added {
	/** So many at the start. */
	front: number;
	/** From here on, up to `end`. */
	back: number;
	end: number;
}

/** What a first frame says that holds a header in place of sound. */
export type HeaderFrame = { added?: Added };

/** What is in a first frame in place of sound, or undefined where it is sound. */
export function readHeaderFrame(content: Buffer, frame: Mp3Frame): HeaderFrame | undefined {
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
	const front = (both >>> 12) + DECODER_DELAY;
	const end = frames * frame.samples;
	// The decoder is late at the end as well: so much of the padding is still to come out of it.
	const back = Math.max(front, end - Math.max(0, (both & 0xfff) - DECODER_DELAY));
	return { added: { front, back, end: Math.max(back, end) } };
}

/** The header of Fraunhofer's encoders, always at the same place. */
function readVbri(content: Buffer): HeaderFrame | undefined {
	const isVbri = content.toString('latin1', 36, 40) === 'VBRI' && content.length >= 54;
	return isVbri && content.readUInt16BE(40) === 1 ? {} : undefined;
}
