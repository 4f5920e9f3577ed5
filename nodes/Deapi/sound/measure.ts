import type { Block } from './block';
import { lengthOf } from './block';
import type { Bands } from './music/bands';
import { BandMeter } from './music/bands';
import { inSlices } from './slices';
import type { Sound } from './open';
import { openSound } from './open';

/** What one reading of a whole sound has found. */
export interface Measure {
	/** Samples a second. */
	rate: number;
	/** 1 or 2. */
	channels: number;
	/** How many samples there are. */
	samples: number;
	/** Whether its file has one sampling rate from its start to its end. */
	isOfOneRate: boolean;
	/** A sum for each `PRINT_SAMPLES` of them: a second reading has to give the same. */
	prints: number[];
	/** How loud it is over time: where its beats and pauses are, can be told from that. */
	bands: Bands;
}

/** How many samples have a sum of their own. */
export const PRINT_SAMPLES = 32_768;

/**
 * Reads a sound to its end: how long it is, as it will be cut and heard, and proof that it can be read.
 *
 * @throws {Failure} where it holds no sound, or breaks off
 */
export async function measureSound(sound: Sound): Promise<Measure> {
	const open = await openSound(sound);
	const prints = new Prints();
	const meter = new BandMeter(open.rate);
	for await (const block of open.blocks) {
		await inSlices(() => {
			prints.add(block);
			meter.add(block);
		});
	}
	const { rate, channels, sourceRates } = open;
	return {
		rate,
		channels,
		samples: prints.samples,
		isOfOneRate: sourceRates.size === 1,
		prints: prints.close(),
		bands: meter.close(),
	};
}

/** The length of a sound in seconds. */
export function secondsOf({ samples, rate }: Measure): number {
	return samples / rate;
}

/** The sample behind the sum that has the one before this place. */
export function endOfPrint(place: number): number {
	return Math.ceil(place / PRINT_SAMPLES) * PRINT_SAMPLES;
}

/** Sums up samples as they come. */
export class Prints {
	/** The samples that have come. */
	samples = 0;

	private readonly done: number[] = [];
	private sum = FIRST_SUM;

	/** @returns how many sums are complete */
	add(block: Block): number {
		const length = lengthOf(block);
		const rows = block.map((row) => new Uint32Array(row.buffer, row.byteOffset, row.length));
		for (let at = 0; at < length;) {
			const end = Math.min(length, at + PRINT_SAMPLES - (this.samples % PRINT_SAMPLES));
			this.sum = sumUp(this.sum, rows, at, end);
			this.samples += end - at;
			at = end;
			if (this.samples % PRINT_SAMPLES === 0) this.next();
		}
		return this.done.length;
	}

	/** @returns all sums, the last one of what was left */
	close(): number[] {
		if (this.samples % PRINT_SAMPLES > 0) this.next();
		return this.done;
	}

	/** Whether all that was summed up so far is the same as in an earlier reading. */
	isLike(earlier: readonly number[]): boolean {
		return this.done.every((sum, index) => sum === earlier[index]);
	}

	private next(): void {
		this.done.push(this.sum);
		this.sum = FIRST_SUM;
	}
}

/** FNV-1a, over the samples as 32 bits each: `http://www.isthe.com/chongo/tech/comp/fnv/`. */
const FIRST_SUM = 0x811c9dc5;
const PRIME = 0x01000193;

/** Sample by sample, one channel behind the other: how the sound was divided into blocks makes no difference. */
function sumUp(sum: number, rows: Uint32Array[], from: number, to: number): number {
	const [left, right] = rows;
	let result = sum;
	if (left === undefined) return result;
	for (let at = from; at < to; at++) {
		result = Math.imul(result ^ (left[at] ?? 0), PRIME);
		if (right) result = Math.imul(result ^ (right[at] ?? 0), PRIME);
	}
	return result;
}

/** One sum of several, without a sign. */
export function joinSums(sums: readonly number[]): number {
	return sumUp(FIRST_SUM, [Uint32Array.from(sums)], 0, sums.length) >>> 0;
}
