import type { INodeProperties } from 'n8n-workflow';
import type { Call } from '../../engine/call';
import { longestOf, modelList, sidesOf } from '../lists/models';
import type { ValidationErrors } from '../../prepare/checks/validationErrors';
import type { WantedFile } from '../../prepare/files';
import { FIRST_FRAME, LAST_FRAME, pictureRule, wantedPicture } from '../../prepare/media';
import { prepareSilentVideo } from '../../prepare/silentVideo';
import { submitOperation } from '../../submit/submitOperation';
import { frameOption, noFilesNotice, pictureField } from '../fields/files';
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

const IMAGE_TO_VIDEO = 'img2video';

const models = modelList('getImageToVideoModels', IMAGE_TO_VIDEO, (model) => [
	sidesOf(model),
	longestOf(model),
]);

const fields: INodeProperties[] = [
	noFilesNotice,
	pictureField,
	videoPromptField,
	waitField(true),
	...ownLengthFields,
	...sizeFields,
	modelField({
		types: IMAGE_TO_VIDEO,
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
		frameOption('Last'),
		negativePromptOption,
		stepsOption(8),
	]),
];

/** The picture that the video starts with, and one that it ends with. */
function pictures(call: Call, validationErrors: ValidationErrors): WantedFile[] {
	const parameter = 'binaryPropertyName';
	const source = { parameter, field: call.parameter(parameter, '') };
	return [
		{ rule: pictureRule(FIRST_FRAME.name), source },
		...wantedPicture(call, LAST_FRAME, validationErrors),
	];
}

export const generateFromImage = submitOperation({
	name: 'generateFromImage',
	displayName: 'Generate From Image',
	action: 'Generate video from image',
	description: 'Make a video that starts with a picture (img2video)',
	endpoint: { v1: '/api/v1/client/img2video', v2: '/api/v2/videos/animations' },
	product: 'the video',
	fileName: 'video',
	fields,
	lists: [models],
	aliases: {
		image: 'binaryPropertyName',
		model_slug: 'model',
		[FIRST_FRAME.name]: 'binaryPropertyName',
		[LAST_FRAME.name]: LAST_FRAME.field,
	},
	prepare: async (call, account, earlier) =>
		await prepareSilentVideo(call, account, earlier, {
			...{ type: IMAGE_TO_VIDEO, encoding: 'multipart', pictures },
		}),
});
