import { shown } from '../../basics/quote';
import { listOf } from '../../basics/values';
import type { Caller } from '../../engine/call';
import { Failure } from '../../engine/failure';
import type { Model } from '../../service/models';
import { describeRange, nearestAllowed, offeredBy, rangeOf } from '../../service/models';

/** What a model's features switch off, by the parameter that it is for. */
const OPTIONAL_FEATURES: { [value: string]: string } = {
	guidance: 'supports_guidance',
	steps: 'supports_steps',
	negative_prompt: 'supports_negative_prompt',
	first_frame_image: 'supports_first_frame',
	last_frame_image: 'supports_last_frame',
	diarize: 'supports_diarization',
};

/** The values that a model's limits and features apply to; undefined is what will not be sent. */
export interface RequestedValues {
	[limit: string]: number | string | boolean | undefined;
}

/**
 * Checks values against a model's limits and features, before anything is sent.
 *
 * Source: the limits, features and `resolution_step` of the models endpoint.
 *
 * @param values numbers by the name of their limit (`width` for `min_width`), texts whose length is
 * limited, true for other things
 * @throws {Failure} one message for everything that is out of range, with the label, the value, the
 * allowed range and the nearest allowed value
 */
export function checkLimits(label: Caller['label'], model: Model, values: RequestedValues): void {
	const complaints = Object.entries(values).flatMap(([field, value]) => {
		if (value === undefined) return [];
		if (model.features[OPTIONAL_FEATURES[field] ?? ''] === false) {
			return [{ field, text: `${label(field)} is not supported by this model; remove it` }];
		}
		if (typeof value === 'boolean') return [];
		const range = rangeOf(model, field);
		const amount = typeof value === 'string' ? [...value].length : value;
		const nearest = nearestAllowed(amount, range);
		if (nearest === amount) return [];
		if (typeof value === 'string') {
			return [{ field, text: `${label(field)} has ${amount} characters; ${describeRange(range)}` }];
		}
		const text = `${label(field)} is ${value}; ${describeRange(range)}; the nearest allowed value is ${nearest}`;
		return [{ field, text }];
	});
	if (complaints.length === 0) return;
	const verb = complaints.length === 1 ? 'does' : 'do';
	throw new Failure({
		message: `${listOf(complaints.map(({ field }) => label(field)))} ${verb} not fit the model ${model.name}`,
		description: complaints.map(({ text }) => `${text}.`).join('\n'),
		submitted: 'no',
	});
}

/**
 * Checks a value against the list that a model publishes for it.
 *
 * @param list the list's name among the model's limits, e.g. `output_formats`
 * @throws {Failure} where there is such a list and the value is not in it
 */
export function checkOffered(
	label: Caller['label'],
	model: Model,
	field: string,
	value: string | undefined,
	list: string,
): void {
	const offered = offeredBy(model, list);
	if (value === undefined || offered === undefined || offered.includes(value)) return;
	throw new Failure({
		message: `${label(field)} does not fit the model ${model.name}`,
		description: `${label(field)} is ${shown(value)}; this model has ${listOf(offered.map((each) => shown(each)))}.`,
		submitted: 'no',
	});
}
