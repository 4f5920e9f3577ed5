import type { Bands } from './bands';
import { BANDS } from './bands';

/** How loud a sound is over time, in decibels. */
export interface Levels {
	frames: number;
	/** One frame behind the other, the highest band first; none is below what can be heard beside the others. */
	bands: Float32Array;
	/** All bands together. */
	whole: Float32Array;
	/** The level that the loud parts have: one frame in twenty is louder. */
	loud: number;
	/** The level that the quiet parts have: one frame in twenty is quieter. */
	quiet: number;
}

/** Frames that are worked on in one step. */
export const STEP = 1024;

/** What lies so far below the loud parts of its own band is not heard, in decibels. */
const BELOW_BAND = 30;
/** Nor what lies so far below the loud parts of the whole sound. */
const BELOW_WHOLE = 65;

/** Nothing that a file holds is quieter, in decibels. */
const SILENCE = -140;

/** Counts the levels of a sound. */
export function* levelsOf({ frames, levels }: Bands): Generator<void, Levels> {
	const bands = new Float32Array(frames * BANDS);
	const whole = new Float32Array(frames);
	const counts = Array.from({ length: BANDS + 1 }, () => new Uint32Array(HISTOGRAM));
	for (let frame = 0; frame < frames; frame++) {
		let sum = 0;
		for (let band = 0; band < BANDS; band++) {
			const power = levels[frame * BANDS + band] ?? 0;
			sum += power;
			bands[frame * BANDS + band] = note(counts[band], power);
		}
		whole[frame] = note(counts[BANDS], sum);
		if (frame % STEP === 0) yield;
	}
	const loud = loudOf(counts[BANDS], frames);
	const quiet = levelAbove(counts[BANDS], 0.95 * frames);
	const floors = counts.map((each) =>
		Math.max(loudOf(each, frames) - BELOW_BAND, loud - BELOW_WHOLE),
	);
	for (let frame = 0; frame < frames; frame++) {
		for (let band = 0; band < BANDS; band++) {
			const at = frame * BANDS + band;
			bands[at] = Math.max(bands[at] ?? 0, floors[band] ?? 0);
		}
		if (frame % STEP === 0) yield;
	}
	return { frames, bands, whole, loud, quiet };
}

/** Half decibels from silence up. */
const HISTOGRAM = 2 * (-SILENCE + 10);

function note(counts: Uint32Array | undefined, power: number): number {
	const level = power > 1e-14 ? 10 * Math.log10(power) : SILENCE;
	const place = Math.min(HISTOGRAM - 1, Math.floor(2 * (level - SILENCE)));
	if (counts) counts[place] = (counts[place] ?? 0) + 1;
	return level;
}

/** The level that one frame in twenty exceeds. */
function loudOf(counts: Uint32Array | undefined, frames: number): number {
	return levelAbove(counts, frames / 20);
}

/** The level that so many frames exceed. */
function levelAbove(counts: Uint32Array | undefined, frames: number): number {
	let louder = 0;
	for (let place = HISTOGRAM - 1; place > 0; place--) {
		louder += counts?.[place] ?? 0;
		if (louder >= frames) return SILENCE + place / 2;
	}
	return SILENCE;
}
