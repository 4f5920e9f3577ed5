import { countText } from '../../basics/values';
import type { Call } from '../../engine/call';
import { Failure } from '../../engine/failure';
import { MP3 } from '../../files/kinds';
import { ValidationErrors } from '../../prepare/checks/validationErrors';
import { Values } from '../../prepare/checks/values';
import { fileValues } from '../../prepare/fileFields';
import type { FilePart, WantedFile } from '../../prepare/files';
import { prepareFiles } from '../../prepare/files';
import {
	FIRST_FRAME,
	LAST_FRAME,
	pictureRule,
	wantedPicture,
	wantedSound,
} from '../../prepare/media';
import { readLengthChoice } from '../../prepare/length';
import { SONG } from '../../prepare/sound';
import { AUDIO_TO_VIDEO_ENDPOINT } from '../../prepare/video';
import type { VideoRequest } from '../../prepare/videoRequest';
import { checkVideo, readVideoRequest, withModel } from '../../prepare/videoRequest';
import type { Account } from '../../service/account';
import { isFailed } from '../../service/jobs';
import type { Model } from '../../service/models';
import type { Measure } from '../../sound/measure';
import { ledgerOf } from '../../submit/ledger';
import type { ExistingClip, ExistingJob } from '../plan/existing';
import {
	existingPictures,
	foreignClips,
	foreignText,
	matchExisting,
	modelOfExisting,
	readExistingClips,
} from '../plan/existing';
import type { Plan, PlannedClip } from '../plan/plan';
import { readScenes } from '../plan/scenes';
import { soundIdOf } from '../plan/soundId';
import { readFadeOut } from '../join/fadeOut';
import type { PictureOptions } from './pictures';
import { pictureOptions, wantedReference } from './pictures';
import { planSong, readCutAt, soundOfOne, stretchesOf } from './songPlan';

const KEYFRAMES = ['none', 'fields', 'made'] as const;

const SOUNDTRACKS = ['aac', 'original', 'clips', 'none'] as const;

/** A film whose values, files and clips are in order. */
export interface FilmRequest {
	request: VideoRequest;
	sound: FilePart;
	/** What reading the whole sound has found. */
	measure: Measure;
	/** Undefined where the account's list of models cannot be read. */
	model: Model | undefined;
	plan: Plan;
	/** What the film is heard with. */
	soundtrack: (typeof SOUNDTRACKS)[number];
	/** So many seconds at the end of the sound get quieter, with the soundtrack `aac`. */
	fadeOut: number;
	/** Jobs of an earlier run, by the clips' numbers. */
	existing: Map<number, ExistingJob>;
	/** Those that are of another sound, and are not used. */
	foreign: ExistingJob[];
	/** What is sent as the sound of a film of one clip; undefined where there are several. */
	soundOfOne: FilePart | undefined;
	/** Which sound each clip is heard with, by its number. */
	soundIdOf(clip: PlannedClip): string;
	/** How the picture of each clip is made, where the node has that done. */
	pictures: PictureOptions | undefined;
	/** The pictures of the user's that a clip begins and ends with, as parts of its request. */
	picturesOf(clip: PlannedClip): FilePart[];
}

/**
 * Checks an item that becomes a film, before anything is sent.
 *
 * @throws {Failure} that names all that is not in order
 */
export async function readFilm(call: Call, account: Account): Promise<FilmRequest> {
	const validationErrors = new ValidationErrors((field) => call.label(field));
	const length = readLengthChoice(call);
	const options = new Values(call.options, validationErrors);
	const read = readVideoRequest(call, account, validationErrors);
	const choice = options.oneOf('soundtrack', SOUNDTRACKS, 'aac');
	const fadeOut = readFadeOut(options, validationErrors);
	const maxClips = options.optionalWhole('maxClips', 1) ?? 30;
	const scenes = readScenes(options.optionalText('scenes') ?? '');
	const cutAt = readCutAt(options);
	const existing = call.hasOption('existingClips')
		? readExistingClips(call.options.existingClips)
		: [];
	const keyframes = options.oneOf('keyframes', KEYFRAMES, 'none');
	const own = keyframes === 'fields' ? readKeyframes(call) : [];
	const references = keyframes === 'made' ? [wantedReference(call)] : [];
	const ends = [FIRST_FRAME, LAST_FRAME].flatMap((names) =>
		wantedPicture(call, names, validationErrors),
	);
	if (own.length + references.length > 0 && ends.length > 0) {
		validationErrors.add(
			keyframes === 'made' ? 'keyframes' : 'keyframeFields',
			'and a first or last frame image are both set',
			'Remove one of them.',
		);
	}
	const song = wantedSound(call, SONG);
	const wanted = [song, ...references, ...own, ...ends];
	const [sound, ...files] = await prepareFiles(call, wanted, validationErrors);
	validationErrors.throwIfAny();
	// Each clip's first and last picture: messages name the field that it comes from.
	const origin = [...references, ...own][0]?.source.parameter;
	if (origin !== undefined) {
		for (const { name } of [FIRST_FRAME, LAST_FRAME]) call.comesFrom(name, origin);
	}
	const [reference] = files.slice(0, references.length);
	const pictures = files.slice(references.length);
	if (sound === undefined) throw new Error('A song that was checked is missing');
	const { model: wantedModel, fps } = read.video;
	const earlier = { paid: paidModel(call), existing: modelOfExisting(existing) };
	const songOptions = {
		...{ model: wantedModel, earlier, fps, length, scenes, cutAt },
		...{ pictures: own.length, maxClips },
	};
	const { slug, model, measure, plan } = await planSong(call, account, sound, songOptions);
	const request = withModel(read, slug);
	checkSoundtrack(choice, sound, measure);
	for (const { asked } of plan.clips) checkVideo(call, model, request, asked);
	const soundIds = stretchesOf(plan).map((stretch) => soundIdOf(measure, stretch));
	const jobs = matchExisting(plan, existing, soundIds);
	const foreign = foreignClips(existing, (stretch) => soundIdOf(measure, stretch));
	const made = existingPictures(plan, existing, soundIds);
	// Where all have failed, all are made anew: that is what the failed item advises.
	const isUsable = (clip: ExistingClip) => namesJob(clip) && !isFailed(clip.status);
	if (existing.some(isUsable) && jobs.size + made.size === 0) {
		throw noneFits(existing.length, foreign);
	}
	return {
		request,
		sound,
		measure,
		model,
		plan,
		soundtrack: choice,
		fadeOut,
		existing: jobs,
		foreign,
		soundOfOne: soundOfOne(sound, { measure, model, plan }),
		pictures: reference && (await pictureOptions(call, account, reference, made)),
		soundIdOf: ({ clip }) => soundIds[clip - 1] ?? '',
		picturesOf: (clip) => picturesOf(clip, plan, own.length > 0, pictures),
	};
}

/** Whether a clip of an earlier run has something that is paid for. */
function namesJob({ request_id, picture_request_id, status }: ExistingClip): boolean {
	return request_id !== undefined || (picture_request_id !== undefined && !isFailed(status));
}

/** The model of the clips that an earlier pass has submitted: the film was planned by its limits. */
function paidModel(call: Call): string | undefined {
	return ledgerOf(call.run).modelOf(call.item, AUDIO_TO_VIDEO_ENDPOINT.v2);
}

/** The files of 'Keyframe Image Fields', each as one that is wanted. */
function readKeyframes(call: Call): WantedFile[] {
	const parameter = 'keyframeFields';
	const rule = pictureRule('keyframe');
	return fileValues(call.options[parameter]).map((field) => ({
		rule,
		source: { parameter, field },
	}));
}

/**
 * Source: what players take: MP3 of one sampling rate inside an MP4 plays in browsers, VLC and on YouTube.
 *
 * @throws {Failure} where the sound cannot be in an MP4 as it is
 */
function checkSoundtrack(
	choice: FilmRequest['soundtrack'],
	{ type }: FilePart,
	{ isOfOneRate }: Measure,
): void {
	if (choice !== 'original' || (type === MP3 && isOfOneRate)) return;
	const what = type === MP3 ? 'MP3 with several sampling rates' : type.name;
	throw new Failure({
		message: `'Soundtrack' is 'Original, Bit for Bit', and the sound is ${what}`,
		description:
			"An MP4 film can only contain an MP3 with a single sampling rate as it is. Set 'Soundtrack' to 'Original, Plays Everywhere', to 'Clips\' Own' or to 'None', or use the sound as MP3. Nothing was sent.",
		submitted: 'no',
	});
}

function noneFits(count: number, foreign: ExistingJob[]): Failure {
	if (foreign.length > 0) {
		return new Failure({
			message: `'Existing Clips' has clips of another sound: ${foreignText(foreign)}`,
			description:
				'None of the others fits this film, so all clips would be paid for again. Use the sound of the earlier run, or clear the field. Nothing was sent.',
			submitted: 'no',
		});
	}
	return new Failure({
		message: `'Existing Clips' has ${countText(count, 'clip')}, and none of them fits this film`,
		description:
			"All would be paid for again. Use the same sound, 'Model', 'FPS' and 'Scenes' as in the earlier run, or clear the field. Nothing was sent.",
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
