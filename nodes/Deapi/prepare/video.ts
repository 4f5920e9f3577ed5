import { randomInt } from 'crypto';
import type { Call } from '../engine/call';
import type { Account } from '../service/account';
import type { Endpoint } from '../service/endpoints';
import type { ValidationErrors } from './checks/validationErrors';
import type { ChosenModel, EarlierModels } from './checks/model';
import { chooseModel } from './checks/model';
import { Values } from './checks/values';

/** Source: deAPI's specification: where a sound becomes a video. */
export const AUDIO_TO_VIDEO_ENDPOINT: Endpoint = {
	v1: '/api/v1/client/aud2video',
	v2: '/api/v2/videos/audio-syncs',
};

/** The inference type that this package exists for. */
export const AUDIO_TO_VIDEO = 'audio2video';

/** Seeds are drawn from 0 to 2³²−1. */
const SEEDS = 2 ** 32;

/** Draws a seed where the user leaves it to chance, so that the output can say which it was. */
export function seedOf(seed: number): number {
	return seed === -1 ? randomInt(SEEDS) : seed;
}

/** Pixels by what the panel calls the size. */
const SIZES = {
	portrait: { width: 576, height: 1024 },
	landscape: { width: 1024, height: 576 },
	square: { width: 512, height: 512 },
};
const SIZE_NAMES = ['custom', 'landscape', 'portrait', 'square'] as const;

/** What a video's price and a model's limits depend on, but for its length. */
export interface VideoValues {
	/** A slug, or `auto` as long as nobody has decided. */
	model: string;
	width: number;
	height: number;
	fps: number;
	steps?: number | undefined;
}

/** Reads them from the fields of `videoFields`. */
export function readVideoValues(call: Call, validationErrors: ValidationErrors): VideoValues {
	const values = new Values(call.given, validationErrors);
	return {
		model: values.model(),
		...readSize(call, values, validationErrors),
		fps: values.whole('fps', 1),
		steps: values.optionalWhole('steps', 1),
	};
}

/** Reads 'Size'; messages about a side name the field that decides on it. */
function readSize(call: Call, values: Values, validationErrors: ValidationErrors) {
	const sizes = new Values({ size: call.parameter('size', 'square') }, validationErrors);
	const size = sizes.word('size', SIZE_NAMES) ?? 'square';
	if (size === 'custom') {
		return { width: values.whole('width', 1), height: values.whole('height', 1) };
	}
	for (const side of ['width', 'height']) call.comesFrom(side, 'size', side);
	return SIZES[size];
}

/** The audio-to-video model of an item; the arguments as for `chooseModel`. */
export async function videoModel(
	call: Call,
	account: Account,
	wanted: string,
	earlier?: EarlierModels,
): Promise<ChosenModel> {
	return await chooseModel(call, account, AUDIO_TO_VIDEO, wanted, earlier);
}

/** The values that a model limits, in the order in which messages name them. */
export function sizesOf({ width, height, fps }: VideoValues, frames: number) {
	return { width, height, frames, fps };
}
