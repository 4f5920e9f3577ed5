/** Where pictures lie in the film, for any clips. */
import fc from 'fast-check';
import { nearestRate, placeFrames, Timeline } from '../../../nodes/Deapi/film/join/timeline';

const RATES = fc.oneof(
	fc.integer({ min: 1, max: 60 }),
	fc.constantFrom(24 / 1.001, 30 / 1.001, 12.5, 29.97, 23.976),
);
/** The order in which four pictures are decoded, by when they are shown. */
const ORDERS = fc.constantFrom<number[][]>([0, 1, 2, 3], [0, 3, 1, 2], [0, 2, 1, 3], [0, 3, 2, 1]);

/** A clip of a constant rate, as some program wrote it. */
function toPictures(count: number, rate: number, order: number[], timescale: number) {
	const decoded = Array.from({ length: count }, (_, index) => {
		const group = index - (index % 4);
		return group + 4 <= count ? group + (order[index % 4] ?? 0) : index;
	});
	return decoded.map((frame) => ({
		timestamp: Math.round((frame / rate) * timescale) / timescale,
	}));
}

describe('films of clips of any number and length', () => {
	it('show frame n at n / fps, within a tick', () => {
		const clips = fc.array(fc.tuple(fc.integer({ min: 1, max: 300 }), ORDERS), {
			minLength: 1,
			maxLength: 30,
		});
		// Ticks of a millisecond are the coarsest that programs write.
		fc.assert(
			fc.property(clips, RATES, fc.constantFrom(1000, 12_288, 90_000), (made, fps, timescale) => {
				const timeline = new Timeline(fps);
				let start = 0;
				let farthest = 0;
				for (const [count, order] of made) {
					const pictures = toPictures(count, fps, order, timescale);
					const times = placeFrames(pictures, timeline, start, count);
					const shown = times.map(({ show }) => show).sort((one, other) => one - other);
					for (const [frame, tick] of shown.entries()) {
						const exact = ((start + frame) * timeline.timescale) / fps;
						farthest = Math.max(farthest, Math.abs(tick - exact));
					}
					start += count;
				}
				expect(farthest).toBeLessThanOrEqual(1);
			}),
		);
	});

	it('fill every place from its start to its end, in order, each picture at a time of its own', () => {
		const sizes = fc.tuple(
			fc.integer({ min: 1, max: 260 }),
			fc.integer({ min: 1, max: 260 }),
			ORDERS,
		);
		fc.assert(
			fc.property(sizes, RATES, fc.nat(100_000), ([received, asked, order], fps, start) => {
				const timeline = new Timeline(fps);
				const pictures = toPictures(received, fps, order, 90_000);
				const times = placeFrames(pictures, timeline, start, asked);
				const decoded = times.map(({ decode }) => decode);
				const shown = times.map(({ show }) => show);
				expect(decoded[0]).toBe(timeline.tickOf(start));
				expect([...shown].sort((one, other) => one - other)).toEqual(decoded);
				expect(new Set(shown).size).toBe(received);
				expect(Math.max(...shown)).toBeLessThan(timeline.tickOf(start + asked));
				const byTime = (one: number, other: number) =>
					(pictures[one]?.timestamp ?? 0) - (pictures[other]?.timestamp ?? 0);
				const inOrder = [...pictures.keys()].sort(byTime).map((index) => shown[index]);
				expect(inOrder).toEqual(decoded);
			}),
		);
	});
});

it('keeps the rhythm of a clip whose pictures are not evenly spread', () => {
	const pictures = [0, 1, 2, 3, 10, 11].map((second) => ({ timestamp: 5 + second }));
	const timeline = new Timeline(24);
	const times = placeFrames(pictures, timeline, 48, 24 * 13.2);
	expect(times.map(({ show }) => show / timeline.timescale)).toEqual([2, 3, 4, 5, 12, 13]);
});

it.each([
	[24, 24_000],
	[30 / 1.001, 30_000],
	[29.97, 30_000],
	[12.5, 90_000],
])('gives a frame at %s fps a whole number of ticks', (fps, timescale) => {
	const timeline = new Timeline(fps);
	expect(timeline.timescale).toBe(timescale);
	const ticks = timeline.tickOf(1);
	expect(Math.abs(timeline.tickOf(1000) - ticks * 1000)).toBeLessThanOrEqual(1);
});

it.each([
	[24.004, 24],
	[29.968, 30 / 1.001],
	[15.5, 15.5],
])('takes a measured rate of %s for %s', (measured, meant) => {
	expect(nearestRate(measured)).toBeCloseTo(meant, 9);
});
