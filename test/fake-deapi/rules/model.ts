/**
 * The rules about models: which are known, what they are for, and the ranges they set.
 */
import { inferenceTypes, limitOf } from '../catalogue/lookup';
import type { FakeModel, FakeSettings } from '../types';
import type { ErrorList } from './errors';

/**
 * @param slug as sent, null where it was not
 * @param types the inference types of which the model must have one
 * @param title what the endpoint does, as messages call it
 * @param settings the models, those that no list shows too
 * @param errors gets what is wrong
 * @param field what the request calls the model
 * @returns the model; null for an unknown one: then there are no ranges to check
 */
export function findModel(
	slug: string | null,
	types: readonly string[],
	title: string,
	settings: FakeSettings,
	errors: ErrorList,
	field = 'model',
): FakeModel | null {
	if (!slug) return null;
	const all = [...settings.models, ...settings.unlistedModels];
	const model = all.find((candidate) => candidate.slug === slug);
	if (!model) {
		errors.addText(field, `The selected ${field.replaceAll('_', ' ')} is invalid.`);
		return null;
	}
	if (!inferenceTypes(model).some((type) => types.includes(type))) {
		errors.addText(field, `The selected ${field.replaceAll('_', ' ')} does not support ${title}.`);
	}
	return model;
}

/** Laravel's `integer`, `min`, `max` and `multiple_of` rules. */
export function checkRange(
	name: string,
	value: string | null,
	model: FakeModel | null,
	errors: ErrorList,
): void {
	if (value === null || value.trim() === '') return;
	// Sixteen digits and more are beyond what both sides can hold exactly.
	if (!/^-?\d{1,15}$/.test(value)) {
		errors.add(name, 'must be an integer.');
		return;
	}
	const number = Number(value);
	const least = model ? limitOf(model, `min_${name}`) : null;
	const min = least ?? (name === 'seed' ? -Infinity : 1);
	const max = (model ? limitOf(model, `max_${name}`) : null) ?? Infinity;
	const isSide = name === 'width' || name === 'height';
	const step = (isSide && model ? limitOf(model, 'resolution_step') : null) ?? 1;
	if (number < min) errors.add(name, `must be at least ${min}.`);
	if (number > max) errors.add(name, `must not be greater than ${max}.`);
	if (number % step !== 0) errors.add(name, `must be a multiple of ${step}.`);
}
