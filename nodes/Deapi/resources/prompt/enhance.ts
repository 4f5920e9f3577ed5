import type { IDataObject, ILoadOptionsFunctions, INodeProperties } from 'n8n-workflow';
import { isObject, textOf } from '../../basics/values';
import type { Call } from '../../engine/call';
import { modelList } from '../lists/models';
import { ENHANCE_ENDPOINT, SHORTEST_PROMPT } from '../../prepare/checks/enhancement';
import { ValidationErrors } from '../../prepare/checks/validationErrors';
import type { EarlierModels } from '../../prepare/checks/model';
import { chooseModel } from '../../prepare/checks/model';
import { Values } from '../../prepare/checks/values';
import { isSet } from '../../prepare/fileFields';
import { prepareFiles } from '../../prepare/files';
import { pictureRule } from '../../prepare/media';
import type { PreparedRequest } from '../../prepare/request';
import type { Account } from '../../service/account';
import { submitOperation } from '../../submit/submitOperation';
import { optionsField, submitOptions } from '../fields/job';
import { modelField } from '../fields/model';
import { textField } from '../fields/prompt';

/** What a prompt may be for, and the inference type of the models that take it. */
const TYPES = {
	'images.generations': { name: 'Image', models: 'txt2img' },
	'images.edits': { name: 'Image From an Image', models: 'img2img', takesImage: true },
	'audio.music': { name: 'Music', models: 'txt2music' },
	'audio.speech': { name: 'Speech', models: 'txt2audio' },
	'videos.generations': { name: 'Video', models: 'txt2video' },
	'videos.animations': { name: 'Video From an Image', models: 'img2video', takesImage: true },
} satisfies { [type: string]: { name: string; models: string; takesImage?: boolean } };

type PromptType = keyof typeof TYPES;
const TYPE_NAMES = Object.keys(TYPES) as PromptType[];
const USUAL: PromptType = 'images.generations';

const takesImage = (type: PromptType) => 'takesImage' in TYPES[type];

function chosenType(context: ILoadOptionsFunctions): PromptType {
	const type = context.getCurrentNodeParameter('type');
	return TYPE_NAMES.find((each) => each === type) ?? USUAL;
}

const models = modelList('getPromptModels', (context) => TYPES[chosenType(context)].models);

const fields: INodeProperties[] = [
	textField('Prompt', 'prompt', {
		placeholder: 'e.g. A singer on a rooftop',
		description: 'The prompt, or just an idea, to make a better prompt of',
	}),
	{
		displayName: 'For',
		name: 'type',
		type: 'options',
		default: USUAL,
		description: 'What the prompt is for',
		options: TYPE_NAMES.map((value) => ({ name: TYPES[value].name, value })),
		routing: { send: { type: 'body', property: 'type' } },
	},
	modelField({
		types: TYPES[USUAL].models,
		list: models,
		property: 'model_slug',
		description: 'The model that the prompt is for; each responds to different words',
	}),
	optionsField([
		...submitOptions.filter(({ name }) => name !== 'webhookUrl'),
		{
			displayName: 'Image Field',
			name: 'imageBinaryProperty',
			type: 'string',
			default: '',
			placeholder: 'e.g. image',
			description:
				'The binary field that holds the picture to edit or animate: JPG, PNG, GIF, BMP or WebP, up to 10 MB',
		},
		{
			displayName: 'Negative Prompt',
			name: 'negativePrompt',
			type: 'string',
			default: '',
			placeholder: 'e.g. blur, darkness, noise',
			description: 'What should not be in the result; it is enhanced too',
			routing: { send: { type: 'body', property: 'negative_prompt' } },
		},
	]),
];

/** Checks one item's values and its picture. */
async function prepare(
	call: Call,
	account: Account,
	earlier: EarlierModels,
): Promise<PreparedRequest> {
	const validationErrors = new ValidationErrors(call.label);
	const values = new Values(call.given, validationErrors);

	const prompt = values.text('prompt', 'Enter the prompt to enhance.');
	const type = values.word('type', TYPE_NAMES) ?? USUAL;
	const wantedModel = values.text('model_slug', 'Choose a model from the list, or enter a slug.');
	const negativePrompt = values.optionalText('negative_prompt');
	for (const [field, text] of [
		['prompt', prompt],
		['negative_prompt', negativePrompt ?? ''],
	] as const) {
		const isShort = text.trim() !== '' && [...text.trim()].length < SHORTEST_PROMPT;
		const advice = `deAPI takes ${SHORTEST_PROMPT} characters or more.`;
		if (isShort) validationErrors.add(field, 'is too short', advice);
	}
	const field = call.options.imageBinaryProperty;
	const hasImage = isSet(field);
	const parameter = 'imageBinaryProperty';
	if (takesImage(type) !== hasImage) {
		const name = `'${TYPES[type].name}'`;
		if (hasImage) validationErrors.add(parameter, `is not used for ${name}`, 'Remove it.');
		else validationErrors.add(parameter, 'is empty', `${name} needs a picture.`);
	}
	const wanted = hasImage ? [{ rule: pictureRule('image'), source: { parameter, field } }] : [];
	const files = await prepareFiles(call, wanted, validationErrors);
	validationErrors.throwIfAny();

	const { models: modelTypes } = TYPES[type];
	const { slug: model } = await chooseModel(call, account.onV2(), modelTypes, wantedModel, earlier);
	const body = { prompt, type, model_slug: model, negative_prompt: negativePrompt };
	return {
		encoding: 'multipart',
		body,
		files,
		sent: { model },
		priced: body,
		pricedAs: 'multipart',
		...(files.length > 0 ? { pricedFiles: files } : {}),
		needsV2: true,
	};
}

/** The enhanced prompt: in `data`, where other answers have theirs, or beside it, as the specification shows it. */
function readAnswer(body: IDataObject): IDataObject | undefined {
	const places = [body, body.data].filter(isObject);
	const found = places.find(({ prompt }) => textOf(prompt) !== undefined);
	return found && { prompt: found.prompt, negative_prompt: found.negative_prompt ?? null };
}

export const enhance = submitOperation({
	name: 'enhance',
	displayName: 'Enhance',
	action: 'Enhance a prompt',
	description: 'Make a good prompt of an idea, for a picture, a video, speech or music',
	endpoint: ENHANCE_ENDPOINT,
	product: 'the prompt',
	fields,
	lists: [models],
	aliases: { image: 'imageBinaryProperty' },
	readAnswer,
	prepare,
});
