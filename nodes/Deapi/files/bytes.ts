import { clock } from '../basics/clock';
import type { Failure } from '../engine/failure';

/** A file's content as n8n gives it out: in memory, or as a stream that goes forward only. */
export type SoundContent = Buffer | (AsyncIterable<Buffer> & { destroy(): unknown });

/** A file in memory is looked at in parts of so many bytes. */
const PART_BYTES = 64 * 1024;
/** After so many milliseconds of that all others have their turn: a stream gives it to them by itself. */
const TURN_MS = 5;

async function* inParts(content: Buffer): AsyncGenerator<Buffer> {
	let turn = clock.now();
	for (let at = 0; at < content.length; at += PART_BYTES) {
		if (clock.now() - turn >= TURN_MS) {
			await clock.sleep(0);
			turn = clock.now();
		}
		yield content.subarray(at, at + PART_BYTES);
	}
}

/**
 * Walks through a file from its start to its end. Holds the piece that came last and at most as much
 * before it as somebody wants to see at once: never ask for a size that the file itself names.
 */
export class ByteReader {
	private readonly pieces: AsyncIterator<Buffer>;
	private held: Buffer = Buffer.alloc(0);
	private offset = 0;
	private passed = 0;

	/**
	 * @param content to be read once
	 * @param brokeOff what to say where the stream breaks off
	 */
	constructor(
		private readonly content: SoundContent,
		private readonly brokeOff: (cause: unknown) => Failure,
	) {
		const pieces = Buffer.isBuffer(content) ? inParts(content) : content;
		this.pieces = pieces[Symbol.asyncIterator]();
	}

	/** How many bytes lie behind. */
	get position(): number {
		return this.passed + this.offset;
	}

	/**
	 * The next bytes, without going on.
	 *
	 * @returns fewer than asked for only at the end of the file; valid until the next call
	 * @throws {Failure} where the stream breaks off
	 */
	async peek(count: number): Promise<Buffer> {
		if (this.held.length - this.offset < count) await this.hold(count);
		return this.held.subarray(this.offset, this.offset + count);
	}

	/** The next bytes, and goes on behind them. */
	async take(count: number): Promise<Buffer> {
		const bytes = await this.peek(count);
		this.offset += bytes.length;
		return bytes;
	}

	/**
	 * Goes on by so many bytes.
	 *
	 * @returns how many there were
	 */
	async skip(count: number): Promise<number> {
		const start = this.position;
		for (;;) {
			const left = count - (this.position - start);
			this.offset += Math.min(left, this.held.length - this.offset);
			const piece = this.position - start < count ? await this.next() : undefined;
			if (piece === undefined) return this.position - start;
			this.replace(piece);
		}
	}

	/**
	 * The next bytes, in the pieces in which they came: nothing is copied, however many they are.
	 *
	 * @returns fewer than asked for only at the end of the file
	 */
	async takeParts(count: number): Promise<Buffer[]> {
		const parts: Buffer[] = [];
		let missing = count;
		while (missing > 0) {
			if ((await this.peek(1)).length === 0) break;
			const part = await this.take(Math.min(missing, this.held.length - this.offset));
			parts.push(part);
			missing -= part.length;
		}
		return parts;
	}

	/** Lets the stream go, read to its end or not. */
	close(): void {
		if (!Buffer.isBuffer(this.content)) this.content.destroy();
	}

	private async hold(count: number): Promise<void> {
		const parts = [this.held.subarray(this.offset)];
		let length = this.held.length - this.offset;
		while (length < count) {
			const piece = await this.next();
			if (piece === undefined) break;
			parts.push(piece);
			length += piece.length;
		}
		if (parts.length > 1) this.replace(Buffer.concat(parts));
	}

	private replace(bytes: Buffer): void {
		this.passed += this.offset;
		this.offset = 0;
		this.held = bytes;
	}

	private async next(): Promise<Buffer | undefined> {
		try {
			const { done, value } = await this.pieces.next();
			return done ? undefined : value;
		} catch (error) {
			throw this.brokeOff(error);
		}
	}
}
