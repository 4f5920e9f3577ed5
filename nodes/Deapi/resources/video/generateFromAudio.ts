import type { INodeProperties } from 'n8n-workflow';
import type { Call } from '../../engine/call';
import { stemOf } from '../../files/name';
import { makeFilm } from '../../film/production/makeFilm';
import { Complaints } from '../../prepare/checks/complaints';
import { Values } from '../../prepare/checks/values';
import { prepareFiles } from '../../prepare/files';
import { chooseFrames, readLengthChoice, wantsFilm } from '../../prepare/length';
import { FIRST_FRAME, LAST_FRAME, SOUND, wantedPicture, wantedSound } from '../../prepare/media';
import type { PreparedRequest } from '../../prepare/request';
import { AUDIO_TO_VIDEO_ENDPOINT, videoModel } from '../../prepare/video';
import { checkVideo, readVideoRequest, toRequest } from '../../prepare/videoRequest';
import type { Account } from '../../service/account';
import { submitOperation } from '../../submit/submitOperation';
import { filmOptions } from '../fields/film';
import { optionsField, submitOptions, waitFields, waitOptions } from '../fields/job';
import { soundFields } from '../fields/sound';
import {
	fpsField,
	lengthFields,
	sizeFields,
	stepsOption,
	videoModelField,
	videoModels,
} from '../fields/video';

const pictureOptions = ['First', 'Last'].flatMap((place): INodeProperties[] => {
	const name = place.toLowerCase();
	const moment = place === 'First' ? 'starts' : 'ends';
	return [
		{
			displayName: `${place} Frame Image Field`,
			name: `${name}FrameBinaryProperty`,
			type: 'string',
			default: '',
			placeholder: 'e.g. image',
			description: `The binary field that holds the picture the video ${moment} with: JPG, PNG, GIF, BMP or WebP, up to 10 MB`,
		},
		{
			displayName: `${place} Frame Image URL`,
			name: `${name}FrameUrl`,
			type: 'string',
			default: '',
			placeholder: `e.g. https://example.com/${place === 'First' ? 'start' : 'end'}.png`,
			description: `Where the picture that the video ${moment} with can be fetched without signing in`,
		},
	];
});

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
	...soundFields('MP3, WAV, OGG or FLAC, up to 20 MB'),
	{
		displayName: 'Prompt',
		name: 'prompt',
		type: 'string',
		default: '',
		required: true,
		typeOptions: { rows: 4 },
		placeholder: 'e.g. A singer on a rooftop at sunset, slow camera move',
		description: 'What the video shows',
		routing: { send: { type: 'body', property: 'prompt' } },
	},
	...waitFields('the video', 'A video usually takes one to three minutes'),
	...lengthFields('matchAudio'),
	...sizeFields,
	videoModelField,
	fpsField,
	{
		displayName: 'Seed',
		name: 'seed',
		type: 'number',
		default: -1,
		description:
			'The same seed with the same values gives the same video. -1 draws one at random for each item; the output says which.',
		routing: { send: { type: 'body', property: 'seed' } },
	},
	optionsField([
		...waitOptions('the video', true),
		...submitOptions,
		...pictureOptions,
		...filmOptions,
		{
			displayName: 'Guidance',
			name: 'guidance',
			type: 'number',
			default: 7.5,
			description: 'How closely the video follows the prompt. Not all models support it.',
			routing: { send: { type: 'body', property: 'guidance' } },
		},
		{
			displayName: 'Negative Prompt',
			name: 'negativePrompt',
			type: 'string',
			default: '',
			placeholder: 'e.g. blur, darkness, noise',
			description: 'What the video should not show',
			routing: { send: { type: 'body', property: 'negative_prompt' } },
		},
		stepsOption,
	]),
];

/** Checks one item's values and files, the model's limits included. */
async function prepare(call: Call, account: Account): Promise<PreparedRequest> {
	const complaints = new Complaints((field) => call.label(field));
	const length = readLengthChoice(call);
	const request = readVideoRequest(call, account, complaints);
	const entered =
		length.mode === 'frames' ? new Values(call.given, complaints).whole('frames', 1) : 0;
	const pictures = [FIRST_FRAME, LAST_FRAME].flatMap((names) =>
		wantedPicture(call, names, complaints),
	);
	const files = await prepareFiles(call, [wantedSound(call), ...pictures], complaints);
	complaints.throwIfAny();

	const { model: slug, fps } = request.video;
	const model = await videoModel(call, account, slug);
	const sound = files.find(({ name }) => name === SOUND.name);
	const { frames, facts } = await chooseFrames(length, { fps, entered }, model, sound);
	checkVideo(call, model, request, frames, files);
	return {
		...toRequest(request, frames, files, facts),
		fileName: stemOf(sound?.file.fileName),
	};
}

/** A song as several clips, where the user asks for it. */
async function several(call: Call, account: Account) {
	return wantsFilm(readLengthChoice(call)) ? await makeFilm(call, account) : undefined;
}

export const generateFromAudio = submitOperation({
	name: 'generateFromAudio',
	displayName: 'Generate From Audio',
	action: 'Generate video from audio',
	description: 'Make a video from a song, speech or any sound (aud2video)',
	endpoint: AUDIO_TO_VIDEO_ENDPOINT,
	product: 'the video',
	fields,
	lists: [videoModels],
	aliases: {
		audio: 'binaryPropertyName',
		[FIRST_FRAME.name]: FIRST_FRAME.field,
		[LAST_FRAME.name]: LAST_FRAME.field,
	},
	prepare,
	instead: several,
});
