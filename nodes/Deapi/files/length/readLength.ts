import type { Failure } from '../../engine/failure';
import { ByteReader, type SoundContent } from '../bytes';
import { readFlacLength } from './flac';
import { readMp3Length } from './mp3';
import { readOggLength } from './ogg';
import { unreadable } from './unreadable';
import { readWavLength } from './wav';

/** A sound, wherever n8n keeps it. */
export interface SoundFile {
	/** The exact size in bytes; 0 where it is not known. */
	size: number;
	/** The content, to be read once, from its start to its end. */
	open(): Promise<SoundContent>;
}

/** The readers by the name of the file's kind, as `audioType` gives it. */
const READERS: { [kind: string]: (bytes: ByteReader, size: number) => Promise<number> } = {
	FLAC: readFlacLength,
	MP3: readMp3Length,
	OGG: readOggLength,
	WAV: readWavLength,
};

/**
 * The length of a sound in seconds, as a decoder would give it: what tags and headers say about it is
 * not trusted, but for what an encoder put in front of the sound and behind it. Only a few hundred
 * kilobytes of the file are in memory at any time.
 *
 * @param type the kind of the file; only its name counts
 * @param brokeOff what to say where the storage does not hand it out, or not to its end
 * @throws {Failure} where the file is damaged or its codec is one whose length is not read here
 */
export async function readLength(
	file: SoundFile,
	type: { name: string },
	brokeOff: (cause: unknown) => Failure = unreadable,
): Promise<number> {
	const read = READERS[type.name];
	if (read === undefined) throw unreadable();
	const content = await openContent(file, brokeOff);
	const bytes = new ByteReader(content, brokeOff);
	try {
		const seconds = await read(bytes, file.size);
		if (type.name !== 'WAV' && !Buffer.isBuffer(content))
			await checkSize(bytes, file.size, brokeOff);
		if (!Number.isFinite(seconds) || seconds <= 0) throw unreadable();
		return seconds;
	} finally {
		bytes.close();
	}
}

async function openContent(
	file: SoundFile,
	brokeOff: (cause: unknown) => Failure,
): Promise<SoundContent> {
	try {
		return await file.open();
	} catch (error) {
		throw brokeOff(error);
	}
}

/** A storage behind the network may stop in the middle and call it the end. A WAV is not read so far. */
async function checkSize(
	bytes: ByteReader,
	size: number,
	brokeOff: (cause: unknown) => Failure,
): Promise<void> {
	await bytes.skip(Infinity);
	if (bytes.position < size) throw brokeOff(new Error(`${bytes.position} of ${size} bytes came`));
}
