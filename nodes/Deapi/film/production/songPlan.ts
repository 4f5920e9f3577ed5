import { sizeText } from '../../basics/values';
import type { Call } from '../../engine/call';
import { Failure } from '../../engine/failure';
import type { FilePart, FileRule } from '../../prepare/files';
import { MB } from '../../prepare/files';
import { lengthOfSound } from '../../prepare/length';
import { SOUND } from '../../prepare/media';
import { videoModel } from '../../prepare/video';
import type { Account } from '../../service/account';
import type { Model } from '../../service/models';
import { rangeOf } from '../../service/models';
import type { Plan } from '../plan/plan';
import { planClips } from '../plan/plan';
import type { Scene } from '../plan/scenes';

/** A song for cutting may have 2 GB; what is sent are pieces of it. */
export const SONG: FileRule = { ...SOUND, limit: 2048 * MB };

/** What the clips of a song depend on, besides the song. */
export interface SongWish {
	/** The model's slug. */
	model: string;
	fps: number;
	scenes?: Scene[];
	/** The number of keyframe pictures. */
	pictures?: number;
	/** The value of 'Max Clips'; undefined where there is no such field. */
	maxClips?: number | undefined;
}

/** A song as clips, before they are made. */
export interface SongPlan {
	/** Undefined where the account's list of models cannot be read. */
	model: Model | undefined;
	/** Length of the sound in seconds. */
	seconds: number;
	plan: Plan;
}

/**
 * Plans the clips of a sound that was found in order.
 *
 * @throws {Failure} where length, limits and scenes do not fit each other, or a piece would be too large
 */
export async function planSong(
	call: Call,
	account: Account,
	sound: FilePart,
	{ model: slug, fps, scenes = [], pictures = 0, maxClips }: SongWish,
): Promise<SongPlan> {
	const model = await videoModel(call, account, slug);
	const { min, max } = model ? rangeOf(model, 'frames') : {};
	const seconds = await lengthOfSound(sound);
	// A sound that is shorter than any clip gets the shortest clip, as it does where clips are not asked for.
	const isShort = scenes.length === 0 && min !== undefined && Math.round(seconds * fps) < min;
	const plan = planClips({
		seconds: isShort ? min / fps : seconds,
		fps,
		minFrames: min,
		maxFrames: max,
		scenes,
		pictures,
		modelName: model?.name ?? slug,
		maxClips,
	});
	refuseLargePieces(sound, seconds, plan);
	return { model, seconds, plan };
}

/** Where the pieces of the sound begin, and where the last one ends, in seconds. */
export function cutsOf({ clips, frames, fps }: Plan): number[] {
	return [...clips.map(({ startFrame }) => startFrame / fps), frames / fps];
}

/** Source: deAPI's specification of `audio`: 20 MB. */
function refuseLargePieces({ file, subject }: FilePart, seconds: number, plan: Plan): void {
	const longest = Math.max(...plan.clips.map((clip) => clip.seconds));
	const size = plan.clips.length === 1 ? file.size : (file.size * longest) / seconds;
	if (size <= SOUND.limit) return;
	const would =
		plan.clips.length === 1 ? 'has' : `would be cut into ${plan.clips.length} pieces of up to`;
	throw new Failure({
		message: `${subject} ${would} ${sizeText(size)}`,
		description: `deAPI takes up to ${sizeText(SOUND.limit)} for a clip. Save the sound as MP3. Nothing was sent.`,
		submitted: 'no',
	});
}
