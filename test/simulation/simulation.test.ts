/** The whole package under simulation: see README.md beside this file. */
import type { Trial } from './trial';
import { playAll } from './workers';

const SEEDS = 100;
const PARTS = 5;
const A_PART = SEEDS / PARTS;

describe('what the package promises holds in any scenario', () => {
	const trials = new Map<number, Trial>();
	const stop = new AbortController();
	let playing: Promise<void>;
	let next = () => {};

	beforeAll(() => {
		// Its own process has timers and a network that no other test is to meet.
		playing = playAll(1, SEEDS, 1, stop.signal, (trial) => {
			trials.set(trial.seed, trial);
			next();
		});
	});

	afterAll(async () => {
		stop.abort();
		await playing;
	});

	for (let part = 0; part < PARTS; part++) {
		const seeds = Array.from({ length: A_PART }, (_, index) => part * A_PART + index + 1);
		it(`seeds ${seeds[0]} to ${seeds.at(-1)}`, async () => {
			const all = new Promise<void>((resolve) => {
				next = () => {
					if (seeds.every((seed) => trials.has(seed))) resolve();
				};
				next();
			});
			await Promise.race([all, playing]);
			const reports = seeds.map((seed) => trials.get(seed)?.report ?? '');
			expect(reports.filter((report) => report !== '').join('\n\n')).toBe('');
			expect(seeds.filter((seed) => !trials.has(seed))).toEqual([]);
		});
	}
});
