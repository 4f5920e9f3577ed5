import type { MediaType } from '../../files/kinds';
import type { ByteReader } from '../../files/bytes';
import { cannotRead, readerOf } from '../sound';
import type { Sound } from '../sound';
import type { PieceReader } from './pieceReader';

/** Uncompressed sound and the two kinds of eight bits from telephony: each sample stands by itself. */
const FORMAT_TAGS = [1, 3, 6, 7];
/** The real tag then stands at the start of a longer description. */
const EXTENSIBLE = 0xfffe;
/** Room for the chunk that describes the format; the longest that is in use has 40 bytes. */
const MAX_FORMAT_BYTES = 1024;

interface WavFormat {
	/** The content of the chunk that describes the format, kept as it is. */
	description: Buffer;
	sampleRate: number;
	/** Bytes of one sample of all channels. */
	blockSize: number;
}

/** Cuts WAV between two samples; RF64, and WAV from a pipe, whose header has no size, as well. */
export class WavReader implements PieceReader {
	/** Samples that were read or passed over. */
	private position = 0;

	private constructor(
		private readonly bytes: ByteReader,
		private readonly format: WavFormat,
		/** How many samples there are. */
		private readonly length: number,
	) {}

	/** @throws {Failure} where it is no WAV, or one whose samples are packed */
	static async open(sound: Sound, type: MediaType): Promise<WavReader> {
		const bytes = await readerOf(sound);
		const header = await readHeader(bytes, sound.size);
		if (header === undefined) {
			bytes.close();
			throw cannotRead(sound, type);
		}
		const length = Math.floor(header.dataBytes / header.format.blockSize);
		return new WavReader(bytes, header.format, length);
	}

	async skipTo(cut: number): Promise<void> {
		const samples = this.samplesTo(cut);
		await this.bytes.skip(samples * this.format.blockSize);
		this.position += samples;
	}

	async readTo(cut: number): Promise<Buffer | undefined> {
		const samples = this.samplesTo(cut);
		if (samples === 0) return undefined;
		const data = await this.bytes.takeParts(samples * this.format.blockSize);
		this.position += samples;
		const size = data.reduce((sum, { length }) => sum + length, 0);
		return Buffer.concat([createHeader(this.format.description, size), ...data]);
	}

	async close(): Promise<void> {
		this.bytes.close();
		await Promise.resolve();
	}

	private samplesTo(cut: number): number {
		const sample = Math.min(this.length, Math.round(cut * this.format.sampleRate));
		return Math.max(0, sample - this.position);
	}
}

/** Reads up to the first sample. */
async function readHeader(
	bytes: ByteReader,
	fileSize: number,
): Promise<{ format: WavFormat; dataBytes: number } | undefined> {
	const riff = await bytes.take(12);
	if (!/^(RIFF|RF64)....WAVE$/s.test(riff.toString('latin1'))) return undefined;
	let format: WavFormat | undefined;
	let longSize: number | undefined;
	for (;;) {
		const head = await bytes.take(8);
		if (head.length < 8) return undefined;
		const name = head.toString('latin1', 0, 4);
		const size = head.readUInt32LE(4);
		const padded = size + (size % 2);
		if (name === 'data') {
			if (format === undefined) return undefined;
			// A pipe cannot be rewound to put the size in: it is left at 0 or as large as can be.
			const rest = fileSize - bytes.position;
			return { format, dataBytes: Math.min(rest, longSize ?? (size === 0 ? rest : size)) };
		}
		if (name === 'fmt ' && size <= MAX_FORMAT_BYTES) {
			format = readFormat((await bytes.take(padded)).subarray(0, size));
			if (format === undefined) return undefined;
		} else if (name === 'ds64' && size >= 16 && size <= MAX_FORMAT_BYTES) {
			longSize = Number((await bytes.take(padded)).readBigUInt64LE(8));
		} else {
			await bytes.skip(padded);
		}
	}
}

function readFormat(description: Buffer): WavFormat | undefined {
	if (description.length < 14) return undefined;
	const tag = description.readUInt16LE(0);
	const isLong = tag === EXTENSIBLE && description.length >= 26;
	if (!FORMAT_TAGS.includes(isLong ? description.readUInt16LE(24) : tag)) return undefined;
	const sampleRate = description.readUInt32LE(4);
	const blockSize = description.readUInt16LE(12);
	return sampleRate > 0 && blockSize > 0 ? { description, sampleRate, blockSize } : undefined;
}

function createHeader(description: Buffer, dataBytes: number): Buffer {
	const header = Buffer.alloc(28 + description.length);
	header.write('RIFF', 0, 'latin1');
	header.writeUInt32LE(header.length - 8 + dataBytes, 4);
	header.write('WAVEfmt ', 8, 'latin1');
	header.writeUInt32LE(description.length, 16);
	description.copy(header, 20);
	header.write('data', header.length - 8, 'latin1');
	header.writeUInt32LE(dataBytes, header.length - 4);
	return header;
}
