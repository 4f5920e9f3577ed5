import { modelList, sidesOf } from '../lists/models';
import { prepareOnePicture } from '../../prepare/onePicture';
import { submitOperation } from '../../submit/submitOperation';
import { noFilesNotice, pictureField } from '../fields/files';
import { optionsField, submitOptions, waitField, waitOptions } from '../fields/job';
import { modelField } from '../fields/model';

const BACKGROUND_REMOVAL = 'img-rmbg';

const models = modelList('getBackgroundModels', BACKGROUND_REMOVAL, (model) => [sidesOf(model)]);

export const removeBackground = submitOperation({
	name: 'removeBackground',
	displayName: 'Remove Background',
	action: 'Remove the background of an image',
	description: 'Cut out what a picture shows: a PNG with transparency',
	endpoint: { v1: '/api/v1/client/img-rmbg', v2: '/api/v2/images/background-removals' },
	product: 'the picture',
	fileName: 'picture',
	fields: [
		noFilesNotice,
		pictureField,
		waitField(true),
		modelField({
			types: BACKGROUND_REMOVAL,
			list: models,
			description: 'The model that finds the background',
		}),
		optionsField([...waitOptions(true), ...submitOptions]),
	],
	lists: [models],
	aliases: { image: 'binaryPropertyName' },
	prepare: async (call, account, earlier) =>
		await prepareOnePicture(call, account, earlier, BACKGROUND_REMOVAL),
});
