import type { ByteReader } from '../bytes';
import { OggWalk } from '../ogg/walk';

/**
 * The length of a sound inside Ogg in seconds: Vorbis, Opus or FLAC.
 *
 * @throws {Failure} where no sound is found, or one in another codec
 */
export async function readOggLength(bytes: ByteReader): Promise<number> {
	const walk = new OggWalk(bytes);
	let seconds = 0;
	for (let found = await walk.next(); found; found = await walk.next()) {
		const { codec, from, to } = found;
		seconds += (to - from) / codec.rate;
	}
	return seconds;
}
