/** WAV files: silence, and other ways to write the same sound. */

/** A WAV of silence: so many samples of 8 bits a second. */
export function silence(seconds: number, sampleRate = 8000): Buffer {
	const size = seconds * sampleRate;
	const header = Buffer.alloc(44);
	header.write('RIFF', 0, 'latin1');
	header.writeUInt32LE(36 + size, 4);
	header.write('WAVEfmt ', 8, 'latin1');
	header.writeUInt32LE(16, 16);
	header.writeUInt16LE(1, 20);
	header.writeUInt16LE(1, 22);
	header.writeUInt32LE(sampleRate, 24);
	header.writeUInt32LE(sampleRate, 28);
	header.writeUInt16LE(1, 32);
	header.writeUInt16LE(8, 34);
	header.write('data', 36, 'latin1');
	header.writeUInt32LE(size, 40);
	return Buffer.concat([header, Buffer.alloc(size, 128)]);
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
