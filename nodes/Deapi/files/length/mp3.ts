/**
 * An MP3 is as long as its frames, less what the encoder put in front of the sound and behind it.
 *
 * What must not regress, and why:
 * - Frames are counted. Bit rate and size say nothing where the bit rate changes, and headers (Xing,
 *   Info, VBRI) and tags (TLEN) may belong to a file that was cut or joined since.
 * - A header stands in a frame of its own, which is not played.
 */
import type { ByteReader } from '../bytes';
import type { Added } from '../mp3/encoder';
import { DECODER_DELAY } from '../mp3/encoder';
import { Mp3Walk } from '../mp3/walk';
import { unreadable } from './unreadable';

/**
 * The length of an MP3 in seconds, counted frame by frame. Tags and bytes that are no sound may stand
 * anywhere.
 *
 * @throws {Failure} where no frame is found
 */
export async function readMp3Length(bytes: ByteReader): Promise<number> {
	const walk = new Mp3Walk(bytes);
	let seconds = 0;
	let samples = 0;
	for (let found = await walk.next(); found; found = await walk.next()) {
		seconds += found.frame.samples / found.frame.rate;
		samples += found.frame.samples;
	}
	if (samples === 0) throw unreadable();
	return seconds - (walk.added ? unplayed(walk.added, samples) : 0) / walk.rate;
}

/** How many of the samples that were found are not played. */
function unplayed({ delay, padding, end }: Added, samples: number): number {
	const front = Math.min(samples, delay + DECODER_DELAY);
	// Another file was put behind this one: what was its padding is played.
	if (samples > end + end / 16) return front;
	// The decoder is late at the end as well: so much of the padding is still to come out of it.
	const start = end - Math.max(0, padding - DECODER_DELAY);
	const back = Math.min(end, samples) - Math.max(start, front);
	return front + Math.max(0, back);
}
