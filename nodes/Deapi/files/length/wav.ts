import type { ByteReader } from '../bytes';
import { unreadable, unsupportedCodec } from './unreadable';

/** Format tags of samples that lie in the file as they are played (Microsoft, mmreg.h). */
const PCM = 1;
const FLOAT = 3;
const A_LAW = 6;
const MU_LAW = 7;
/** The format stands in the extension. */
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

interface Format {
	/** Samples a second, of each channel. */
	rate: number;
	/** Bytes of one sample of all channels. */
	blockSize: number;
}

/**
 * The length of a WAV (RIFF, RF64 or BW64) in seconds. Reads no further than to the start of the
 * samples, unless the size of the file is not known.
 *
 * @param size of the file in bytes; 0 where it is not known
 * @throws {Failure} where the header is damaged or the samples are in a codec
 */
export async function readWavLength(bytes: ByteReader, size: number): Promise<number> {
	const isRiff = (await bytes.take(12)).toString('latin1', 0, 4) === 'RIFF';
	let format: Format | undefined;
	let largeSize: number | undefined;
	for (;;) {
		const head = await bytes.take(8);
		const name = head.toString('latin1', 0, 4);
		if (head.length < 8 || !/^[\x20-\x7e]{4}$/.test(name)) throw unreadable();
		const chunkSize = head.readUInt32LE(4);
		if (name === 'data') {
			if (format === undefined) throw unreadable();
			const named = isRiff ? chunkSize : (largeSize ?? chunkSize);
			// A program that cannot go back to fill in the size leaves 0 there, or the largest number.
			const most = named === 0 ? Infinity : named;
			const data = Math.min(most, size > 0 ? size - bytes.position : await bytes.skip(most));
			return Math.floor(data / format.blockSize) / format.rate;
		}
		const content = await bytes.peek(Math.min(chunkSize, 40));
		if (name === 'fmt ') format = readFormat(content);
		if (name === 'ds64' && content.length >= 16) largeSize = Number(content.readBigUInt64LE(8));
		// Chunks begin at even places.
		await bytes.skip(chunkSize + (chunkSize % 2));
	}
}

function readFormat(content: Buffer): Format {
	if (content.length < 16) throw unreadable();
	let tag = content.readUInt16LE(0);
	const channels = content.readUInt16LE(2);
	const rate = content.readUInt32LE(4);
	const bits = content.readUInt16LE(14);
	if (tag === EXTENSIBLE && content.length >= 26) tag = content.readUInt16LE(24);
	if (![PCM, FLOAT, A_LAW, MU_LAW].includes(tag)) {
		const name = CODECS[tag] ?? `a codec of the number 0x${tag.toString(16).padStart(4, '0')}`;
		throw unsupportedCodec('WAV', name);
	}
	const blockSize = channels * Math.ceil(bits / 8);
	if (blockSize === 0 || rate === 0) throw unreadable();
	return { rate, blockSize };
}
