/**
 * Cuts a WAV of so many bytes, which is made while it is read, into pieces of ten seconds, and prints how
 * much memory that took. Argument: the sound's size in bytes.
 */
import { SoundCutter } from '../../nodes/Deapi/film/cut/soundCutter';

const PART_BYTES = 256 * 1024;
const SECOND_BYTES = 44_100 * 4;

function header(dataBytes: number): Buffer {
	const bytes = Buffer.alloc(44);
	bytes.write('RIFF', 0, 'latin1');
	bytes.writeUInt32LE(36 + dataBytes, 4);
	bytes.write('WAVEfmt ', 8, 'latin1');
	bytes.writeUInt32LE(16, 16);
	bytes.writeUInt16LE(1, 20);
	bytes.writeUInt16LE(2, 22);
	bytes.writeUInt32LE(44_100, 24);
	bytes.writeUInt32LE(SECOND_BYTES, 28);
	bytes.writeUInt16LE(4, 32);
	bytes.writeUInt16LE(16, 34);
	bytes.write('data', 36, 'latin1');
	bytes.writeUInt32LE(dataBytes, 40);
	return bytes;
}

async function* generate(size: number): AsyncGenerator<Buffer> {
	yield await Promise.resolve(header(size - 44));
	for (let left = size - 44; left > 0; left -= PART_BYTES) {
		yield Buffer.alloc(Math.min(PART_BYTES, left), left & 0xff);
	}
}

/** What garbage collection cannot free, in bytes. */
function memoryInUse(): number {
	global.gc?.();
	const { heapUsed, external } = process.memoryUsage();
	return heapUsed + external;
}

async function main(size: number): Promise<void> {
	const cuts = Array.from(
		{ length: Math.ceil((size - 44) / SECOND_BYTES / 10) + 1 },
		(_, index) => index * 10,
	);
	const wav = { name: 'WAV', extension: 'wav', contentType: 'audio/wav' };
	const cutter = new SoundCutter(
		{ size, open: async () => await Promise.resolve(generate(size)) },
		wav,
		cuts,
	);
	await cutter.piece(0);
	const before = memoryInUse();
	let most = before;
	let bytes = 0;
	for (let index = 0; index < cuts.length - 1; index++) {
		bytes += (await cutter.piece(index)).content.length - 44;
		most = Math.max(most, memoryInUse());
	}
	await cutter.close();
	process.stdout.write(JSON.stringify({ bytes, pieces: cuts.length - 1, growth: most - before }));
}

main(Number(process.argv[2])).catch((error: unknown) => {
	process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
	process.exitCode = 1;
});
