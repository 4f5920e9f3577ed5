import { LEVELS_A_SECOND } from './bands';
import { STEP } from './levels';
import type { Tempo } from './tempo';
import { TEMPO_STEP } from './tempo';

/** One beat. */
export interface Beat {
	/** Where it is, in seconds. */
	seconds: number;
	/** From it to the next one, in seconds. */
	period: number;
}

/** How much a beat that is out of step costs. Source: D. Ellis, as in `tempoOf`; his 100 to 400. */
const TIGHTNESS = 1000;
/** Beats on each side that a straight line is laid through. */
const AROUND = 8;
/** A beat is heard where something begins so near to its place, in frames. */
const NEAR = 4;
/** An onset of this strength is one that is heard. */
const HEARD = 0.8;
/** So many of the beats around have to be heard, and so regular has the sound to be. */
const SUPPORT = 0.3;
const REGULARITY = 0.2;
/** Beats that are looked at in one step. */
const AT_ONCE = 64;
/** Fewer in a row are no beat. */
const FEWEST = 8;
/**
 * From the middle of the frame in which a sound has risen to where it began, in frames: by the attack of a drum.
 */
const RISE = 0.2;

/**
 * Where the beats are: those that are heard, and those between them where the drums pause and then go on in step.
 *
 * @param onsets as `onsetsOf` gives them
 * @param tempo as `tempoOf` gives it
 */
export function* beatsOf(onsets: Float32Array, tempo: Tempo[]): Generator<void, Beat[]> {
	const path = yield* bestPath(onsets, tempo);
	const places = path.map((frame) => peakNear(onsets, frame));
	const heard = places.map((place) => strengthNear(onsets, place) >= HEARD);
	const lines: Line[] = [];
	for (let index = 0; index < places.length; index++) {
		lines.push(lineThrough(places, heard, index));
		if (index % AT_ONCE === 0) yield;
	}
	const isSteady = places.map((place, index) => {
		const { regularity = 0 } = tempo[Math.floor(place / TEMPO_STEP)] ?? {};
		const near = heard.slice(Math.max(0, index - AROUND), index + AROUND + 1);
		const share = near.filter(Boolean).length / near.length;
		return regularity >= REGULARITY && share >= SUPPORT && (lines[index]?.stray ?? NEAR) < NEAR;
	});
	const runs = runsOf(isSteady).map(({ from, to }) => {
		return lines.slice(from, to).map((line) => ({ place: line.at, period: line.period }));
	});
	return inOrder(bridged(runs)).map(({ place, period }) => ({
		seconds: (place + 0.5 - RISE) / LEVELS_A_SECOND,
		period: period / LEVELS_A_SECOND,
	}));
}

/** Where the tempo changes, the lines of both sides may lay two beats on one place. */
function inOrder(beats: PlacedBeat[]): PlacedBeat[] {
	const kept: PlacedBeat[] = [];
	for (const beat of beats) {
		const last = kept.at(-1);
		if (last === undefined || beat.place - last.place > beat.period / 2) kept.push(beat);
	}
	return kept;
}

/** The best row of beats: each at an onset, and in step with the one before. */
function* bestPath(onsets: Float32Array, tempo: Tempo[]): Generator<void, number[]> {
	const { length } = onsets;
	const scores = new Float64Array(length);
	const origins = new Int32Array(length).fill(-1);
	for (let frame = 0; frame < length; frame++) {
		const period = tempo[Math.floor(frame / TEMPO_STEP)]?.period ?? 50;
		let most = 0;
		let origin = -1;
		const first = Math.max(0, Math.round(frame - 1.6 * period));
		for (let before = first; before <= frame - 0.6 * period; before++) {
			const step = Math.log((frame - before) / period);
			const score = (scores[before] ?? 0) - TIGHTNESS * step * step;
			if (score <= most) continue;
			most = score;
			origin = before;
		}
		scores[frame] = most + (onsets[frame] ?? 0);
		origins[frame] = origin;
		if (frame % (STEP / 8) === 0) yield;
	}
	const last = tempo.at(-1)?.period ?? 50;
	let frame = length - 1;
	for (let each = Math.max(0, length - Math.round(last)); each < length; each++) {
		if ((scores[each] ?? 0) > (scores[frame] ?? 0)) frame = each;
	}
	const path: number[] = [];
	for (; frame >= 0; frame = origins[frame] ?? -1) path.push(frame);
	return path.reverse();
}

/** Where what begins near a frame begins, with a fraction: the centre of its weight. */
function peakNear(onsets: Float32Array, frame: number): number {
	let top = frame;
	for (let each = frame - 2; each <= frame + 2; each++) {
		if ((onsets[each] ?? 0) > (onsets[top] ?? 0)) top = each;
	}
	let weight = 0;
	let sum = 0;
	for (let each = top - 1; each <= top + 1; each++) {
		const onset = onsets[each] ?? 0;
		weight += onset;
		sum += onset * each;
	}
	return weight > 0 ? sum / weight : frame;
}

function strengthNear(onsets: Float32Array, place: number): number {
	const frame = Math.round(place);
	let most = 0;
	for (let each = frame - 1; each <= frame + 1; each++) most = Math.max(most, onsets[each] ?? 0);
	return most;
}

/** A beat by those around it. */
interface Line {
	/** Where it is, in frames. */
	at: number;
	period: number;
	/** How far those around are from the line, in frames. */
	stray: number;
}

/**
 * Lays a straight line through the beats around: those before and behind, or only those on one side where the
 * tempo changes on the other.
 */
function lineThrough(places: number[], heard: boolean[], index: number): Line {
	const windows = [
		[index - AROUND, index + AROUND],
		[index - AROUND, index],
		[index, index + AROUND],
	] as const;
	const [both, before, after] = windows.map(([from, to]) => fit(places, heard, index, from, to));
	const fallback = { at: places[index] ?? 0, period: 0, stray: Infinity };
	const sides = [before, after].flatMap((line) => line ?? []);
	const side = sides.sort((one, other) => one.stray - other.stray)[0];
	if (both === undefined) return side ?? fallback;
	return side && side.stray < 0.5 * both.stray && both.stray > 1 ? side : both;
}

function fit(
	places: number[],
	heard: boolean[],
	index: number,
	from: number,
	to: number,
): Line | undefined {
	const all: Array<[number, number]> = [];
	for (let each = Math.max(0, from); each <= Math.min(places.length - 1, to); each++) {
		if (heard[each] === true) all.push([each - index, places[each] ?? 0]);
	}
	let used = all;
	let line = regression(used);
	// A syncope or a fill is not where the beat is.
	for (let round = 0; round < 2 && line; round++) {
		const { at, period } = line;
		used = all.filter(([step, place]) => Math.abs(at + step * period - place) <= NEAR);
		line = regression(used) ?? line;
	}
	if (line === undefined) return undefined;
	const { at, period } = line;
	const strays = all.map(([step, place]) => Math.abs(at + step * period - place));
	return { at, period, stray: strays.reduce((sum, each) => sum + each, 0) / strays.length };
}

function regression(points: Array<[number, number]>): Pick<Line, 'at' | 'period'> | undefined {
	if (points.length < 4) return undefined;
	const mean = (row: number[]) => row.reduce((sum, each) => sum + each, 0) / row.length;
	const [step, place] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))];
	const spread = mean(points.map(([x]) => (x - step) ** 2));
	if (spread === 0) return undefined;
	const period = mean(points.map(([x, y]) => (x - step) * (y - place))) / spread;
	return { at: place - period * step, period };
}

interface Run {
	from: number;
	/** The first one behind it. */
	to: number;
}

function runsOf(flags: boolean[]): Run[] {
	const runs: Run[] = [];
	for (let at = 0; at < flags.length; at++) {
		if (flags[at] !== true) continue;
		const from = at;
		while (flags[at] === true) at++;
		if (at - from >= FEWEST) runs.push({ from, to: at });
	}
	return runs;
}

interface PlacedBeat {
	place: number;
	period: number;
}

/** A tempo is the same where it differs by less, as a part of it. */
const SAME_TEMPO = 0.015;
/** And it goes on in step where its beats are off by less, as a part of a beat. */
const IN_STEP = 0.15;
/** No pause of the drums is longer, in frames. */
const LONGEST_PAUSE = 60 * LEVELS_A_SECOND;

/** Joins runs of beats; where the drums pause and go on in step, with the beats between them. */
function bridged(runs: PlacedBeat[][]): PlacedBeat[] {
	const beats: PlacedBeat[] = [];
	for (const run of runs) {
		beats.push(...between(beats.slice(-AROUND), run.slice(0, AROUND)), ...run);
	}
	return beats;
}

/** The beats between the last ones before a pause and the first ones behind it. */
function between(before: PlacedBeat[], behind: PlacedBeat[]): PlacedBeat[] {
	const [last, first] = [before.at(-1), behind[0]];
	if (last === undefined || first === undefined) return [];
	const gap = first.place - last.place;
	const [one, other] = [periodOf(before), periodOf(behind)];
	const period = (one + other) / 2;
	const isSame = Math.abs(one - other) <= SAME_TEMPO * period;
	const count = Math.round(gap / period);
	if (!isSame || gap > LONGEST_PAUSE || count < 2) return [];
	if (Math.abs(gap / period - count) > IN_STEP) return [];
	return Array.from({ length: count - 1 }, (_, index) => ({
		place: last.place + ((index + 1) * gap) / count,
		period: gap / count,
	}));
}

/** The period in the middle of theirs. */
function periodOf(beats: PlacedBeat[]): number {
	const periods = beats.map(({ period }) => period).sort((one, other) => one - other);
	return periods[Math.floor(periods.length / 2)] ?? 0;
}
