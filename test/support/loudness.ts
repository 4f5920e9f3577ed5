/** How loud a sound is over time, as scripts/fixtures/figures.mjs counts it: where two sounds agree, nothing is missing or moved. */

/** In dBFS; silence has no lower level. */
const QUIETEST = -60;
/** Levels that differ by less sound the same; those of the damaged sounds are 6 dB apart. */
const SAME = 2.5;

/** Counts the RMS of each 50 ms, the mean of all channels, in dBFS. */
export class LoudnessMeter {
	/** Samples a channel so far. */
	length = 0;
	private readonly levels: number[] = [];
	private power = 0;
	private from = 0;

	constructor(private readonly rate: number) {}

	/** One block of samples, an array a channel. */
	add(block: Float32Array[]): void {
		const [first = new Float32Array(0), ...others] = block;
		for (let at = 0; at < first.length;) {
			if (this.length === this.endOfWindow()) this.closeWindow();
			const end = Math.min(first.length, at + this.endOfWindow() - this.length);
			this.length += end - at;
			for (; at < end; at++) {
				let sum = first[at] ?? NaN;
				for (const other of others) sum += other[at] ?? NaN;
				this.power += (sum / block.length) ** 2;
			}
		}
	}

	/** All levels; the last one may be of less than 50 ms. */
	end(): number[] {
		if (this.length > this.from) this.closeWindow();
		return this.levels;
	}

	private endOfWindow(): number {
		return Math.round(((this.levels.length + 1) * this.rate) / 20);
	}

	private closeWindow(): void {
		const mean = this.power / (this.length - this.from);
		this.levels.push(Math.max(QUIETEST, Math.round(10 * Math.log10(mean))));
		this.power = 0;
		this.from = this.length;
	}
}

/**
 * The places, in units of 50 ms, where two sounds are not equally loud. A sound that is moved by less than
 * 50 ms has none, one that is moved by 100 ms has many. The last place counts for nothing: it may be short.
 */
export function strayPlaces(levels: number[], expected: number[]): number[] {
	return expected.slice(0, -1).flatMap((level, place) => {
		const near = levels.slice(Math.max(0, place - 1), place + 2);
		const fits = level > Math.min(...near) - SAME && level < Math.max(...near) + SAME;
		return fits ? [] : [place];
	});
}
