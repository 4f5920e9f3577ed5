import { LEVELS_A_SECOND } from './bands';

/** Periods of a beat that are looked for, in frames: 222 down to 50 beats a minute. */
const SHORTEST = 27;
const LONGEST = 120;
/** The window over which a tempo is looked for, and how often, in frames. */
const WINDOW = 1000;
export const TEMPO_STEP = 250;

/** People tap to this tempo most readily, and to twice or half of it seldom: a period in frames, and octaves. */
const USUAL = 0.5 * LEVELS_A_SECOND;
const SPREAD = 0.9;
/** What it costs to change the tempo by an octave, and at most. */
const CHANGE = 6;
const MOST_CHANGE = 1.2;

/** The beat of a part of a sound. */
export interface Tempo {
	/** From one beat to the next, in frames. */
	period: number;
	/** How regular it is: 1 where everything repeats after each period, or each second one. */
	regularity: number;
}

/**
 * How fast the beat is, every 2.5 seconds: by what repeats within the ten seconds around, and by what is heard
 * before and after. Source: D. Ellis, Beat Tracking by Dynamic Programming, 2007; with a path through the periods.
 */
export function* tempoOf(onsets: Float32Array): Generator<void, Tempo[]> {
	const smooth = smoothed(onsets);
	const count = Math.max(1, Math.ceil(onsets.length / TEMPO_STEP));
	const scores: Float64Array[] = [];
	const regularities: Float64Array[] = [];
	for (let index = 0; index < count; index++) {
		const centre = index * TEMPO_STEP + TEMPO_STEP / 2;
		const from = Math.max(0, Math.min(centre - WINDOW / 2, onsets.length - WINDOW));
		const alike = likeness(smooth.subarray(from, from + WINDOW));
		regularities.push(alike);
		scores.push(scoresOf(alike));
		yield;
	}
	const periods = yield* pathThrough(scores);
	return periods.map((period, index) => {
		const alike = regularities[index] ?? new Float64Array();
		// A drum and another one in turn: what is alike is every second beat.
		const regularity = Math.max(alike[period] ?? 0, nearMost(alike, 2 * period, 1));
		return { period: peakNear(alike, period), regularity };
	});
}

/** A beat that lies between two frames is found in both of them. */
function smoothed(onsets: Float32Array): Float32Array {
	return onsets.map(
		(onset, frame) => 0.5 * onset + 0.25 * ((onsets[frame - 1] ?? 0) + (onsets[frame + 1] ?? 0)),
	);
}

/** How like itself a part is after so many frames: from 1 (the same) to -1. */
function likeness(part: Float32Array): Float64Array {
	const mean = part.reduce((sum, each) => sum + each, 0) / Math.max(1, part.length);
	const row = Float64Array.from(part, (each) => each - mean);
	const own = row.reduce((sum, each) => sum + each * each, 0);
	const alike = new Float64Array(3 * LONGEST + 2);
	for (let lag = SHORTEST - 1; lag < alike.length && own > 0; lag++) {
		let sum = 0;
		for (let at = lag; at < row.length; at++) sum += (row[at] ?? 0) * (row[at - lag] ?? 0);
		// The longer the lag, the less there is to be compared.
		alike[lag] = (sum / own) * (row.length / Math.max(1, row.length - lag));
	}
	return alike;
}

/** How well each period fits: what repeats after one, two and three of it, and how usual it is. */
function scoresOf(alike: Float64Array): Float64Array {
	return Float64Array.from({ length: LONGEST - SHORTEST + 1 }, (_, index) => {
		const period = SHORTEST + index;
		const repeated = [1, 2, 3].reduce(
			(sum, times) => sum + Math.max(0, nearMost(alike, period * times, times - 1)) / times,
			0,
		);
		const octaves = Math.log2(period / USUAL) / SPREAD;
		return repeated * Math.exp(-0.5 * octaves * octaves);
	});
}

function nearMost(row: Float64Array, at: number, reach: number): number {
	let most = -Infinity;
	for (let place = at - reach; place <= at + reach; place++) most = Math.max(most, row[place] ?? 0);
	return most;
}

/** The periods of the best path: good ones, and few changes. */
function* pathThrough(scores: Float64Array[]): Generator<void, number[]> {
	const width = LONGEST - SHORTEST + 1;
	const changes = Float64Array.from({ length: width * width }, (_, index) => {
		const [one, other] = [SHORTEST + Math.floor(index / width), SHORTEST + (index % width)];
		return Math.min(MOST_CHANGE, CHANGE * Math.abs(Math.log2(one / other)));
	});
	let best = new Float64Array(width);
	const origins: Uint8Array[] = [];
	for (const row of scores) {
		const next = new Float64Array(width);
		const from = new Uint8Array(width);
		for (let to = 0; to < width; to++) {
			let most = -Infinity;
			for (let each = 0; each < width; each++) {
				const value = (best[each] ?? 0) - (changes[to * width + each] ?? 0);
				if (value <= most) continue;
				most = value;
				from[to] = each;
			}
			next[to] = most + (row[to] ?? 0);
		}
		origins.push(from);
		best = next;
		yield;
	}
	let state = best.indexOf(Math.max(...best));
	const path: number[] = [];
	for (const from of origins.reverse()) {
		path.push(SHORTEST + state);
		state = from[state] ?? 0;
	}
	return path.reverse();
}

/** Where a peak lies between frames: the top of the parabola through three of them. */
function peakNear(row: Float64Array, at: number): number {
	const [before = 0, top = 0, after = 0] = [row[at - 1], row[at], row[at + 1]];
	const bend = before - 2 * top + after;
	const offset = bend < 0 ? (before - after) / (2 * bend) : 0;
	return at + Math.max(-1, Math.min(1, offset));
}
