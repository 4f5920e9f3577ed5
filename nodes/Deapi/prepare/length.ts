import { shown } from '../basics/quote';
import { isOneOf, numberOf } from '../basics/values';
import type { Call } from '../engine/call';
import { Failure } from '../engine/failure';
import { asFailure } from '../engine/nodeErrors';
import { readLength } from '../files/length/readLength';
import type { Model } from '../service/models';
import { rangeOf } from '../service/models';
import type { FilePart } from './files';

const LENGTH_MODES = ['matchAudio', 'seconds', 'frames'] as const;
const WHEN_TOO_LONG = ['clips', 'shorten', 'fail'] as const;

/** The user's choice of a length. */
export interface LengthChoice {
	mode: (typeof LENGTH_MODES)[number];
	/** Seconds, for the mode of that name. */
	duration: unknown;
	whenTooLong: (typeof WHEN_TOO_LONG)[number];
}

/** How many frames a video gets, and what the item says about it. */
export interface ChosenLength {
	frames: number;
	facts: {
		/** Length of the sound in seconds, to the millisecond. */
		audio_seconds?: number;
		/** Length of the video in seconds, to the millisecond. */
		video_seconds?: number;
		/** Present where the sound or the wish is longer than the model allows. */
		shortened?: true;
		/** Beside it: the length that was wanted. */
		requested_seconds?: number;
	};
}

/** Reads the choice from the node's parameters. */
export function readLengthChoice(call: Call): LengthChoice {
	const mode = call.parameter('lengthMode', 'matchAudio');
	const whenTooLong = call.parameter('whenTooLong', 'fail');
	return {
		mode: isOneOf(LENGTH_MODES, mode) ? mode : 'matchAudio',
		duration: call.parameter('duration', 0),
		whenTooLong: isOneOf(WHEN_TOO_LONG, whenTooLong) ? whenTooLong : 'fail',
	};
}

/** Whether the user wants as many clips as the sound needs. */
export function wantsFilm({ mode, whenTooLong }: LengthChoice): boolean {
	return mode === 'matchAudio' && whenTooLong === 'clips';
}

/**
 * The frames that the user entered, or those that fit the wanted seconds or the sound.
 *
 * @param entered frames, for the mode of that name
 * @param sound what the length is matched to, in that mode
 */
export async function chooseFrames(
	{ mode, duration, whenTooLong }: LengthChoice,
	{ fps, entered }: { fps: number; entered: number },
	model: Model | undefined,
	sound: FilePart | undefined,
): Promise<ChosenLength> {
	if (mode === 'frames') return { frames: entered, facts: {} };
	if (mode === 'seconds') return toFrames(readDuration(duration), fps, model, whenTooLong, false);
	return toFrames(await lengthOfSound(sound), fps, model, whenTooLong, true);
}

/**
 * The length of a sound that was found in order, in seconds.
 *
 * @throws {Failure} where it cannot be told
 */
export async function lengthOfSound(sound: FilePart | undefined): Promise<number> {
	if (sound === undefined) throw UNREADABLE;
	const { file, type, gate } = sound;
	return await gate.pass(async () => await readLength(file, type));
}

/** The same where it can do without: undefined where the length cannot be told. */
export async function knownLength(sound: FilePart): Promise<number | undefined> {
	try {
		return await lengthOfSound(sound);
	} catch (error) {
		if (error instanceof Failure) return undefined;
		throw asFailure(error);
	}
}

const UNREADABLE = new Failure({
	message: 'The length of the sound could not be read',
	description:
		"The file may be damaged or cut off. Set 'Length' to 'Frames' and enter 'Frames' yourself, or save the sound again as MP3.",
	submitted: 'no',
});

/**
 * Turns seconds into frames, kept within what the model allows.
 *
 * @param seconds the wanted length, or the sound's
 * @param fps frames per second
 * @param model undefined where its limits are not known: deAPI then decides
 * @param ofAudio whether the seconds are those of the sound
 * @throws {Failure} where they are too many and the user wants to know
 */
function toFrames(
	seconds: number,
	fps: number,
	model: Model | undefined,
	whenTooLong: LengthChoice['whenTooLong'],
	ofAudio: boolean,
): ChosenLength {
	const wanted = Math.max(1, Math.round(seconds * fps));
	const { min = 1, max = Infinity } = model ? rangeOf(model, 'frames') : {};
	const isTooLong = wanted > max;
	if (isTooLong && whenTooLong === 'fail') throw tooLong(seconds, fps, max, model, ofAudio);
	const frames = Math.min(max, Math.max(min, wanted));
	return {
		frames,
		facts: {
			...(ofAudio ? { audio_seconds: toMilliseconds(seconds) } : {}),
			video_seconds: toMilliseconds(frames / fps),
			...(isTooLong
				? { shortened: true as const, requested_seconds: toMilliseconds(seconds) }
				: {}),
		},
	};
}

/** Nobody pays for eighteen jobs, or for ten seconds of a song, without having said so. */
function tooLong(
	seconds: number,
	fps: number,
	max: number,
	model: Model | undefined,
	ofAudio: boolean,
): Failure {
	const label = "'If Longer Than the Model Allows'";
	const clips = Math.ceil(Math.round(seconds * fps) / max);
	const ways = ofAudio
		? `To get all of it, set ${label} to 'Make Several Clips and Join Them': that makes ${clips} clips, which are ${clips} paid jobs. To get the first ${toMilliseconds(max / fps)} seconds, set it to 'Shorten': 1 job.`
		: `Enter a shorter 'Duration (Seconds)', or set ${label} to 'Shorten'.`;
	return new Failure({
		message: `${ofAudio ? 'The sound has' : "'Duration (Seconds)' is"} ${toMilliseconds(seconds)} seconds; the model ${model?.name} makes videos of up to ${toMilliseconds(max / fps)} seconds`,
		description: `That is ${max} frames at ${fps} FPS. ${ways} Nothing was sent.`,
		submitted: 'no',
		details: ofAudio ? { clips_needed: clips } : {},
	});
}

/** A duration in seconds as the user entered it. */
function readDuration(value: unknown): number {
	const seconds = numberOf(value);
	if (seconds !== undefined && seconds > 0 && seconds <= LONGEST_S) return seconds;
	const isMissing = value === '' || value === undefined || value === null;
	throw new Failure({
		message: `'Duration (Seconds)' is ${isMissing ? 'missing' : shown(value)}`,
		description: 'Enter the length of the video in seconds, more than 0.',
		submitted: 'no',
	});
}

/** Nothing that deAPI makes or takes is longer than a day. */
const LONGEST_S = 86_400;

/** Seconds to the millisecond, as items state them. */
export function toMilliseconds(seconds: number): number {
	return Math.round(seconds * 1000) / 1000;
}
