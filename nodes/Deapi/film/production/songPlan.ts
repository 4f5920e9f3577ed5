import type { IDataObject } from 'n8n-workflow';
import type { Call } from '../../engine/call';
import type { Values } from '../../prepare/checks/values';
import type { FilePart } from '../../prepare/files';
import type { LengthChoice } from '../../prepare/length';
import { checkStart, readDuration } from '../../prepare/length';
import { measured, soundOfVideo } from '../../prepare/sound';
import type { ChosenModel, EarlierModels } from '../../prepare/checks/model';
import { videoModel } from '../../prepare/video';
import type { Account } from '../../service/account';
import type { Model } from '../../service/models';
import { framesWithSound, onGrid } from '../../service/frames';
import type { Measure } from '../../sound/measure';
import { secondsOf } from '../../sound/measure';
import type { Music } from '../../sound/music/music';
import { musicOf } from '../../sound/music/music';
import type { Stretch } from '../../sound/pieces';
import { inSteps } from '../../sound/slices';
import type { CutAt } from '../plan/places';
import { CUT_AT } from '../plan/places';
import type { Plan } from '../plan/plan';
import { planSteps } from '../plan/plan';
import type { Scene } from '../plan/scenes';
import { scenesWithin } from '../plan/scenes';

/** What the clips of a song depend on, besides the song. */
export interface SongOptions {
	/** The value of 'Model': a slug, or `auto`. */
	model: string;
	/** The models of jobs that the item has already. */
	earlier?: EarlierModels;
	fps: number;
	/** Where the film begins and how long it is; the whole sound where nothing is said. */
	length: Pick<LengthChoice, 'mode' | 'startAt' | 'duration'>;
	scenes?: Scene[];
	/** The value of 'Cut At'. */
	cutAt: CutAt;
	/** The number of keyframe pictures. */
	pictures?: number;
	/** The value of 'Max Clips'; undefined where there is no such field. */
	maxClips?: number | undefined;
}

/** A song as clips, before they are made. */
export interface SongPlan {
	/** The model's slug. */
	slug: string;
	/** Undefined where no list that could be read has it. */
	model: Model | undefined;
	/** What reading the whole sound has found. */
	measure: Measure;
	plan: Plan;
}

/**
 * Plans the clips of a sound that was found in order. It is read to its end for that.
 *
 * @throws {Failure} where the sound cannot be read, or length, limits and scenes do not fit each other
 */
export async function planSong(
	call: Call,
	account: Account,
	sound: FilePart,
	songOptions: SongOptions,
): Promise<SongPlan> {
	const chosen = await videoModel(call, account, songOptions.model, songOptions.earlier);
	const measure = await measured(call, sound);
	const music = await musicOf(measure.bands);
	const known = { whole: secondsOf(measure), music };
	const plan = await planFor(call, chosen, songOptions, known);
	return { slug: chosen.slug, model: chosen.model, measure, plan };
}

/**
 * Plans the clips of a sound of known length.
 *
 * @param chosen the model that makes them
 * @param sound the length of the whole sound in seconds, and what is heard in it; without that, cuts are equal
 * @throws {Failure} where length, limits and scenes do not fit each other
 */
export async function planFor(
	call: Call,
	{ slug, model, unread }: ChosenModel,
	{ fps, length, scenes = [], cutAt, pictures = 0, maxClips }: SongOptions,
	{ whole, music }: { whole: number; music?: Music },
): Promise<Plan> {
	const { grid, min, max } = onGrid(slug, model ? framesWithSound(model, fps) : {});
	const start = length.startAt;
	checkStart(call, start, whole);
	const rest = whole - start;
	const seconds = length.mode === 'seconds' ? Math.min(rest, readDuration(length.duration)) : rest;
	// A sound that is shorter than any clip gets the shortest clip, as it does where clips are not asked for.
	const endsSound = seconds === rest;
	// A scene that would begin with the last frame of a part of the sound is none of it.
	const scenesEnd = start + seconds - (endsSound ? 0 : 0.5 / fps);
	const isShort = scenes.length === 0 && min !== undefined && Math.round(seconds * fps) < min;
	const steps = planSteps({
		start,
		seconds: isShort ? min / fps : seconds,
		endsSound: music !== undefined && endsSound,
		fps,
		...{ minFrames: min, maxFrames: max, grid },
		...{ music, cutAt },
		scenes: scenesWithin(scenes, start, scenesEnd, whole),
		pictures,
		...{ modelName: model?.name ?? slug, unread },
		maxClips,
	});
	return await inSteps(steps);
}

/**
 * The sound of a film of one clip, which may be sent as it is; undefined where there are several.
 *
 * @throws {Failure} where it is too short for the model
 */
export function soundOfOne(
	sound: FilePart,
	{ measure, model, plan }: Pick<SongPlan, 'measure' | 'model' | 'plan'>,
): FilePart | undefined {
	const [stretch, ...others] = stretchesOf(plan);
	if (stretch === undefined || others.length > 0) return undefined;
	return soundOfVideo(sound, secondsOf(measure), stretch, plan.fps, model);
}

/** Reads 'Cut At'. */
export function readCutAt(options: Values): CutAt {
	return options.oneOf('cutAt', CUT_AT, 'music');
}

/** How fast the sound of a film is, as items say it. */
export function tempoFacts({ bpm }: Plan): IDataObject {
	return bpm === undefined ? {} : { bpm };
}

/**
 * The stretch of the sound that each clip is made with, in seconds: as long as what the model makes, which may be a
 * little more than the clip's place.
 */
export function stretchesOf({ clips, fps, start }: Plan): Stretch[] {
	return clips.map(({ startFrame, asked }) => ({
		from: start + startFrame / fps,
		to: start + (startFrame + asked) / fps,
	}));
}

/** The number of a clip in a file name: `03` of 18. */
export function numberOf(clip: number, { clips }: Plan): string {
	return String(clip).padStart(Math.max(2, String(clips.length).length), '0');
}
