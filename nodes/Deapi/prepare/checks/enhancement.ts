import type { Account } from '../../service/account';
import type { FilePart } from '../files';
import type { FurtherPrice } from '../request';
import type { Values } from './values';

/** What 'Enhance Prompt' asks for. */
export interface Enhancement {
	/** Where the job goes. */
	asked: Account;
	/** deAPI's field; none where it is not wanted. */
	fields: { enhance_prompt?: true };
	needsV2: boolean;
}

/**
 * Reads 'Enhance Prompt'.
 *
 * Source: deAPI's specification: only v2 knows `enhance_prompt`, and tells in the job's status what the prompt
 * became.
 */
export function readEnhancement(values: Values, account: Account): Enhancement {
	return values.flag('enhance_prompt') === true
		? { asked: account.onV2(), fields: { enhance_prompt: true }, needsV2: true }
		: { asked: account, fields: {}, needsV2: false };
}

/** v1's prompt endpoints are gone, they answer 410. */
const PATH = '/api/v2/prompts/enhancements';

/** Where a prompt is enhanced by itself. */
export const ENHANCE_ENDPOINT = { v1: PATH, v2: PATH };

/** deAPI's words for what a prompt is for, by the inference type of what is made. */
const KINDS: { [type: string]: string } = {
	txt2video: 'videos.generations',
	img2video: 'videos.animations',
	img2img: 'images.edits',
};

/** Source: deAPI's specification: `prompt` and `negative_prompt` have 3 characters or more. */
export const SHORTEST_PROMPT = 3;

/**
 * The question for the fee: the job's own question for the price has no field for it.
 *
 * Source: deAPI's specification: the fee is billed on the job; what enhancing a prompt costs by itself has a price
 * of its own.
 *
 * @param type the inference type
 * @param pictures what the prompt is about
 */
export function priceOfEnhancement(
	{ needsV2 }: Enhancement,
	type: string,
	values: { prompt: string; model: string; negativePrompt: string | undefined },
	[picture]: FilePart[],
): FurtherPrice | undefined {
	if (!needsV2) return undefined;
	const { prompt, model, negativePrompt = '' } = values;
	const isLongEnough = [...negativePrompt.trim()].length >= SHORTEST_PROMPT;
	return {
		endpoint: ENHANCE_ENDPOINT,
		priced: {
			...{ prompt, type: KINDS[type], model_slug: model },
			...(isLongEnough ? { negative_prompt: negativePrompt } : {}),
		},
		...(picture === undefined ? {} : { pricedFiles: [{ ...picture, name: 'image' }] }),
	};
}
