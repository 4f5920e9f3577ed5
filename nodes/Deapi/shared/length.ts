import type { IDataObject, IExecutePaginationFunctions } from 'n8n-workflow';
import { DeapiFailure } from './errors';
import type { InputFile } from './files';
import type { MediaType } from './media';
import { rangeOf } from './models';
import type { Model } from './types';
import { isOneOf, numberOf } from '../basics/values';
import { Failure } from '../engine/failure';
import { readLength } from '../files/length/readLength';

export const LENGTH_MODES = ['frames', 'seconds', 'matchAudio'] as const;
export type LengthMode = (typeof LENGTH_MODES)[number];

/**
 * The length of a sound in seconds.
 *
 * @throws {DeapiFailure} where it cannot be told
 */
export async function readDuration(file: InputFile, type: MediaType): Promise<number | undefined> {
	try {
		return await readLength(file, type);
	} catch (error) {
		throw error instanceof Failure ? new DeapiFailure(error.facts) : error;
	}
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
	};
}

/** The user's choice of a length. */
export interface LengthChoice {
	mode: LengthMode;
	/** Seconds, for the mode of that name. */
	duration: unknown;
	whenTooLong: 'shorten' | 'fail';
}

/** Reads the choice from the node's parameters; a workflow from before this choice has frames. */
export function readLengthChoice(context: IExecutePaginationFunctions): LengthChoice {
	const mode = context.getNodeParameter('lengthMode', 'frames');
	const options = context.getNodeParameter('options', {}) as IDataObject;
	return {
		mode: isOneOf(LENGTH_MODES, mode) ? mode : 'frames',
		duration: context.getNodeParameter('duration', 0),
		whenTooLong: options.whenTooLong === 'fail' ? 'fail' : 'shorten',
	};
}

/**
 * Turns seconds into frames, kept within what the model allows.
 *
 * @param seconds the wanted length, or the sound's
 * @param fps pictures per second
 * @param model undefined where its limits are not known: deAPI then decides
 * @param ofAudio whether the seconds are those of the sound
 * @throws {DeapiFailure} where they are too many and the user wants to know
 */
export function toFrames(
	seconds: number,
	fps: number,
	model: Model | undefined,
	whenTooLong: LengthChoice['whenTooLong'],
	ofAudio: boolean,
): ChosenLength {
	const wanted = Math.max(1, Math.round(seconds * fps));
	const { min = 1, max = Infinity } = model ? rangeOf(model, 'frames') : {};
	const isTooLong = wanted > max;
	if (isTooLong && whenTooLong === 'fail') {
		throw new DeapiFailure({
			message: `${ofAudio ? 'The sound has' : "'Duration' is"} ${round(seconds)} seconds; the model ${model?.name} makes videos of up to ${round(max / fps)} seconds`,
			description: `That is ${max} frames at ${fps} FPS. Shorten it, split it, or set 'When Too Long' under 'Options' to 'Shorten'.`,
			submitted: 'no',
		});
	}
	const frames = Math.min(max, Math.max(min, wanted));
	return {
		frames,
		facts: {
			...(ofAudio ? { audio_seconds: round(seconds) } : {}),
			video_seconds: round(frames / fps),
			...(isTooLong ? { shortened: true as const } : {}),
		},
	};
}

/** A duration in seconds as the user entered it, or what is wrong with it. */
export function checkDuration(value: unknown): number {
	const seconds = numberOf(value);
	if (seconds !== undefined && seconds > 0) return seconds;
	const isMissing = value === '' || value === undefined || value === null;
	const shown = typeof value === 'object' ? JSON.stringify(value) : String(value);
	throw new DeapiFailure({
		message: `'Duration' is ${isMissing ? 'missing' : shown}`,
		description: 'Enter the length of the video in seconds, more than 0.',
		submitted: 'no',
	});
}

function round(seconds: number): number {
	return Math.round(seconds * 1000) / 1000;
}
