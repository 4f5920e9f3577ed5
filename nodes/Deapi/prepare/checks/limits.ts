/**
 * A model's limits, held against an item before anything is sent: a message before the upload is kinder
 * than deAPI's refusal after it. A model's features are advice: deAPI itself publishes models whose flags
 * and limits contradict each other, and its refusal costs nothing. So nothing is refused here for a flag.
 */
import { shown } from '../../basics/quote';
import { listOf } from '../../basics/values';
import type { Caller } from '../../engine/call';
import { Failure } from '../../engine/failure';
import type { Model } from '../../service/models';
import { describeRange, nearestAllowed, offeredBy, rangeOf } from '../../service/models';

/** The values that a model's limits apply to; undefined is what will not be sent. */
export interface RequestedValues {
	[limit: string]: number | string | undefined;
}

/**
 * Checks values against a model's limits, before anything is sent.
 *
 * Source: the limits and `resolution_step` of the models endpoint; guidance 0 is allowed where guidance is
 * not supported.
 *
 * @param values numbers by the name of their limit (`width` for `min_width`), texts whose length is limited
 * @throws {Failure} one message for everything that is out of range, with the label, the value, the
 * allowed range and the nearest allowed value
 */
export function checkLimits(label: Caller['label'], model: Model, values: RequestedValues): void {
	const validationErrors = Object.entries(values).flatMap(([field, value]) => {
		if (value === undefined || (field === 'guidance' && value === 0)) return [];
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
	if (validationErrors.length === 0) return;
	const verb = validationErrors.length === 1 ? 'does' : 'do';
	throw new Failure({
		message: `${listOf(validationErrors.map(({ field }) => label(field)))} ${verb} not fit the model ${model.name}`,
		description: validationErrors.map(({ text }) => `${text}.`).join('\n'),
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
