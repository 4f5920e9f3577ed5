/** All that the service can make: one entry each. */
import type { FakeSettings, Operation } from '../types';
import type { Values } from '../rules/values';
import { audioToVideo } from './audio-to-video';
import { backgroundRemoval } from './background-removal';
import { imageToVideo } from './image-to-video';
import { music } from './music';
import type { OperationModel } from './operation';
import { picture } from './picture';
import { pictureEdit } from './picture-edit';
import { pictureUpscale } from './picture-upscale';
import { prompt } from './prompt';
import { replacement } from './replacement';
import { speech } from './speech';
import { textToVideo } from './text-to-video';
import { transcription } from './transcription';
import { upscale } from './upscale';

/** In the order in which the catalogue lists their models, the main one first. */
const ENTRIES = {
	audioToVideo,
	speech,
	music,
	picture,
	transcription,
	upscale,
	prompt,
	backgroundRemoval,
	pictureUpscale,
	pictureEdit,
	replacement,
	textToVideo,
	imageToVideo,
};

/** What can be made, one entry each. */
export type OperationName = keyof typeof ENTRIES;

export const OPERATIONS: Readonly<Record<OperationName, OperationModel>> = ENTRIES;

export const OPERATION_NAMES = Object.keys(OPERATIONS) as OperationName[];

/**
 * @param operation what is made
 * @param values the fields of the request, or of the question for its price
 * @param settings the prices
 * @returns USD
 */
export function priceOf(operation: Operation, values: Values, settings: FakeSettings): number {
	const base = settings.prices[operation] ?? settings.price;
	return OPERATIONS[operation].cost?.(values, base) ?? base;
}

/** @returns the files whose length the operation's rules ask for */
export function timedFiles(operation: Operation | null, settings: FakeSettings): string[] {
	if (operation === null) return [];
	return Object.entries(OPERATIONS[operation].submit.fields).flatMap(([name, { type, limit }]) => {
		const isAsked = limit !== 'audio_duration' || settings.soundLengths;
		return type === 'file' && limit !== undefined && isAsked ? [name] : [];
	});
}
