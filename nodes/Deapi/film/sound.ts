import { EncodedPacketSink, FLAC, Input, MP3, OGG, ReadableStreamSource } from 'mediabunny';
import type { AudioCodec, EncodedPacket } from 'mediabunny';
import './quiet';
import { Failure } from '../engine/failure';
import type { MediaType } from '../files/kinds';
import { id3TagSize } from '../files/mp3Frames';
import { readEncoderDelay } from './encoderDelay';

/** A sound where n8n keeps it. */
export interface Sound {
	/** Bytes. */
	size: number;
	fileName?: string | undefined;
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

/** No cover picture is so large; a tag that says so is not waited for. */
const LONGEST_TAG_BYTES = 16 * 1024 * 1024;
/** More than a frame of MP3 has. */
const FRAME_BYTES = 4096;

/**
 * Opens an MP3, FLAC or OGG file for reading packet by packet, from its start to its end.
 *
 * @throws {Failure} where the sound's packets cannot be told apart (Ogg FLAC, a broken file)
 */
export async function openSound(sound: Sound, type: MediaType): Promise<OpenSound> {
	const parts = partsOf(await sound.open());
	const head = await readHead(parts);
	const source = new ReadableStreamSource(toByteStream(head, parts), {
		maxCacheSize: KEPT_BYTES,
		// The next read reports it.
		handleUnhandledError: () => {},
	});
	const input = new Input({ source, formats: [MP3, FLAC, OGG] });
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
			delay: codec === 'mp3' ? readEncoderDelay(head) / config.sampleRate : 0,
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

/** Reads so far that an MP3's first frame is there, behind the tag with the cover picture. */
async function readHead(parts: AsyncGenerator<Buffer, undefined>): Promise<Buffer> {
	const read: Buffer[] = [];
	let length = 0;
	let wanted = 1;
	while (length < wanted) {
		const { done, value } = await parts.next();
		if (done) break;
		if (length === 0) wanted = Math.min(LONGEST_TAG_BYTES, id3TagSize(value)) + FRAME_BYTES;
		read.push(value);
		length += value.length;
	}
	return Buffer.concat(read);
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
 * Goes through a content once, however it is held. Leaving early closes it.
 *
 * @throws {Failure} where n8n's storage stops handing it out
 */
export async function* partsOf(
	content: Buffer | AsyncIterable<Buffer>,
): AsyncGenerator<Buffer, undefined> {
	if (Buffer.isBuffer(content)) yield content;
	else {
		try {
			yield* content;
		} catch (error) {
			throw brokeOff(error);
		}
	}
	return undefined;
}

function toByteStream(
	head: Buffer,
	rest: AsyncGenerator<Buffer, undefined>,
): ReadableStream<Uint8Array> {
	let isFirst = true;
	return new ReadableStream<Uint8Array>(
		{
			pull: async (controller) => {
				const { done, value } = isFirst ? { done: false, value: head } : await rest.next();
				isFirst = false;
				if (done || value === undefined) controller.close();
				else controller.enqueue(new Uint8Array(value.buffer, value.byteOffset, value.length));
			},
		},
		{ highWaterMark: 0 },
	);
}

function brokeOff(cause: unknown): Failure {
	return new Failure(
		{
			message: 'n8n could not read the sound to its end',
			description: 'Its file storage broke off. Run the workflow again from the sound on.',
		},
		{ cause },
	);
}
