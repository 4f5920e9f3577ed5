/** A picture made of one or more, by words: what deAPI is asked for. */
import type { Model } from '../../service/models';
import { nearestAllowed, rangeOf } from '../../service/models';
import { givenOrDefault } from '../checks/defaults';
import type { FilePart } from '../files';
import type { PreparedRequest } from '../request';

/** The inference type of models that edit pictures. */
export const IMAGE_TO_IMAGE = 'img2img';

export const EDIT_ENDPOINT = { v1: '/api/v1/client/img2img', v2: '/api/v2/images/edits' };

/** What the usual model takes; sent where the model says nothing of itself. */
const USUAL_STEPS = 4;

/** Pixels; what is undefined is left to the model. */
export interface PictureSides {
	width?: number | undefined;
	height?: number | undefined;
}

/** What is to become of the pictures. */
export interface EditValues {
	prompt: string;
	/** The slug. */
	model: string;
	seed: number;
	size: PictureSides;
	steps?: number | undefined;
	guidance?: number | undefined;
	negativePrompt?: string | undefined;
}

/**
 * The request for an edited picture.
 *
 * @param known the model's limits and defaults; undefined where no list has it
 * @param files one part `image`, or several parts `images[]`
 */
export function editRequest(
	{ prompt, model, seed, size, steps, guidance, negativePrompt }: EditValues,
	known: Model | undefined,
	files: FilePart[],
): PreparedRequest {
	const priced = {
		...{ prompt, model, seed, negative_prompt: negativePrompt, guidance },
		steps: givenOrDefault(steps, known, 'steps', USUAL_STEPS),
	};
	const given = Object.entries(size).filter(([, side]) => side !== undefined);
	return {
		encoding: 'multipart',
		body: { ...priced, ...size },
		files,
		sent: { model, ...Object.fromEntries(given), seed },
		priced,
	};
}

/**
 * The wanted size where the model takes it, else none: then the result has the size of the picture that
 * goes in.
 *
 * Source: deAPI refuses `width` and `height` with a model whose `supports_custom_output_size` is false.
 */
export function takenSize(
	known: Model | undefined,
	wanted: { width: number; height: number },
): PictureSides {
	if (known === undefined || known.features.supports_custom_output_size === false) return {};
	const fits = (['width', 'height'] as const).every(
		(side) => nearestAllowed(wanted[side], rangeOf(known, side)) === wanted[side],
	);
	return fits ? { width: wanted.width, height: wanted.height } : {};
}
