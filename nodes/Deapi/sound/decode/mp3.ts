import { MPEGDecoder } from 'mpg123-decoder';
import { inSlices } from '../slices';
import type { ByteReader } from '../../files/bytes';
import type { Mp3Frame } from '../../files/mp3/frame';
import type { SoundFrame } from '../../files/mp3/walk';
import { Mp3Walk } from '../../files/mp3/walk';
import type { Block, RawBlock } from '../block';
import { fitted, joinBlocks, lengthOf, partOf } from '../block';

/** Frames that are decoded at once. */
const BATCH = 16;
/** The decoder looks at the frame behind before it gives one out. */
const LAG_FRAMES = 1;

/** The samples of an MP3, less those that the encoder added. */
export async function* decodeMp3(bytes: ByteReader): AsyncGenerator<RawBlock> {
	const walk = new Mp3Walk(bytes);
	let part: Part | undefined;
	let batch: SoundFrame[] = [];
	try {
		for (;;) {
			const next = await walk.next();
			const isOther = next === undefined || !part?.fits(next.frame);
			if (batch.length === BATCH || isOther) {
				if (part && batch.length > 0) yield* await part.decode(batch);
				batch = [];
			}
			if (isOther) {
				if (part) yield* await part.end();
				part?.free();
				part = undefined;
			}
			if (next === undefined) return;
			part ??= await Part.begin(next);
			batch.push(next);
		}
	} finally {
		part?.free();
	}
}

/** Frames of one kind in a row; behind it may follow those of another file, of another rate or in mono. */
class Part {
	/** Frames whose samples have not come out of the decoder. */
	private due: SoundFrame[] = [];

	/** Samples that came out, and belong to frames that are not complete. */
	private rest: Block = [];

	private constructor(
		private readonly kind: number,
		private readonly channels: number,
		private readonly decoder: MPEGDecoder,
	) {}

	static async begin({ frame }: SoundFrame): Promise<Part> {
		const decoder = new MPEGDecoder({ enableGapless: false });
		await decoder.ready;
		return new Part(frame.kind, frame.isMono ? 1 : 2, decoder);
	}

	/** Whether a frame goes on with this part. */
	fits({ kind, isMono }: Mp3Frame): boolean {
		return kind === this.kind && (isMono ? 1 : 2) === this.channels;
	}

	async decode(frames: SoundFrame[]): Promise<RawBlock[]> {
		this.due.push(...frames);
		const decoded = await inSlices(() =>
			this.decoder.decode(Buffer.concat(frames.map(({ content }) => content))),
		);
		this.add(decoded.channelData, decoded.samplesDecoded);
		// What could not be decoded is silence, so that all that follows keeps its place.
		const missing = this.missing() - LAG_FRAMES * (frames[0]?.frame.samples ?? 0);
		if (missing > 0 && decoded.errors.length > 0) this.add([], missing);
		return this.complete();
	}

	/** No more frames come: what is missing is silence. */
	async end(): Promise<RawBlock[]> {
		this.add([], Math.max(0, this.missing()));
		return await Promise.resolve(this.complete());
	}

	free(): void {
		this.decoder.free();
	}

	private missing(): number {
		return this.due.reduce((sum, { frame }) => sum + frame.samples, 0) - lengthOf(this.rest);
	}

	private add(block: Block, samples: number): void {
		const added = fitted(block.slice(0, this.channels), this.channels, samples);
		// Mostly nothing is left, and nothing has to be copied.
		this.rest = lengthOf(this.rest) === 0 ? added : joinBlocks([this.rest, added], this.channels);
	}

	/** The samples of all frames that are complete, as few blocks as can be. */
	private complete(): RawBlock[] {
		const runs: Array<{ from: number; to: number; rate: number }> = [];
		let at = 0;
		let done = 0;
		for (const { frame, played } of this.due) {
			if (at + frame.samples > lengthOf(this.rest)) break;
			for (const [from, to] of played) {
				const last = runs.at(-1);
				if (last?.to === at + from) last.to = at + to;
				else runs.push({ from: at + from, to: at + to, rate: frame.rate });
			}
			at += frame.samples;
			done++;
		}
		this.due.splice(0, done);
		const blocks = runs.map(({ from, to, rate }): RawBlock => {
			return { rate, samples: partOf(this.rest, from, to), layout: 'wav' };
		});
		this.rest = partOf(this.rest, at, lengthOf(this.rest));
		return blocks;
	}
}
