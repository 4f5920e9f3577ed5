import { numberOf } from '../../basics/values';
import type { Model } from '../../service/models';
import { rangeOf } from '../../service/models';

/**
 * A number that deAPI wants to have and that users see as an option.
 *
 * Source: `info.defaults` and `info.limits` of the models endpoint; a model may publish neither.
 *
 * @param given what the user entered
 * @param name of the default and of the limit, e.g. `steps`
 * @param fallback where neither the user nor the model says anything
 */
export function givenOrDefault(
	given: number | undefined,
	model: Model | undefined,
	name: string,
	fallback: number,
): number {
	if (given !== undefined) return given;
	if (model === undefined) return fallback;
	return numberOf(model.defaults[name]) ?? rangeOf(model, name).min ?? fallback;
}

/**
 * The guidance where deAPI wants to have it.
 *
 * Source: a page of deAPI's: 0 where the model does not support guidance.
 */
export function guidanceOrDefault(
	given: number | undefined,
	model: Model | undefined,
	fallback: number,
): number {
	if (given === undefined && model?.features.supports_guidance === false) return 0;
	return givenOrDefault(given, model, 'guidance', fallback);
}
