import type { IDataObject } from 'n8n-workflow';
import { quote } from '../basics/quote';
import { isObject, numberOf, textOf } from '../basics/values';
import type { Caller } from '../engine/call';
import type { Account } from './account';
import { describeAnswer, describeNoAnswer } from './answers';
import { ENDPOINTS } from './endpoints';
import { readDeapi } from './transport';

/** A model of the catalogue, PHP's habits removed: numbers are numbers, flags are booleans. */
export interface Model extends IDataObject {
	name: string;
	slug: string;
	inference_types: string[];
	limits: { [limit: string]: number | string | IDataObject | undefined };
	features: { [feature: string]: boolean };
	defaults: IDataObject;
}

/** The most models per page; without `limit` deAPI cuts the list at 25 and does not say so. */
const PAGE_SIZE = 50;
/** A service whose pages never end must not hold up a workflow for ever. */
const MAX_PAGES = 100;
/** How long one page may take, in milliseconds. */
const DEADLINE_MS = 15_000;

/**
 * Reads all of the account's models, page by page.
 *
 * Source: deAPI's specification of the models endpoint: `limit` is at most 50, `per_page` is ignored,
 * and there are more pages while `meta.current_page` is below `meta.last_page`.
 *
 * @param inferenceTypes only models that can do one of these, separated by commas; empty for all
 * @throws {Failure} where they could not be read
 */
export async function readModels(
	caller: Caller,
	account: Account,
	inferenceTypes: string,
): Promise<Model[]> {
	const models: Model[] = [];
	for (let page = 1; page <= MAX_PAGES; page++) {
		const answer = await readDeapi(caller, account, {
			endpoint: ENDPOINTS.models,
			query: {
				limit: PAGE_SIZE,
				page,
				...(inferenceTypes === '' ? {} : { 'filter[inference_types]': inferenceTypes }),
			},
			deadline: DEADLINE_MS,
		});
		if (!answer.answered) throw describeNoAnswer(answer);
		const { data, meta } = answer.body;
		if (answer.status !== 200 || !Array.isArray(data)) {
			throw describeAnswer(answer, { account, label: caller.label });
		}
		models.push(...data.flatMap((entry) => toModel(entry) ?? []));
		const { current_page, last_page } = isObject(meta) ? meta : {};
		if ((numberOf(current_page) ?? page) >= (numberOf(last_page) ?? 1)) break;
	}
	return models;
}

/**
 * Brings one entry of the catalogue into the shape that workflows can rely on. PHP prints an empty
 * object as `[]` and database numbers and flags as text.
 *
 * @returns undefined where the entry has no slug
 */
export function toModel(entry: unknown): Model | undefined {
	if (!isObject(entry)) return undefined;
	const slug = textOf(entry.slug);
	if (slug === undefined) return undefined;
	const info = isObject(entry.info) ? entry.info : {};
	const { info: _info, ...rest } = entry;
	return {
		...rest,
		name: quote(textOf(entry.name) ?? slug, 200),
		slug,
		inference_types: toTypes(entry.inference_types),
		limits: mapValues(info.limits, toNumberWherePossible) as Model['limits'],
		features: readFlags(info.features),
		defaults: mapValues(info.defaults, toNumberWherePossible),
	};
}

/** Whether deAPI calls a model an experiment. Source: `tags` and `status` of the models endpoint. */
export function isExperimental({ tags, status }: Model): boolean {
	const words: unknown[] = [tags, status].flat();
	return words.some((word) => word === 'experimental' || word === 'test_model');
}

/** A language of a model that speaks, with its voices. */
export interface Language {
	name: string;
	slug: string;
	voices: Array<{ name: string; slug: string; gender: string | undefined }>;
}

/** A speech model's languages. Source: `languages` and their `voices` in the models endpoint. */
export function languagesOf({ languages }: Model): Language[] {
	return namedOf(languages).map(({ name, slug, rest }) => ({
		name,
		slug,
		voices: namedOf(rest.voices).map((voice) => ({
			name: voice.name,
			slug: voice.slug,
			gender: textOf(voice.rest.gender),
		})),
	}));
}

function namedOf(value: unknown): Array<{ name: string; slug: string; rest: IDataObject }> {
	const entries: unknown[] = Array.isArray(value) ? value : [];
	return entries.flatMap((entry) => {
		const slug = isObject(entry) ? textOf(entry.slug) : undefined;
		if (!isObject(entry) || slug === undefined) return [];
		return [{ name: quote(textOf(entry.name) ?? slug, 200), slug, rest: entry }];
	});
}

/** What a model offers for a field, e.g. its `output_formats`; undefined where it does not say. */
export function offeredBy({ limits }: Model, name: string): string[] | undefined {
	const offered: unknown = limits[name];
	return Array.isArray(offered) && offered.length > 0 ? offered.map(String) : undefined;
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

/** A limit of the length of a sound: `min_audio_duration`, `max_ref_audio_seconds` and the like. */
const SOUND_LIMIT =
	/^(min|max)_(?:[a-z]+_)*audio(?:_[a-z]+)*?_(?:duration|length|seconds)(?:_(?:s|sec|seconds))?$/;

/**
 * The range that a model allows for the sound of a video, in seconds. The specification has no name for it;
 * lists that were seen differ.
 */
export function soundRangeOf({ limits }: Model): Range {
	return rangeByNames(limits, SOUND_LIMIT);
}

/** A limit of the length of a video that goes in: `max_video_duration_seconds`, `max_duration`. */
const VIDEO_LIMIT = /^(min|max)_(?:video_)?duration(?:_(?:s|sec|seconds))?$/;

/** The range that a model allows for a video that goes in, in seconds. */
export function videoRangeOf({ limits }: Model): Range {
	return rangeByNames(limits, VIDEO_LIMIT);
}

function rangeByNames(limits: Model['limits'], names: RegExp): Range {
	const range: Range = {};
	for (const [name, value] of Object.entries(limits)) {
		const end = names.exec(name)?.[1];
		if (end === 'min' || end === 'max') range[end] = numberOf(value);
	}
	return range;
}

/** The allowed value that lies next to the given one. */
export function nearestAllowed(value: number, { min, max, step }: Range): number {
	const lowest = min ?? -Infinity;
	const highest = max ?? Infinity;
	if (lowest > highest) return value;
	const clamped = Math.min(highest, Math.max(lowest, value));
	if (step === undefined) return clamped;
	const below = Math.floor(clamped / step) * step;
	const candidates = [below, below + step].filter(
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
		return step === undefined ? `allowed are ${min} or more` : `${allowed}from ${min} on`;
	if (max !== undefined) return `${allowed}up to ${max}`;
	return step === undefined ? 'all values are allowed' : allowed.trim();
}
