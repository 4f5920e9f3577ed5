/** The film's time line, in ticks: so many a second that a frame lasts a whole number of them. */
export class Timeline {
	/** Ticks per second. */
	readonly timescale: number;

	/** @param fps pictures per second */
	constructor(readonly fps: number) {
		this.timescale = timescaleOf(fps);
	}

	/** The tick at which a frame is shown; between two frames for a part of one. */
	tickOf(frame: number): number {
		return Math.round((frame * this.timescale) / this.fps);
	}
}

/** North American rates are whole ones divided by this: 29.97, 23.976. */
const NTSC = 1.001;
const COMMON_TIMESCALE = 90_000;

function timescaleOf(fps: number): number {
	if (Number.isInteger(fps)) return fps * 1000;
	const whole = Math.round(fps * NTSC);
	return Math.abs(whole / NTSC - fps) < 0.001 ? whole * 1000 : COMMON_TIMESCALE;
}

/** A rate that was measured, as the one that was meant: 29.97 is 30 / 1.001. */
export function nearestRate(measured: number): number {
	const whole = Math.round(measured);
	if (whole > 0 && Math.abs(whole - measured) < 0.01) return whole;
	const ntsc = Math.round(measured * NTSC) / NTSC;
	return ntsc > 0 && Math.abs(ntsc - measured) < 0.005 ? ntsc : measured;
}

/** A picture as the clip has it. */
export interface ShownAt {
	/** Seconds, on the clip's own time line. */
	timestamp: number;
}

/** When a picture of the film is decoded and shown, in ticks. */
export interface FrameTime {
	decode: number;
	show: number;
}

/**
 * Puts a clip's pictures into its place in the film, which they fill whatever their number.
 *
 * @param pictures in the order in which they are decoded
 * @param start the place's first frame in the film
 * @param frames how many frames the place has
 * @returns the times, in the same order
 */
export function placeFrames(
	pictures: readonly ShownAt[],
	timeline: Timeline,
	start: number,
	frames: number,
): FrameTime[] {
	const order = [...pictures.keys()].sort((one, other) => timeOf(one) - timeOf(other));
	const shown = order.map(timeOf);
	const ticks: number[] = [];
	for (const position of evenly(shown) ?? inRhythm(shown)) {
		const tick = timeline.tickOf(start + position * frames);
		ticks.push(Math.max(tick, (ticks.at(-1) ?? -1) + 1));
	}
	// Decoding goes on at the pace at which pictures are shown.
	const times = ticks.map((decode) => ({ decode, show: decode }));
	for (const [rank, index] of order.entries()) {
		const time = times[index];
		if (time) time.show = ticks[rank] ?? time.show;
	}
	return times;

	function timeOf(index: number): number {
		return pictures[index]?.timestamp ?? 0;
	}
}

/**
 * The length of a clip in seconds. Files disagree about the length of the last picture: it is taken for
 * one like the others.
 *
 * @param pictures at least two, in any order
 */
export function lengthOf(pictures: readonly ShownAt[]): number {
	const shown = pictures.map(({ timestamp }) => timestamp).sort((one, other) => one - other);
	return lengthOfShown(shown);
}

function lengthOfShown(shown: number[]): number {
	const span = (shown.at(-1) ?? 0) - (shown[0] ?? 0);
	return (span * shown.length) / (shown.length - 1);
}

/** Places from 0 to 1 for pictures of a constant rate, whose times some programs round to milliseconds. */
function evenly(shown: number[]): number[] | undefined {
	const [first = 0] = shown;
	const step = shown.length > 1 ? ((shown.at(-1) ?? first) - first) / (shown.length - 1) : 1;
	const isEven = shown.every((time, rank) => Math.abs(time - first - rank * step) <= step / 2);
	return isEven ? shown.map((_, rank) => rank / shown.length) : undefined;
}

/** Places from 0 to 1 for pictures whose distances vary. */
function inRhythm(shown: number[]): number[] {
	const [first = 0] = shown;
	const length = lengthOfShown(shown);
	return shown.map((time) => (time - first) / length);
}
