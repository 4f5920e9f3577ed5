import type { INodeProperties } from 'n8n-workflow';
import { longestOf, modelList, sidesOf } from '../lists/models';
import { prepareSilentVideo } from '../../prepare/silentVideo';
import { submitOperation } from '../../submit/submitOperation';
import { optionsField, submitOptions, waitField, waitOptions } from '../fields/job';
import { modelField } from '../fields/model';
import {
	enhancePromptOption,
	guidanceOption,
	negativePromptOption,
	seedField,
	stepsOption,
	videoPromptField,
} from '../fields/prompt';
import { fpsField, ownLengthFields, sizeFields } from '../fields/video';

const TEXT_TO_VIDEO = 'txt2video';

const models = modelList('getTextToVideoModels', TEXT_TO_VIDEO, (model) => [
	sidesOf(model),
	longestOf(model),
]);

const fields: INodeProperties[] = [
	videoPromptField,
	waitField(true),
	...ownLengthFields,
	...sizeFields,
	modelField({
		types: TEXT_TO_VIDEO,
		list: models,
		description: 'The model that makes the video. It decides which sizes and lengths are allowed.',
	}),
	fpsField,
	seedField,
	optionsField([
		...waitOptions(true),
		...submitOptions,
		enhancePromptOption,
		guidanceOption,
		negativePromptOption,
		stepsOption(8),
	]),
];

export const generateFromText = submitOperation({
	name: 'generateFromText',
	displayName: 'Generate From Text',
	action: 'Generate video from text',
	description: 'Make a video from a description (txt2video)',
	endpoint: { v1: '/api/v1/client/txt2video', v2: '/api/v2/videos/generations' },
	product: 'the video',
	fileName: 'video',
	fields,
	lists: [models],
	aliases: { model_slug: 'model' },
	prepare: async (call, account, earlier) =>
		await prepareSilentVideo(call, account, earlier, { type: TEXT_TO_VIDEO, encoding: 'json' }),
});
