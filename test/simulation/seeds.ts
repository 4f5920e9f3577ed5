import type { Trial } from './trial';
import { playAll } from './workers';

/** Seeds that are one test. */
const AT_ONCE = 20;

/** Tests that the package keeps what it promises, in the scenarios of these seeds. */
export function testSeeds(first: number, last: number): void {
	describe('what the package promises holds in any scenario', () => {
		const trials = new Map<number, Trial>();
		const stop = new AbortController();
		let playing: Promise<void>;
		let next = () => {};

		beforeAll(() => {
			// Its own process has timers and a network that no other test is to meet.
			playing = playAll(first, last, 1, stop.signal, (trial) => {
				trials.set(trial.seed, trial);
				next();
			});
		});

		afterAll(async () => {
			stop.abort();
			await playing;
		});

		for (let from = first; from <= last; from += AT_ONCE) {
			const seeds = Array.from({ length: AT_ONCE }, (_, index) => from + index);
			it(`seeds ${from} to ${from + AT_ONCE - 1}`, async () => {
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
}
