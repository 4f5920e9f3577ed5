/** A video of words or of a picture: its sound, if any, is deAPI's affair. */
import type { Call } from '../engine/call';
import { stemOf } from '../files/name';
import type { Account } from '../service/account';
import { ValidationErrors } from './checks/validationErrors';
import { givenOrDefault, guidanceOrDefault } from './checks/defaults';
import { priceOfEnhancement, readEnhancement } from './checks/enhancement';
import type { EarlierModels } from './checks/model';
import { chooseModel } from './checks/model';
import { Values } from './checks/values';
import type { WantedFile } from './files';
import { prepareFiles } from './files';
import { chooseFrames, readOwnLength } from './length';
import type { PreparedRequest } from './request';
import { checkVideo, pricedValues, readVideoRequest, withModel } from './videoRequest';

/** What the usual model takes; sent where a model says nothing of itself. Both are required. */
const USUAL = { steps: 8, guidance: 0 };

/** What tells such operations apart. */
export interface SilentVideo {
	/** The inference type. */
	type: string;
	encoding: PreparedRequest['encoding'];
	/** The pictures that it is made of. */
	pictures?(call: Call, validationErrors: ValidationErrors): WantedFile[];
}

/**
 * Checks one item's values and pictures, the model's limits included.
 *
 * Source: deAPI's specification: `steps` and `guidance` are required here, unlike where a sound becomes a video.
 *
 * @throws {Failure} that names all that is not in order
 */
export async function prepareSilentVideo(
	call: Call,
	account: Account,
	earlier: EarlierModels,
	{ type, encoding, pictures }: SilentVideo,
): Promise<PreparedRequest> {
	const validationErrors = new ValidationErrors(call.label);
	const values = new Values(call.given, validationErrors);
	const enhancement = readEnhancement(values, account);
	const length = readOwnLength(call);
	const read = readVideoRequest(call, enhancement.asked, validationErrors);
	const entered = length.mode === 'frames' ? values.whole('frames', 1) : 0;
	const files = await prepareFiles(
		call,
		pictures?.(call, validationErrors) ?? [],
		validationErrors,
	);
	validationErrors.throwIfAny();

	const chosen = await chooseModel(call, enhancement.asked, type, read.video.model, earlier);
	const { slug, model, unread } = chosen;
	const request = withModel(read, slug);
	const { fps } = request.video;
	const known = { slug, fps, entered, sound: undefined };
	const { frames, facts } = chooseFrames(call, length, known, model);
	checkVideo(call, model, request, frames);
	const { prompt, video, seed, negativePrompt, webhook } = request;
	const steps = givenOrDefault(request.steps, model, 'steps', USUAL.steps);
	const guidance = guidanceOrDefault(request.guidance, model, USUAL.guidance);
	const sent = { ...video, frames, seed };
	return {
		encoding,
		body: {
			...{ prompt, ...sent, negative_prompt: negativePrompt, guidance, steps },
			...{ ...enhancement.fields, ...webhook },
		},
		files,
		sent: { ...sent, ...facts },
		priced: pricedValues({ video, steps }, frames),
		fileName: stemOf(files[0]?.file.fileName) ?? 'video',
		furtherPrice: priceOfEnhancement(
			enhancement,
			type,
			{ prompt, model: slug, negativePrompt },
			files,
		),
		needsV2: enhancement.needsV2,
		...(unread === undefined || length.mode === 'frames' ? {} : { unread }),
	};
}
