/**
 * Measures a WAV of so many bytes, which is made while it is read, makes pieces of it, and prints how much
 * memory that took. Argument: the sound's size in bytes.
 */
import type { SoundContent } from '../../nodes/Deapi/files/bytes';
import { measureSound } from '../../nodes/Deapi/sound/measure';
import { Pieces } from '../../nodes/Deapi/sound/pieces';
import { soundOf } from './sounds';
import { wavHeader } from './wav';

const PART_BYTES = 256 * 1024;
const FORMAT = { rate: 44_100, channels: 2, sampleBytes: 2 };
/** So often it is looked how much memory there is in use: each time takes long. */
const PARTS_PER_LOOK = 200;

async function* generate(size: number, look: () => void): AsyncGenerator<Buffer> {
	yield await Promise.resolve(wavHeader(size - 44, FORMAT));
	for (let left = size - 44, parts = 0; left > 0; left -= PART_BYTES, parts++) {
		yield Buffer.alloc(Math.min(PART_BYTES, left), left & 0xff);
		if (parts % PARTS_PER_LOOK === 0) look();
	}
}

/** What garbage collection cannot free, in bytes. */
function memoryInUse(): number {
	global.gc?.();
	const { heapUsed, external } = process.memoryUsage();
	return heapUsed + external;
}

async function main(size: number): Promise<void> {
	const before = memoryInUse();
	let most = before;
	const look = () => {
		most = Math.max(most, memoryInUse());
	};
	const open = async (): Promise<SoundContent> =>
		await Promise.resolve(Object.assign(generate(size, look), { destroy: () => undefined }));
	const wav = soundOf({ open }, { name: 'WAV' });
	const measure = await measureSound(wav);
	const stretches = [0, 60, 300].map((from) => ({ from, to: from + 8 }));
	const pieces = new Pieces(wav, measure, stretches);
	let seconds = 0;
	for (const index of stretches.keys()) {
		seconds += (await pieces.piece(index)).seconds;
		look();
	}
	const { samples } = measure;
	const facts = { samples, seconds: Math.round(seconds * 1000) / 1000, growth: most - before };
	process.stdout.write(JSON.stringify(facts));
}

main(Number(process.argv[2])).catch((error: unknown) => {
	process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
	process.exitCode = 1;
});
