import type { INodeProperties } from 'n8n-workflow';
import type { Call } from '../../engine/call';
import { stemOf } from '../../files/name';
import { longestVideoOf, modelList, sidesOf } from '../lists/models';
import { ValidationErrors } from '../../prepare/checks/validationErrors';
import { checkLimits } from '../../prepare/checks/limits';
import type { EarlierModels } from '../../prepare/checks/model';
import { chooseModel } from '../../prepare/checks/model';
import { Values } from '../../prepare/checks/values';
import { checkVideoLength } from '../../prepare/checks/videoLength';
import { prepareFiles } from '../../prepare/files';
import { pictureRule, VIDEO } from '../../prepare/media';
import type { PreparedRequest } from '../../prepare/request';
import { seedOf } from '../../prepare/video';
import { readWebhook } from '../../prepare/webhookUrl';
import type { Account } from '../../service/account';
import { submitOperation } from '../../submit/submitOperation';
import { noFilesNotice, pictureField, videoField } from '../fields/files';
import { optionsField, submitOptions, waitField, waitOptions } from '../fields/job';
import { modelField } from '../fields/model';
import { seedField, stepsOption, videoPromptField } from '../fields/prompt';

const VIDEO_REPLACE = 'video-replace';

const SIDES = ['width', 'height'] as const;

const models = modelList('getReplaceModels', VIDEO_REPLACE, (model) => [
	sidesOf(model),
	longestVideoOf(model),
]);

const fields: INodeProperties[] = [
	noFilesNotice,
	videoField,
	{
		...pictureField,
		displayName: 'Reference Image Field',
		name: 'referenceBinaryProperty',
		default: 'reference',
		placeholder: 'e.g. reference',
		description: pictureField.description?.replace('the picture', 'a picture of the character'),
		hint: "The name of the input field containing the character's picture",
	},
	{
		...videoPromptField,
		required: false,
		placeholder: 'e.g. The same dance, in a red coat',
		description: 'What the video shows, if the two files do not say it all',
	},
	waitField(true),
	modelField({
		types: VIDEO_REPLACE,
		list: models,
		description: 'The model that replaces the character',
	}),
	optionsField([
		...waitOptions(true),
		...submitOptions,
		seedField,
		stepsOption(4),
		...(['Width', 'Height'] as const).map((displayName): INodeProperties => {
			const name = displayName.toLowerCase();
			return {
				displayName,
				name,
				type: 'number',
				default: 768,
				description: `${displayName} of the result in pixels, together with ${displayName === 'Width' ? 'Height' : 'Width'}. Without them it is as large as the video.`,
				routing: { send: { type: 'body', property: name } },
			};
		}),
	]),
];

/** Checks one item's values and files, the model's limits included. */
async function prepare(
	call: Call,
	account: Account,
	earlier: EarlierModels,
): Promise<PreparedRequest> {
	const validationErrors = new ValidationErrors(call.label);
	const values = new Values({ seed: -1, ...call.given }, validationErrors);

	const prompt = values.optionalText('prompt');
	const wantedModel = values.model();
	const seed = seedOf(values.whole('seed', -1));
	const steps = values.optionalWhole('steps', 1);
	const size = readSize(values, validationErrors);
	const webhook = readWebhook(call.given.webhook_url, account, validationErrors);
	const fileOf = (parameter: string) => ({ parameter, field: call.parameter(parameter, '') });
	const wanted = [
		{ rule: VIDEO, source: fileOf('binaryPropertyName') },
		{ rule: pictureRule('ref_image'), source: fileOf('referenceBinaryProperty') },
	];
	const files = await prepareFiles(call, wanted, validationErrors);
	validationErrors.throwIfAny();

	const chosen = await chooseModel(call, account, VIDEO_REPLACE, wantedModel, earlier);
	const { slug: model, model: known } = chosen;
	if (known) checkLimits(call.label, known, { ...size, steps });
	await checkVideoLength(call, files[0], known);
	return {
		encoding: 'multipart',
		body: { prompt, model, ...size, steps, seed, ...webhook },
		files,
		sent: { model, ...size, seed },
		// The price follows the length, which only deAPI can tell for all kinds of videos.
		priced: { model, ...size },
		pricedAs: 'multipart',
		pricedFiles: files.filter(({ name }) => name === VIDEO.name),
		fileName: stemOf(files[0]?.file.fileName),
	};
}

/** Source: deAPI's specification: both sides or neither. */
function readSize(
	values: Values,
	validationErrors: ValidationErrors,
): { width?: number; height?: number } {
	const given = SIDES.filter((side) => values.has(side));
	const [missing] = SIDES.filter((side) => !values.has(side));
	const [only] = given;
	if (only !== undefined && missing !== undefined) {
		const other = validationErrors.label(missing);
		validationErrors.add(only, `is set without ${other}`, `Set ${other} too, or remove both.`);
	}
	return Object.fromEntries(given.map((side) => [side, values.whole(side, 1)]));
}

export const replaceCharacter = submitOperation({
	name: 'replaceCharacter',
	displayName: 'Replace Character',
	action: 'Replace a character in a video',
	description: 'Replace a person in a video with the character from a picture',
	endpoint: {
		v1: '/api/v1/client/videos/replace',
		v2: '/api/v2/videos/replacements',
		priceOnV1: '/api/v1/client/videos/replace/price',
	},
	product: 'the video',
	fields,
	lists: [models],
	aliases: { video: 'binaryPropertyName', ref_image: 'referenceBinaryProperty' },
	prepare,
});
