import { shown } from '../basics/quote';
import { numberOf, roundSeconds, secondsText } from '../basics/values';
import type { Call } from '../engine/call';
import { Failure } from '../engine/failure';
import type { FrameRule } from '../service/frames';
import { framesWithSound, onGrid, upToGrid } from '../service/frames';
import type { Model } from '../service/models';
import { rangeOf } from '../service/models';
import { chosenWord } from './checks/values';

const LENGTH_MODES = ['matchAudio', 'seconds', 'frames'] as const;
const WHEN_TOO_LONG = ['clips', 'shorten', 'fail'] as const;
const OWN_MODES = ['seconds', 'frames'] as const;

/** The user's choice of a length. */
export interface LengthChoice {
	mode: (typeof LENGTH_MODES)[number];
	/** Where in the sound the video begins, in seconds. */
	startAt: number;
	/** Seconds, for the mode of that name. */
	duration: unknown;
	/** `refuse` where the panel offers nothing else. */
	whenTooLong: (typeof WHEN_TOO_LONG)[number] | 'refuse';
}

/** How many frames a video gets, and what the item says about it. */
export interface ChosenLength {
	frames: number;
	facts: {
		/** Length of the sound in seconds, to the millisecond. */
		audio_seconds?: number;
		/** Where in the sound the video begins, where that is not its start. */
		start_seconds?: number;
		/** Length of the video in seconds, to the millisecond. */
		video_seconds?: number;
		/** Present if the sound or the length asked for is longer than the model allows. */
		shortened?: true;
		/** Beside it: the length that was wanted. */
		requested_seconds?: number;
	};
}

/**
 * Reads the choice from the node's parameters.
 *
 * @throws {Failure} where a choice is none, or 'Start At' no time
 */
export function readLengthChoice(call: Call): LengthChoice {
	return {
		mode: readMode(call, LENGTH_MODES, 'matchAudio'),
		startAt: readStart(call),
		duration: call.parameter('duration', 0),
		whenTooLong: chosenWord(call, 'whenTooLong', WHEN_TOO_LONG, 'fail'),
	};
}

/**
 * Reads the choice for a video without a sound of the user's.
 *
 * @throws {Failure} where it is none
 */
export function readOwnLength(call: Call): LengthChoice {
	return {
		mode: readMode(call, OWN_MODES, 'seconds'),
		startAt: 0,
		duration: call.parameter('duration', 0),
		whenTooLong: 'refuse',
	};
}

/** Reads 'Length'; messages about the frames name the field that decides on them. */
function readMode<T extends LengthChoice['mode']>(call: Call, modes: readonly T[], usual: T): T {
	const mode = chosenWord(call, 'lengthMode', modes, usual);
	if (mode === 'matchAudio') call.comesFrom('frames', 'lengthMode', 'frames');
	if (mode === 'seconds') call.comesFrom('frames', 'duration', 'frames');
	return mode;
}

/**
 * Reads 'Start At (Seconds)'.
 *
 * @returns seconds from the start of the sound
 * @throws {Failure} where it is no time
 */
export function readStart({ options, label }: Call): number {
	const { startAt } = options;
	if (startAt === undefined || startAt === null || startAt === '') return 0;
	const seconds = numberOf(startAt);
	if (seconds !== undefined && seconds >= 0 && seconds <= LONGEST_S) return seconds;
	throw new Failure({
		message: `${label('startAt')} is ${shown(startAt)}`,
		description: 'Enter where in the sound the video begins, in seconds: 0 is its start.',
		submitted: 'no',
	});
}

/**
 * What is left of a sound behind 'Start At'.
 *
 * @param seconds the length of the whole sound
 * @throws {Failure} that names both numbers, where nothing is left
 */
export function checkStart({ label }: Call, startAt: number, seconds: number): void {
	if (startAt < seconds) return;
	throw new Failure({
		message: `${label('startAt')} is ${roundSeconds(startAt)}; the sound is ${secondsText(seconds)} long`,
		description: 'Enter an earlier time. Nothing was sent.',
		submitted: 'no',
	});
}

/** Whether the user wants as many clips as the length needs. */
export function wantsFilm({ mode, whenTooLong }: LengthChoice): boolean {
	return mode !== 'frames' && whenTooLong === 'clips';
}

/** What the length of a video depends on, besides the user's choice. */
export interface LengthFacts {
	/** The model that makes it. */
	slug: string;
	/** Frames per second. */
	fps: number;
	/** Frames that the user entered, for the mode of that name. */
	entered: number;
	/** The length of the whole sound in seconds; undefined where there is none, as for an estimate. */
	sound: number | undefined;
}

/**
 * The frames that the user entered, or those that the model makes for the wanted seconds or the sound: no fewer,
 * so that nothing of it is lost.
 *
 * @param model undefined where its limits are not known: deAPI then decides
 * @throws {Failure} where they are too many and the user wants to know
 */
export function chooseFrames(
	call: Call,
	choice: LengthChoice,
	{ slug, fps, entered, sound }: LengthFacts,
	model: Model | undefined,
): ChosenLength {
	const { mode, startAt } = choice;
	if (sound !== undefined) checkStart(call, startAt, sound);
	const start = startAt > 0 && sound !== undefined ? { start_seconds: roundSeconds(startAt) } : {};
	if (mode === 'frames') return { frames: entered, facts: start };
	const isOfSound = mode === 'matchAudio' && sound !== undefined;
	const seconds = isOfSound ? sound - startAt : readDuration(choice.duration);
	const rule = ruleOf(slug, model, fps, isOfSound);
	const { frames, facts } = toFrames(seconds, fps, { rule, model, ofSound: isOfSound }, choice);
	const whole = isOfSound ? { audio_seconds: roundSeconds(sound) } : {};
	return { frames, facts: { ...whole, ...start, ...facts } };
}

/**
 * Turns seconds into frames of the model's grid, kept within what it allows.
 *
 * @param seconds the wanted length, or the sound's
 * @param fps frames per second
 * @param of what the model makes; the model itself is undefined where its limits are not known: deAPI then decides
 * @throws {Failure} where they are too many and the user wants to know
 */
function toFrames(
	seconds: number,
	fps: number,
	{ rule, model, ofSound }: { rule: FrameRule; model: Model | undefined; ofSound: boolean },
	{ whenTooLong }: LengthChoice,
): ChosenLength {
	const { grid, min = 1, max = Infinity } = rule;
	const wanted = Math.max(1, Math.round(seconds * fps));
	const isTooLong = wanted > max;
	if (isTooLong && whenTooLong === 'refuse') throw longerThanModel(seconds, fps, max, model);
	if (isTooLong && whenTooLong === 'fail') throw tooLong(seconds, fps, max, model, ofSound);
	const frames = Math.min(max, upToGrid(Math.max(min, wanted), grid));
	const shortened = { shortened: true as const, requested_seconds: roundSeconds(seconds) };
	return {
		frames,
		facts: {
			video_seconds: roundSeconds(frames / fps),
			...(isTooLong ? shortened : {}),
		},
	};
}

/** A sound that is shorter than the model's range for sounds is refused; one that is longer is cut. */
function ruleOf(slug: string, model: Model | undefined, fps: number, ofSound: boolean): FrameRule {
	if (model === undefined) return onGrid(slug, {});
	const { min, max } = rangeOf(model, 'frames');
	return onGrid(slug, { min, max: ofSound ? framesWithSound(model, fps).max : max });
}

/** Nobody pays for eighteen jobs, or for ten seconds of a song, without having said so. */
function tooLong(
	seconds: number,
	fps: number,
	max: number,
	model: Model | undefined,
	ofSound: boolean,
): Failure {
	const label = "'If Longer Than the Model Allows'";
	const clips = Math.ceil(Math.round(seconds * fps) / max);
	const most = roundSeconds(max / fps);
	return new Failure({
		message: `${ofSound ? `The sound is ${secondsText(seconds)} long` : `'Duration (Seconds)' is ${secondsText(seconds)}`}; the model ${model?.name} makes videos of up to ${most} seconds`,
		description: `To get all of it, set ${label} to 'Make Several Clips and Join Them': that makes ${clips} or ${clips + 1} clips, and each is a paid job. To get the first ${most} seconds, set it to 'Shorten': 1 job. ${most} seconds are ${max} frames at ${fps} FPS. Nothing was sent.`,
		submitted: 'no',
		details: { clips_needed: clips },
	});
}

function longerThanModel(
	seconds: number,
	fps: number,
	max: number,
	model: Model | undefined,
): Failure {
	const most = roundSeconds(max / fps);
	return new Failure({
		message: `'Duration (Seconds)' is ${secondsText(seconds)}; the model ${model?.name} makes videos of up to ${most} seconds`,
		description: `That is ${max} frames at ${fps} FPS. Enter a shorter duration, or choose another 'Model'. Nothing was sent.`,
		submitted: 'no',
	});
}

/**
 * A duration in seconds as the user entered it.
 *
 * @throws {Failure} where it is none
 */
export function readDuration(value: unknown): number {
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
