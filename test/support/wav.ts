/** WAV files: silence, and other ways to write the same sound. */

/** What stands in front of the samples of a WAV. */
interface WavFormat {
	/** Samples a second. */
	rate: number;
	channels: number;
	/** Of one sample of one channel. */
	sampleBytes: number;
	isFloat?: boolean;
}

/** The head of a WAV with so many bytes of samples behind it. */
export function wavHeader(
	dataBytes: number,
	{ rate, channels, sampleBytes, isFloat = false }: WavFormat,
): Buffer {
	const header = Buffer.alloc(44);
	header.write('RIFF', 0, 'latin1');
	header.writeUInt32LE(36 + dataBytes, 4);
	header.write('WAVEfmt ', 8, 'latin1');
	header.writeUInt32LE(16, 16);
	header.writeUInt16LE(isFloat ? 3 : 1, 20);
	header.writeUInt16LE(channels, 22);
	header.writeUInt32LE(rate, 24);
	header.writeUInt32LE(rate * channels * sampleBytes, 28);
	header.writeUInt16LE(channels * sampleBytes, 32);
	header.writeUInt16LE(8 * sampleBytes, 34);
	header.write('data', 36, 'latin1');
	header.writeUInt32LE(dataBytes, 40);
	return header;
}

/**
 * A WAV of silence: so many samples a second, of one byte each, or of eight bytes of floating point. At 48,000 it is
 * read as it is; from another rate it has to be brought there first, which takes several times as long.
 */
export function silence(seconds: number, sampleRate = 8000, sampleBytes: 1 | 8 = 1): Buffer {
	const size = seconds * sampleRate * sampleBytes;
	const isFloat = sampleBytes === 8;
	const header = wavHeader(size, { rate: sampleRate, channels: 1, sampleBytes, isFloat });
	return Buffer.concat([header, Buffer.alloc(size, isFloat ? 0 : 128)]);
}

/** Where a chunk starts; its name may also occur in a title. */
function chunkAt(wav: Buffer, name: string): number {
	let start = 12;
	while (wav.toString('latin1', start, start + 4) !== name) {
		const size = wav.readUInt32LE(start + 4);
		start += 8 + size + (size % 2);
	}
	return start;
}

/** As a program leaves it that writes to a pipe: it cannot go back to put the sizes in. */
export function asPipeWav(wav: Buffer): Buffer {
	const piped = Buffer.from(wav);
	piped.writeUInt32LE(0xffffffff, 4);
	piped.writeUInt32LE(0xffffffff, chunkAt(wav, 'data') + 4);
	return piped;
}

/** As a program leaves it that was to fill the sizes in at the end, and did not. */
export function asUnfinishedWav(wav: Buffer): Buffer {
	const unfinished = Buffer.from(wav);
	unfinished.writeUInt32LE(0, 4);
	unfinished.writeUInt32LE(0, chunkAt(wav, 'data') + 4);
	return unfinished;
}

/** With sizes of 64 bits, which files over 4 GB need. */
export function asRf64(wav: Buffer): Buffer {
	const data = chunkAt(wav, 'data');
	const sizes = Buffer.alloc(36);
	sizes.write('ds64', 0, 'latin1');
	sizes.writeUInt32LE(28, 4);
	sizes.writeBigUInt64LE(BigInt(wav.length - 8 + sizes.length), 8);
	sizes.writeBigUInt64LE(BigInt(wav.readUInt32LE(data + 4)), 16);
	const long = Buffer.concat([wav.subarray(0, 12), sizes, wav.subarray(12)]);
	long.write('RF64', 0, 'latin1');
	long.writeUInt32LE(0xffffffff, 4);
	long.writeUInt32LE(0xffffffff, sizes.length + data + 4);
	return long;
}

/** With the format tag of packed sound; its samples stay as they are. */
export function asAdpcmWav(wav: Buffer): Buffer {
	const packed = Buffer.from(wav);
	packed.writeUInt16LE(0x11, chunkAt(wav, 'fmt ') + 8);
	return packed;
}

/** A WAV of 16 bits. */
export function wavOf(rows: Float32Array[], rate: number): Buffer {
	const channels = rows.length;
	const length = rows[0]?.length ?? 0;
	const header = wavHeader(2 * channels * length, { rate, channels, sampleBytes: 2 });
	const wav = Buffer.concat([header, Buffer.alloc(2 * channels * length)]);
	for (const [channel, row] of rows.entries()) {
		for (const [at, sample] of row.entries()) {
			wav.writeInt16LE(Math.round(sample * 32_767), 44 + 2 * (at * channels + channel));
		}
	}
	return wav;
}
