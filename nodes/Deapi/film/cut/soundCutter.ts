import { Gate } from '../../basics/gate';
import { Failure } from '../../engine/failure';
import { safeFileName } from '../../files/name';
import type { MediaType } from '../../files/kinds';
import type { Sound } from '../sound';
import { PacketReader } from './packetReader';
import type { PieceReader } from './pieceReader';
import { WavReader } from './wavReader';

/** A part of a sound, as a file of its own in the sound's format. */
export interface Piece {
	content: Buffer;
	/** Like `song-03.mp3`, counted from 1. */
	fileName: string;
	contentType: string;
}

/**
 * Cuts a sound into pieces without encoding it anew. A piece is made when it is asked for. The sound is
 * read forwards only: asking in order reads it once, asking for an earlier piece reads it again.
 */
export class SoundCutter {
	/** The sound is one stream: who asks meanwhile waits. */
	private readonly turns = new Gate({ all: 1 });

	private reader: PieceReader | undefined;

	/** The first piece that the reader has not reached. */
	private next = 0;

	/**
	 * @param type the sound's kind by its bytes
	 * @param cuts seconds, ascending: where each piece starts, and where the last one ends
	 */
	constructor(
		private readonly sound: Sound,
		private readonly type: MediaType,
		private readonly cuts: readonly number[],
	) {}

	/**
	 * Makes a piece. It begins and ends at the seam of packets that is nearest to its cut in the sound (WAV:
	 * at the sample), so that deviations never add up. The first one has everything from the start where
	 * its cut is 0.
	 *
	 * @param index counted from 0
	 * @throws {Failure} where the sound's encoding cannot be cut, or the sound has nothing at that place
	 */
	async piece(index: number): Promise<Piece> {
		return await this.turns.pass(async () => {
			let piece: Piece | undefined;
			try {
				piece = await this.make(index);
				return piece;
			} finally {
				if (piece === undefined) await this.stop();
			}
		});
	}

	/** Closes the sound; a piece that is asked for later opens it again. */
	async close(): Promise<void> {
		await this.turns.pass(async () => await this.stop());
	}

	private async make(index: number): Promise<Piece> {
		const [from, to] = this.cuts.slice(index, index + 2);
		if (from === undefined || to === undefined) throw new RangeError(`There is no piece ${index}`);
		if (index < this.next) await this.stop();
		this.reader ??= await this.open();
		if (from > 0) await this.reader.skipTo(from);
		this.next = index + 1;
		const content = await this.reader.readTo(to);
		if (content === undefined) throw this.nothingThere(index, from, to);
		return { content, fileName: this.nameOf(index), contentType: this.type.contentType };
	}

	private async open(): Promise<PieceReader> {
		const { open } = this.type.extension === 'wav' ? WavReader : PacketReader;
		return await open(this.sound, this.type);
	}

	private async stop(): Promise<void> {
		const { reader } = this;
		this.reader = undefined;
		this.next = 0;
		await reader?.close();
	}

	private nameOf(index: number): string {
		const width = Math.max(2, String(this.cuts.length - 1).length);
		const number = String(index + 1).padStart(width, '0');
		const { extension } = this.type;
		const whole = safeFileName(this.sound.fileName, this.type, 'audio');
		return `${whole.slice(0, -extension.length - 1)}-${number}.${extension}`;
	}

	private nothingThere(index: number, from: number, to: number): Failure {
		return new Failure({
			message: `The sound has nothing between ${from.toFixed(2)} and ${to.toFixed(2)} seconds, where piece ${index + 1} of ${this.cuts.length - 1} should be`,
			description: 'It is shorter than it says, or the piece is shorter than one packet of it.',
		});
	}
}
