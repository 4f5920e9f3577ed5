import type { INodeProperties } from 'n8n-workflow';
import type { Call } from '../../engine/call';
import { modelList, sidesOf } from '../lists/models';
import { ValidationErrors } from '../../prepare/checks/validationErrors';
import { givenOrDefault, guidanceOrDefault } from '../../prepare/checks/defaults';
import { checkLimits } from '../../prepare/checks/limits';
import type { EarlierModels } from '../../prepare/checks/model';
import { chooseModel } from '../../prepare/checks/model';
import { Values } from '../../prepare/checks/values';
import type { PreparedRequest } from '../../prepare/request';
import { seedOf } from '../../prepare/video';
import { readWebhook } from '../../prepare/webhookUrl';
import type { Account } from '../../service/account';
import { submitOperation } from '../../submit/submitOperation';
import { optionsField, submitOptions, waitField, waitOptions } from '../fields/job';
import { modelField } from '../fields/model';
import {
	guidanceOption,
	negativePromptOption,
	seedField,
	stepsOption,
	textField,
} from '../fields/prompt';

const TEXT_TO_IMAGE = 'txt2img';

/** What the node's own model takes; sent where the model says nothing of itself. */
const USUAL = { steps: 4, guidance: 0 };

const models = modelList('getImageModels', TEXT_TO_IMAGE, (model) => [sidesOf(model)]);

const fields: INodeProperties[] = [
	textField('Prompt', 'prompt', {
		placeholder: 'e.g. A lighthouse in morning light, oil painting',
		description: 'What the picture shows',
	}),
	waitField(true),
	modelField({
		types: TEXT_TO_IMAGE,
		list: models,
		description: 'The model that makes the picture. It decides which sizes are allowed.',
	}),
	...(['Width', 'Height'] as const).map((displayName): INodeProperties => {
		const name = displayName.toLowerCase();
		return {
			displayName,
			name,
			type: 'number',
			default: 512,
			required: true,
			description: `${displayName} of the picture in pixels`,
			hint: 'A multiple of 128 suits all models',
			routing: { send: { type: 'body', property: name } },
		};
	}),
	seedField,
	optionsField([
		...waitOptions(true),
		...submitOptions,
		guidanceOption,
		negativePromptOption,
		stepsOption(4),
	]),
];

/** Checks one item's values, the model's limits included. */
async function prepare(
	call: Call,
	account: Account,
	earlier: EarlierModels,
): Promise<PreparedRequest> {
	const validationErrors = new ValidationErrors(call.label);
	const values = new Values(call.given, validationErrors);

	const prompt = values.text('prompt', 'Describe the picture in it.');
	const wantedModel = values.model();
	const size = { width: values.whole('width', 1), height: values.whole('height', 1) };
	const seed = values.whole('seed', -1);
	const steps = values.optionalWhole('steps', 1);
	const guidance = values.optionalNumber('guidance');
	const negativePrompt = values.optionalText('negative_prompt');
	const webhook = readWebhook(call.given.webhook_url, account, validationErrors);
	validationErrors.throwIfAny();

	const chosen = await chooseModel(call, account, TEXT_TO_IMAGE, wantedModel, earlier);
	const { slug: model, model: known } = chosen;
	if (known) checkLimits(call.label, known, { ...size, steps, guidance });
	const sent = { model, ...size, seed: seedOf(seed) };
	const priced = {
		...{ prompt, ...sent, negative_prompt: negativePrompt },
		steps: givenOrDefault(steps, known, 'steps', USUAL.steps),
		guidance: guidanceOrDefault(guidance, known, USUAL.guidance),
	};
	return { encoding: 'json', body: { ...priced, ...webhook }, files: [], sent, priced };
}

export const generate = submitOperation({
	name: 'generate',
	displayName: 'Generate',
	action: 'Generate an image',
	description: 'Make a picture from a description, for example the first frame of a video',
	endpoint: { v1: '/api/v1/client/txt2img', v2: '/api/v2/images/generations' },
	product: 'the picture',
	fileName: 'picture',
	fields,
	lists: [models],
	prepare,
});
