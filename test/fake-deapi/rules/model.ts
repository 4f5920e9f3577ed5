/**
 * The rules about models: which are known, and what they are for.
 */
import { inferenceTypes } from '../catalogue/lookup';
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
	field: string,
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
