import type { INodeProperties } from 'n8n-workflow';
import type { Call } from '../../engine/call';
import { stemOf } from '../../files/name';
import { makeFilm } from '../../film/production/makeFilm';
import { ValidationErrors } from '../../prepare/checks/validationErrors';
import type { EarlierModels } from '../../prepare/checks/model';
import { Values } from '../../prepare/checks/values';
import { prepareFiles } from '../../prepare/files';
import { chooseFrames, readLengthChoice, wantsFilm } from '../../prepare/length';
import { FIRST_FRAME, LAST_FRAME, wantedPicture, wantedSound } from '../../prepare/media';
import { lengthOfSound, SONG, soundOfVideo } from '../../prepare/sound';
import type { PreparedRequest } from '../../prepare/request';
import { AUDIO_TO_VIDEO_ENDPOINT, videoModel } from '../../prepare/video';
import { checkVideo, readVideoRequest, toRequest, withModel } from '../../prepare/videoRequest';
import type { Account } from '../../service/account';
import type { SubmitDeclaration } from '../../submit/submitOperation';
import { paidOperation, submitAndFinish } from '../../submit/submitOperation';
import { filmOptions } from '../fields/film';
import { editModels } from '../lists/editModels';
import { frameOption } from '../fields/files';
import { optionsField, submitOptions, waitFields, waitOptions } from '../fields/job';
import {
	guidanceOption,
	negativePromptOption,
	seedField,
	stepsOption,
	videoPromptField,
} from '../fields/prompt';
import { soundFields } from '../fields/sound';
import {
	fpsField,
	lengthFields,
	sizeFields,
	startAtOption,
	videoModelField,
	videoModels,
} from '../fields/video';

const pictureOptions = (['First', 'Last'] as const).flatMap((end): INodeProperties[] => [
	frameOption(end),
	{
		displayName: `${end} Frame Image URL`,
		name: `${end.toLowerCase()}FrameUrl`,
		type: 'string',
		default: '',
		placeholder: `e.g. https://example.com/${end === 'First' ? 'start' : 'end'}.png`,
		description: `Where the picture that the video ${end === 'First' ? 'starts' : 'ends'} with can be fetched without signing in`,
	},
]);

const toolNotice: INodeProperties = {
	displayName:
		'Let the model fill in <b>Audio URL</b> and <b>Prompt</b>: press the button with the stars that each of them shows. An agent cannot hand over files, so the sound has to come from a URL. With <b>Wait for Completion</b> on the agent gets the link to the video (result_url).',
	name: 'toolNotice',
	type: 'notice',
	default: '',
	displayOptions: { show: { '@tool': [true] } },
};

const fields: INodeProperties[] = [
	toolNotice,
	...soundFields('MP3, WAV, OGG or FLAC, of any length'),
	videoPromptField,
	...waitFields('A video usually takes one to three minutes, a film several times as long'),
	...lengthFields('matchAudio'),
	...sizeFields,
	videoModelField,
	fpsField,
	seedField,
	optionsField([
		...waitOptions(true),
		...submitOptions,
		...pictureOptions,
		...filmOptions,
		guidanceOption,
		negativePromptOption,
		startAtOption,
		stepsOption(8),
	]),
];

/** Checks one item's values and files, the model's limits included. */
async function prepare(
	call: Call,
	account: Account,
	earlier: EarlierModels,
): Promise<PreparedRequest> {
	const validationErrors = new ValidationErrors((field) => call.label(field));
	const length = readLengthChoice(call);
	const read = readVideoRequest(call, account, validationErrors);
	const entered =
		length.mode === 'frames' ? new Values(call.given, validationErrors).whole('frames', 1) : 0;
	const pictures = [FIRST_FRAME, LAST_FRAME].flatMap((names) =>
		wantedPicture(call, names, validationErrors),
	);
	const [sound, ...frameImages] = await prepareFiles(
		call,
		[wantedSound(call, SONG), ...pictures],
		validationErrors,
	);
	validationErrors.throwIfAny();

	if (sound === undefined) throw new Error('A sound that was checked is missing');
	const { slug, model, unread } = await videoModel(call, account, read.video.model, earlier);
	const request = withModel(read, slug);
	const { fps } = request.video;
	const seconds = await lengthOfSound(call, sound);
	const known = { slug, fps, entered, sound: seconds };
	const { frames, facts } = chooseFrames(call, length, known, model);
	checkVideo(call, model, request, frames);
	const stretch = { from: length.startAt, to: length.startAt + frames / fps };
	const audio = soundOfVideo(sound, seconds, stretch, fps, model);
	return {
		...toRequest(request, frames, [audio, ...frameImages], facts),
		fileName: stemOf(sound.file.fileName),
		...(unread === undefined || length.mode === 'frames' ? {} : { unread }),
	};
}

const declaration: SubmitDeclaration = {
	name: 'generateFromAudio',
	displayName: 'Generate From Audio',
	action: 'Generate video from audio',
	description: 'Make a video from a song, speech or any sound (aud2video)',
	endpoint: AUDIO_TO_VIDEO_ENDPOINT,
	product: 'the video',
	fields,
	lists: [videoModels, editModels],
	aliases: {
		audio: 'binaryPropertyName',
		image: 'referenceBinaryProperty',
		[FIRST_FRAME.name]: FIRST_FRAME.field,
		[LAST_FRAME.name]: LAST_FRAME.field,
	},
	prepare,
};

/** One video or, where the user asks for it, a song as several clips. */
export const generateFromAudio = paidOperation(declaration, async (call) =>
	wantsFilm(readLengthChoice(call))
		? await makeFilm(call)
		: await submitAndFinish(call, declaration),
);
