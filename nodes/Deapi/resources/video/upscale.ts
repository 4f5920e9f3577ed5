import type { INodeProperties } from 'n8n-workflow';
import type { Call } from '../../engine/call';
import { Failure } from '../../engine/failure';
import { stemOf } from '../../files/name';
import { longestOf, modelList } from '../lists/models';
import { ValidationErrors } from '../../prepare/checks/validationErrors';
import { checkLimits } from '../../prepare/checks/limits';
import type { EarlierModels } from '../../prepare/checks/model';
import { chooseModel } from '../../prepare/checks/model';
import { Values } from '../../prepare/checks/values';
import { checkVideoLength } from '../../prepare/checks/videoLength';
import { prepareFiles } from '../../prepare/files';
import { VIDEO } from '../../prepare/media';
import type { PreparedRequest } from '../../prepare/request';
import { readWebhook } from '../../prepare/webhookUrl';
import type { Account } from '../../service/account';
import type { Model } from '../../service/models';
import { rangeOf } from '../../service/models';
import { submitOperation } from '../../submit/submitOperation';
import { noFilesNotice, videoField } from '../fields/files';
import { optionsField, submitOptions, waitField, waitOptions } from '../fields/job';
import { modelField } from '../fields/model';

const VIDEO_UPSCALE = 'vid-upscale';

/** Whether the user may choose how much larger the video becomes. Source: deAPI's page on upscaling. */
function hasScale(model: Model): boolean {
	const { min, max } = rangeOf(model, 'scale');
	return min !== undefined || max !== undefined;
}

const models = modelList('getUpscaleModels', VIDEO_UPSCALE, (model) => [
	hasScale(model) ? `scale ${scalesOf(model)}` : undefined,
	longestOf(model),
]);

function scalesOf(model: Model): string {
	const { min = 1, max } = rangeOf(model, 'scale');
	return max === undefined ? `${min} or more` : `${min}–${max}`;
}

const fields: INodeProperties[] = [
	noFilesNotice,
	videoField,
	waitField(true),
	modelField({
		types: VIDEO_UPSCALE,
		list: models,
		description: 'The model that enlarges the video',
	}),
	optionsField([
		...waitOptions(true),
		...submitOptions,
		{
			displayName: 'Scale',
			name: 'scale',
			type: 'number',
			default: 2,
			description:
				'How many times as wide and as high the video becomes. Only some models let you choose.',
			routing: { send: { type: 'body', property: 'scale' } },
		},
	]),
];

/** Checks one item's values and its video, the model's limits included. */
async function prepare(
	call: Call,
	account: Account,
	earlier: EarlierModels,
): Promise<PreparedRequest> {
	const validationErrors = new ValidationErrors(call.label);
	const values = new Values(call.given, validationErrors);

	const wantedModel = values.model();
	const scale = values.optionalWhole('scale', 1);
	const webhook = readWebhook(call.given.webhook_url, account, validationErrors);
	const parameter = 'binaryPropertyName';
	const source = { parameter, field: call.parameter(parameter, '') };
	const files = await prepareFiles(call, [{ rule: VIDEO, source }], validationErrors);
	validationErrors.throwIfAny();

	const chosen = await chooseModel(call, account, VIDEO_UPSCALE, wantedModel, earlier);
	const { slug: model, model: known } = chosen;
	if (known && scale !== undefined) {
		if (!hasScale(known)) throw fixedScale(call, known);
		checkLimits(call.label, known, { scale });
	}
	await checkVideoLength(call, files[0], known);
	const sent = { model, ...(scale === undefined ? {} : { scale }) };
	return {
		encoding: 'multipart',
		body: { ...sent, ...webhook },
		files,
		sent,
		// The price follows the length, which only deAPI can tell for all kinds of videos.
		priced: sent,
		pricedAs: 'multipart',
		pricedFiles: files,
		fileName: stemOf(files[0]?.file.fileName),
	};
}

function fixedScale(call: Call, model: Model): Failure {
	return new Failure({
		message: `${call.label('scale')} does not fit the model ${model.name}`,
		description: `This model has one scale only. Remove ${call.label('scale')} under 'Options', or choose a model whose name in the list says which scales it has. Nothing was sent.`,
		submitted: 'no',
	});
}

export const upscale = submitOperation({
	name: 'upscale',
	displayName: 'Upscale',
	action: 'Upscale a video',
	description: 'Make a video larger and sharper',
	endpoint: { v1: '/api/v1/client/vid-upscale', v2: '/api/v2/videos/upscales' },
	product: 'the video',
	fields,
	lists: [models],
	aliases: { video: 'binaryPropertyName' },
	prepare,
});
