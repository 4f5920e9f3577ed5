/** n8n goes on working while sounds are measured and encoded: everything else has its turn all the time. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { useClock } from '../../nodes/Deapi/basics/clock';
import { readLength } from '../../nodes/Deapi/files/length/readLength';
import { measureSound } from '../../nodes/Deapi/sound/measure';
import { Pieces } from '../../nodes/Deapi/sound/pieces';
import { inSlices } from '../../nodes/Deapi/sound/slices';
import { asStream, bytesOf, inMemory } from '../files/length/sounds';
import { soundOf } from '../support/sounds';
import { wavOf } from '../support/wav';
import { tone } from '../support/tones';

describe('a slice', () => {
	/** The work itself is what takes time; others have their turn when a timer ends. */
	const hand = { time: 1_760_000_000_000, timers: [] as Array<() => void> };
	let restore = () => {};
	beforeEach(() => {
		restore = useClock({
			now: () => hand.time,
			sleep: async () => await new Promise<void>((end) => hand.timers.push(end)),
		});
	});
	afterEach(() => restore());

	/** Works in steps of so many milliseconds, and says when each was done. */
	async function work(steps: number, ms: number, done: number[]): Promise<void> {
		for (let step = 0; step < steps; step++) {
			await inSlices(() => {
				hand.time += ms;
				done.push(hand.time);
			});
		}
	}

	/** All that can go on without anybody's turn. */
	async function settle(): Promise<void> {
		await new Promise((resolve) => setImmediate(resolve));
	}

	/** Lets others have their turns until all work is done, and counts how long they waited for each. */
	async function waits(works: Array<Promise<void>>): Promise<number[]> {
		const found: number[] = [];
		let before = hand.time;
		await settle();
		while (hand.timers.length > 0) {
			found.push(hand.time - before);
			before = hand.time;
			for (const end of hand.timers.splice(0)) end();
			await settle();
		}
		found.push(hand.time - before);
		await Promise.all(works);
		return found;
	}

	test.each([1, 2, 20])('is shared by all that work at a time: %d', async (workers) => {
		const done: number[] = [];
		const works = Array.from({ length: workers }, async () => await work(30, 3, done));
		const found = await waits(works);
		expect(done).toHaveLength(30 * workers);
		// The slice of 5 milliseconds, and what was going on when it ended.
		expect(Math.max(...found)).toBeLessThanOrEqual(5 + 3);
		// And none is given up before it is used.
		expect(found.length).toBeLessThanOrEqual((30 * 3 * workers) / 5 + 4);
	});

	test('that is used up leaves a turn to others behind each piece of work', async () => {
		await waits([work(1, 30, [])]);
		const found = await waits([work(5, 30, []), work(5, 30, [])]);
		expect(Math.max(...found)).toBe(30);
	});

	test('gives what the work gives, and throws what it throws', async () => {
		restore();
		expect(await inSlices(() => 7)).toBe(7);
		const thrown = new Error('No');
		const failing = inSlices(() => {
			throw thrown;
		});
		await expect(failing).rejects.toBe(thrown);
		expect(await inSlices(async () => await Promise.resolve('later'))).toBe('later');
	});

	test('that fails counts as well', async () => {
		await waits([inSlices(() => undefined)]);
		const failing = inSlices(() => {
			hand.time += 50;
			throw new Error('No');
		});
		await expect(failing).rejects.toThrow('No');
		const done: number[] = [];
		const next = work(1, 1, done);
		await settle();
		expect(done).toEqual([]);
		await waits([next]);
		expect(done).toHaveLength(1);
	});
});

describe('while sounds are read', () => {
	const RATE = 44_100;
	const wav = wavOf([tone(440, 20 * RATE, RATE), tone(550, 20 * RATE, RATE)], RATE);
	const SOUNDS = {
		MP3: bytesOf('songs/half-minute.mp3'),
		WAV: wav,
		FLAC: bytesOf('song.flac'),
		OGG: bytesOf('ogg-opus.ogg'),
	};

	test('and pieces are made, no turn takes long, however many are at work', async () => {
		const works = Object.entries(SOUNDS).flatMap(([name, content]) => {
			const sound = soundOf(asStream(content, [64 * 1024]), { name });
			const pieces = new Pieces(soundOf(inMemory(content), { name }), undefined, [
				{ from: 0, to: 10 },
			]);
			return [measureSound(sound), measureSound(sound), pieces.piece(0)];
		});
		const delays = monitorEventLoopDelay({ resolution: 5 });
		delays.enable();
		await Promise.all(works);
		delays.disable();
		expect(delays.count).toBeGreaterThan(50);
		// The machine may be busy with other tests: then the longest of all turns says nothing.
		expect(delays.percentile(90) / 1e6).toBeLessThan(50);
	});

	test.each([
		['MP3', 'songs/half-minute.mp3', 40],
		['FLAC', 'song.flac', 20],
		['OGG', 'ogg-opus.ogg', 100],
	])('and a long %s in memory is only measured for its length', async (name, file, times) => {
		const content = Buffer.concat(Array.from({ length: times }, () => bytesOf(file)));
		let turns = 0;
		const timer = setInterval(() => turns++, 1);
		expect(await readLength(inMemory(content), { name })).toBeGreaterThan(0);
		clearInterval(timer);
		expect(turns).toBeGreaterThan(1);
	});
});
