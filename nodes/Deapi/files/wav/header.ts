/**
 * What is before the samples of a WAV (RIFF, RF64 or BW64).
 *
 * Invariants:
 * - Bits decide how large a sample is. Many programs write a wrong `nBlockAlign`, and players do not look at
 *   it; only where 24 bits lie in four bytes does it say so.
 * - No chunk is trusted for its size or name: a program that cannot go back leaves 0 or the largest number.
 */
import type { ByteReader } from '../bytes';
import { isPossibleRate } from '../length/rates';
import { unreadable, unsupportedCodec } from '../length/unreadable';
import { skipTags } from '../tags';

/** How a sample is written. */
export type WavEncoding = 'integer' | 'float' | 'aLaw' | 'muLaw';

/** The samples of a WAV, as its header describes them. */
export interface WavFormat {
	encoding: WavEncoding;
	/** Samples a second, of each channel. */
	rate: number;
	channels: number;
	/** Bytes that one sample of one channel takes; 24 bits in four bytes are the upper ones. */
	sampleBytes: number;
	/** Bits of a sample, as the header says. */
	bits: number;
}

/** Format tags (Microsoft, mmreg.h). */
const ENCODINGS = new Map<number, WavEncoding>([
	[1, 'integer'],
	[3, 'float'],
	[6, 'aLaw'],
	[7, 'muLaw'],
]);
/** The tag is in the extension. */
const EXTENSIBLE = 0xfffe;

/** Format tags of codecs, by the name that people know. */
const CODECS: { [tag: number]: string } = {
	0x0002: 'Microsoft ADPCM',
	0x0011: 'IMA ADPCM',
	0x0031: 'GSM 6.10',
	0x0040: 'G.721 ADPCM',
	0x0045: 'G.726 ADPCM',
	0x0050: 'MPEG Layer 2',
	0x0055: 'MP3',
	0x00ff: 'AAC',
	0x0160: 'Windows Media Audio',
	0x0161: 'Windows Media Audio',
	0x0162: 'Windows Media Audio',
	0x1610: 'AAC',
	0x2000: 'AC-3',
	0x2001: 'DTS',
};

/** More than this many channels is not a sound that anybody hears. */
const MOST_CHANNELS = 64;

/** No program writes a longer description; longer ones are passed over. */
const FORMAT_BYTES = 40;

/** What a chunk of samples has before it. */
export interface WavData {
	format: WavFormat;
	/** Bytes of the chunk; Infinity where only the end of the file tells. */
	size: number;
}

/**
 * Reads up to the first sample.
 *
 * @throws {Failure} where there is no header, no sample, or where the samples are in a codec
 */
export async function readWavHeader(bytes: ByteReader): Promise<WavData> {
	await skipTags(bytes);
	const isRiff = (await bytes.take(12)).toString('latin1', 0, 4) === 'RIFF';
	let format: WavFormat | undefined;
	let largeSize = 0;
	for (;;) {
		const head = await bytes.take(8);
		if (head.length < 8) throw unreadable();
		const name = head.toString('latin1', 0, 4);
		const size = head.readUInt32LE(4);
		if (name === 'data') {
			if (format === undefined) throw unreadable();
			const isLarge = size === 0 || size === 0xffffffff || !isRiff;
			return { format, size: (isLarge ? largeSize || sizeOrEnd(size) : size) || Infinity };
		}
		const content = await bytes.peek(Math.min(size, FORMAT_BYTES));
		if (name === 'fmt ') format = readFormat(content);
		if (name === 'ds64' && content.length >= 16) largeSize = Number(content.readBigUInt64LE(8));
		await skipChunk(bytes, size);
	}
}

function sizeOrEnd(size: number): number {
	return size === 0xffffffff ? 0 : size;
}

/** Chunks begin at even places. */
async function skipChunk(bytes: ByteReader, size: number): Promise<void> {
	await bytes.skip(size + (size % 2));
}

function readFormat(content: Buffer): WavFormat {
	if (content.length < 14) throw unreadable();
	let tag = content.readUInt16LE(0);
	if (tag === EXTENSIBLE && content.length >= 26) tag = content.readUInt16LE(24);
	const encoding = ENCODINGS.get(tag);
	if (encoding === undefined) {
		const name = CODECS[tag] ?? `the codec number 0x${tag.toString(16).padStart(4, '0')}`;
		throw unsupportedCodec('WAV', name);
	}
	const channels = content.readUInt16LE(2);
	const rate = content.readUInt32LE(4);
	const blockSize = content.readUInt16LE(12);
	const bits = content.length >= 16 ? content.readUInt16LE(14) : 8;
	const ownBytes = encoding === 'integer' || encoding === 'float' ? Math.ceil(bits / 8) : 1;
	const sampleBytes = ownBytes === 3 && blockSize === 4 * channels ? 4 : ownBytes;
	const isKnown = encoding === 'float' ? [4, 8].includes(ownBytes) : ownBytes >= 1 && ownBytes <= 4;
	const isPossible = channels > 0 && channels <= MOST_CHANNELS && isPossibleRate(rate);
	if (!isPossible || !isKnown) throw unreadable();
	return { encoding, rate, channels, sampleBytes, bits };
}
