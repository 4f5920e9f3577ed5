import type { ByteReader } from '../bytes';
import { FlacWalk } from '../flac/walk';
import { unreadable } from './unreadable';

/**
 * The length of a FLAC in seconds, counted frame by frame. Tags may be before it.
 *
 * @throws {Failure} where there is no header or no frame
 */
export async function readFlacLength(bytes: ByteReader): Promise<number> {
	const walk = await FlacWalk.open(bytes);
	let seconds = 0;
	for (let frame = await walk.next(); frame; frame = await walk.next()) {
		seconds += frame.samples / frame.info.rate;
	}
	if (seconds === 0) throw unreadable();
	return seconds;
}
