/**
 * Samples as an MP3: constant bit rate, with a header that tells decoders what the encoder added at both ends,
 * so that it decodes to exactly the samples that went in.
 */
import { createMp3Encoder } from 'wasm-media-encoders';
import { inSlices } from '../slices';
import { HEADER_SIZE, readMp3Frame } from '../../files/mp3/frame';
import type { Mp3Frame } from '../../files/mp3/frame';
import type { Block } from '../block';
import { lengthOf, partOf } from '../block';

/** What is sent to be listened to by a model: above what people hear a difference to, in kbit/s. */
const BIT_RATES = { mono: 128, stereo: 192 } as const;
/** Samples that are encoded at once: a few milliseconds of work. */
const STEP = 4608;
/** Samples that LAME puts in front of the sound (`lame_get_encoder_delay`). */
const ENCODER_DELAY = 576;

type Encoder = Awaited<ReturnType<typeof createMp3Encoder>>;

/** Encoders that nobody uses now: to make one takes longer than a short piece. */
const idle: Encoder[] = [];
/** More are never needed at once; an idle one holds some hundred kilobytes. */
const MOST_IDLE = 4;

/**
 * Encodes samples as an MP3.
 *
 * @param blocks in their order; at least one sample
 * @param rate samples a second: 44,100 or 48,000
 * @param channels 1 or 2
 */
export async function encodeMp3(blocks: Block[], rate: number, channels: 1 | 2): Promise<Buffer> {
	const encoder = idle.pop() ?? (await createMp3Encoder());
	const bitrate = channels === 1 ? BIT_RATES.mono : BIT_RATES.stereo;
	encoder.configure({ sampleRate: rate, channels, bitrate });
	const parts: Buffer[] = [];
	let samples = 0;
	for (const block of blocks) {
		for (let at = 0; at < lengthOf(block); at += STEP) {
			const part = partOf(block, at, at + STEP);
			samples += lengthOf(part);
			// What the encoder gives lasts until it is used again.
			parts.push(await inSlices(() => Buffer.from(encoder.encode(part))));
		}
	}
	parts.push(await inSlices(() => Buffer.from(encoder.finalize())));
	if (idle.length < MOST_IDLE) idle.push(encoder);
	const frames = Buffer.concat(parts);
	return Buffer.concat([headerFor(frames, samples), frames]);
}

/** The size of a tag as LAME writes it, from its name on, and where the figures of both ends are in it. */
const LAME_TAG = { size: 36, endsAt: 21 };

/** The frame in front of all others: decoders read it and do not play it. */
function headerFor(content: Buffer, samples: number): Buffer {
	const first = readMp3Frame(content);
	if (first === undefined) throw new Error('The encoder gave no MP3 frame');
	const count = countFrames(content);
	const header = Buffer.alloc(first.size);
	content.copy(header, 0, 0, HEADER_SIZE);
	let at = HEADER_SIZE + sideInformationOf(first);
	at += header.write('Info', at, 'latin1');
	// How many frames there are, and how many bytes; the time in between is even.
	at = header.writeUInt32BE(3, at);
	at = header.writeUInt32BE(count, at);
	at = header.writeUInt32BE(header.length + content.length, at);
	header.write('LAME3.100', at, 'latin1');
	const padding = count * first.samples - ENCODER_DELAY - samples;
	header.writeUIntBE((ENCODER_DELAY << 12) | padding, at + LAME_TAG.endsAt, 3);
	return header;
}

/** Bytes of side information, which is empty in the header's frame. */
function sideInformationOf({ isMpeg1, isMono }: Mp3Frame): number {
	if (isMpeg1) return isMono ? 17 : 32;
	return isMono ? 9 : 17;
}

function countFrames(content: Buffer): number {
	let count = 0;
	for (let at = 0; at < content.length; count++) {
		const frame = readMp3Frame(content, at);
		if (frame === undefined) throw new Error('The encoder gave something other than MP3 frames');
		at += frame.size;
	}
	return count;
}
