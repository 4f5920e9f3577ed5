import { BANDS, LEVELS_A_SECOND } from './bands';
import type { Beat } from './beats';
import type { Levels } from './levels';

/** Beats that a bar may have, the most usual first. */
const METRES = [4, 3] as const;
/** So much stronger than the others are the first beats of bars, in standard errors. */
const CLEAR = 4;
/** Beats that are looked at in one step. */
const AT_ONCE = 32;
/** A beat that comes so much later than it should begins a new row, as a part of a beat. */
const LATE = 1.5;

/**
 * Which beats begin a bar: those with more of a change than the others in their row.
 *
 * @returns the beats' indexes; none where no beat stands out
 */
export function* barsOf(
	levels: Levels,
	onsets: Float32Array,
	beats: Beat[],
): Generator<void, Set<number>> {
	const accents: number[] = [];
	for (const beat of beats) {
		accents.push(accentOf(levels, onsets, beat));
		if (accents.length % AT_ONCE === 0) yield;
	}
	const bars = new Set<number>();
	for (let from = 0; from < beats.length;) {
		let to = from + 1;
		while (to < beats.length && !isLate(beats[to - 1], beats[to])) to++;
		const found = barsWithin(accents.slice(from, to));
		for (const index of found) bars.add(from + index);
		from = to;
	}
	return bars;
}

function isLate(before: Beat | undefined, beat: Beat | undefined): boolean {
	if (!before || !beat) return true;
	return beat.seconds - before.seconds > LATE * before.period;
}

function barsWithin(accents: number[]): number[] {
	let [clear, metre, phase] = [CLEAR, 0, 0];
	for (const beats of METRES) {
		for (let first = 0; first < beats; first++) {
			const clarity = clarityOf(accents, beats, first);
			if (clarity > clear) [clear, metre, phase] = [clarity, beats, first];
		}
	}
	if (metre === 0) return [];
	return accents.flatMap((_, index) => (index % metre === phase ? [index] : []));
}

/** How far the accents of every so manieth beat lie above the others, in standard errors. */
function clarityOf(accents: number[], metre: number, phase: number): number {
	const firsts = accents.filter((_, index) => index % metre === phase);
	const others = accents.filter((_, index) => index % metre !== phase);
	if (firsts.length < 3) return 0;
	const mean = (row: number[]) => row.reduce((sum, each) => sum + each, 0) / row.length;
	const centre = mean(accents);
	const spread = Math.sqrt(mean(accents.map((each) => (each - centre) ** 2)));
	return spread === 0 ? 0 : ((mean(firsts) - mean(others)) / spread) * Math.sqrt(firsts.length);
}

/** How much a beat differs from what was before it: by what begins there, and by what sounds until the next. */
function accentOf({ bands, frames }: Levels, onsets: Float32Array, beat: Beat): number {
	const frame = Math.round(beat.seconds * LEVELS_A_SECOND);
	const reach = Math.max(1, Math.round(beat.period * LEVELS_A_SECOND));
	let onset = 0;
	for (let each = frame - 1; each <= frame + 1; each++) onset = Math.max(onset, onsets[each] ?? 0);
	let change = 0;
	for (let band = 0; band < BANDS; band++) {
		let [before, behind] = [0, 0];
		for (let step = 0; step < reach; step++) {
			before += bands[Math.max(0, frame - 1 - step) * BANDS + band] ?? 0;
			behind += bands[Math.min(frames - 1, frame + step) * BANDS + band] ?? 0;
		}
		change += Math.abs(behind - before) / reach;
	}
	return onset + change / BANDS;
}
