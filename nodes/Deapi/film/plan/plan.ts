import { Failure } from '../../engine/failure';
import type { FrameGrid } from '../../service/frames';
import { ANY_FRAMES, upToGrid } from '../../service/frames';
import type { Music } from '../../sound/music/music';
import type { ClipLimits, Part } from './path';
import { bestCuts, equalCuts } from './path';
import type { ClipPictures } from './pictures';
import { spreadPictures } from './pictures';
import type { Cut, CutAt } from './places';
import { placesOf } from './places';
import type { Scene } from './scenes';
import type { Stretch } from './stretches';
import { stretchText, toStretches } from './stretches';
import { countText, roundSeconds, secondsText } from '../../basics/values';

/** One clip of a film, before it is made. */
export interface PlannedClip extends ClipPictures {
	/** Its number in the film, from 1. */
	clip: number;
	/** Where it begins, in frames from the start of the film. */
	startFrame: number;
	/** Its place in the film, in frames. */
	frames: number;
	/** The frames that the model is asked for: those of its place, or a few more where the model makes no such number. */
	asked: number;
	/** Where it begins in the sound, in seconds to the millisecond. */
	start_seconds: number;
	/** The length of its place in seconds, to the millisecond. */
	seconds: number;
	/** Why it begins there. */
	cut: Cut;
	/** What it shows besides the prompt. */
	scene?: string;
}

/** A film as clips that follow each other without a gap. */
export interface Plan {
	/** Where the film begins in the sound, in seconds. */
	start: number;
	/** Frames per second. */
	fps: number;
	/** The length of the film. */
	frames: number;
	/** Beats a minute; undefined where the sound has no beat, or nobody has listened. */
	bpm?: number | undefined;
	clips: PlannedClip[];
}

/** What a plan is made of. */
export interface PlanRequest {
	/** Where the film begins in the sound, in seconds; its start where nothing is said. */
	start?: number;
	/** The length of the film in seconds. */
	seconds: number;
	/** Whether the sound ends with the film: then the last clip may go on for some frames. */
	endsSound?: boolean;
	/** Frames per second. */
	fps: number;
	/** The fewest frames that the model makes; undefined where it is not known: then 1. */
	minFrames?: number | undefined;
	/** The most frames that the model makes; undefined where it is not known: then there is no plan. */
	maxFrames?: number | undefined;
	/** Which numbers of frames the model makes; any where nothing is said. */
	grid?: FrameGrid;
	/** What is heard in the sound; without it cuts are equal. */
	music?: Music | undefined;
	/** What cuts follow; equal lengths where nothing is said. */
	cutAt?: CutAt;
	/** As `readScenes` gives them. */
	scenes: Scene[];
	/** The number of keyframe pictures. */
	pictures: number;
	/** The model as messages call it. */
	modelName: string;
	/** Why there is no list of models that has its limits. */
	unread?: Failure | undefined;
	/** The value of 'Max Clips'; undefined where there is no such field. */
	maxClips?: number | undefined;
}

/** More clips than for a day of sound: such a length is what a damaged file says of itself. */
const MOST_CLIPS = 10_000;
/** How many clips 'sections' may take where there is no field 'Max Clips': what that field starts with. */
const USUAL_MOST = 30;

/**
 * Plans the clips of a film that is as long as its part of the sound.
 *
 * - The film has `round(seconds × fps)` frames; where the sound ends with it, up to one step of the model's grid
 *   more, so that its last clip has as many frames as the model makes. A scene with a time begins at frame
 *   `round(time × fps)`, and a cut falls there.
 * - Between two fixed cuts (start, scenes with a time, end) lie as few clips as the model's maximum allows. With
 *   'music' one clip of the whole film may be more, with 'sections' as many as 'Max Clips' allows, so that cuts
 *   fall on beats and into pauses. Without them, lengths differ by one step of the model's grid at most.
 * - Scenes without times are spread evenly over the clips; several clips may share a scene. Where
 *   lines with and without times are mixed, those without belong to the line with a time above them
 *   and share its stretch of the film with it; those above the first time share what comes before it.
 *   Clips before the first time have no scene where no line is left for them.
 *
 * It is done in steps, for `inSteps`.
 *
 * @throws {Failure} where the model's limits are not known, or sound, scenes, pictures and limits do
 * not fit each other
 */
export function* planSteps(request: PlanRequest): Generator<void, Plan> {
	const { start = 0, seconds, fps, scenes, pictures, maxClips, music } = request;
	const limits = readLimits(request);
	const frames = Math.round(seconds * fps);
	const whole: Stretch = { startFrame: 0, frames, scenes };
	if (!(frames >= limits.min)) throw tooShort(whole, limits);

	const stretches = toStretches(scenes, { start, seconds, frames }, fps);
	const parts = stretches.map((stretch): Part => ({
		startFrame: stretch.startFrame,
		frames: stretch.frames,
		fewest: countClips(stretch, limits),
		mayRunOn: request.endsSound === true && stretch.to === undefined,
	}));
	const fewest = parts.reduce((sum, part) => sum + part.fewest, 0);
	checkCount(fewest, maxClips);
	const { cuts, kinds } = yield* chooseCuts(request, parts, limits, fewest);
	for (const [index, stretch] of stretches.entries())
		checkScenes(stretch, cuts[index]?.length ?? 0);
	const picturesOf = spreadPictures(pictures, cuts.flat().length);

	const clips = stretches
		.flatMap((stretch, index) => divide(stretch, cuts[index] ?? [], limits, parts[index]))
		.map((part, index) => ({
			clip: index + 1,
			...part,
			start_seconds: roundSeconds(start + part.startFrame / fps),
			seconds: roundSeconds(part.frames / fps),
			cut: part.cut ?? kinds.get(part.startFrame) ?? 'even',
			...picturesOf[index],
		}));
	const all = clips.reduce((sum, clip) => sum + clip.frames, 0);
	return { start, fps, frames: all, ...(music ? { bpm: music.bpm } : {}), clips };
}

/** The same at once; the arguments as for `planSteps`. */
export function planClips(request: PlanRequest): Plan {
	const steps = planSteps(request);
	for (;;) {
		const step = steps.next();
		if (step.done === true) return step.value;
	}
}

/** Where clips begin, for each part, and why. */
function* chooseCuts(
	{ start = 0, fps, cutAt = 'equal', music, maxClips }: PlanRequest,
	parts: Part[],
	limits: Limits,
	fewest: number,
): Generator<void, { cuts: number[][]; kinds: Map<number, Cut> }> {
	const last = parts.at(-1);
	const frames = last ? last.startFrame + last.frames : 0;
	const places =
		music && cutAt !== 'equal' ? placesOf(music, cutAt, { start, fps, frames }) : undefined;
	if (places === undefined || places.cuts.size === 0) {
		return { cuts: parts.map((part) => equalCuts(part, limits)), kinds: new Map() };
	}
	const most = maxClips ?? USUAL_MOST;
	const wanted = cutAt === 'music' ? Math.min(fewest + 1, maxClips ?? Infinity) : most;
	const cuts = yield* bestCuts(parts, places, limits, Math.max(fewest, wanted));
	return { cuts, kinds: places.cuts };
}

/** What a clip may have in frames, and the words for it. */
interface Limits extends ClipLimits {
	fps: number;
	modelName: string;
}

function readLimits({ minFrames = 1, maxFrames, grid = ANY_FRAMES, ...rest }: PlanRequest): Limits {
	const { fps, modelName, unread } = rest;
	if (maxFrames === undefined || maxFrames < 1) {
		if (unread !== undefined) throw withoutLimits(unread);
		throw new Failure({
			message: `It is not known how long a clip of the model ${modelName} may be`,
			description:
				"The film is cut by the model's limits. Choose a 'Model' from the list: deAPI states the limits of those.",
			submitted: 'no',
		});
	}
	const [min, max] = [Math.max(1, Math.ceil(minFrames)), Math.floor(maxFrames)];
	return { min, max, grid, fps, modelName };
}

/** What keeps the list of models from being read is the cause, and not the model that was chosen. */
function withoutLimits(unread: Failure): Failure {
	const { description } = unread.facts;
	return unread.with({
		description: `${description} Without deAPI's list of models it is not known how long a clip may be, so nothing was sent.`,
		submitted: 'no',
	});
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
		? 'Move the times apart, or remove one of the lines.'
		: "Use a longer sound, choose another 'Model', or set 'Length' to a length of your own.";
	return new Failure({
		message: `${lengthOf(stretch, fps)}; a clip of the model ${modelName} is at least ${secondsText(min / fps)} long`,
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
	return place ? `'Scenes' leaves ${length} ${place}` : `The sound is ${length} long`;
}

function checkCount(count: number, maxClips: number | undefined): void {
	if (maxClips !== undefined && count > maxClips) {
		throw new Failure({
			message: `The film would have ${countText(count, 'clip')}; 'Max Clips' is ${maxClips}`,
			description:
				"Each clip is a paid job. Raise 'Max Clips' under 'Options', or use a shorter sound.",
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
			'Each scene needs a clip. Remove lines, put two into one, or begin lines with times (e.g. 0:42): there is a cut at each time.',
		submitted: 'no',
	});
}

function divide(
	{ startFrame, frames, scenes, from }: Stretch,
	cuts: number[],
	{ min, grid }: Limits,
	part?: Part,
) {
	return cuts.map((cut, index) => {
		const isLast = index === cuts.length - 1;
		const place = (cuts[index + 1] ?? startFrame + frames) - cut;
		const asked = upToGrid(Math.max(min, place), grid);
		const first: Cut = from === undefined || startFrame === 0 ? 'start' : 'scene';
		return {
			startFrame: cut,
			frames: isLast && part?.mayRunOn === true ? asked : place,
			asked,
			cut: index === 0 ? first : undefined,
			scene: scenes[Math.floor((index * scenes.length) / cuts.length)]?.text,
		};
	});
}
