import type { INodeProperties } from 'n8n-workflow';
import type { Call } from '../../engine/call';
import { Failure } from '../../engine/failure';
import { stemOf } from '../../files/name';
import { ValidationErrors } from '../../prepare/checks/validationErrors';
import { priceOfEnhancement, readEnhancement } from '../../prepare/checks/enhancement';
import { checkLimits } from '../../prepare/checks/limits';
import type { EarlierModels } from '../../prepare/checks/model';
import { chooseModel } from '../../prepare/checks/model';
import { Values } from '../../prepare/checks/values';
import { fileValues } from '../../prepare/fileFields';
import type { WantedFile } from '../../prepare/files';
import { prepareFiles } from '../../prepare/files';
import { pictureRule } from '../../prepare/media';
import { EDIT_ENDPOINT, editRequest, IMAGE_TO_IMAGE } from '../../prepare/picture/edit';
import type { PreparedRequest } from '../../prepare/request';
import { seedOf } from '../../prepare/video';
import { readWebhook } from '../../prepare/webhookUrl';
import type { Account } from '../../service/account';
import type { Model } from '../../service/models';
import { submitOperation } from '../../submit/submitOperation';
import { editModels, mostPictures } from '../lists/editModels';
import { noFilesNotice, picturesField } from '../fields/files';
import { optionsField, submitOptions, waitField, waitOptions } from '../fields/job';
import { modelField } from '../fields/model';
import {
	enhancePromptOption,
	guidanceOption,
	negativePromptOption,
	seedField,
	stepsOption,
	textField,
} from '../fields/prompt';

const fields: INodeProperties[] = [
	noFilesNotice,
	picturesField,
	textField('Prompt', 'prompt', {
		placeholder: 'e.g. Put the bottle on a beach at sunset',
		description: 'How to change the picture',
	}),
	waitField(true),
	modelField({
		types: IMAGE_TO_IMAGE,
		list: editModels,
		description: 'The model that edits. It decides how many pictures it takes.',
	}),
	seedField,
	optionsField([
		...waitOptions(true),
		...submitOptions,
		enhancePromptOption,
		guidanceOption,
		negativePromptOption,
		stepsOption(4),
		...(['Width', 'Height'] as const).map((displayName): INodeProperties => {
			const name = displayName.toLowerCase();
			return {
				displayName,
				name,
				type: 'number',
				default: 1024,
				description: `${displayName} of the result in pixels; by default that of the first picture. Not all models let you choose.`,
				routing: { send: { type: 'body', property: name } },
			};
		}),
	]),
];

/** The pictures that the field names: one goes as one, several go as a list. */
function wantedPictures(call: Call): WantedFile[] {
	const parameter = 'binaryPropertyName';
	const value = call.parameter(parameter, '');
	const [first = value, ...others] = fileValues(value);
	const rule = pictureRule(others.length === 0 ? 'image' : 'images[]');
	return [first, ...others].map((field) => ({ rule, source: { parameter, field } }));
}

/** Checks one item's values and pictures, the model's limits included. */
async function prepare(
	call: Call,
	account: Account,
	earlier: EarlierModels,
): Promise<PreparedRequest> {
	const validationErrors = new ValidationErrors(call.label);
	const values = new Values(call.given, validationErrors);

	const enhancement = readEnhancement(values, account);
	const prompt = values.text('prompt', 'Describe in it how to change the picture.');
	const wantedModel = values.model();
	const seed = seedOf(values.whole('seed', -1));
	const steps = values.optionalWhole('steps', 1);
	const guidance = values.optionalNumber('guidance');
	const negativePrompt = values.optionalText('negative_prompt');
	const size = {
		width: values.optionalWhole('width', 1),
		height: values.optionalWhole('height', 1),
	};
	const webhook = readWebhook(call.given.webhook_url, enhancement.asked, validationErrors);
	const files = await prepareFiles(call, wantedPictures(call), validationErrors);
	validationErrors.throwIfAny();

	const { asked } = enhancement;
	const chosen = await chooseModel(call, asked, IMAGE_TO_IMAGE, wantedModel, earlier);
	const { slug: model, model: known } = chosen;
	if (known) {
		checkLimits(call.label, known, { ...size, steps, guidance });
		if (files.length > mostPictures(known)) throw tooMany(call, known, files.length);
	}
	const edited = { prompt, model, seed, size, steps, guidance, negativePrompt };
	const request = editRequest(edited, known, files);
	return {
		...request,
		body: { ...request.body, ...enhancement.fields, ...webhook },
		fileName: stemOf(files[0]?.file.fileName),
		furtherPrice: priceOfEnhancement(enhancement, IMAGE_TO_IMAGE, edited, files),
		needsV2: enhancement.needsV2,
	};
}

function tooMany(call: Call, model: Model, count: number): Failure {
	const most = mostPictures(model);
	return new Failure({
		message: `${call.label('binaryPropertyName')} names ${count} pictures; the model ${model.name} takes ${most}`,
		description: "Use fewer pictures, or choose another 'Model'. Nothing was sent.",
		submitted: 'no',
	});
}

export const edit = submitOperation({
	name: 'edit',
	displayName: 'Edit',
	action: 'Edit an image',
	description: 'Make a new picture from one or more pictures and a prompt',
	endpoint: EDIT_ENDPOINT,
	product: 'the picture',
	fileName: 'picture',
	fields,
	lists: [editModels],
	aliases: { image: 'binaryPropertyName', images: 'binaryPropertyName', model_slug: 'model' },
	prepare,
});
