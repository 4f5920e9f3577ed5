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
	/** How long its file shows it, in seconds. */
	duration?: number;
}

/** When a picture of the film is decoded and shown, in ticks. */
export interface FrameTime {
	decode: number;
	show: number;
}

/** A clip's place in the film, in ticks: the first, and the first behind it. */
export interface Place {
	from: number;
	to: number;
}

/**
 * Puts a clip's pictures into its place in the film. Each keeps the time that it has in its own file: lips
 * would no longer fit the sound otherwise. Where they end before the place does, the last one stays; where
 * they go on behind it, those that are over get one tick each at its end, where players drop them.
 *
 * @param pictures in the order in which they are decoded
 * @param origin the second of the clip's own time line at which its place starts
 * @returns the times, in the same order
 */
export function placeFrames(
	pictures: readonly ShownAt[],
	timeline: Timeline,
	{ from, to }: Place,
	origin: number,
): FrameTime[] {
	const order = [...pictures.keys()].sort((one, other) => timeOf(one) - timeOf(other));
	const shown = order.map(timeOf);
	const late = Math.round(((shown[0] ?? origin) - origin) * timeline.timescale);
	const fits = isAtRate(shown, timeline.fps);
	const ticks: number[] = [];
	for (const [rank, time] of shown.entries()) {
		const own = fits
			? late + timeline.tickOf(rank)
			: Math.round((time - origin) * timeline.timescale);
		// The first one is there from the start, also where it comes late: a film has no holes.
		const tick = rank === 0 ? from : Math.min(from + own, to - (shown.length - rank));
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
 * The length of a clip in seconds. Files disagree about the length of the last picture: where the others
 * follow each other evenly it is taken for one like them.
 *
 * @param pictures at least two, in any order
 */
export function lengthOf(pictures: readonly ShownAt[]): number {
	const order = [...pictures].sort((one, other) => one.timestamp - other.timestamp);
	const shown = order.map(({ timestamp }) => timestamp);
	const step = stepOf(shown);
	const last = isEven(shown) ? step : (order.at(-1)?.duration ?? step);
	return (shown.at(-1) ?? 0) - (shown[0] ?? 0) + last;
}

/** Whether pictures follow each other at this rate: programs round their times, some to milliseconds. */
export function isAtRate(shown: readonly number[], fps: number): boolean {
	const [first = 0] = shown;
	return shown.every((time, rank) => Math.abs((time - first) * fps - rank) <= 0.5);
}

function isEven(shown: readonly number[]): boolean {
	const step = stepOf(shown);
	return step > 0 && isAtRate(shown, 1 / step);
}

/** The mean distance between pictures in seconds. */
function stepOf(shown: readonly number[]): number {
	return ((shown.at(-1) ?? 0) - (shown[0] ?? 0)) / Math.max(1, shown.length - 1);
}
