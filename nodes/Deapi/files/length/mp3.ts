/**
 * An MP3 is as long as its frames, less what the encoder put in front of the sound and behind it.
 *
 * Invariants, and why:
 * - Frames are counted. Bit rate and size say nothing where the bit rate changes, and headers (Xing,
 *   Info, VBRI) and tags (TLEN) may belong to a file that was cut or joined since.
 * - A header is in a frame of its own, which is not played.
 */
import type { ByteReader } from '../bytes';
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
	for (let found = await walk.next(); found; found = await walk.next()) {
		for (const [from, to] of found.played) seconds += (to - from) / found.frame.rate;
	}
	if (seconds === 0) throw unreadable();
	return seconds;
}
