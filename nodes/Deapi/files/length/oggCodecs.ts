import { MAX_HEADER_SIZE, readFlacFrame, readStreamInfo } from './flac';

/** How the packets of a stream inside Ogg are counted. */
export interface OggCodec {
	/** Samples a second, in which Ogg's positions count. */
	rate: number;
	/** Samples at the start that are decoded but not played. */
	preSkip: number;
	/**
	 * The samples that a packet adds; 0 for the headers.
	 *
	 * @param start the packet's first bytes, `PACKET_START` where it has as many
	 * @param end its last bytes, `PACKET_END` where it has as many
	 */
	samplesOf(start: Buffer, end: Buffer): number;
}

/** How much of a packet's start and end a codec needs to see, in bytes. */
export const PACKET_START = 64;
export const PACKET_END = 512;

/**
 * The codec of a stream by its first packet: how to count it where that is known here, else its name,
 * and undefined for what is no sound (pictures, subtitles).
 *
 * @throws {Failure} where the packet is damaged
 */
export function readOggCodec(packet: Buffer): OggCodec | { name: string } | undefined {
	const starts = (text: string) =>
		packet.subarray(0, text.length).equals(Buffer.from(text, 'latin1'));
	if (starts('\x01vorbis') && packet.length >= 30) return vorbis(packet);
	if (starts('OpusHead') && packet.length >= 19) return opus(packet);
	if (starts('\x7fFLAC')) return flac(packet);
	if (starts('Speex   ')) return { name: 'Speex' };
	if (starts('CELT    ')) return { name: 'CELT' };
	if (starts('PCM     ')) return { name: 'PCM' };
	return undefined;
}

/** FLAC: behind the mark, a version and the number of headers begins a FLAC file. */
function flac(packet: Buffer): OggCodec {
	const info = readStreamInfo(packet.subarray(17));
	return {
		rate: info.rate,
		preSkip: 0,
		samplesOf: (start) => readFlacFrame(start.subarray(0, MAX_HEADER_SIZE), info)?.samples ?? 0,
	};
}

/** Opus counts at 48 kHz, whatever was encoded (RFC 7845). */
function opus(packet: Buffer): OggCodec {
	return { rate: 48_000, preSkip: packet.readUInt16LE(10), samplesOf: samplesOfOpus };
}

/** Samples of one frame by the mode in a packet's first byte (RFC 6716, section 3.1). */
const SILK = [480, 960, 1920, 2880];
const HYBRID = [480, 960];
const CELT = [120, 240, 480, 960];

function samplesOfOpus(start: Buffer): number {
	if (start.length === 0 || /^Opus(Head|Tags)/.test(start.toString('latin1', 0, 8))) return 0;
	const [mode = 0, count = 0] = start;
	const config = mode >> 3;
	const samples =
		(config < 12 ? SILK[config % 4] : config < 16 ? HYBRID[config % 2] : CELT[config % 4]) ?? 0;
	const code = mode & 3;
	const frames = code === 0 ? 1 : code < 3 ? 2 : count & 0x3f;
	return samples * frames;
}

/** Vorbis: a packet adds a quarter of its own block and of the one before (Vorbis I, section 4.3.8). */
function vorbis(packet: Buffer): OggCodec {
	const exponents = packet[28] ?? 0;
	const blockSizes = [1 << (exponents & 15), 1 << (exponents >> 4)];
	let isLong: boolean[] = [];
	let before: number | undefined;
	return {
		rate: packet.readUInt32LE(12),
		preSkip: 0,
		samplesOf: (start, end) => {
			const first = start[0] ?? 1;
			if (first === 5) isLong = readVorbisModes(end);
			if (first % 2 === 1) return 0;
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
