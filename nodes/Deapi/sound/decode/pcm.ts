import { inSlices } from '../slices';
import type { ByteReader } from '../../files/bytes';
import type { WavFormat } from '../../files/wav/header';
import { readWavHeader } from '../../files/wav/header';
import type { RawBlock } from '../block';

/** Samples of a block. */
const BLOCK_SAMPLES = 16_384;

/** The samples of a WAV. */
export async function* decodeWav(bytes: ByteReader): AsyncGenerator<RawBlock> {
	const { format, size } = await readWavHeader(bytes);
	const frame = format.channels * format.sampleBytes;
	let left = size;
	let hasFractions: boolean | undefined;
	while (left >= frame) {
		const content = await bytes.take(Math.min(left, BLOCK_SAMPLES * frame));
		left -= content.length;
		const samples = Math.floor(content.length / frame);
		if (samples === 0) return;
		hasFractions ??= isOfFractions(format, content);
		const { encoding } = format;
		const read = { ...format, encoding: hasFractions ? ('fractions' as const) : encoding };
		yield await inSlices(() => toBlock(content, read, samples));
	}
}

/** How samples are read: as the header says, or as one old program meant it. */
type Reading = Omit<WavFormat, 'encoding'> & { encoding: WavFormat['encoding'] | 'fractions' };

/** Sounds of 24 bits as floating point: most samples lie between these. */
const FRACTIONS = { least: 2 ** -8, most: 2 ** 23.1, share: 0.6 };

/**
 * Behind a header of 24 bits in four bytes lie whole numbers in the upper three, or, as one program wrote them,
 * floating point of the same size. Whole numbers that are read as floating point are far smaller, or larger.
 */
function isOfFractions({ encoding, sampleBytes, bits }: WavFormat, content: Buffer): boolean {
	if (encoding !== 'integer' || sampleBytes !== 4 || bits !== 24) return false;
	let heard = 0;
	let fitting = 0;
	for (let at = 0; at + 4 <= content.length; at += 4) {
		const size = Math.abs(content.readFloatLE(at));
		if (size === 0) continue;
		heard++;
		if (size >= FRACTIONS.least && size <= FRACTIONS.most) fitting++;
	}
	return heard > 0 && fitting >= FRACTIONS.share * heard;
}

function toBlock(content: Buffer, format: Reading, samples: number): RawBlock {
	const { rate, channels, sampleBytes } = format;
	const read = readerOf(format, content);
	const block = Array.from({ length: channels }, (_, channel) => {
		const row = new Float32Array(samples);
		let at = channel * sampleBytes;
		for (let index = 0; index < samples; index++, at += channels * sampleBytes) {
			row[index] = read(at);
		}
		return row;
	});
	return { rate, samples: block, layout: 'wav' };
}

/** Reads the sample that begins at a byte of the content. A view is several times as fast as a buffer's methods. */
function readerOf({ encoding, sampleBytes }: Reading, content: Buffer): (at: number) => number {
	const view = new DataView(content.buffer, content.byteOffset, content.length);
	if (encoding === 'aLaw') return (at) => A_LAW[view.getUint8(at)] ?? 0;
	if (encoding === 'muLaw') return (at) => MU_LAW[view.getUint8(at)] ?? 0;
	if (encoding === 'fractions') return (at) => view.getFloat32(at, true) / 0x80_0000;
	if (encoding === 'float') {
		return sampleBytes === 8
			? (at) => view.getFloat64(at, true)
			: (at) => view.getFloat32(at, true);
	}
	// Eight bits count from 0, all others have a sign.
	if (sampleBytes === 1) return (at) => (view.getUint8(at) - 128) / 128;
	if (sampleBytes === 2) return (at) => view.getInt16(at, true) / 0x8000;
	if (sampleBytes === 3) {
		return (at) => (view.getInt16(at + 1, true) * 256 + view.getUint8(at)) / 0x80_0000;
	}
	return (at) => view.getInt32(at, true) / 0x8000_0000;
}

/** Source: ITU-T G.711. */
const A_LAW = Float32Array.from({ length: 256 }, (_, code) => {
	const bits = code ^ 0x55;
	const exponent = (bits >> 4) & 7;
	const base = ((bits & 15) << 4) + 8;
	const size = exponent === 0 ? base : (base + 0x100) << (exponent - 1);
	return ((bits & 0x80) === 0 ? -size : size) / 0x8000;
});

/** Source: ITU-T G.711. */
const MU_LAW = Float32Array.from({ length: 256 }, (_, code) => {
	const bits = ~code;
	const size = ((((bits & 15) << 3) + 0x84) << ((bits >> 4) & 7)) - 0x84;
	return ((bits & 0x80) === 0 ? size : -size) / 0x8000;
});
