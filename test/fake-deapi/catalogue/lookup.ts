/**
 * Reads what a model of the catalogue says of itself, whatever PHP made of it.
 */
import type { FakeLanguage, FakeModel } from '../types';

/**
 * @param model a model of the catalogue
 * @returns the inference types it is listed under
 */
export function inferenceTypes({ inference_types }: FakeModel): readonly string[] {
	return isList(inference_types) ? inference_types : Object.keys(inference_types);
}

/** A test file may have another `Array` than the one that made the list. */
function isList(types: FakeModel['inference_types']): types is readonly string[] {
	return Array.isArray(types);
}

/** @returns one section of a model's info, {} where PHP printed nothing */
function section(
	model: FakeModel,
	name: 'limits' | 'features' | 'defaults',
): Record<string, unknown> {
	const info = model.info;
	if (typeof info !== 'object' || info === null || !(name in info)) return {};
	const found: unknown = (info as Record<string, unknown>)[name];
	return typeof found === 'object' && found !== null ? (found as Record<string, unknown>) : {};
}

/**
 * @param model a model of the catalogue
 * @param name a limit, such as `min_width`
 * @returns the limit as a number, null where the model has none
 */
export function limitOf(model: FakeModel, name: string): number | null {
	const value = section(model, 'limits')[name];
	return value === undefined || value === null ? null : Number(value);
}

/**
 * @param model a model of the catalogue
 * @param name a feature, such as `supports_guidance`
 * @returns false only where the model says that it lacks it
 */
export function supports(model: FakeModel, name: string): boolean {
	const value = section(model, 'features')[name];
	return !(value === false || value === 0 || value === '0');
}

/**
 * @param model a model of the catalogue
 * @param name a feature, such as `supports_diarization`
 * @returns true only where the model says that it has it
 */
export function saysItSupports(model: FakeModel, name: string): boolean {
	const value = section(model, 'features')[name];
	return value === true || value === 1 || value === '1';
}

/**
 * @param model a model of the catalogue
 * @param name a limit that is a list, such as `output_formats`
 * @returns its texts, null where the model has none
 */
export function choicesOf(model: FakeModel, name: string): string[] | null {
	const value = section(model, 'limits')[name];
	return Array.isArray(value) ? value.map(String) : null;
}

/** @returns a model's languages, empty where it publishes none */
export function languagesOf(model: FakeModel): FakeLanguage[] {
	return model.languages ?? [];
}
