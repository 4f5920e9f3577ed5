import { inSlices } from './slices';
import type { Block } from './block';
import { lengthOf, partOf, silence } from './block';

/** Zero crossings of the filter on each side: sharp enough that nobody hears an alias. */
const CROSSINGS = 16;
/** How much of what can be kept is kept: the filter needs some room to fall off. */
const PASSED = 0.94;
/** The window of the filter (Kaiser): 80 dB. */
const BETA = 8;
/** No filter is larger, in positions between two samples; odd rates share the nearest one. */
const MOST_PHASES = 1024;
/** Samples that are made at once. */
const STEP = 2048;

/**
 * Brings samples from one rate to another, block by block. What comes out does not depend on how the sound
 * was cut into blocks, and is as long as it was, to the sample.
 */
export class Resampler {
	/**
	 * Samples that were taken, and those before them that the filter still reaches, in numbers of the size in which
	 * they are added up; the memory is longer than they are.
	 */
	private held: Float64Array[];
	private length: number;
	/** Where the held ones begin, in samples of the source; the filter reaches before the first one. */
	private start: number;
	private made = 0;
	private readonly filters: Float64Array[];
	private readonly reach: number;
	/** For each sample of a step, where its filter begins in what is held; and which filter. */
	private readonly firsts = new Int32Array(STEP);
	private readonly phases = new Int32Array(STEP);

	/** @param from samples a second; `to` likewise */
	constructor(
		private readonly from: number,
		private readonly to: number,
		channels: number,
	) {
		const stretch = Math.max(1, from / to);
		this.reach = Math.ceil(CROSSINGS * stretch);
		const phases = Math.min(MOST_PHASES, to / greatestDivisor(from, to));
		this.filters = Array.from({ length: phases }, (_, phase) =>
			filterOf(phase / phases, this.reach, stretch),
		);
		this.held = Array.from({ length: channels }, () => new Float64Array(this.reach));
		this.length = this.reach;
		this.start = -this.reach;
	}

	/** Takes samples, and gives what can be made of them so far. */
	async add(block: Block): Promise<Block> {
		this.hold(block);
		return await this.make(Math.floor(((this.end - this.reach) * this.to) / this.from));
	}

	/** What is left at the end. */
	async flush(): Promise<Block> {
		const total = Math.round((this.end * this.to) / this.from);
		this.hold(silence(this.held.length, this.reach + 1));
		return await this.make(total);
	}

	private get end(): number {
		return this.start + this.length;
	}

	private hold(block: Block): void {
		const length = this.length + lengthOf(block);
		this.held = this.held.map((row, index) => {
			const longer = row.length < length ? new Float64Array(2 * length) : row;
			if (longer !== row) longer.set(row.subarray(0, this.length));
			longer.set(block[index] ?? [], this.length);
			return longer;
		});
		this.length = length;
	}

	/** Makes all samples up to this one. */
	private async make(until: number): Promise<Block> {
		const first = this.made;
		const block = silence(this.held.length, Math.max(0, until - first));
		while (this.made < until) {
			const count = Math.min(STEP, until - this.made);
			const part = partOf(block, this.made - first, this.made - first + count);
			await inSlices(() => {
				this.place(count);
				for (const [index, row] of part.entries()) this.fill(row, this.held[index]);
			});
			this.made += count;
		}
		const needed = Math.floor((this.made * this.from) / this.to) - this.reach;
		const passed = Math.max(0, Math.min(this.length, needed - this.start));
		for (const row of this.held) row.copyWithin(0, passed, this.length);
		this.length -= passed;
		this.start += passed;
		return block;
	}

	/** Finds out where the filter begins in what is held, and which one it is, for so many samples. */
	private place(count: number): void {
		const { filters, firsts, phases, reach, from, to, start, made } = this;
		for (let index = 0; index < count; index++) {
			const place = ((made + index) * from) / to;
			const whole = Math.floor(place);
			const phase = Math.round((place - whole) * filters.length);
			const isNext = phase === filters.length;
			firsts[index] = whole + (isNext ? 1 : 0) - reach + 1 - start;
			phases[index] = isNext ? 0 : phase;
		}
	}

	private fill(row: Float32Array, held: Float64Array | undefined): void {
		const { filters, firsts, phases } = this;
		// Two at a time, each in two sums: four times as fast as where each sum waits for the one before.
		for (let index = 0; index < row.length; index += 2) {
			const next = Math.min(index + 1, row.length - 1);
			const [filter, other] = [filters[phases[index] ?? 0], filters[phases[next] ?? 0]];
			if (!held || !filter || !other) continue;
			const [first, second] = [firsts[index] ?? 0, firsts[next] ?? 0];
			let even = 0;
			let odd = 0;
			let otherEven = 0;
			let otherOdd = 0;
			for (let tap = 0; tap < filter.length; tap += 2) {
				even += (held[first + tap] ?? 0) * (filter[tap] ?? 0);
				odd += (held[first + tap + 1] ?? 0) * (filter[tap + 1] ?? 0);
				otherEven += (held[second + tap] ?? 0) * (other[tap] ?? 0);
				otherOdd += (held[second + tap + 1] ?? 0) * (other[tap + 1] ?? 0);
			}
			row[index] = even + odd;
			row[next] = otherEven + otherOdd;
		}
	}
}

function greatestDivisor(one: number, other: number): number {
	return other === 0 ? one : greatestDivisor(other, one % other);
}

/** The filter for a place between two samples, from 0 to 1: a sinc under a window, of the sum 1. */
function filterOf(place: number, reach: number, stretch: number): Float64Array {
	const width = PASSED / stretch;
	const taps = Float64Array.from({ length: 2 * reach }, (_, tap) => {
		const distance = tap - reach + 1 - place;
		const angle = Math.PI * distance * width;
		const sinc = angle === 0 ? 1 : Math.sin(angle) / angle;
		const inside = 1 - (distance / reach) ** 2;
		return inside <= 0 ? 0 : sinc * bessel(BETA * Math.sqrt(inside));
	});
	const sum = taps.reduce((total, tap) => total + tap, 0);
	return taps.map((tap) => tap / sum);
}

/** The modified Bessel function of order 0, of which Kaiser's window is made. */
function bessel(value: number): number {
	let sum = 1;
	let term = 1;
	for (let order = 1; term > sum * 1e-12; order++) {
		term *= (value / (2 * order)) ** 2;
		sum += term;
	}
	return sum;
}
