import type { FrameGrid } from '../../service/frames';
import { upToGrid } from '../../service/frames';
import type { Places } from './places';

/** What clips may have in frames. */
export interface ClipLimits {
	min: number;
	/** On the model's grid. */
	max: number;
	grid: FrameGrid;
}

/** A part of the film that lies between two fixed cuts, in frames, and the fewest clips that it needs. */
export interface Part {
	startFrame: number;
	frames: number;
	fewest: number;
	/** Whether its last clip may go on behind its end up to the model's grid. */
	mayRunOn: boolean;
}

/** What a clip costs beside its cut: each is a paid job. A cut where nothing is costs 2. */
const CLIP = 0.5;
/** What a clip costs that is twice as long as all would be if they were equal, or has nothing. */
const UNEQUAL = 1;
/**
 * How much more that counts at the end of a part than at its beginning: two clips of different lengths would cost
 * the same in either order, and a millisecond would decide.
 */
const LATER = 2;
/** What a clip costs for which the model makes as many pictures in vain as can be. */
const SURPLUS = 0.12;
/** The same where a beat says where the clip ends. */
const SURPLUS_TO_BEAT = 0.04;
/** How far below it, in frames. */
const BELOW = 0.7;
/** How often the cost of clips is doubled and halved, to come down to so many. */
const DOUBLINGS = 20;
const HALVINGS = 6;
/** Pairs of cuts that are looked at in one step. */
const AT_ONCE = 100_000;

/**
 * Finds the best cuts of a film: the cheapest path over its frames from each fixed cut to the next, where each clip
 * and each cut have a price. Of two that cost the same, the first one found counts, so that the same film is always
 * cut in the same way.
 *
 * @param parts in their order, without a gap; each can be made of clips within the limits
 * @param most clips of the film; no fewer than the parts need
 * @returns the frames at which clips begin, for each part, its own beginning included
 */
export function* bestCuts(
	parts: readonly Part[],
	places: Places,
	limits: ClipLimits,
	most: number,
): Generator<void, number[][]> {
	const countOf = (cuts: number[][]) => cuts.reduce((sum, each) => sum + each.length, 0);
	let low = CLIP;
	let high = low;
	let best = yield* cutAll(parts, places, limits, low);
	for (let round = 0; countOf(best) > most && round < DOUBLINGS; round++) {
		[low, high] = [high, 2 * high];
		best = yield* cutAll(parts, places, limits, high);
	}
	for (let round = 0; high > low && round < HALVINGS; round++) {
		const middle = (low + high) / 2;
		const cuts = yield* cutAll(parts, places, limits, middle);
		if (countOf(cuts) > most) low = middle;
		else [high, best] = [middle, cuts];
	}
	return best;
}

function* cutAll(
	parts: readonly Part[],
	places: Places,
	limits: ClipLimits,
	price: number,
): Generator<void, number[][]> {
	const all: number[][] = [];
	for (const part of parts) all.push(yield* cutPart(part, places, limits, price));
	return all;
}

function* cutPart(
	{ startFrame, frames, fewest, mayRunOn }: Part,
	{ costs, cuts: kinds, shifts }: Places,
	{ min, max, grid }: ClipLimits,
	price: number,
): Generator<void, number[]> {
	const usual = frames / fewest;
	const unequal = Float64Array.from({ length: max + 1 }, (_, length) => {
		return UNEQUAL * (length / usual - 1) ** 2;
	});
	const surplusCosts = Float64Array.from({ length: max + 1 }, (_, length) => {
		return (SURPLUS * (upToGrid(Math.max(min, length), grid) - length)) / grid.step;
	});
	const best = new Float64Array(frames + 1).fill(Infinity);
	const lengths = new Int32Array(frames + 1);
	best[0] = 0;
	let looked = 0;
	for (let end = min; end <= frames; end++) {
		const isLast = end === frames;
		const longest = Math.min(max, end);
		const kind = kinds.get(startFrame + end);
		const hasBeat = !isLast && kind !== undefined && kind !== 'pause';
		const shift = shifts[startFrame + end] ?? 0;
		const weight = (1 + (LATER * end) / frames) / (1 + LATER / 2);
		let least = Infinity;
		for (let length = min; length <= longest; length++) {
			let surplus = 0;
			if (hasBeat) {
				const from = shifts[startFrame + end - length] ?? 0;
				surplus = SURPLUS_TO_BEAT * offGrid(length + shift - from, grid);
			} else if (!isLast || !mayRunOn) surplus = surplusCosts[length] ?? 0;
			const cost = (best[end - length] ?? Infinity) + weight * (unequal[length] ?? 0) + surplus;
			if (cost >= least) continue;
			least = cost;
			lengths[end] = length;
		}
		best[end] = least + price + (isLast ? 0 : (costs[startFrame + end] ?? 0));
		looked += longest - min;
		if (looked < AT_ONCE) continue;
		looked = 0;
		yield;
	}
	const cuts: number[] = [];
	for (let end = frames; end > 0;) {
		end -= lengths[end] || end;
		cuts.push(startFrame + end);
	}
	return cuts.reverse();
}

/**
 * How far a length lies off a grid, from 0 to 1: evenly, so that a millisecond does not decide. It is best a little
 * below a number that the model makes: above it, the next one has to be asked for.
 *
 * @param length in frames, with a fraction
 */
function offGrid(length: number, { first, step }: FrameGrid): number {
	if (step === 1) return 0;
	const place = (length - first + BELOW) / step;
	return 2 * Math.abs(place - Math.round(place));
}

/**
 * Cuts a part into clips of the same length, as far as the grid allows: they differ by one step of it at most, and
 * the last one has what is left.
 *
 * @returns the frames at which clips begin
 */
export function equalCuts({ startFrame, frames, fewest }: Part, limits: ClipLimits): number[] {
	const { first, step } = limits.grid;
	const steps = Math.ceil((frames - fewest * first) / step);
	const cut = (index: number) => index * first + step * Math.floor((index * steps) / fewest);
	const cuts = Array.from({ length: fewest }, (_, index) => startFrame + cut(index));
	const isInOrder = cuts.every((from, index) => {
		const length = (cuts[index + 1] ?? startFrame + frames) - from;
		return length >= limits.min && length <= limits.max;
	});
	if (isInOrder) return cuts;
	return cuts.map((_, index) => startFrame + Math.floor((index * frames) / fewest));
}
