import type { Model, Range } from './models';
import { rangeOf, soundRangeOf } from './models';

/** The numbers of frames that a model makes: `first`, and then `step` more each time. */
export interface FrameGrid {
	step: number;
	first: number;
}

/** A model that makes any number. */
export const ANY_FRAMES: FrameGrid = { step: 1, first: 1 };

/**
 * The grids of models, by the start of their slugs.
 *
 * Source: LTX's reference code makes `(frames - 1) // 8 + 1` latent frames, each but the first of eight pictures:
 * whoever asks for 232 frames gets 225.
 */
const GRIDS: Array<{ slug: RegExp; grid: FrameGrid }> = [
	{ slug: /^ltx/i, grid: { step: 8, first: 1 } },
];

/** The grid of a model; any number of frames for one that is not known. */
export function gridOf(slug: string): FrameGrid {
	return GRIDS.find((entry) => entry.slug.test(slug))?.grid ?? ANY_FRAMES;
}

/** The fewest frames of a grid that are no fewer than these. */
export function upToGrid(frames: number, { step, first }: FrameGrid): number {
	return first + Math.max(0, Math.ceil((frames - first) / step)) * step;
}

/** The most frames of a grid that are no more than these. */
export function downToGrid(frames: number, { step, first }: FrameGrid): number {
	return first + Math.floor((frames - first) / step) * step;
}

/**
 * How many frames a model allows for a video with sound: its own limit, and that of the sound.
 *
 * @param fps frames a second
 */
export function framesWithSound(model: Model, fps: number): Range {
	const frames = rangeOf(model, 'frames');
	const sound = soundRangeOf(model);
	const least = [frames.min, sound.min && Math.ceil(sound.min * fps)].flatMap((each) => each ?? []);
	const most = [frames.max, sound.max && Math.floor(sound.max * fps)].flatMap((each) => each ?? []);
	return {
		...(least.length > 0 ? { min: Math.max(...least) } : {}),
		...(most.length > 0 ? { max: Math.min(...most) } : {}),
	};
}

/** What a model makes: its grid, and the range in which a video's frames may lie. */
export interface FrameRule extends Pick<Range, 'min' | 'max'> {
	grid: FrameGrid;
}

/**
 * Brings a range onto a model's grid: its maximum is the most that the model makes. Where nothing of the grid lies
 * in the range, the range counts.
 */
export function onGrid(slug: string, { min, max }: Pick<Range, 'min' | 'max'>): FrameRule {
	const grid = gridOf(slug);
	const most = max === undefined ? undefined : downToGrid(max, grid);
	const isEmpty = most !== undefined && most < upToGrid(min ?? 1, grid);
	return isEmpty ? { grid: ANY_FRAMES, min, max } : { grid, min, max: most };
}
