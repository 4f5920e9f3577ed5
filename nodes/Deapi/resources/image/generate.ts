import type { INodeProperties } from 'n8n-workflow';
import type { Call } from '../../engine/call';
import { modelList, sidesOf } from '../lists/models';
import { Complaints } from '../../prepare/checks/complaints';
import { givenOrDefault } from '../../prepare/checks/defaults';
import { checkLimits } from '../../prepare/checks/limits';
import { knownModel } from '../../prepare/checks/model';
import { Values } from '../../prepare/checks/values';
import type { PreparedRequest } from '../../prepare/request';
import { seedOf } from '../../prepare/video';
import { readWebhook } from '../../prepare/webhookUrl';
import type { Account } from '../../service/account';
import type { Model } from '../../service/models';
import { submitOperation } from '../../submit/submitOperation';
import { optionsField, submitOptions, waitField, waitOptions } from '../fields/job';
import { modelField } from '../fields/model';

const TEXT_TO_IMAGE = 'txt2img';

/** What the node's own model takes; sent where the model says nothing of itself. */
const USUAL = { steps: 4, guidance: 0 };

const models = modelList('getImageModels', TEXT_TO_IMAGE, (model) => [sidesOf(model)]);

const fields: INodeProperties[] = [
	{
		displayName: 'Prompt',
		name: 'prompt',
		type: 'string',
		default: '',
		required: true,
		typeOptions: { rows: 4 },
		placeholder: 'e.g. A lighthouse in morning light, oil painting',
		description: 'What the picture shows',
		routing: { send: { type: 'body', property: 'prompt' } },
	},
	waitField('the picture', true),
	modelField({
		slug: 'Flux_2_Klein_4B_BF16',
		name: 'FLUX.2 Klein 4B',
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
	{
		displayName: 'Seed',
		name: 'seed',
		type: 'number',
		default: -1,
		description:
			'The same seed with the same values gives the same picture. -1 draws one at random for each item; the output says which.',
		routing: { send: { type: 'body', property: 'seed' } },
	},
	optionsField([
		...waitOptions('the picture', true),
		...submitOptions,
		{
			displayName: 'Guidance',
			name: 'guidance',
			type: 'number',
			default: 7.5,
			description: 'How closely the picture follows the prompt. Not all models support it.',
			routing: { send: { type: 'body', property: 'guidance' } },
		},
		{
			displayName: 'Negative Prompt',
			name: 'negativePrompt',
			type: 'string',
			default: '',
			placeholder: 'e.g. blur, darkness, noise',
			description: 'What the picture should not show. Not all models support it.',
			routing: { send: { type: 'body', property: 'negative_prompt' } },
		},
		{
			displayName: 'Steps',
			name: 'steps',
			type: 'number',
			default: 4,
			description: 'How many inference steps the model takes. More steps cost more.',
			routing: { send: { type: 'body', property: 'steps' } },
		},
	]),
];

/** Source: a page of deAPI's: 0 where the model does not support guidance; the field is required. */
function guidanceFor(given: number | undefined, model: Model | undefined): number {
	if (model?.features.supports_guidance === false) return 0;
	return givenOrDefault(given, model, 'guidance', USUAL.guidance);
}

/** Checks one item's values, the model's limits included. */
async function prepare(call: Call, account: Account): Promise<PreparedRequest> {
	const complaints = new Complaints(call.label);
	const values = new Values(call.given, complaints);

	const prompt = values.text('prompt', 'Describe the picture in it.');
	const model = values.text('model', 'Choose a model from the list, or enter a slug.');
	const size = { width: values.whole('width', 1), height: values.whole('height', 1) };
	const seed = values.whole('seed', -1);
	const steps = values.optionalWhole('steps', 1);
	const guidance = values.optionalNumber('guidance');
	const negativePrompt = values.optionalText('negative_prompt');
	const webhook = readWebhook(call.given.webhook_url, account, complaints);
	complaints.throwIfAny();

	const known = await knownModel(call, account, TEXT_TO_IMAGE, model, 'an image model');
	if (known) {
		checkLimits(call.label, known, {
			...{ ...size, steps },
			// 0 is what a model without guidance gets anyway.
			guidance: guidance === 0 ? undefined : guidance,
			negative_prompt: negativePrompt === undefined ? undefined : true,
		});
	}
	const sent = { model, ...size, seed: seedOf(seed) };
	const priced = {
		...{ prompt, ...sent, negative_prompt: negativePrompt },
		steps: givenOrDefault(steps, known, 'steps', USUAL.steps),
		guidance: guidanceFor(guidance, known),
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
