import type { IDataObject } from 'n8n-workflow';
import type { Failure } from './errors';
import { describeAnswer, describeNoAnswer } from './errors';
import { endpointPath } from './endpoints';
import { labelOf } from './fields';
import { callDeapi } from './http';
import type { RequestSettings } from './jobs';
import { accountKey } from './lane';
import type { DeapiContext, DeapiCredentials, Model } from './types';
import { isObject, listOf, numberOf, textOf } from '../basics/values';

/** The inference type that this package exists for. */
export const AUDIO_TO_VIDEO = 'audio2video';

/** The most models per page; without `limit` deAPI cuts the list at 25 and does not say so. */
const PAGE_SIZE = 50;
/** A service whose pages never end must not hold up a workflow for ever. */
const MAX_PAGES = 100;
const TIMEOUT_MS = 15_000;

/**
 * Reads all of the account's models, page by page.
 *
 * Source: deAPI's specification of the models endpoint: `limit` is at most 50, `per_page` is ignored,
 * and there are more pages while `meta.current_page` is below `meta.last_page`.
 *
 * @param inferenceType only models that can do this; empty for all
 * @returns the models, or why they could not be read
 */
export async function readModels(
	context: DeapiContext,
	credentials: DeapiCredentials,
	inferenceType: string,
	settings: RequestSettings = {},
): Promise<{ models: Model[] } | { failure: Failure }> {
	const models: Model[] = [];
	for (let page = 1; page <= MAX_PAGES; page++) {
		const answer = await callDeapi(context, {
			...settings,
			timeout: Math.min(settings.timeout ?? TIMEOUT_MS, TIMEOUT_MS),
			method: 'GET',
			baseURL: credentials.baseUrl,
			url: endpointPath('models', credentials.apiVersion),
			qs: {
				limit: PAGE_SIZE,
				page,
				...(inferenceType === '' ? {} : { 'filter[inference_types]': inferenceType }),
			},
		});
		if (!answer.answered) return { failure: describeNoAnswer(answer) };
		const { data, meta } = answer.body;
		if (answer.status !== 200 || !Array.isArray(data)) return { failure: describeAnswer(answer) };
		models.push(...data.flatMap((entry) => toModel(entry) ?? []));
		const { current_page, last_page } = isObject(meta) ? meta : {};
		if ((numberOf(current_page) ?? page) >= (numberOf(last_page) ?? 1)) break;
	}
	return { models };
}

/**
 * Brings one entry of the catalogue into the shape that workflows can rely on. PHP prints an empty
 * object as `[]` and database numbers and flags as text.
 */
export function toModel(entry: unknown): Model | undefined {
	if (!isObject(entry)) return undefined;
	const slug = textOf(entry.slug);
	if (slug === undefined) return undefined;
	const info = isObject(entry.info) ? entry.info : {};
	const { info: _info, ...rest } = entry;
	return {
		...rest,
		name: textOf(entry.name) ?? slug,
		slug,
		inference_types: toTypes(entry.inference_types),
		limits: mapValues(info.limits, toNumberWherePossible) as Model['limits'],
		features: readFlags(info.features),
		defaults: mapValues(info.defaults, toNumberWherePossible),
	};
}

/** A list of types; the specification also shows an object keyed by type. */
function toTypes(value: unknown): string[] {
	if (Array.isArray(value)) return value.filter((type): type is string => typeof type === 'string');
	return isObject(value) ? Object.keys(value) : [];
}

function mapValues(value: unknown, change: (value: unknown) => unknown): IDataObject {
	if (!isObject(value)) return {};
	const entries = Object.entries(value).map(([name, each]) => [name, change(each)]);
	return Object.fromEntries(entries) as IDataObject;
}

function toNumberWherePossible(value: unknown): unknown {
	return numberOf(value) ?? value;
}

const YES = [true, 1, '1', 'true'];
const NO = [false, 0, '0', 'false', ''];

/** Flags that say yes or no; any other value says nothing about the feature and is left out. */
function readFlags(value: unknown): { [feature: string]: boolean } {
	const flags: { [feature: string]: boolean } = {};
	for (const [name, flag] of Object.entries(isObject(value) ? value : {})) {
		const isYes = YES.some((yes) => yes === flag);
		if (isYes || NO.some((no) => no === flag)) flags[name] = isYes;
	}
	return flags;
}

/** The values that a model's limits apply to, as they are going to be sent. */
export interface RequestedValues {
	width?: number;
	height?: number;
	frames?: number;
	fps?: number;
	steps?: number;
	guidance?: number;
	negative_prompt?: string;
	first_frame_image?: boolean;
	last_frame_image?: boolean;
}

/**
 * Checks values against a model's limits and features, before anything is sent.
 *
 * Source: the limits, features and `resolution_step` of the models endpoint.
 *
 * @returns undefined where all is in range, otherwise one message for everything that is not, with
 * the label, the value, the allowed range and the nearest allowed value
 */
export function checkLimits(model: Model, values: RequestedValues): Failure | undefined {
	const complaints: Array<{ field: string; text: string }> = [];
	for (const field of ['width', 'height', 'frames', 'fps', 'steps'] as const) {
		const value = values[field];
		if (value === undefined) continue;
		const range = rangeOf(model, field);
		const nearest = nearestAllowed(value, range);
		if (nearest === value) continue;
		complaints.push({
			field,
			text: `${labelOf(field)} is ${value}; ${describeRange(range)}; the nearest allowed value is ${nearest}`,
		});
	}
	for (const [field, feature] of OPTIONAL_FEATURES) {
		if (values[field] === undefined || model.features[feature] !== false) continue;
		complaints.push({ field, text: `${labelOf(field)} is not supported by this model; remove it` });
	}
	if (complaints.length === 0) return undefined;
	const fields = complaints.map(({ field }) => labelOf(field));
	const verb = fields.length === 1 ? 'does' : 'do';
	return {
		message: `${listOf(fields)} ${verb} not fit the model ${model.name}`,
		description: complaints.map(({ text }) => `${text}.`).join('\n'),
		submitted: 'no',
	};
}

const OPTIONAL_FEATURES: Array<[keyof RequestedValues, string]> = [
	['guidance', 'supports_guidance'],
	['negative_prompt', 'supports_negative_prompt'],
	['first_frame_image', 'supports_first_frame'],
	['last_frame_image', 'supports_last_frame'],
];

/** An allowed range; what is missing is not limited. */
export interface Range {
	min?: number;
	max?: number;
	/** Values must be multiples of it. */
	step?: number;
}

/** The range that a model allows for one field. */
export function rangeOf(model: Model, field: string): Range {
	const limit = (name: string) => numberOf(model.limits[name]);
	const isSize = field === 'width' || field === 'height';
	const step = isSize ? limit('resolution_step') : undefined;
	return {
		min: limit(`min_${field}`),
		max: limit(`max_${field}`),
		...(step !== undefined && step > 1 ? { step } : {}),
	};
}

/** The allowed value that lies next to the given one. */
export function nearestAllowed(value: number, { min, max, step }: Range): number {
	const lowest = min ?? -Infinity;
	const highest = max ?? Infinity;
	if (lowest > highest) return value;
	const clamped = Math.min(highest, Math.max(lowest, value));
	if (step === undefined) return clamped;
	const below = Math.floor(clamped / step) * step;
	const candidates = [below, below + step, below - step].filter(
		(candidate) => candidate >= lowest && candidate <= highest,
	);
	if (candidates.length === 0) return clamped;
	const distance = (candidate: number) => Math.abs(candidate - clamped);
	return candidates.reduce((best, each) => (distance(each) < distance(best) ? each : best));
}

/** A range in words: `the only allowed value is 24`, `allowed are multiples of 32 from 256 to 1024`. */
export function describeRange({ min, max, step }: Range): string {
	if (min !== undefined && min === max) return `the only allowed value is ${min}`;
	const allowed = step === undefined ? 'allowed are ' : `allowed are multiples of ${step} `;
	const from = step === undefined ? '' : 'from ';
	if (min !== undefined && max !== undefined) return `${allowed}${from}${min} to ${max}`;
	if (min !== undefined)
		return step === undefined ? `allowed are ${min} and more` : `${allowed}from ${min} on`;
	if (max !== undefined) return `${allowed}up to ${max}`;
	return step === undefined ? 'all values are allowed' : allowed.trim();
}

/** How long an account's models may be taken from memory, in milliseconds. */
const KEEP_MS = 60_000;

const catalogues = new Map<string, { until: number; models: Promise<Model[] | undefined> }>();

/**
 * The account's audio-to-video models for checking limits: read once, shared for a minute at most,
 * separately per account. Where they cannot be read, deAPI itself decides.
 *
 * @returns undefined where they could not be read
 */
export async function modelsForChecks(
	context: DeapiContext,
	credentials: DeapiCredentials,
	settings: RequestSettings = {},
): Promise<Model[] | undefined> {
	const now = Date.now();
	for (const [key, { until }] of catalogues) if (until <= now) catalogues.delete(key);

	const key = accountKey(credentials);
	const known = catalogues.get(key);
	if (known) return await known.models;
	const models = readModels(context, credentials, AUDIO_TO_VIDEO, settings).then((result) => {
		if ('models' in result) return result.models;
		// A list that could not be read is not remembered: the next execution asks again.
		if (catalogues.get(key)?.models === models) catalogues.delete(key);
		return undefined;
	});
	catalogues.set(key, { until: now + KEEP_MS, models });
	return await models;
}

/**
 * The chosen model with its limits, for checks before anything is sent.
 *
 * @returns undefined where it is not in the list or the list cannot be read: deAPI then decides
 */
export async function findModel(
	context: DeapiContext,
	credentials: DeapiCredentials,
	slug: string,
	settings: RequestSettings = {},
): Promise<Model | undefined> {
	const models = await modelsForChecks(context, credentials, settings);
	return models?.find((model) => model.slug === slug);
}
