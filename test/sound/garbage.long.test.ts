/** Whatever the bytes are: samples come or a failure in words, soon, and the quick reader agrees. */
import * as fc from 'fast-check';
import { Failure } from '../../nodes/Deapi/engine/failure';
import type { SoundFile } from '../../nodes/Deapi/files/length/readLength';
import { readLength } from '../../nodes/Deapi/files/length/readLength';
import { lengthOf } from '../../nodes/Deapi/sound/block';
import { openSound } from '../../nodes/Deapi/sound/open';
import { asStream, bytesOf, inMemory, sumUp } from '../files/length/sounds';
import { FIGURES } from '../support/decoded';
import { soundOf } from '../support/sounds';

/** The property tests of this file take so long at most, in milliseconds each. */
const TIME = 2500;
/** Processor time of one sound of some kilobytes, in milliseconds, with decoders made anew for it. */
const SOON = 3000;
/** What nobody notices, in seconds: a frame of film. */
const FRAME = 1 / 24;

const KINDS = ['MP3', 'WAV', 'OGG', 'FLAC'];
const SOUNDS = Object.keys(FIGURES).filter((name) => bytesOf(name).length < 30_000);

// The decoders of FLAC and MP3 say on the console what they do not like.
beforeAll(() => void jest.spyOn(console, 'error').mockImplementation());
afterAll(async () => {
	await last;
	jest.restoreAllMocks();
});

/** What was going on when the time was over. */
let last: Promise<unknown> = Promise.resolve();

/** What a failure says, or what comes out. */
async function outcomeOf<T>(work: Promise<T>): Promise<T | string> {
	try {
		return await work;
	} catch (error) {
		if (error instanceof Failure) return error.message;
		throw error;
	}
}

/** Seconds and a sum of all samples. */
async function decode(file: SoundFile, name: string) {
	const { rate, channels, blocks } = await openSound(soundOf(file, { name }));
	let samples = 0;
	let sum = 0;
	let most = 0;
	for await (const block of blocks) {
		expect(block).toHaveLength(channels);
		expect(block.every((row) => row.length === lengthOf(block))).toBe(true);
		samples += lengthOf(block);
		for (const row of block) {
			for (const sample of row) {
				sum += sample;
				most = Math.max(most, Math.abs(sample));
			}
		}
	}
	expect(Number.isFinite(sum)).toBe(true);
	return { seconds: samples / rate, channels, rate, sum, most };
}

const damage = fc.record({
	name: fc.constantFrom(...SOUNDS),
	/** Parts of the whole. */
	from: fc.double({ min: 0, max: 1, noNaN: true }),
	to: fc.double({ min: 0, max: 1, noNaN: true }),
	flips: fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 20 }),
	garbage: fc.uint8Array({ maxLength: 300 }),
	parts: fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 5 }),
	isStream: fc.boolean(),
});

function kindByName(name: string): string {
	return (name.split('.').at(-1) ?? '').toUpperCase();
}

test.each(KINDS)('%s: cut, bent and mixed with garbage', async (kind) => {
	const sounds = SOUNDS.filter((name) => kindByName(name) === kind);
	await fc.assert(
		fc.asyncProperty(
			damage,
			fc.nat(),
			async ({ from, to, flips, garbage, parts, isStream }, chosen) => {
				const name = sounds[chosen % sounds.length] ?? '';
				const sound = Buffer.from(bytesOf(name));
				for (const [at, value] of flips) sound[at % sound.length] = value;
				const head = sound.subarray(0, Math.floor(sound.length * from));
				const tail = sound.subarray(Math.floor(sound.length * to));
				const content = Buffer.concat([head, garbage, tail]);
				const before = process.cpuUsage();
				const file = isStream ? asStream(content, parts) : inMemory(content);
				const decoding = outcomeOf(decode(file, kind));
				last = decoding.catch(() => undefined);
				const decoded = await decoding;
				expect(process.cpuUsage(before).user / 1000).toBeLessThan(SOON);

				const quick = await outcomeOf(readLength(inMemory(content), { name: kind }));
				if (typeof decoded === 'string') expect(quick).toBe(decoded);
				else {
					expect(typeof quick).toBe('number');
					expect(Math.abs(Number(quick) - decoded.seconds)).toBeLessThan(FRAME);
					// As loud as can be, or a little more: a resampler overshoots.
					expect(decoded.most).toBeLessThan(8);
				}
			},
		),
		{ interruptAfterTimeLimit: TIME, numRuns: 10_000 },
	);
});

test('a damaged frame of MP3 that decodes to ninety times as loud as can be is held in bounds', async () => {
	const sound = Buffer.from(bytesOf('damaged/mp3-junk-inside.mp3'));
	const flips = [
		[1509936917, 207],
		[1054834872, 84],
		[628465903, 252],
		[114610133, 185],
		[2029104962, 2],
		[1502376295, 232],
		[553240024, 134],
		[1984377109, 230],
	] as const;
	for (const [at, value] of flips) sound[at % sound.length] = value;
	const tail = sound.subarray(Math.floor(sound.length * 0.0018623789951779507));
	const content = Buffer.concat([Buffer.from([5, 122, 125, 1, 92]), tail]);
	const { most } = await decode(inMemory(content), 'MP3');
	expect(most).toBeGreaterThan(1);
	// A resampler overshoots.
	expect(most).toBeLessThan(8);
});

/** With other bytes in the first packet of an Ogg, in a page that is in order. */
function withHead(name: string, change: (head: Buffer) => void): Buffer {
	const content = Buffer.from(bytesOf(name));
	const page = content.subarray(0, content.indexOf('OggS', 4));
	change(page.subarray(28));
	sumUp(page);
	return content;
}

test.each<[string, string, Buffer]>([
	['WAV of 12 Hz', 'WAV', withWavRate(12)],
	['WAV of 3 GHz', 'WAV', withWavRate(3_000_000_000)],
	['Vorbis of 1 Hz', 'OGG', withHead('song.ogg', (head) => void head.writeUInt32LE(1, 12))],
	['Vorbis of 0 channels', 'OGG', withHead('song.ogg', (head) => void (head[11] = 0))],
	['Opus of 0 channels', 'OGG', withHead('ogg-opus.ogg', (head) => void (head[9] = 0))],
])('%s is no sound, for both', async (_, kind, content) => {
	const says = 'The length of the sound could not be read';
	expect(await outcomeOf(decode(inMemory(content), kind))).toBe(says);
	expect(await outcomeOf(readLength(inMemory(content), { name: kind }))).toBe(says);
});

function withWavRate(rate: number): Buffer {
	const content = Buffer.from(bytesOf('song.wav'));
	content.writeUInt32LE(rate, content.indexOf('fmt ') + 12);
	return content;
}
