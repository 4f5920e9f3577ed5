import { textOf } from '../../basics/values';
import type { Call } from '../../engine/call';
import { Failure } from '../../engine/failure';
import { MP3 } from '../../files/kinds';
import { Complaints } from '../../prepare/checks/complaints';
import { Values } from '../../prepare/checks/values';
import type { FilePart, WantedFile } from '../../prepare/files';
import { prepareFiles } from '../../prepare/files';
import {
	FIRST_FRAME,
	LAST_FRAME,
	pictureRule,
	wantedPicture,
	wantedSound,
} from '../../prepare/media';
import type { VideoRequest } from '../../prepare/videoRequest';
import { checkVideo, readVideoRequest } from '../../prepare/videoRequest';
import type { Account } from '../../service/account';
import type { ExistingJob } from '../plan/existing';
import { matchExisting, readExistingClips } from '../plan/existing';
import type { Plan, PlannedClip } from '../plan/plan';
import { readScenes } from '../plan/scenes';
import { planSong, SONG } from './songPlan';

const SOUNDTRACKS = ['auto', 'original', 'clips', 'none'] as const;

/** A film whose values, files and clips are in order. */
export interface FilmRequest {
	request: VideoRequest;
	sound: FilePart;
	/** Length of the sound in seconds. */
	seconds: number;
	plan: Plan;
	/** What the film is heard with. */
	soundtrack: 'original' | 'clips' | 'none';
	/** Jobs of an earlier run, by the clips' numbers. */
	existing: Map<number, ExistingJob>;
	/** The pictures that a clip begins and ends with, as parts of its request. */
	picturesOf(clip: PlannedClip): FilePart[];
}

/**
 * Checks an item that becomes a film, before anything is sent.
 *
 * @throws {Failure} that names all that is not in order
 */
export async function readFilm(call: Call, account: Account): Promise<FilmRequest> {
	const complaints = new Complaints((field) => call.label(field));
	const options = new Values(call.options, complaints);
	const request = readVideoRequest(call, account, complaints);
	const choice = options.oneOf('soundtrack', SOUNDTRACKS, 'auto');
	const maxClips = options.optionalWhole('maxClips', 1) ?? 30;
	const scenes = readScenes(options.optionalText('scenes') ?? '');
	const existing = readExistingClips(call.options.existingClips);
	const keyframes = readKeyframes(call);
	const ends = [FIRST_FRAME, LAST_FRAME].flatMap((names) => wantedPicture(call, names, complaints));
	if (keyframes.length > 0 && ends.length > 0) {
		complaints.add(
			'keyframeFields',
			'and a first or last frame image are both set',
			'Remove one of them.',
		);
	}
	const song = wantedSound(call, SONG);
	const [sound, ...pictures] = await prepareFiles(call, [song, ...keyframes, ...ends], complaints);
	complaints.throwIfAny();
	if (sound === undefined) throw new Error('A song that was checked is missing');
	const soundtrack = chooseSoundtrack(choice, sound);

	const { model: slug, fps } = request.video;
	const wish = { model: slug, fps, scenes, pictures: keyframes.length, maxClips };
	const { model, seconds, plan } = await planSong(call, account, sound, wish);
	for (const { frames } of plan.clips) checkVideo(call, model, request, frames, pictures);
	const jobs = matchExisting(plan, existing);
	if (existing.some(({ request_id }) => request_id !== undefined) && jobs.size === 0) {
		throw noneFits(existing.length);
	}
	return {
		request,
		sound,
		seconds,
		plan,
		soundtrack,
		existing: jobs,
		picturesOf: (clip) => picturesOf(clip, plan, keyframes.length > 0, pictures),
	};
}

/** The fields that hold the keyframes, each as a file that is wanted. */
function readKeyframes(call: Call): WantedFile[] {
	const value = call.options.keyframeFields;
	const names = Array.isArray(value) ? value : (textOf(value) ?? '').split(',');
	return names.flatMap((name) => {
		const field = textOf(name)?.trim();
		if (field === undefined) return [];
		return [{ rule: pictureRule('keyframe'), source: { parameter: 'keyframeFields', field } }];
	});
}

/** Source: what players take: MP3 inside an MP4 plays in browsers, VLC and on YouTube. */
function chooseSoundtrack(
	choice: (typeof SOUNDTRACKS)[number],
	{ type }: FilePart,
): FilmRequest['soundtrack'] {
	if (choice === 'auto') return type === MP3 ? 'original' : 'clips';
	if (choice === 'original' && type !== MP3) {
		throw new Failure({
			message: `'Soundtrack' is 'Original', and the sound is ${type.name}`,
			description:
				"An MP4 film that plays everywhere takes only MP3 as it is. Convert the sound to MP3, or set 'Soundtrack' to 'Automatic'. Nothing was sent.",
			submitted: 'no',
		});
	}
	return choice;
}

function noneFits(count: number): Failure {
	return new Failure({
		message: `'Existing Clips' has ${count} clips, and none of them fits this film`,
		description:
			"All would be paid for again. Use the same sound, 'Model', 'FPS' and 'Scenes' as in the earlier run, or empty the field. Nothing was sent.",
		submitted: 'no',
	});
}

function picturesOf(
	{ clip, firstPicture, lastPicture }: PlannedClip,
	plan: Plan,
	hasKeyframes: boolean,
	pictures: FilePart[],
): FilePart[] {
	if (!hasKeyframes) {
		// The film's own first and last frame.
		return pictures.filter(
			({ name }) =>
				(name === FIRST_FRAME.name && clip === 1) ||
				(name === LAST_FRAME.name && clip === plan.clips.length),
		);
	}
	const at = (index: number | undefined, name: string) => {
		const picture = index === undefined ? undefined : pictures[index];
		return picture === undefined ? [] : [{ ...picture, name }];
	};
	return [...at(firstPicture, FIRST_FRAME.name), ...at(lastPicture, LAST_FRAME.name)];
}
