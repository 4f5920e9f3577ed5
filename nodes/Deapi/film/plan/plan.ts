import { Failure } from '../../engine/failure';
import type { ClipPictures } from './pictures';
import { spreadPictures } from './pictures';
import type { Scene } from './scenes';
import type { Stretch } from './stretches';
import { stretchText, toStretches } from './stretches';
import { countText, roundSeconds, secondsText } from './words';

/** One clip of a film, before it is made. */
export interface PlannedClip extends ClipPictures {
	/** Its number in the film, from 1. */
	clip: number;
	/** Where it begins, in frames from the start of the film. */
	startFrame: number;
	/** Its length in frames. */
	frames: number;
	/** Where it begins, in seconds to the millisecond; times the frame rate it rounds to `startFrame`. */
	start_seconds: number;
	/** Its length in seconds, to the millisecond. */
	seconds: number;
	/** What it shows besides the prompt. */
	scene?: string;
}

/** A film as clips that follow each other without a gap. */
export interface Plan {
	/** Frames per second. */
	fps: number;
	/** The length of the film. */
	frames: number;
	clips: PlannedClip[];
}

/** What a plan is made of. */
export interface PlanRequest {
	/** The length of the sound in seconds. */
	seconds: number;
	/** Frames per second. */
	fps: number;
	/** The fewest frames that the model makes; undefined where it is not known: then 1. */
	minFrames?: number;
	/** The most frames that the model makes; undefined where it is not known: then there is no plan. */
	maxFrames?: number;
	/** As `readScenes` gives them. */
	scenes: Scene[];
	/** The number of keyframe pictures. */
	pictures: number;
	/** The model as messages call it. */
	modelName: string;
	/** The value of 'Max Clips'; undefined where there is no such field. */
	maxClips?: number;
}

/** More clips than for a day of sound: such a length is what a damaged file says of itself. */
const MOST_CLIPS = 10_000;

/**
 * Plans the clips of a film that is as long as its sound.
 *
 * - The film has `round(seconds × fps)` frames. A scene with a time begins at frame
 *   `round(time × fps)`, and a cut falls there.
 * - Between two fixed cuts (start, scenes with a time, end) lie as few clips as the model's maximum
 *   allows; their lengths differ by one frame at most.
 * - Scenes without times are spread evenly over the clips; several clips may share a scene. Where
 *   lines with and without times are mixed, those without belong to the line with a time above them
 *   and share its stretch of the film with it; those above the first time share what comes before it.
 *   Clips before the first time have no scene where no line is left for them.
 *
 * @throws {Failure} where the model's limits are not known, or sound, scenes, pictures and limits do
 * not fit each other
 */
export function planClips(request: PlanRequest): Plan {
	const { seconds, fps, scenes, pictures, maxClips } = request;
	const limits = readLimits(request);
	const frames = Math.round(seconds * fps);
	const whole: Stretch = { startFrame: 0, frames, scenes };
	if (!(frames >= limits.min)) throw tooShort(whole, limits);

	const parts = toStretches(scenes, { seconds, frames }, fps).map((stretch) => ({
		stretch,
		count: countClips(stretch, limits),
	}));
	const count = parts.reduce((sum, part) => sum + part.count, 0);
	checkCount(count, maxClips);
	for (const part of parts) checkScenes(part.stretch, part.count);
	const picturesOf = spreadPictures(pictures, count);

	const clips = parts
		.flatMap(({ stretch, count: clipsOfStretch }) => divide(stretch, clipsOfStretch))
		.map((part, index) => ({
			clip: index + 1,
			...part,
			start_seconds: roundSeconds(part.startFrame / fps),
			seconds: roundSeconds(part.frames / fps),
			...picturesOf[index],
		}));
	return { fps, frames, clips };
}

/** What a clip may have in frames, and the words for it. */
interface Limits {
	min: number;
	max: number;
	fps: number;
	modelName: string;
}

function readLimits({ minFrames = 1, maxFrames, fps, modelName }: PlanRequest): Limits {
	if (maxFrames === undefined || maxFrames < 1) {
		throw new Failure({
			message: `It is not known how long the clips of the model ${modelName} may be`,
			description:
				"The film is cut by the model's limits. Choose a 'Model' from the list; there deAPI says what they are.",
			submitted: 'no',
		});
	}
	return { min: Math.max(1, Math.ceil(minFrames)), max: Math.floor(maxFrames), fps, modelName };
}

/** The fewest clips that a stretch can be made of: more would be shorter still. */
function countClips(stretch: Stretch, limits: Limits): number {
	if (stretch.frames < limits.min) throw tooShort(stretch, limits);
	const count = Math.ceil(stretch.frames / limits.max);
	if (stretch.frames < count * limits.min) throw indivisible(stretch, count, limits);
	return count;
}

function tooShort(stretch: Stretch, { min, max, fps, modelName }: Limits): Failure {
	const advice = stretchText(stretch)
		? 'Move the times apart, or leave one of the lines out.'
		: "Use a longer sound, choose another 'Model', or set 'Length' to a length of your own.";
	return new Failure({
		message: `${lengthOf(stretch, fps)}; a clip of the model ${modelName} has at least ${secondsText(min / fps)}`,
		description: `That is ${countText(stretch.frames, 'frame')} at ${fps} FPS; the model makes ${min} to ${max}. ${advice}`,
		submitted: 'no',
	});
}

function indivisible(
	stretch: Stretch,
	count: number,
	{ min, max, fps, modelName }: Limits,
): Failure {
	const advice = stretchText(stretch) ? 'Move one of the times' : 'Change the length of the sound';
	return new Failure({
		message: `${lengthOf(stretch, fps)}; the model ${modelName} makes clips of ${roundSeconds(min / fps)} to ${secondsText(max / fps)}, and no number of them fits`,
		description: `Of ${stretch.frames} frames at ${fps} FPS, ${countText(count - 1, 'clip')} would need more than the model's ${max} frames, ${count} less than its ${min}. ${advice}, or choose another 'Model'.`,
		submitted: 'no',
	});
}

function lengthOf(stretch: Stretch, fps: number): string {
	const length = secondsText(stretch.frames / fps);
	const place = stretchText(stretch);
	return place ? `'Scenes' leaves ${length} ${place}` : `The sound has ${length}`;
}

function checkCount(count: number, maxClips: number | undefined): void {
	if (maxClips !== undefined && count > maxClips) {
		throw new Failure({
			message: `The film would have ${countText(count, 'clip')}; 'Max Clips' is ${maxClips}`,
			description:
				"Each clip is a job that is paid for. Raise 'Max Clips' under 'Options', or use a shorter sound.",
			submitted: 'no',
		});
	}
	if (count > MOST_CLIPS) {
		throw new Failure({
			message: `The film would have ${count} clips; at most ${MOST_CLIPS} are possible`,
			description: 'Check the length of the sound: its file may be damaged.',
			submitted: 'no',
		});
	}
}

function checkScenes(stretch: Stretch, count: number): void {
	const { scenes } = stretch;
	if (scenes.length <= count) return;
	const place = stretchText(stretch);
	const clips = `${count === 1 ? 'there is' : 'there are'} ${countText(count, 'clip')}`;
	throw new Failure({
		message: `'Scenes' has ${scenes.length} scenes in lines ${scenes[0]?.line} to ${scenes.at(-1)?.line}; ${place ? `${place} ${clips}` : `for the whole sound ${clips}`}`,
		description:
			'Each scene needs a clip. Leave lines out, put two into one, or let lines begin with times (e.g. 0:42): a cut falls at each time.',
		submitted: 'no',
	});
}

function divide({ startFrame, frames, scenes }: Stretch, count: number) {
	const cut = (index: number) => startFrame + Math.floor((index * frames) / count);
	return Array.from({ length: count }, (_, index) => ({
		startFrame: cut(index),
		frames: cut(index + 1) - cut(index),
		scene: scenes[Math.floor((index * scenes.length) / count)]?.text,
	}));
}
