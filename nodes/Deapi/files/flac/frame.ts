/** FLAC's headers, by RFC 9639. */
import { isPossibleRate } from '../length/rates';

/** No header of a frame is longer, in bytes. */
export const MAX_HEADER_SIZE = 16;
/** No frame is shorter, in bytes (section 9). */
export const MIN_FRAME_SIZE = 10;

/** What holds for the whole stream (section 8.2). */
export interface StreamInfo {
	/** Samples a second. */
	rate: number;
	channels: number;
	bits: number;
	/** No frame is longer, in bytes. */
	maxFrameSize: number;
	/** The block STREAMINFO itself. */
	block: Buffer;
}

/** A frame's header (section 9.1). */
export interface FlacHeader {
	/** The number of its first sample, or where all blocks have one size, of the frame itself. */
	number: number;
	/** That of the frame behind it. */
	nextNumber: number;
	/** Samples of each channel. */
	samples: number;
}

/** The size of the block STREAMINFO, in bytes. */
export const STREAM_INFO_SIZE = 34;

/** Reads the block STREAMINFO; undefined where it is damaged. */
export function readStreamInfo(block: Buffer): StreamInfo | undefined {
	if (block.length < STREAM_INFO_SIZE) return undefined;
	const largestBlock = block.readUInt16BE(2);
	const facts = block.readUInt32BE(10);
	const rate = facts >>> 12;
	const channels = ((facts >>> 9) & 7) + 1;
	const bits = ((facts >>> 4) & 31) + 1;
	if (!isPossibleRate(rate)) return undefined;
	// A frame that is not packed at all; what the block says itself may belong to another file.
	const maxFrameSize = Math.ceil((largestBlock * channels * (bits + 1)) / 8) + MAX_HEADER_SIZE + 16;
	return { rate, channels, bits, maxFrameSize, block: Buffer.from(block) };
}

const BLOCK_SIZES = [0, 192, 576, 1152, 2304, 4608];
const RATES = [
	0, 88_200, 176_400, 192_000, 8000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000,
];
const BITS = [0, 8, 12, 0, 16, 20, 24, 32];

/** Whether a frame may begin here. */
export function isSync(bytes: Buffer, at: number): boolean {
	return bytes[at] === 0xff && ((bytes[at + 1] ?? 0) & 0xfe) === 0xf8;
}

/**
 * The frame whose header is at the start of these bytes, or undefined where none of this stream
 * does.
 *
 * @param bytes `MAX_HEADER_SIZE` of them, fewer only at the end of the file
 */
export function readFlacFrame(bytes: Buffer, info: StreamInfo): FlacHeader | undefined {
	const [, strategy = 0, sizes = 0, layout = 0] = bytes;
	if (!isSync(bytes, 0) || (layout & 1) !== 0) return undefined;
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

/** The check sum of a frame, by byte: polynomial x^16 + x^15 + x^2 + 1. */
const CRC16 = Uint16Array.from({ length: 256 }, (_, byte) => {
	let crc = byte << 8;
	for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x8005 : crc << 1;
	return crc & 0xffff;
});

/**
 * Goes on with a frame's check sum. It is 0 behind a whole frame, whose last two bytes are the sum itself.
 *
 * @param crc of the bytes before; 0 at the frame's start
 */
export function crc16(crc: number, bytes: Buffer, from: number, to: number): number {
	let sum = crc;
	for (let at = from; at < to; at++) {
		sum = ((sum << 8) & 0xffff) ^ (CRC16[(sum >> 8) ^ (bytes[at] ?? 0)] ?? 0);
	}
	return sum;
}
