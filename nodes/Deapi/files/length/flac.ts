/**
 * A FLAC is as long as its frames. The header's number of samples does not do: a file that was written
 * to a pipe has none, one that was cut off has a wrong one.
 */
import type { ByteReader } from '../bytes';
import { unreadable } from './unreadable';
import { id3TagSize } from '../mp3Frames';

/** How much is looked through at once for the next frame, in bytes. */
const WINDOW = 64 * 1024;
/** No header of a frame is longer, in bytes. */
export const MAX_HEADER_SIZE = 16;
/** No frame is shorter, in bytes (RFC 9639, section 9). */
const MIN_FRAME_SIZE = 10;

/** What holds for the whole stream (RFC 9639, section 8.2). */
export interface StreamInfo {
	/** Samples a second. */
	rate: number;
	/** So many bytes behind a frame's start the next one has begun. */
	maxFrameSize: number;
	channels: number;
	bits: number;
	/** How many samples the file had when it was made; 0 where nobody knew. */
	samples: number;
}

/** A frame's header (RFC 9639, section 9.1). */
interface FlacFrame {
	/** The number of its first sample, or where all blocks have one size, of the frame itself. */
	number: number;
	/** That of the frame behind it. */
	nextNumber: number;
	/** Samples of each channel. */
	samples: number;
}

/**
 * The length of a FLAC in seconds, counted frame by frame. An ID3 tag may stand before it.
 *
 * @throws {Failure} where there is no header or no frame
 */
export async function readFlacLength(bytes: ByteReader): Promise<number> {
	const tag = id3TagSize(await bytes.peek(10));
	await bytes.skip(tag);
	if ((await bytes.take(4)).toString('latin1') !== 'fLaC') throw unreadable();
	const info = await readMetadata(bytes);

	let samples = 0;
	let expected: number | undefined;
	let lastFrame = bytes.position;
	let lastBlock = 0;
	for (;;) {
		const window = await bytes.peek(WINDOW);
		const isLast = window.length < WINDOW;
		const end = isLast ? window.length : window.length - MAX_HEADER_SIZE;
		let at = window.indexOf(0xff);
		while (at !== -1 && at < end) {
			const frame = readFlacFrame(window.subarray(at, at + MAX_HEADER_SIZE), info);
			// What looks like a header may be sound. A real one has the next number, unless some are lost.
			const isLost = bytes.position + at - lastFrame > info.maxFrameSize;
			const isNext = expected === undefined || frame?.number === expected;
			if (frame && (isNext || (isLost && frame.number > (expected ?? 0)))) {
				samples += frame.samples;
				lastBlock = frame.samples;
				expected = frame.nextNumber;
				lastFrame = bytes.position + at;
				at += MIN_FRAME_SIZE - 1;
			}
			at = window.indexOf(0xff, at + 1);
		}
		if (isLast) break;
		await bytes.skip(at === -1 ? window.length : at);
	}
	// A decoder does not play the frame in which the file was cut off.
	if (samples < info.samples) samples -= lastBlock;
	return samples / info.rate;
}

async function readMetadata(bytes: ByteReader): Promise<StreamInfo> {
	let info: StreamInfo | undefined;
	for (;;) {
		const head = await bytes.take(4);
		if (head.length < 4) throw unreadable();
		const size = head.readUIntBE(1, 3);
		const type = (head[0] ?? 0) & 0x7f;
		if (type === 0) info = readStreamInfo(await bytes.peek(34));
		await bytes.skip(size);
		const isLast = ((head[0] ?? 0) & 0x80) !== 0;
		if (isLast && info) return info;
		if (isLast) throw unreadable();
	}
}

/**
 * Reads the block STREAMINFO.
 *
 * @throws {Failure} where it is damaged
 */
export function readStreamInfo(block: Buffer): StreamInfo {
	if (block.length < 34) throw unreadable();
	const largestBlock = block.readUInt16BE(2);
	const facts = block.readUInt32BE(10);
	const rate = facts >>> 12;
	const channels = ((facts >>> 9) & 7) + 1;
	const bits = ((facts >>> 4) & 31) + 1;
	if (rate === 0) throw unreadable();
	const unpacked = Math.ceil((largestBlock * channels * (bits + 1)) / 8) + MAX_HEADER_SIZE + 16;
	return {
		rate,
		channels,
		bits,
		samples: (facts & 15) * 2 ** 32 + block.readUInt32BE(14),
		maxFrameSize: block.readUIntBE(7, 3) || unpacked,
	};
}

const BLOCK_SIZES = [0, 192, 576, 1152, 2304, 4608];
const RATES = [
	0, 88_200, 176_400, 192_000, 8000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000,
];
const BITS = [0, 8, 12, 0, 16, 20, 24, 32];

/**
 * The frame whose header stands at the start of these bytes, or undefined where none of this stream
 * does.
 *
 * @param bytes `MAX_HEADER_SIZE` of them, fewer only at the end of the file
 */
export function readFlacFrame(bytes: Buffer, info: StreamInfo): FlacFrame | undefined {
	const [sync = 0, strategy = 0, sizes = 0, layout = 0] = bytes;
	if (sync !== 0xff || (strategy & 0xfe) !== 0xf8 || (layout & 1) !== 0) return undefined;
	const channels = layout >> 4 < 8 ? (layout >> 4) + 1 : layout >> 4 < 11 ? 2 : 0;
	const bitsCode = (layout >> 1) & 7;
	const bits = bitsCode === 0 ? info.bits : BITS[bitsCode];
	if (channels !== info.channels || bits !== info.bits) return undefined;

	const number = readCodedNumber(bytes.subarray(4));
	if (number === undefined) return undefined;
	let at = 4 + number.size;
	const next = (size: number): number => {
		const value = at + size <= bytes.length ? bytes.readUIntBE(at, size) : 0;
		at += size;
		return value;
	};
	const sizeCode = sizes >> 4;
	const samples =
		sizeCode === 6
			? next(1) + 1
			: sizeCode === 7
				? next(2) + 1
				: sizeCode >= 8
					? 1 << sizeCode
					: (BLOCK_SIZES[sizeCode] ?? 0);
	const rateCode = sizes & 15;
	const rate =
		rateCode === 0
			? info.rate
			: rateCode === 12
				? next(1) * 1000
				: rateCode === 13
					? next(2)
					: rateCode === 14
						? next(2) * 10
						: RATES[rateCode];
	if (samples === 0 || rate !== info.rate) return undefined;
	if (at >= bytes.length || crc8(bytes.subarray(0, at)) !== bytes[at]) return undefined;
	const isVariable = (strategy & 1) === 1;
	const nextNumber = number.value + (isVariable ? samples : 1);
	return { number: number.value, nextNumber, samples };
}

/** A number in the manner of UTF-8, of up to 36 bits. */
function readCodedNumber(bytes: Buffer): { value: number; size: number } | undefined {
	const first = bytes[0] ?? 0;
	const ones = Math.clz32(~(first << 24));
	if (ones === 0) return { value: first, size: 1 };
	if (ones === 1 || ones > 7 || bytes.length < ones) return undefined;
	let value = first & (0x7f >> ones);
	for (const byte of bytes.subarray(1, ones)) {
		if ((byte & 0xc0) !== 0x80) return undefined;
		value = value * 64 + (byte & 0x3f);
	}
	return { value, size: ones };
}

/** The check sum of a header: polynomial x^8 + x^2 + x + 1. */
function crc8(bytes: Buffer): number {
	let crc = 0;
	for (const byte of bytes) {
		crc ^= byte;
		for (let bit = 0; bit < 8; bit++) crc = crc & 0x80 ? ((crc << 1) ^ 0x07) & 0xff : crc << 1;
	}
	return crc;
}
