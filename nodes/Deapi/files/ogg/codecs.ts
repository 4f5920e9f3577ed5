import { isPossibleRate } from '../length/rates';
import type { StreamInfo } from '../flac/frame';
import { MAX_HEADER_SIZE, readFlacFrame, readStreamInfo } from '../flac/frame';

/** How a stream inside Ogg is encoded, and how its packets are counted. */
export interface OggCodec {
	name: 'Vorbis' | 'Opus' | 'FLAC';
	/** Samples a second, in which Ogg's positions count. */
	rate: number;
	channels: number;
	/** Samples at the start that are decoded but not played. */
	preSkip: number;
	/** The stream's first packet. */
	head: Buffer;
	/** The samples that a packet adds; undefined for the headers. */
	samplesOf(packet: Buffer): number | undefined;
}

/** FLAC: behind the mark, a version and the number of headers begins a FLAC file. */
export const FLAC_INFO_AT = 17;

/**
 * The codec of a stream by its first packet: how to count it where that is known here, else its name, and
 * undefined for what is no sound (pictures, subtitles) or damaged.
 */
export function readOggCodec(head: Buffer): OggCodec | { unknown: string } | undefined {
	const starts = (text: string) => head.toString('latin1', 0, text.length) === text;
	if (starts('\x01vorbis') && head.length >= 30) return possible(vorbis(head));
	if (starts('OpusHead') && head.length >= 19) return possible(opus(head));
	if (starts('\x7fFLAC')) return flac(head, readStreamInfo(head.subarray(FLAC_INFO_AT)));
	if (starts('Speex   ')) return { unknown: 'Speex' };
	if (starts('CELT    ')) return { unknown: 'CELT' };
	if (starts('PCM     ')) return { unknown: 'PCM' };
	return undefined;
}

function possible(codec: OggCodec): OggCodec | undefined {
	return codec.channels > 0 && isPossibleRate(codec.rate) ? codec : undefined;
}

function flac(head: Buffer, info: StreamInfo | undefined): OggCodec | undefined {
	if (info === undefined) return undefined;
	const { rate, channels } = info;
	const samplesOf = (packet: Buffer) =>
		readFlacFrame(packet.subarray(0, MAX_HEADER_SIZE), info)?.samples;
	return { name: 'FLAC', rate, channels, preSkip: 0, head, samplesOf };
}

/** Opus counts at 48 kHz, whatever was encoded (RFC 7845). */
function opus(head: Buffer): OggCodec {
	return {
		name: 'Opus',
		rate: 48_000,
		channels: head[9] ?? 0,
		preSkip: head.readUInt16LE(10),
		head,
		samplesOf: samplesOfOpus,
	};
}

/** Samples of one frame by the mode in a packet's first byte (RFC 6716, section 3.1). */
const SILK = [480, 960, 1920, 2880];
const HYBRID = [480, 960];
const CELT = [120, 240, 480, 960];
/** No packet lasts longer: 120 ms. */
const MOST_OPUS_SAMPLES = 5760;

function samplesOfOpus(packet: Buffer): number | undefined {
	if (packet.length === 0 || /^Opus(Head|Tags)/.test(packet.toString('latin1', 0, 8))) {
		return undefined;
	}
	const [mode = 0, count = 0] = packet;
	const config = mode >> 3;
	const samples =
		(config < 12 ? SILK[config % 4] : config < 16 ? HYBRID[config % 2] : CELT[config % 4]) ?? 0;
	const code = mode & 3;
	const frames = code === 0 ? 1 : code < 3 ? 2 : count & 0x3f;
	return samples * frames > MOST_OPUS_SAMPLES ? 0 : samples * frames;
}

/** Vorbis: a packet adds a quarter of its own block and of the one before (Vorbis I, section 4.3.8). */
function vorbis(head: Buffer): OggCodec {
	const exponents = head[28] ?? 0;
	const blockSizes = [1 << (exponents & 15), 1 << (exponents >> 4)];
	let isLong: boolean[] = [];
	let before: number | undefined;
	return {
		name: 'Vorbis',
		rate: head.readUInt32LE(12),
		channels: head[11] ?? 0,
		preSkip: 0,
		head,
		samplesOf: (packet) => {
			const first = packet[0] ?? 1;
			if (first === 5) isLong = readVorbisModes(packet);
			if (first % 2 === 1) return undefined;
			const mode = (first >> 1) & ((1 << bitsFor(isLong.length)) - 1);
			const block = blockSizes[isLong[mode] ? 1 : 0] ?? 0;
			const samples = before === undefined ? 0 : (before + block) / 4;
			before = block;
			return samples;
		},
	};
}

/** How many bits a number below this one takes. */
function bitsFor(count: number): number {
	return count < 2 ? 0 : 32 - Math.clz32(count - 1);
}

const MODE_BITS = 41;
const MAX_MODES = 64;

/**
 * Which modes have long blocks, by the end of the setup header (Vorbis I, section 4.2.4). All before
 * it would have to be decoded to find where the list of modes begins, so it is read from its end: each
 * mode is a bit (is long), 32 zeros and the number of a mapping; before them stands their number.
 */
function readVorbisModes(setup: Buffer): boolean[] {
	const bit = (at: number) => ((setup[at >> 3] ?? 0) >> (at & 7)) & 1;
	const bits = (at: number, count: number) => {
		let value = 0;
		for (let each = count - 1; each >= 0; each--) value = value * 2 + bit(at + each);
		return value;
	};
	let end = setup.length * 8 - 1;
	// The last bit that is set says that the header is whole; zeros fill the byte.
	while (end > 0 && bit(end) === 0) end--;

	let found: boolean[] = [];
	const modes: boolean[] = [];
	for (let at = end - MODE_BITS; at >= 6 && modes.length < MAX_MODES; at -= MODE_BITS) {
		if (bits(at + 1, 32) !== 0 || bits(at + 33, 8) >= MAX_MODES) break;
		modes.unshift(bit(at) === 1);
		// Numbers may fit by chance inside a mode: the longest list that fits is the one.
		if (bits(at - 6, 6) + 1 === modes.length) found = [...modes];
	}
	return found;
}
