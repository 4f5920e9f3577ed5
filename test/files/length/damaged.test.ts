/** Whatever the bytes are, the length comes or is refused, soon, and never in another way. */
import * as fc from 'fast-check';
import { Failure } from '../../../nodes/Deapi/engine/failure';
import { readLength, type SoundFile } from '../../../nodes/Deapi/files/length/readLength';
import { asStream, bytesOf, DECODED, inMemory } from './sounds';
import { cpuTimer } from '../../support/cpu-timer';

/** The property tests of this file take so long at most, in milliseconds each. */
const TIME = 3000;
/** One sound of a few kilobytes takes a few milliseconds; a busy machine may be slower. */
const SOON = 1000;

const SOUNDS = Object.keys(DECODED).filter((name) => bytesOf(name).length < 30_000);
const KINDS = ['MP3', 'WAV', 'OGG', 'FLAC'];

/** The length, or undefined where it was refused; anything else is a defect. */
async function lengthOf(file: SoundFile, name: string): Promise<number | undefined> {
	const used = cpuTimer();
	try {
		const seconds = await readLength(file, { name });
		expect(seconds).toBeGreaterThan(0);
		expect(Number.isFinite(seconds)).toBe(true);
		return seconds;
	} catch (error) {
		if (!(error instanceof Failure)) throw error;
		return undefined;
	} finally {
		expect(used()).toBeLessThan(SOON);
	}
}

const damage = fc.record({
	name: fc.constantFrom(...SOUNDS),
	/** Parts of the whole. */
	from: fc.double({ min: 0, max: 1, noNaN: true }),
	to: fc.double({ min: 0, max: 1, noNaN: true }),
	flips: fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 40 }),
	garbage: fc.uint8Array({ maxLength: 300 }),
	pieces: fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 5 }),
	kind: fc.option(fc.constantFrom(...KINDS), { nil: undefined }),
});

function kindByName(name: string): string {
	return (name.split('.').at(-1) ?? '').toUpperCase();
}

test('cut, bent and mixed with garbage, from memory and as a stream alike', async () => {
	await fc.assert(
		fc.asyncProperty(damage, async ({ name, from, to, flips, garbage, pieces, kind }) => {
			const sound = Buffer.from(bytesOf(name));
			for (const [at, value] of flips) sound[at % sound.length] = value;
			const head = sound.subarray(0, Math.floor(sound.length * from));
			const tail = sound.subarray(Math.floor(sound.length * to));
			const content = Buffer.concat([head, garbage, tail]);
			const as = kind ?? kindByName(name);
			const seconds = await lengthOf(inMemory(content), as);
			expect(await lengthOf(asStream(content, pieces), as)).toBe(seconds);
		}),
		{ interruptAfterTimeLimit: TIME, numRuns: 400 },
	);
});

test('bytes out of nowhere behind the mark of each kind', async () => {
	const marks = [
		'',
		'RIFF\0\0\0\0WAVE',
		'RF64\0\0\0\0WAVEds64',
		'OggS',
		'fLaC',
		'ID3\x04\0',
		'\xff\xfb',
	];
	await fc.assert(
		fc.asyncProperty(
			fc.constantFrom(...marks),
			fc.uint8Array({ maxLength: 3000 }),
			fc.constantFrom(...KINDS),
			async (mark, bytes, kind) => {
				await lengthOf(inMemory(Buffer.concat([Buffer.from(mark, 'latin1'), bytes])), kind);
			},
		),
		{ interruptAfterTimeLimit: TIME, numRuns: 400 },
	);
});

test('a sound that is cut off has no more than the length up to there', async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.constantFrom(...SOUNDS),
			fc.double({ min: 0, max: 1, noNaN: true }),
			async (name, part) => {
				const sound = bytesOf(name);
				const content = sound.subarray(0, Math.floor(sound.length * part));
				const seconds = (await lengthOf(inMemory(content), kindByName(name))) ?? 0;
				// Padding that is cut off is no longer known to be padding; a block may be cut in the middle.
				expect(seconds).toBeLessThanOrEqual((DECODED[name] ?? 0) + 0.3);
			},
		),
		{ interruptAfterTimeLimit: TIME, numRuns: 300 },
	);
});

test.each(KINDS)('%s: 16 MB of what looks like its start over and over', async (kind) => {
	const starts = [
		'RIFF....WAVEfmt \x01\0\0\0',
		'OggS\0\0',
		'fLaC\xff\xf8\xc9\x08',
		'\xff\xfb\x90d',
		'TAG',
		'ID3\x04\0\0\0\0\0\x01',
	];
	for (const start of starts) {
		const content = Buffer.alloc(16 * 1024 * 1024, Buffer.from(start, 'latin1'));
		const before = process.cpuUsage();
		await readLength(asStream(content, [256 * 1024]), { name: kind }).catch((error: unknown) => {
			if (!(error instanceof Failure)) throw error;
		});
		// The time that the work takes, not the one that a busy machine takes for it.
		expect(process.cpuUsage(before).user / 1000).toBeLessThan(5000);
	}
});
