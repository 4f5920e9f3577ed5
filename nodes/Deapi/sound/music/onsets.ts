import { BANDS } from './bands';
import type { Levels } from './levels';
import { STEP } from './levels';

/** Rises that are smaller are ripples of deep notes, in decibels. */
const RIPPLE = 2;
/** A rise counts for no more than this, in decibels: louder is not more of a beginning. */
const MOST_RISE = 14;
/** A rise of all bands together that is no more than this is a rough tone, whose pulses fall into the frames unevenly. */
const ROUGH = 15;
/** Frames on each side whose mean is taken off: half a second. */
const AROUND = 50;

/**
 * How much begins in each frame: the rises of all bands, less what is usual around. Its mean square is 1 where
 * anything begins at all.
 */
export function* onsetsOf({ frames, bands }: Levels): Generator<void, Float32Array> {
	const rises = new Float32Array(frames);
	for (let frame = 1; frame < frames; frame++) {
		let sum = 0;
		for (let band = 0; band < BANDS; band++) {
			const at = frame * BANDS + band;
			const before = Math.max(bands[at - BANDS] ?? 0, bands[at - 2 * BANDS] ?? -Infinity);
			const rise = (bands[at] ?? 0) - before;
			if (rise > RIPPLE) sum += Math.min(rise, MOST_RISE);
		}
		rises[frame] = Math.max(0, sum - ROUGH);
		if (frame % STEP === 0) yield;
	}
	const onsets = new Float32Array(frames);
	let around = 0;
	let squares = 0;
	for (let frame = -AROUND; frame < frames; frame++) {
		around += (rises[frame + AROUND] ?? 0) - (rises[frame - AROUND - 1] ?? 0);
		if (frame < 0) continue;
		const onset = Math.max(0, (rises[frame] ?? 0) - around / (2 * AROUND + 1));
		onsets[frame] = onset;
		squares += onset * onset;
		if (frame % STEP === 0) yield;
	}
	if (squares === 0) return onsets;
	const scale = Math.sqrt(frames / squares);
	for (let frame = 0; frame < frames; frame++) onsets[frame] = (onsets[frame] ?? 0) * scale;
	return onsets;
}
