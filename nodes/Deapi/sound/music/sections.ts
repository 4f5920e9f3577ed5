import { BANDS, LEVELS_A_SECOND } from './bands';
import type { Beat } from './beats';
import type { Levels } from './levels';
import { STEP } from './levels';

/** How far before and behind a place is listened, in frames. */
const FAR = 400;
const NEAR = 150;
/** How often, in frames. */
const GRID = 10;
/** Two sections are no nearer to each other, in frames. */
const APART = 500;
/** So different are two sections, in decibels over all bands, and so many times more than parts of one section. */
const DIFFERENT = 2.2;
const TIMES = 3;
const MOST_DIFFERENT = 3.5;
/** Without a beat it takes more: speech varies from sentence to sentence. */
const DIFFERENT_WITHOUT_BEAT = 10;
/** A change falls on a beat that is so near, in seconds. */
const ON_BEAT = 1.3;

/** Where the sound of the music changes: instruments come in, or stop. Seconds. */
export function* sectionsOf(levels: Levels, beats: Beat[]): Generator<void, number[]> {
	const sums = yield* sumsOf(levels);
	const changes: Array<{ frame: number; change: number }> = [];
	for (let frame = APART; frame <= levels.frames - APART; frame += GRID) {
		changes.push({ frame, change: changeAt(sums, frame, FAR) });
		if (frame % STEP < GRID) yield;
	}
	const tops: typeof changes = [];
	const reach = APART / GRID;
	for (const [index, each] of changes.entries()) {
		const around = changes.slice(Math.max(0, index - reach), index + reach + 1);
		if (around.every((other) => other.change < each.change || other === each)) tops.push(each);
		if (index % STEP === 0) yield;
	}
	const usual = usualOf(changes.map(({ change }) => change));
	const different = Math.min(MOST_DIFFERENT, Math.max(DIFFERENT, TIMES * usual));
	const places: number[] = [];
	for (const { frame, change } of tops) {
		const near = beatsNear(beats, frame / LEVELS_A_SECOND);
		const least = near.length > 0 ? different : DIFFERENT_WITHOUT_BEAT;
		if (change >= least) places.push(placeNear(sums, frame, near));
		yield;
	}
	return places;
}

/** What varies within sections: at a quarter of all places it is less. */
function usualOf(changes: number[]): number {
	const sorted = Float64Array.from(changes).sort();
	return sorted[Math.floor(sorted.length / 4)] ?? 0;
}

function beatsNear(beats: Beat[], place: number): number[] {
	return beats.flatMap(({ seconds }) => (Math.abs(seconds - place) <= ON_BEAT ? [seconds] : []));
}

/** For each band the sum of all levels up to each frame. */
function* sumsOf({ frames, bands }: Levels): Generator<void, Float64Array> {
	const sums = new Float64Array((frames + 1) * BANDS);
	for (let at = 0; at < frames * BANDS; at++) {
		sums[at + BANDS] = (sums[at] ?? 0) + (bands[at] ?? 0);
		if (at % (STEP * BANDS) === 0) yield;
	}
	return sums;
}

/** How different what follows is from what was before, in decibels. */
function changeAt(sums: Float64Array, frame: number, reach: number): number {
	const last = sums.length / BANDS - 1;
	const [from, to] = [Math.max(0, frame - reach), Math.min(last, frame + reach)];
	let squares = 0;
	for (let band = 0; band < BANDS; band++) {
		const sumAt = (each: number) => sums[each * BANDS + band] ?? 0;
		const before = (sumAt(frame) - sumAt(from)) / Math.max(1, frame - from);
		const behind = (sumAt(to) - sumAt(frame)) / Math.max(1, to - frame);
		squares += (behind - before) ** 2;
	}
	return Math.sqrt(squares / BANDS);
}

/** The beat near it before and behind which the sound differs most; without a beat, the frame. */
function placeNear(sums: Float64Array, frame: number, near: number[]): number {
	const steps = Array.from({ length: 2 * NEAR + 1 }, (_, index) => frame - NEAR + index);
	const places = near.length > 0 ? near : steps.map((each) => each / LEVELS_A_SECOND);
	let best = frame / LEVELS_A_SECOND;
	let most = -1;
	for (const place of places) {
		const change = changeAt(sums, Math.round(place * LEVELS_A_SECOND), NEAR);
		if (change <= most) continue;
		most = change;
		best = place;
	}
	return best;
}
