import type { Failure } from '../engine/failure';
import type { SoundContent } from '../files/bytes';
import { ByteReader } from '../files/bytes';
import type { MediaType } from '../files/kinds';
import { unreadable } from '../files/length/unreadable';
import type { Block, RawBlock } from './block';
import { lengthOf } from './block';
import { decodeFlac } from './decode/flac';
import { decodeMp3 } from './decode/mp3';
import { decodeOgg } from './decode/ogg';
import { decodeWav } from './decode/pcm';
import { mixTo } from './mix';
import { Resampler } from './resample';

/** A sound, wherever n8n keeps it. */
export interface Sound {
	/** The content, to be read once, from its start to its end. */
	open(): Promise<SoundContent>;
	/** What to say where it cannot be read to its end. */
	brokeOff(cause: unknown): Failure;
	/** Its kind by its bytes; only the name counts. */
	type: Pick<MediaType, 'name'>;
}

/** A sound that is being read: of one rate and one number of channels, whatever its file holds. */
export interface OpenSound {
	/** Samples a second: 44,100 or 48,000, as every player and encoder takes them. */
	rate: number;
	/** 1 or 2. */
	channels: number;
	/** The rates of the file itself, as far as it was read. */
	sourceRates: Set<number>;
	/** The samples from the start to the end, to be gone through once. Leaving early closes the file. */
	blocks: AsyncGenerator<Block>;
	/** Closes the file, also where none of the samples was asked for. */
	close(): Promise<void>;
}

/** The decoders by the name of the file's kind. */
const DECODERS: { [kind: string]: (bytes: ByteReader) => AsyncGenerator<RawBlock> } = {
	FLAC: decodeFlac,
	MP3: decodeMp3,
	OGG: decodeOgg,
	WAV: decodeWav,
};

/**
 * Opens a sound for reading its samples, forward only. Only some hundred kilobytes of the file, and some
 * seconds of the sound, are in memory at any time.
 *
 * @throws {Failure} where it holds no sound, or one in a codec that is not known here; the blocks throw one
 * where the file breaks off
 */
export async function openSound(sound: Sound): Promise<OpenSound> {
	const decode = DECODERS[sound.type.name];
	if (decode === undefined) throw unreadable();
	const bytes = new ByteReader(await contentOf(sound), (cause) => sound.brokeOff(cause));
	const raw = decode(bytes);
	let isOpen = false;
	try {
		const first = await raw.next();
		if (first.done === true) throw unreadable();
		const { rate, samples } = first.value;
		const sourceRates = new Set([rate]);
		const format = { rate: heardRate(rate), channels: Math.min(2, samples.length), sourceRates };
		const blocks = convert(first.value, raw, bytes, format);
		const close = async () => {
			// A generator that was not begun runs no `finally`.
			await blocks.return(undefined);
			await raw.return(undefined);
			bytes.close();
		};
		isOpen = true;
		return { ...format, blocks, close };
	} finally {
		if (!isOpen) bytes.close();
	}
}

async function contentOf(sound: Sound): Promise<SoundContent> {
	try {
		return await sound.open();
	} catch (error) {
		throw sound.brokeOff(error);
	}
}

/** The rate in which a sound is heard; those of CDs and of video have families of their own. */
function heardRate(rate: number): number {
	if (rate === 44_100 || rate === 48_000) return rate;
	return rate % 8000 === 0 || rate % 6000 === 0 ? 48_000 : 44_100;
}

async function* convert(
	first: RawBlock,
	others: AsyncGenerator<RawBlock>,
	bytes: ByteReader,
	{ rate, channels, sourceRates }: Omit<OpenSound, 'blocks' | 'close'>,
): AsyncGenerator<Block> {
	let source = rate;
	let resampler: Resampler | undefined;
	try {
		for (let next: RawBlock | undefined = first; next; next = await nextOf(others)) {
			if (next.rate !== source) {
				if (resampler) yield* present(await resampler.flush());
				source = next.rate;
				sourceRates.add(source);
				resampler = source === rate ? undefined : new Resampler(source, rate, channels);
			}
			const mixed = mixTo(channels, next.samples.map(bounded), next.layout);
			yield* present(resampler ? await resampler.add(mixed) : mixed);
		}
		if (resampler) yield* present(await resampler.flush());
	} finally {
		await others.return(undefined);
		bytes.close();
	}
}

async function nextOf(blocks: AsyncGenerator<RawBlock>): Promise<RawBlock | undefined> {
	const { done, value } = await blocks.next();
	return done === true ? undefined : value;
}

/**
 * The loudest sample that is kept. What lies above 1 is heard as 1, but encoders keep the form of a wave
 * that goes a little higher, as a loud MP3's does.
 */
const LOUDEST = 4;

/** The same samples in bounds: a damaged frame may decode to thousands, and floating point holds anything. */
function bounded(row: Float32Array): Float32Array {
	for (let at = 0; at < row.length; at++) {
		const sample = row[at] ?? 0;
		if (sample >= -LOUDEST && sample <= LOUDEST) continue;
		row[at] = Number.isNaN(sample) ? 0 : Math.sign(sample) * LOUDEST;
	}
	return row;
}

/** Blocks without samples are nobody's business. */
function* present(block: Block): Generator<Block> {
	if (lengthOf(block) > 0) yield block;
}
