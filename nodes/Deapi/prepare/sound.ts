/** The sound of a video: how long it is, and what of it is uploaded. */
import { secondsText } from '../basics/values';
import type { Call } from '../engine/call';
import { Failure } from '../engine/failure';
import { asFailure } from '../engine/nodeErrors';
import type { InputFile } from '../files/binary';
import { MP3, OGG } from '../files/kinds';
import { readLength } from '../files/length/readLength';
import { safeFileName } from '../files/name';
import type { Model } from '../service/models';
import { soundRangeOf } from '../service/models';
import type { Measure } from '../sound/measure';
import { measureSound } from '../sound/measure';
import type { Sound } from '../sound/open';
import type { Stretch } from '../sound/pieces';
import { changed, Pieces } from '../sound/pieces';
import type { FilePart, FileRule } from './files';
import { lookInto, MB } from './files';
import { SOUND } from './media';

/** A sound of which a stretch is sent may have 2 GB. */
export const SONG: FileRule = { ...SOUND, limit: 2048 * MB };

/** Source: deAPI's specification of `audio`: 20 MB; its pages name MP3 and OGG only, since July 2026. */
const TAKEN = { kinds: [MP3, OGG], bytes: SOUND.limit };

/**
 * The length of a sound that was found in order, in seconds.
 *
 * @throws {Failure} where it cannot be told
 */
export async function lengthOfSound({ run }: Pick<Call, 'run'>, sound: FilePart): Promise<number> {
	const { brokeOff, type } = openableOf(sound);
	return await lookInto(run, async () => await readLength(sound.file, type, brokeOff));
}

/** The same where it can do without: undefined where the length cannot be told. */
export async function knownLength(
	call: Pick<Call, 'run'>,
	sound: FilePart,
): Promise<number | undefined> {
	try {
		return await lengthOfSound(call, sound);
	} catch (error) {
		if (error instanceof Failure) return undefined;
		throw asFailure(error);
	}
}

/**
 * Reads a sound that is cut into several pieces to its end.
 *
 * @throws {Failure} where it cannot be read
 */
export async function measured({ run }: Pick<Call, 'run'>, sound: FilePart): Promise<Measure> {
	return await lookInto(run, async () => await measureSound(openableOf(sound)));
}

/** The pieces of a sound that was measured. */
export function piecesOf(sound: FilePart, measure: Measure, stretches: Stretch[]): Pieces {
	return new Pieces(openableOf(sound), measure, stretches);
}

/** A sound as what reads its samples wants to have it. */
export function openableOf({
	file,
	type,
	subject,
}: Pick<FilePart, 'file' | 'type' | 'subject'>): Sound {
	return {
		type,
		open: async () => await file.open(),
		brokeOff: (cause) =>
			new Failure(
				{
					message: `${subject} could not be read to its end`,
					description:
						"The transfer from n8n's file storage broke off. Run the workflow again from the sound on.",
					submitted: 'no',
				},
				{ cause },
			),
	};
}

/**
 * What is uploaded as the sound of one video: the file as it is where deAPI takes it and it is no longer than
 * the video, else the stretch that is heard, as an MP3.
 *
 * @param seconds the length of the whole sound
 * @param stretch of the video in the sound
 * @param fps frames a second: up to one frame more is heard by nobody
 * @param model undefined where its limits are not known
 * @throws {Failure} where the stretch is too short or too long for the model
 */
export function soundOfVideo(
	sound: FilePart,
	seconds: number,
	stretch: Stretch,
	fps: number,
	model: Model | undefined,
): FilePart {
	const { file, type } = sound;
	const heard = Math.min(seconds, stretch.to) - stretch.from;
	checkSound(heard, model);
	const isWhole = stretch.from === 0 && seconds <= stretch.to + 1 / fps;
	const isTaken = TAKEN.kinds.includes(type) && sound.hasJunkInFront !== true;
	if (isWhole && isTaken && file.size <= TAKEN.bytes) return sound;
	return asPiece(sound, pieceName(sound), async () => await cutOne(sound, stretch, heard));
}

/** A stretch as a file of its own, made when it is opened: it is the item's turn then. */
export function asPiece(sound: FilePart, fileName: string, make: () => Promise<Buffer>): FilePart {
	const file: InputFile = {
		// What is sent is counted when it is there.
		size: 0,
		fileName,
		open: make,
		readHead: async () => ({ head: await make() }),
	};
	return { ...sound, type: MP3, file, hasJunkInFront: false, cutFrom: sound };
}

/** Like `song.mp3`, or `song-03.mp3` for one of several pieces. */
export function pieceName({ file }: FilePart, number = ''): string {
	const whole = safeFileName(file.fileName, MP3, 'audio');
	const stem = whole.slice(0, -MP3.extension.length - 1);
	return `${stem}${number === '' ? '' : `-${number}`}.${MP3.extension}`;
}

/** What nobody notices, in seconds: a frame of film. */
const TOLERANCE_S = 1 / 24;

async function cutOne(sound: FilePart, stretch: Stretch, seconds: number): Promise<Buffer> {
	const piece = await new Pieces(openableOf(sound), undefined, [stretch]).piece(0);
	if (Math.abs(piece.seconds - seconds) > TOLERANCE_S) throw changed();
	return piece.content;
}

/**
 * Checks how long the sound of a video is.
 *
 * Source: the models endpoint, where a model publishes a range for sounds.
 *
 * @throws {Failure} with both numbers
 */
function checkSound(seconds: number, model: Model | undefined): void {
	if (model === undefined) return;
	const { min = 0, max = Infinity } = soundRangeOf(model);
	if (seconds >= min - TOLERANCE_S && seconds <= max + TOLERANCE_S) return;
	const allowed = max === Infinity ? `${min} seconds or more` : `${min} to ${max} seconds`;
	throw new Failure({
		message: `The video would have ${secondsText(seconds)} of sound; the model ${model.name} takes ${allowed}`,
		description: `Use a ${seconds < min ? 'longer' : 'shorter'} part of the sound, or choose another 'Model'. Nothing was sent.`,
		submitted: 'no',
	});
}
