/** What is made of one picture without a word about it: a larger one, one without its background. */
import type { Call } from '../engine/call';
import { Failure } from '../engine/failure';
import { stemOf } from '../files/name';
import type { Account } from '../service/account';
import type { Model } from '../service/models';
import { rangeOf } from '../service/models';
import { ValidationErrors } from './checks/validationErrors';
import type { EarlierModels } from './checks/model';
import { chooseModel } from './checks/model';
import { Values } from './checks/values';
import type { FilePart } from './files';
import { prepareFiles } from './files';
import { pictureRule } from './media';
import type { PreparedRequest } from './request';
import { readWebhook } from './webhookUrl';

/**
 * Checks one item's model and picture, the model's limits included.
 *
 * @param type the inference type
 * @throws {Failure} that names all that is not in order
 */
export async function prepareOnePicture(
	call: Call,
	account: Account,
	earlier: EarlierModels,
	type: string,
): Promise<PreparedRequest> {
	const validationErrors = new ValidationErrors(call.label);
	const values = new Values(call.given, validationErrors);
	const wantedModel = values.model();
	const webhook = readWebhook(call.given.webhook_url, account, validationErrors);
	const parameter = 'binaryPropertyName';
	const source = { parameter, field: call.parameter(parameter, '') };
	const files = await prepareFiles(
		call,
		[{ rule: pictureRule('image'), source }],
		validationErrors,
	);
	validationErrors.throwIfAny();

	const [picture] = files;
	const chosen = await chooseModel(call, account, type, wantedModel, earlier);
	const { slug: model, model: known } = chosen;
	if (known !== undefined && picture !== undefined) checkSize(picture, known);
	const size = picture?.pictureSize;
	return {
		encoding: 'multipart',
		body: { model, ...webhook },
		files,
		sent: { model },
		// Its size is enough for a price; where that cannot be told, deAPI gets the picture to look at.
		...(size === undefined
			? { priced: { model }, pricedFiles: files }
			: { priced: { model, ...size } }),
		pricedAs: 'multipart',
		fileName: stemOf(picture?.file.fileName),
	};
}

/**
 * Source: the models endpoint: `min_width` and the like, which are those of the picture that goes in.
 *
 * @throws {Failure} with the picture's size and what the model takes
 */
function checkSize({ subject, pictureSize }: FilePart, model: Model): void {
	const sides = (['width', 'height'] as const).map((name) => {
		const { min = 0, max = Infinity } = rangeOf(model, name);
		return { pixels: pictureSize?.[name], min, max };
	});
	const fits = sides.every(
		({ pixels, min, max }) => pixels === undefined || (pixels >= min && pixels <= max),
	);
	if (fits || pictureSize === undefined) return;
	const [width, height] = sides.map(({ min, max }) =>
		max === Infinity ? `${min} or more` : `${min} to ${max}`,
	);
	throw new Failure({
		message: `${subject} is ${pictureSize.width} × ${pictureSize.height} pixels, which does not fit the model ${model.name}`,
		description: `It takes a width of ${width} and a height of ${height} pixels. Use another size, or choose another 'Model'. Nothing was sent.`,
		submitted: 'no',
	});
}
