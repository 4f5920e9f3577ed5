import { ByteReader } from '../../files/bytes';
import type { SoundContent } from '../../files/bytes';
import type { Mp3Frame } from '../../files/mp3/frame';
import { Mp3Walk } from '../../files/mp3/walk';
import type { Failure } from '../../engine/failure';
import { cannotHaveSoundtrack } from './failures';

/** An MP3 that becomes the soundtrack as it is. */
export interface Song {
	open(): Promise<SoundContent>;
	/** What to say where it cannot be read to its end. */
	brokeOff(cause: unknown): Failure;
	/** Where in it the film begins, in seconds. */
	from: number;
}

/** A frame of the song. */
export interface SongFrame {
	frame: Mp3Frame;
	content: Buffer;
	/** Where its first sample is heard in the film; below 0 for what only prepares the decoder. In samples. */
	at: number;
}

/**
 * The frames of a song from where the film begins.
 *
 * @throws {Failure} where it cannot be read, or changes its sampling rate: one track has one
 */
export async function* framesOf(song: Song): AsyncGenerator<SongFrame> {
	const bytes = new ByteReader(await contentOf(song), (cause) => song.brokeOff(cause));
	try {
		const walk = new Mp3Walk(bytes);
		let kind: number | undefined;
		let position = 0;
		let delay: number | undefined;
		let waiting: SongFrame[] = [];
		for (let found = await walk.next(); found; found = await walk.next()) {
			const { frame, content, played } = found;
			if (frame.kind !== (kind ??= frame.kind)) throw severalRates();
			// A last frame that is cut off cannot be in a track.
			if (content.length < frame.size) break;
			waiting.push({ frame, content, at: position });
			const [first] = played;
			if (first !== undefined) delay ??= position + first[0];
			position += frame.samples;
			if (delay === undefined) continue;
			const start = delay + Math.round(song.from * frame.rate);
			const isHeard = ({ at }: SongFrame) => song.from === 0 || at + frame.samples / 2 > start;
			yield* waiting.filter(isHeard).map((each) => ({ ...each, at: each.at - start }));
			waiting = [];
		}
	} finally {
		bytes.close();
	}
}

async function contentOf(song: Song): Promise<SoundContent> {
	try {
		return await song.open();
	} catch (error) {
		throw song.brokeOff(error);
	}
}

function severalRates(): Failure {
	return cannotHaveSoundtrack(
		'The sound is an MP3 with several sampling rates, and an MP4 film can have only one',
		"Convert the sound to MP3 again, or choose the clips' own sound as the soundtrack.",
	);
}
