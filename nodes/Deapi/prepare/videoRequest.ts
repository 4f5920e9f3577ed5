import type { Call } from '../engine/call';
import type { Account } from '../service/account';
import type { Model } from '../service/models';
import type { ValidationErrors } from './checks/validationErrors';
import { checkLimits } from './checks/limits';
import { Values } from './checks/values';
import type { FilePart } from './files';
import type { PreparedRequest } from './request';
import type { VideoValues } from './video';
import { readVideoValues, seedOf, sizesOf } from './video';
import type { WebhookFields } from './webhookUrl';
import { readWebhook } from './webhookUrl';

/** What the user entered for a video, but for its length and its files. */
export interface VideoRequest {
	prompt: string;
	video: Omit<VideoValues, 'steps'>;
	steps: number | undefined;
	seed: number;
	guidance: number | undefined;
	negativePrompt: string | undefined;
	webhook: WebhookFields;
}

/** Reads the values, and notes what is wrong with them. */
export function readVideoRequest(
	call: Call,
	account: Account,
	validationErrors: ValidationErrors,
): VideoRequest {
	const values = new Values(call.given, validationErrors);
	const prompt = values.text('prompt', 'Describe the video in it.');
	const { steps, ...video } = readVideoValues(call, validationErrors);
	return {
		prompt,
		video,
		steps,
		seed: seedOf(values.whole('seed', -1)),
		guidance: values.optionalNumber('guidance'),
		negativePrompt: values.optionalText('negative_prompt'),
		webhook: readWebhook(call.given.webhook_url, account, validationErrors),
	};
}

/** The same with the model that was decided on. */
export function withModel(request: VideoRequest, model: string): VideoRequest {
	return { ...request, video: { ...request.video, model } };
}

/**
 * Checks a video against its model's limits.
 *
 * @throws {Failure} that names everything that does not fit
 */
export function checkVideo(
	call: Call,
	model: Model | undefined,
	request: VideoRequest,
	frames: number,
): void {
	if (model === undefined) return;
	checkLimits((field) => call.label(field), model, {
		...sizesOf(request.video, frames),
		steps: request.steps,
		guidance: request.guidance,
	});
}

/** The values that the price of a video depends on. */
export function pricedValues(
	{ video, steps }: Pick<VideoRequest, 'video' | 'steps'>,
	frames: number,
) {
	return { ...video, frames, ...(steps === undefined ? {} : { steps }) };
}

/** The request for one video. */
export function toRequest(
	request: VideoRequest,
	frames: number,
	files: FilePart[],
	facts: PreparedRequest['sent'] = {},
): PreparedRequest {
	const { prompt, video, steps, seed, guidance, negativePrompt, webhook } = request;
	const sent = { ...video, frames, seed };
	return {
		encoding: 'multipart',
		body: { prompt, ...sent, negative_prompt: negativePrompt, guidance, steps, ...webhook },
		files,
		sent: { ...sent, ...facts },
		priced: pricedValues(request, frames),
	};
}
