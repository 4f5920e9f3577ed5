import type { Block } from '../block';
import { lengthOf, partOf } from '../block';

/** How often levels are taken, a second. */
export const LEVELS_A_SECOND = 100;

/** Bands an octave wide, from 5.5 to 11 kHz down to 170 to 340 Hz, and what lies below. */
export const BANDS = 7;

/** How loud a sound is over time. */
export interface Bands {
	/** How many times levels were taken, 100 a second. */
	frames: number;
	/** The mean power of each band in each frame, one frame behind the other, the highest band first. */
	levels: Float32Array;
}

/**
 * Longer sounds are looked at up to here only, in frames: two hours, which would be some seven hundred clips. It
 * bounds the memory to 20 MB.
 */
const MOST_FRAMES = 2 * 3600 * LEVELS_A_SECOND;

/**
 * Channels are added up unevenly: music whose channels are each other's opposite would be silent otherwise.
 */
const MIX = [0.6, 0.4] as const;

/** Samples that are worked on at once. */
const AT_ONCE = 4096;

/** Takes the levels of a sound in bands while its samples pass by. */
export class BandMeter {
	private readonly store: LevelStore;
	private readonly top: Halver;
	private readonly mono = new Float64Array(AT_ONCE);
	private samples = 0;

	/** @param rate samples a second: 44,100 or 48,000 */
	constructor(private readonly rate: number) {
		this.store = new LevelStore();
		const hop = rate / LEVELS_A_SECOND;
		// The octave above 11 kHz is what encoders leave out: no level is taken of it.
		let next: Halver | undefined;
		for (let band = BANDS - 2; band >= 0; band--) {
			const taken = hop / 2 ** (band + 1);
			const isLast = band === BANDS - 2;
			next = new Halver(
				new Level(this.store, band, taken),
				isLast ? new Level(this.store, BANDS - 1, taken) : undefined,
				next,
			);
		}
		this.top = new Halver(undefined, undefined, next);
	}

	/** Takes samples, some thousands at a time. */
	add(block: Block): void {
		const samples = lengthOf(block);
		this.samples += samples;
		if (this.store.isFull) return;
		for (let from = 0; from < samples; from += AT_ONCE) {
			const part = partOf(block, from, from + AT_ONCE);
			mixInto(this.mono, part);
			this.top.add(this.mono, lengthOf(part));
		}
	}

	/** What was taken, once there are no more samples. */
	close(): Bands {
		// The filters look ahead: silence behind the end pushes the last samples out.
		const silence = REACH * 2 ** (BANDS + 1);
		this.top.add(new Float64Array(silence), silence);
		const frames = Math.floor((this.samples * LEVELS_A_SECOND) / this.rate);
		return this.store.close(Math.min(frames, MOST_FRAMES));
	}
}

function mixInto(mono: Float64Array, [left, right]: Block): void {
	if (left === undefined) return;
	if (right === undefined) {
		mono.set(left);
		return;
	}
	for (let at = 0; at < left.length; at++) {
		mono[at] = MIX[0] * (left[at] ?? 0) + MIX[1] * (right[at] ?? 0);
	}
}

/** Levels as they come, in any order of bands. */
class LevelStore {
	private levels = new Float32Array(BANDS * 2048);
	private frames = 0;

	get isFull(): boolean {
		return this.frames >= MOST_FRAMES;
	}

	put(frame: number, band: number, power: number): void {
		if (frame >= MOST_FRAMES) return;
		this.frames = Math.max(this.frames, frame + 1);
		if (this.frames * BANDS > this.levels.length) {
			const longer = new Float32Array(2 * this.levels.length);
			longer.set(this.levels);
			this.levels = longer;
		}
		this.levels[frame * BANDS + band] = power;
	}

	close(most: number): Bands {
		const frames = Math.min(most, this.frames);
		return { frames, levels: this.levels.slice(0, frames * BANDS) };
	}
}

/** The mean power of a band, frame by frame. */
class Level {
	private frame = 0;
	private sum = 0;
	/** The samples of this frame, and those of them that are to come. */
	private size: number;
	private left: number;

	/** @param hop samples a frame, with a fraction */
	constructor(
		private readonly store: LevelStore,
		private readonly band: number,
		private readonly hop: number,
	) {
		this.size = Math.ceil(hop);
		this.left = this.size;
	}

	/** Takes the first samples of a row. */
	add(row: Float64Array, count: number): void {
		for (let at = 0; at < count;) {
			if (this.left === 0) this.next();
			const until = Math.min(count, at + this.left);
			this.left -= until - at;
			let { sum } = this;
			for (; at < until; at++) {
				const sample = row[at] ?? 0;
				sum += sample * sample;
			}
			this.sum = sum;
		}
	}

	private next(): void {
		this.store.put(this.frame, this.band, this.sum / this.size);
		this.sum = 0;
		this.frame++;
		this.size = Math.ceil((this.frame + 1) * this.hop) - Math.ceil(this.frame * this.hop);
		this.left = this.size;
	}
}

/** How many samples the filter looks back, and ahead. */
const REACH = 3;
/**
 * A half-band filter of seven taps, symmetric around the middle: each second tap but the middle one is zero.
 * Source: G. Deslauriers, S. Dubuc: Symmetric iterative interpolation processes, 1989.
 */
const TAPS = { middle: 1 / 2, next: 9 / 32, far: -1 / 32 } as const;

/** Divides a sound in two octaves: what is high has its level taken, what is low goes on at half the rate. */
class Halver {
	/** The samples that the filter still reaches, and those that were added: always the same memory. */
	private readonly row = new Float64Array(2 * REACH + AT_ONCE);
	private held = REACH;
	private readonly above = new Float64Array(AT_ONCE);
	private readonly below = new Float64Array(AT_ONCE);
	/** Whether the next sample is one of those that go on. */
	private isEven = true;

	constructor(
		private readonly high: Level | undefined,
		private readonly low: Level | undefined,
		private readonly next: Halver | undefined,
	) {}

	/** Takes the first samples of a row, `AT_ONCE` at most. */
	add(samples: Float64Array, added: number): void {
		const { row, high, low, next } = this;
		row.set(samples.subarray(0, added), this.held);
		const length = this.held + added;
		const count = Math.max(0, length - 2 * REACH);
		if (high) {
			this.divide(count);
			high.add(this.above, count);
			low?.add(this.below, count);
		}
		const kept = this.keep(count, high !== undefined);
		this.held = Math.min(length, 2 * REACH);
		row.copyWithin(0, length - this.held, length);
		next?.add(this.below, kept);
	}

	/** What is high, and what is low, of each sample. */
	private divide(count: number): void {
		const { row, above, below } = this;
		for (let at = 0; at < count; at++) {
			const smooth = smoothAt(row, at + REACH);
			below[at] = smooth;
			above[at] = (row[at + REACH] ?? 0) - smooth;
		}
	}

	/**
	 * Leaves each second one of the low samples.
	 *
	 * @returns how many there are
	 */
	private keep(count: number, isDivided: boolean): number {
		const { row, below } = this;
		let kept = 0;
		for (let at = this.isEven ? 0 : 1; at < count; at += 2) {
			below[kept++] = isDivided ? (below[at] ?? 0) : smoothAt(row, at + REACH);
		}
		if (count % 2 === 1) this.isEven = !this.isEven;
		return kept;
	}
}

function smoothAt(row: Float64Array, at: number): number {
	return (
		TAPS.middle * (row[at] ?? 0) +
		TAPS.next * ((row[at - 1] ?? 0) + (row[at + 1] ?? 0)) +
		TAPS.far * ((row[at - REACH] ?? 0) + (row[at + REACH] ?? 0))
	);
}
