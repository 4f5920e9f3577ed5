/**
 * Checks a request against the list of an endpoint's fields, as Laravel does: required ones first,
 * then each value that was sent, then what the model allows. As strict as the rules of aud2video:
 * unknown fields, fields sent twice and empty optional fields are refused.
 */
import { choicesOf, limitOf } from '../catalogue/lookup';
import type { FakeModel, FakeSettings, MediaType, Surface } from '../types';
import { ErrorList } from './errors';
import { checkFile } from './files';
import { findModel } from './model';
import type { Encoding, Value, Values } from './values';
import { checkWebhook } from './webhook';

/** One field of an endpoint. */
export interface Field {
	name: string;
	type: 'string' | 'integer' | 'number' | 'boolean' | 'list' | 'file';
	required?: boolean | ((values: Values) => boolean);
	/** Unknown on v1. */
	v2Only?: boolean;
	choices?: readonly string[];
	/** Of numbers the least and most, of strings the fewest and most characters. */
	min?: number;
	max?: number;
	/** The model's `min_…` and `max_…` of this name hold too. */
	limit?: string;
	/** The model's list of this name holds too. */
	choiceLimit?: string;
	/** A multiple of the model's `resolution_step`. */
	side?: boolean;
	/** What a file may be. */
	file?: (surface: Surface) => { types: readonly MediaType[]; maxBytes: number };
}

/** All rules of an endpoint. */
export interface Rules {
	encoding: Encoding;
	fields: readonly Field[];
	/** What the endpoint does, as messages call it. */
	title: string;
	/** The inference types of which the model must have one. */
	types: (values: Values) => readonly string[];
	/** What the request calls the model, default `model`. */
	modelField?: string;
	/** Whether `webhook_url` and, on v2, `webhook_secret` are taken. */
	webhook?: boolean;
	/** Rules about several fields at once, and about what the model says of itself. */
	further?: (found: Found) => void;
}

/** What a further rule looks at. */
export interface Found {
	values: Values;
	surface: Surface;
	/** Null where the model is unknown or missing. */
	model: FakeModel | null;
	errors: ErrorList;
}

const WEBHOOK: readonly Field[] = [
	{ name: 'webhook_url', type: 'string' },
	{ name: 'webhook_secret', type: 'string', v2Only: true },
];

/**
 * @param rules the endpoint's
 * @param values what was sent
 * @param surface which API it came in on
 * @param settings the catalogue, and whether webhooks must be https
 * @returns messages by field, empty when all is well
 */
export function checkFields(
	rules: Rules,
	values: Values,
	surface: Surface,
	settings: FakeSettings,
): ErrorList['messages'] {
	const errors = new ErrorList();
	const all = rules.webhook ? [...rules.fields, ...WEBHOOK] : rules.fields;
	const fields = all.filter(({ v2Only }) => !v2Only || surface === 'v2');
	for (const field of fields) {
		if (isRequired(field, values) && isEmpty(values.byName.get(field.name))) {
			errors.add(field.name, 'is required.');
		}
	}
	const byName = new Map(fields.map((field) => [field.name, field]));
	for (const [name, value] of values.byName) {
		const field = byName.get(name);
		if (!field) errors.add(name, 'is prohibited.');
		else if (!isEmpty(value)) checkValue(field, value, surface, errors);
		else if (!isRequired(field, values)) errors.add(name, 'must not be sent empty.');
	}
	for (const name of values.repeated) errors.add(name, 'must be sent once.');

	const modelField = rules.modelField ?? 'model';
	const slug = values.text(modelField);
	const types = rules.types(values);
	const model = findModel(slug, types, rules.title, settings, errors, modelField);
	for (const field of fields) {
		if (model) checkLimits(field, values.text(field.name), model, errors);
	}
	rules.further?.({ values, surface, model, errors });
	if (rules.webhook) {
		checkWebhook(values.text('webhook_url'), values.text('webhook_secret'), settings, errors);
	}
	return errors.messages;
}

function isRequired({ required = false }: Field, values: Values): boolean {
	return typeof required === 'function' ? required(values) : required;
}

/** TrimStrings and ConvertEmptyStringsToNull run before the rules. */
function isEmpty(value: Value | undefined): boolean {
	if (value === undefined) return true;
	if (value.kind === 'text') return value.text.trim() === '';
	if (value.kind === 'file') return false;
	return value.json === null || (typeof value.json === 'string' && value.json.trim() === '');
}

/** The value is of its type, one of the choices and within the field's own limits. */
function checkValue(field: Field, value: Value, surface: Surface, errors: ErrorList): void {
	const { name, type, choices } = field;
	if (type === 'file' || value.kind === 'file') {
		if (type !== 'file') errors.add(name, `must be a ${type}.`);
		else if (value.kind !== 'file' || !field.file) errors.add(name, 'must be a file.');
		else {
			const { types, maxBytes } = field.file(surface);
			checkFile(value.part, types, maxBytes, errors);
		}
		return;
	}
	const problem = value.kind === 'text' ? badText(type, value.text) : badJson(type, value.json);
	if (problem !== null) {
		errors.add(name, problem);
		return;
	}
	const text = value.kind === 'text' ? value.text : String(value.json);
	if (choices && !choices.includes(text)) errors.addText(name, `The selected ${name} is invalid.`);
	if (type === 'string') checkLength(field, text, errors);
	else if (type === 'integer' || type === 'number') {
		checkBounds(name, Number(text), field.min ?? null, field.max ?? null, errors);
	}
}

/** @returns what is wrong with a text part, null when it is of its type */
function badText(type: Field['type'], text: string): string | null {
	switch (type) {
		case 'integer':
			// Sixteen digits and more are beyond what both sides can hold exactly.
			return /^-?\d{1,15}$/.test(text) ? null : 'must be an integer.';
		case 'number':
			return /^-?\d+(?:\.\d+)?(?:e[-+]?\d+)?$/i.test(text) ? null : 'must be a number.';
		case 'boolean':
			return text === '0' || text === '1' ? null : 'must be true or false.';
		case 'list':
			return 'must be an array.';
		default:
			return null;
	}
}

/** Laravel takes "512" too; the specification says integer, and a client should send one. */
function badJson(type: Field['type'], value: unknown): string | null {
	switch (type) {
		case 'integer':
			return Number.isSafeInteger(value) ? null : 'must be an integer.';
		case 'number':
			return typeof value === 'number' ? null : 'must be a number.';
		case 'boolean':
			return typeof value === 'boolean' ? null : 'must be true or false.';
		case 'list':
			return Array.isArray(value) ? null : 'must be an array.';
		default:
			return typeof value === 'string' ? null : 'must be a string.';
	}
}

function checkLength(field: Field, text: string, errors: ErrorList): void {
	const { length } = Array.from(text);
	const { name, min = 0, max = Infinity } = field;
	if (length < min) errors.add(name, `must be at least ${min} characters.`);
	if (length > max) errors.add(name, `must not be greater than ${max} characters.`);
}

function checkBounds(
	name: string,
	value: number,
	min: number | null,
	max: number | null,
	errors: ErrorList,
): void {
	if (min !== null && value < min) errors.add(name, `must be at least ${min}.`);
	if (max !== null && value > max) errors.add(name, `must not be greater than ${max}.`);
}

/** The ranges and lists of the model; a value of a wrong type was told of already. */
function checkLimits(field: Field, text: string | null, model: FakeModel, errors: ErrorList): void {
	const { name, type, limit, choiceLimit } = field;
	if (text === null || text.trim() === '') return;
	const choices = choiceLimit ? choicesOf(model, choiceLimit) : null;
	if (choices && !choices.includes(text)) errors.addText(name, `The selected ${name} is invalid.`);
	const min = limit ? limitOf(model, `min_${limit}`) : null;
	const max = limit ? limitOf(model, `max_${limit}`) : null;
	if (type === 'string') {
		checkLength({ name, type, ...(min && { min }), ...(max && { max }) }, text, errors);
		return;
	}
	const value = Number(text);
	if (!Number.isFinite(value)) return;
	checkBounds(name, value, min, max, errors);
	const step = field.side ? limitOf(model, 'resolution_step') : null;
	if (step && value % step !== 0) errors.add(name, `must be a multiple of ${step}.`);
}
