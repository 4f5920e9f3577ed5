import {
	EncodedPacket,
	EncodedPacketSink,
	FLAC,
	Input,
	OGG,
	ReadableStreamSource,
} from 'mediabunny';
import type { AudioCodec } from 'mediabunny';
import './quiet';
import { Failure } from '../engine/failure';
import { ByteReader } from '../files/bytes';
import type { MediaType } from '../files/kinds';
import { DECODER_DELAY } from '../files/mp3/encoder';
import { Mp3Walk } from '../files/mp3/walk';

/** A sound where n8n keeps it. */
export interface Sound {
	/** Bytes. */
	size: number;
	fileName?: string | undefined;
	/** How messages call it, at the start of a sentence. */
	subject?: string | undefined;
	/** Its content from the start: n8n gives streams that run forwards only. */
	open(): Promise<Buffer | AsyncIterable<Buffer>>;
}

/** A sound that is being read, packet by packet. */
export interface OpenSound {
	codec: AudioCodec;
	config: AudioDecoderConfig;
	/** Seconds that decoders give out before the sound's own first sample; 0 where the file says nothing. */
	delay: number;
	/** The next packet, or undefined at the end. Its timestamp counts from the first packet. */
	next(): Promise<EncodedPacket | undefined>;
	close(): Promise<void>;
}

/** What the library may keep of the part that was read, in bytes: it goes back over a few pages only. */
const KEPT_BYTES = 4 * 1024 * 1024;

/**
 * Opens an MP3, FLAC or OGG file for reading packet by packet, from its start to its end.
 *
 * @throws {Failure} where the sound's packets cannot be told apart (Ogg FLAC, a broken file)
 */
export async function openSound(sound: Sound, type: MediaType): Promise<OpenSound> {
	if (type.extension === 'mp3') return await openMp3(sound, type);
	const parts = partsOf(sound, await contentOf(sound));
	const source = new ReadableStreamSource(toByteStream(parts), {
		maxCacheSize: KEPT_BYTES,
		// The next read reports it.
		handleUnhandledError: () => {},
	});
	const input = new Input({ source, formats: [FLAC, OGG] });
	const close = async () => {
		input.dispose();
		await parts.return(undefined);
	};
	try {
		const track = await input.getPrimaryAudioTrack();
		const codec = (await track?.getCodec()) ?? null;
		const config = (await track?.getDecoderConfig()) ?? null;
		if (track === null || codec === null || config === null) throw cannotRead(sound, type);
		const sink = new EncodedPacketSink(track);
		let packet: EncodedPacket | null | undefined;
		return {
			codec,
			config,
			delay: 0,
			next: async () => {
				if (packet === null) return undefined;
				try {
					packet = packet ? await sink.getNextPacket(packet) : await sink.getFirstPacket();
				} catch (error) {
					throw error instanceof Failure ? error : cannotRead(sound, type, error);
				}
				return packet ?? undefined;
			},
			close,
		};
	} catch (error) {
		await close();
		throw error instanceof Failure ? error : cannotRead(sound, type, error);
	}
}

/**
 * An MP3 is a row of frames, which this package's own reader finds in a fraction of the library's time.
 * Frames of another kind than the first, from a file that was put behind this one, cannot be in one track.
 */
async function openMp3(sound: Sound, type: MediaType): Promise<OpenSound> {
	const bytes = await readerOf(sound);
	const close = async () => {
		bytes.close();
		await Promise.resolve();
	};
	const walk = new Mp3Walk(bytes);
	let waiting = await walk.next();
	if (waiting === undefined) {
		await close();
		throw cannotRead(sound, type);
	}
	const { rate, isMono, kind } = waiting.frame;
	let samples = 0;
	return {
		codec: 'mp3',
		config: { codec: 'mp3', sampleRate: rate, numberOfChannels: isMono ? 1 : 2 },
		delay: walk.added ? (walk.added.delay + DECODER_DELAY) / rate : 0,
		next: async () => {
			for (;;) {
				const found = waiting;
				waiting = undefined;
				const { frame, content } = found ?? (await walk.next()) ?? {};
				if (frame === undefined || content === undefined) return undefined;
				if (frame.kind !== kind || content.length < frame.size) continue;
				const packet = new EncodedPacket(content, 'key', samples / rate, frame.samples / rate);
				samples += frame.samples;
				return packet;
			}
		},
		close,
	};
}

/** Opens a sound for whoever takes its bytes apart by hand. */
export async function readerOf(sound: Sound): Promise<ByteReader> {
	const content = await contentOf(sound);
	const cut = (cause: unknown) => brokeOff(sound, cause);
	if (Buffer.isBuffer(content)) return new ByteReader(content, cut);
	const parts = content[Symbol.asyncIterator]();
	const destroy = () => void parts.return?.(undefined);
	return new ByteReader({ [Symbol.asyncIterator]: () => parts, destroy }, cut);
}

async function contentOf(sound: Sound): Promise<Buffer | AsyncIterable<Buffer>> {
	try {
		return await sound.open();
	} catch (error) {
		throw brokeOff(sound, error);
	}
}

/** What to say about a sound whose packets cannot be told apart. */
export function cannotRead({ fileName }: Sound, type: MediaType, cause?: unknown): Failure {
	return new Failure(
		{
			message: `The parts of ${fileName ? `the sound '${fileName}'` : 'the sound'} (${type.name}) cannot be told apart`,
			description:
				'Its encoding is not one that can be cut or joined as it is. Convert it to MP3 first.',
		},
		{ cause },
	);
}

/**
 * Goes through a sound once, however it is held. Leaving early closes it.
 *
 * @throws {Failure} where n8n's storage stops handing it out
 */
async function* partsOf(
	sound: Sound,
	content: Buffer | AsyncIterable<Buffer>,
): AsyncGenerator<Buffer, undefined> {
	if (Buffer.isBuffer(content)) yield content;
	else {
		try {
			yield* content;
		} catch (error) {
			throw brokeOff(sound, error);
		}
	}
	return undefined;
}

function toByteStream(parts: AsyncGenerator<Buffer, undefined>): ReadableStream<Uint8Array> {
	return new ReadableStream<Uint8Array>(
		{
			pull: async (controller) => {
				const { done, value } = await parts.next();
				if (done) controller.close();
				else controller.enqueue(new Uint8Array(value.buffer, value.byteOffset, value.length));
			},
		},
		{ highWaterMark: 0 },
	);
}

function brokeOff({ subject = 'The sound' }: Sound, cause: unknown): Failure {
	return new Failure(
		{
			message: `${subject} could not be read to its end`,
			description: "n8n's file storage broke off. Run the workflow again from the sound on.",
		},
		{ cause },
	);
}
