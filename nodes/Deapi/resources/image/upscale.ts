import { modelList, sidesOf } from '../lists/models';
import { prepareOnePicture } from '../../prepare/onePicture';
import { submitOperation } from '../../submit/submitOperation';
import { noFilesNotice, pictureField } from '../fields/files';
import { optionsField, submitOptions, waitField, waitOptions } from '../fields/job';
import { modelField } from '../fields/model';

const IMAGE_UPSCALE = 'img-upscale';

const models = modelList('getImageUpscaleModels', IMAGE_UPSCALE, (model) => [sidesOf(model)]);

export const upscale = submitOperation({
	name: 'upscale',
	displayName: 'Upscale',
	action: 'Upscale an image',
	description: 'Make a picture larger and sharper',
	endpoint: { v1: '/api/v1/client/img-upscale', v2: '/api/v2/images/upscales' },
	product: 'the picture',
	fileName: 'picture',
	fields: [
		noFilesNotice,
		pictureField,
		waitField(true),
		modelField({
			types: IMAGE_UPSCALE,
			list: models,
			description: 'The model that enlarges the picture',
		}),
		optionsField([...waitOptions(true), ...submitOptions]),
	],
	lists: [models],
	aliases: { image: 'binaryPropertyName' },
	prepare: async (call, account, earlier) =>
		await prepareOnePicture(call, account, earlier, IMAGE_UPSCALE),
});
