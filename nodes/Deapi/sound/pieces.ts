import { Gate } from '../basics/gate';
import { inSlices } from './slices';
import { Failure } from '../engine/failure';
import type { Block } from './block';
import { lengthOf, partOf } from './block';
import { encodeMp3 } from './encode/mp3';
import type { Measure } from './measure';
import { endOfPrint, Prints } from './measure';
import type { OpenSound, Sound } from './open';
import { openSound } from './open';

/** A stretch of a sound, in seconds from its start. */
export interface Stretch {
	from: number;
	to: number;
}

/** A piece of a sound as a file of its own. */
export interface Piece {
	/** An MP3. */
	content: Buffer;
	/** Its length: shorter than the stretch where the sound ends before. */
	seconds: number;
}

/**
 * Cuts a sound into pieces, each an MP3. A piece is made when it is asked for, and exact to
 * the sample. The sound is read forward only: asking in order reads it once, asking for an earlier piece
 * reads it again.
 *
 * Invariants:
 * - What is cut is what was measured. A file that has changed since gives no more pieces.
 */
export class Pieces {
	/** The sound is one stream: who asks meanwhile waits. */
	private readonly turns = new Gate({ all: 1 });

	private reader: Reader | undefined;

	/**
	 * @param measure what the sound was when its samples were read to their end; undefined where they were not
	 * @param stretches in the order of their starts; they may overlap
	 */
	constructor(
		private readonly sound: Sound,
		private readonly measure: Measure | undefined,
		private readonly stretches: readonly Stretch[],
	) {}

	/**
	 * Makes a piece. What lies behind the end of the sound is left out.
	 *
	 * @param index counted from 0
	 * @throws {Failure} where the sound cannot be read any more, has nothing there, or has changed since it
	 * was measured
	 */
	async piece(index: number): Promise<Piece> {
		return await this.turns.pass(async () => {
			const stretch = this.stretches[index];
			if (stretch === undefined) throw new RangeError(`There is no piece ${index}`);
			let blocks: Block[] | undefined;
			try {
				const reader = await this.readerFrom(stretch.from);
				blocks = await reader.read(stretch);
				const samples = blocks.reduce((sum, block) => sum + lengthOf(block), 0);
				if (samples === 0) throw changed();
				const { rate, channels } = reader.format;
				const content = await encodeMp3(blocks, rate, channels === 1 ? 1 : 2);
				return { content, seconds: samples / rate };
			} finally {
				// Nobody comes back for what lies behind the last one.
				if (blocks === undefined || index === this.stretches.length - 1) await this.stop();
			}
		});
	}

	/** Closes the sound; a piece that is asked for later opens it again. */
	async close(): Promise<void> {
		await this.turns.pass(async () => await this.stop());
	}

	private async readerFrom(seconds: number): Promise<Reader> {
		if (this.reader && this.reader.isPast(seconds)) await this.stop();
		this.reader ??= await Reader.open(this.sound, this.measure);
		return this.reader;
	}

	private async stop(): Promise<void> {
		const { reader } = this;
		this.reader = undefined;
		await reader?.close();
	}
}

/** Reads a sound once, from its start to its end, and holds it against an earlier reading. */
class Reader {
	private readonly prints = new Prints();

	/** Blocks that may still be needed; they end at the place that was reached. */
	private held: Block[] = [];
	private hasEnded = false;

	private constructor(
		readonly format: OpenSound,
		private readonly measure: Measure | undefined,
	) {}

	static async open(sound: Sound, measure: Measure | undefined): Promise<Reader> {
		const open = await openSound(sound);
		const reader = new Reader(open, measure);
		const isSame = open.rate === measure?.rate && open.channels === measure.channels;
		if (measure === undefined || isSame) return reader;
		await reader.close();
		throw changed();
	}

	/** Whether this place can no longer be had. */
	isPast(seconds: number): boolean {
		return this.sampleAt(seconds) < this.start;
	}

	/** @returns the samples of a stretch, those that there are; what lies before it is given up */
	async read(stretch: Stretch): Promise<Block[]> {
		const from = this.sampleAt(stretch.from);
		const to = this.sampleAt(stretch.to);
		this.forget(from);
		// Nothing is given out whose sum was not held against the earlier reading.
		const until = this.measure ? endOfPrint(to) : to;
		while (!this.hasEnded && this.prints.samples < until) {
			await this.readOn();
			this.forget(from);
		}
		this.compare();
		const blocks: Block[] = [];
		let place = this.start;
		for (const block of this.held) {
			const part = partOf(block, Math.max(0, from - place), Math.max(0, to - place));
			if (lengthOf(part) > 0) blocks.push(part);
			place += lengthOf(block);
		}
		return blocks;
	}

	async close(): Promise<void> {
		await this.format.close();
	}

	/** The first sample that can still be had. */
	private get start(): number {
		return this.held.reduce((place, block) => place - lengthOf(block), this.prints.samples);
	}

	private sampleAt(seconds: number): number {
		return Math.round(seconds * this.format.rate);
	}

	private async readOn(): Promise<void> {
		const { done, value } = await this.format.blocks.next();
		if (done === true) {
			if (this.measure && this.prints.samples !== this.measure.samples) throw changed();
			this.prints.close();
			this.hasEnded = true;
			return;
		}
		await inSlices(() => this.prints.add(value));
		this.held.push(value);
	}

	/** @throws {Failure} where the sound has changed since it was measured */
	private compare(): void {
		const { measure } = this;
		if (measure === undefined) return;
		const isLonger = this.prints.samples > measure.samples;
		if (isLonger || !this.prints.isLike(measure.prints)) throw changed();
	}

	private forget(before: number): void {
		let { start } = this;
		while (this.held.length > 0) {
			const length = lengthOf(this.held[0] ?? []);
			if (start + length > before) return;
			start += length;
			this.held.shift();
		}
	}
}

/** The sound has changed since it was measured. */
export function changed(): Failure {
	return new Failure({
		message: 'The sound has changed since it was measured',
		description:
			'Its file is not the same as before. Run the workflow again from the node that gives the sound.',
		submitted: 'no',
	});
}

/** How much is read at once where samples go on to somebody else, in seconds. */
const PART_SECONDS = 1;

/**
 * The samples of a stretch, as many as there are, a second at a time. What holds for pieces holds for them.
 *
 * @throws {Failure} as `Pieces` does
 */
export async function* samplesOf(
	sound: Sound,
	measure: Measure,
	{ from, to }: Stretch,
): AsyncGenerator<Block> {
	const reader = await Reader.open(sound, measure);
	try {
		for (let at = from; at < to; at += PART_SECONDS) {
			yield* await reader.read({ from: at, to: Math.min(to, at + PART_SECONDS) });
		}
	} finally {
		await reader.close();
	}
}
