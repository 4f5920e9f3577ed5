/** Where pictures lie in the film, for any clips. */
import fc from 'fast-check';
import {
	lengthOf,
	nearestRate,
	placeFrames,
	Timeline,
} from '../../../nodes/Deapi/film/join/timeline';

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
					const place = { from: timeline.tickOf(start), to: timeline.tickOf(start + count) };
					const times = placeFrames(pictures, timeline, place, 0);
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

	it('keep the times of their pictures, in order, each at a time of its own, within the place', () => {
		const sizes = fc.tuple(
			fc.integer({ min: 1, max: 260 }),
			fc.integer({ min: 1, max: 260 }),
			ORDERS,
		);
		fc.assert(
			fc.property(sizes, RATES, fc.nat(100_000), ([received, asked, order], fps, start) => {
				const timeline = new Timeline(fps);
				const pictures = toPictures(received, fps, order, 90_000);
				const place = { from: timeline.tickOf(start), to: timeline.tickOf(start + asked) };
				const times = placeFrames(pictures, timeline, place, 0);
				const decoded = times.map(({ decode }) => decode);
				const shown = times.map(({ show }) => show);
				expect(decoded[0]).toBe(place.from);
				expect([...shown].sort((one, other) => one - other)).toEqual(decoded);
				expect(new Set(shown).size).toBe(received);
				expect(Math.max(...shown)).toBeLessThan(place.to);
				for (const [rank, tick] of decoded.entries()) {
					const own = timeline.tickOf(start + rank);
					// Those that are over have a tick each at the end.
					const wanted = rank < asked ? own : place.to - (received - rank);
					const isNearEnd = place.to - own <= received;
					if (!isNearEnd) expect(Math.abs(tick - wanted)).toBeLessThanOrEqual(1);
					if (rank >= asked) expect(tick).toBe(wanted);
				}
				const byTime = (one: number, other: number) =>
					(pictures[one]?.timestamp ?? 0) - (pictures[other]?.timestamp ?? 0);
				const inOrder = [...pictures.keys()].sort(byTime).map((index) => shown[index]);
				expect(inOrder).toEqual(decoded);
			}),
		);
	});
});

it('keeps the times of a clip whose pictures are not evenly spread', () => {
	const pictures = [0, 1, 2, 3, 10, 11].map((second) => ({ timestamp: 5 + second }));
	const timeline = new Timeline(24);
	const place = { from: timeline.tickOf(48), to: timeline.tickOf(48 + 24 * 20) };
	const seconds = (origin: number) =>
		placeFrames(pictures, timeline, place, origin).map(({ show }) => show / timeline.timescale);
	expect(seconds(5)).toEqual([2, 3, 4, 5, 12, 13]);
	// Pictures that begin half a second after the sound: the first one is there from the start.
	expect(seconds(4.5)).toEqual([2, 3.5, 4.5, 5.5, 12.5, 13.5]);
});

it('gives pictures of one moment a tick each', () => {
	const pictures = [0, 1, 1, 1, 2].map((timestamp) => ({ timestamp }));
	const timeline = new Timeline(24);
	const times = placeFrames(pictures, timeline, { from: 0, to: 72_000 }, 0);
	expect(times.map(({ decode }) => decode)).toEqual([0, 24_000, 24_001, 24_002, 48_000]);
	expect(new Set(times.map(({ show }) => show)).size).toBe(5);
});

it('takes the last picture of a clip for one like the others where they follow each other evenly', () => {
	const shown = (times: number[], last: number) =>
		times.map((timestamp, rank) => ({
			timestamp,
			duration: rank === times.length - 1 ? last : 0.5,
		}));
	expect(lengthOf(shown([0, 0.5, 1, 1.5], 0.01))).toBeCloseTo(2, 9);
	expect(lengthOf(shown([0, 0.1, 0.2, 2], 0.7))).toBeCloseTo(2.7, 9);
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
	// A picture in four minutes: no rate is 0.
	[0.004, 0.004],
])('takes a measured rate of %s for %s', (measured, meant) => {
	expect(nearestRate(measured)).toBeCloseTo(meant, 9);
});
