import type { Music } from '../../sound/music/music';

/** Why a clip begins where it does. */
export type Cut = 'start' | 'beat' | 'pause' | 'section' | 'scene' | 'even';

/** The values of 'Cut At'. */
export const CUT_AT = ['music', 'sections', 'equal'] as const;
export type CutAt = (typeof CUT_AT)[number];

/** How good each frame of a film is for a cut. */
export interface Places {
	/** What a cut there costs, by frame: `NOWHERE` is what it costs where nothing is. */
	costs: Float64Array;
	/** What is there. */
	cuts: Map<number, Cut>;
	/** Where a beat lies behind the frame that it is given, as a part of a frame; 0 in a pause and where nothing is. */
	shifts: Float64Array;
}

/** What a cut costs where there is neither beat nor pause; all other costs are measured by it. */
const NOWHERE = 2;
/** On a beat; on the first one of a bar. */
const BEAT = 0.25;
const BAR = 0.19;
/** In a pause of half a second and more, and in the shortest. */
const PAUSE = 0.05;
const SHORT_PAUSE = 0.2;
const LONG = 0.5;
/** A change of section is worth a clip of its own, with 'sections'. */
const SECTION = -2;

/** A cut lies rather before a beat than behind it: what is sent then breaks off before the drum, in seconds. */
const BEFORE = 0.009;
/** What is left free at both ends of a pause, in seconds: words end softly. */
const MARGIN = 0.04;
/** What a cut costs at the end of a pause, and not in its middle. */
const AT_END = 0.1;

/**
 * Finds the places for cuts. What a cut costs does not depend on which frame it falls: the same song in another
 * format has its beats a millisecond earlier or later, and is to be cut at the same ones.
 *
 * @param film where it begins in the sound in seconds, and how long it is in frames
 */
export function placesOf(
	{ beats, pauses, sections }: Music,
	cutAt: CutAt,
	film: { start: number; fps: number; frames: number },
): Places {
	const places = new PlaceMap(film);
	for (const { from, to } of pauses) {
		const length = Math.min(1, (to - from) / LONG);
		places.fill(from + MARGIN, to - MARGIN, SHORT_PAUSE + length * (PAUSE - SHORT_PAUSE));
	}
	for (const { seconds, isBar } of beats) places.beside(seconds, isBar ? BAR : BEAT, 'beat');
	if (cutAt === 'sections') {
		for (const seconds of sections) places.beside(seconds, SECTION, 'section');
	}
	return places;
}

class PlaceMap implements Places {
	readonly costs: Float64Array;
	readonly cuts = new Map<number, Cut>();
	readonly shifts: Float64Array;

	constructor(private readonly film: { start: number; fps: number; frames: number }) {
		this.costs = new Float64Array(film.frames + 1).fill(NOWHERE);
		this.shifts = new Float64Array(film.frames + 1);
	}

	/** The frame that lies next to a time. */
	beside(seconds: number, cost: number, cut: Cut): void {
		const place = (seconds - BEFORE - this.film.start) * this.film.fps;
		const frame = Math.round(place);
		this.put(frame, cost, cut, place - frame);
	}

	/** All frames of a pause, those in its middle at less. */
	fill(from: number, to: number, cost: number): void {
		const { start, fps } = this.film;
		const [first, last] = [(from - start) * fps, (to - start) * fps];
		const middle = (first + last) / 2;
		for (let frame = Math.ceil(first); frame <= last; frame++) {
			const off = Math.abs(frame - middle) / Math.max(1, (last - first) / 2);
			this.put(frame, cost + AT_END * off, 'pause');
		}
	}

	private put(frame: number, cost: number, cut: Cut, shift = 0): void {
		if (frame <= 0 || frame >= this.film.frames || cost >= (this.costs[frame] ?? 0)) return;
		this.costs[frame] = cost;
		this.cuts.set(frame, cut);
		this.shifts[frame] = shift;
	}
}
