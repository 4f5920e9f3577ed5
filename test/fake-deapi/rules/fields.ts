/**
 * Checks a request against the list of an endpoint's fields, as Laravel does: required ones first,
 * then each value that was sent, then what the model allows.
 */
import { choicesOf, limitOf, saysItSupports, supports } from '../catalogue/lookup';
import type { OperationModel } from '../operations/operation';
import type { FakeModel, FakeSettings, MediaType, Surface } from '../types';
import { ErrorList } from './errors';
import { checkFile } from './files';
import { findModel } from './model';
import type { Value, Values } from './values';
import { checkWebhook } from './webhook';

/** One field of an endpoint. */
export interface Field {
	type: 'string' | 'integer' | 'number' | 'boolean' | 'list' | 'file' | 'files';
	required?: boolean | ((values: Values) => boolean);
	/** Unknown on v1. */
	v2Only?: boolean;
	choices?: readonly string[];
	/** Of numbers the least and most, of strings the fewest and most characters. */
	min?: number;
	max?: number;
	/** The model's `min_…` and `max_…` of this name hold too; of a file, for its seconds. */
	limit?: string;
	/** Only models that have such a limit take the field. */
	needsLimit?: boolean;
	/** The model's list of this name holds too. */
	choiceLimit?: string;
	/** A multiple of the model's `resolution_step`. */
	side?: boolean;
	/** 0 is taken whatever the model says. */
	zero?: boolean;
	/** A model that says that it lacks this feature does not take the field. */
	feature?: string;
	/** The sides of a picture are held to the model's width and height. */
	pictureSides?: boolean;
	/** What a file may be. */
	file?: (surface: Surface) => { types: readonly MediaType[]; maxBytes: number };
}

export type Fields = Readonly<Record<string, Field>>;

/** What a further rule looks at. */
export interface Found {
	values: Values;
	surface: Surface;
	/** Null where the model is unknown or missing. */
	model: FakeModel | null;
	errors: ErrorList;
}

export type Further = (found: Found) => void;

const WEBHOOK: Fields = {
	webhook_url: { type: 'string', max: 2048 },
	webhook_secret: { type: 'string', v2Only: true, min: 32, max: 255 },
};

/** @returns the fields of one endpoint on one surface */
export function fieldsOf(
	operation: OperationModel,
	endpoint: 'submit' | 'price',
	surface: Surface,
): Map<string, Field> {
	const { fields } = operation[endpoint];
	const hasWebhook = endpoint === 'submit' && operation.result !== null;
	const all = Object.entries(hasWebhook ? { ...fields, ...WEBHOOK } : fields);
	return new Map(all.filter(([, { v2Only }]) => !v2Only || surface === 'v2'));
}

/**
 * @param operation what is made or priced
 * @param endpoint which of the two
 * @param values what was sent
 * @param surface which API it came in on
 * @param settings the catalogue, and whether webhooks must be https
 * @returns messages by field, empty when all is well
 */
export function checkFields(
	operation: OperationModel,
	endpoint: 'submit' | 'price',
	values: Values,
	surface: Surface,
	settings: FakeSettings,
): ErrorList['messages'] {
	const errors = new ErrorList();
	const fields = fieldsOf(operation, endpoint, surface);
	for (const [name, field] of fields) {
		if (isRequired(field, values) && isEmpty(values.byName.get(name))) {
			errors.add(name, 'is required.');
		}
	}
	for (const [name, value] of values.byName) {
		const field = fields.get(name);
		if (!field) errors.add(name, 'is prohibited.');
		else if (!isEmpty(value)) checkValue(name, field, value, surface, errors);
		else if (!isRequired(field, values)) errors.add(name, 'must not be sent empty.');
	}
	for (const name of values.repeated) errors.add(name, 'must be sent once.');

	const { modelField = 'model', title } = operation;
	const types = operation.typesFor?.(values) ?? operation.types;
	const model = findModel(values.text(modelField), types, title, settings, errors, modelField);
	if (model) {
		for (const [name, field] of fields) {
			if (values.has(name)) checkModel(name, field, values, model, errors);
		}
	}
	operation[endpoint].further?.({ values, surface, model, errors });
	checkWebhook(values.text('webhook_url'), values.text('webhook_secret'), settings, errors);
	return errors.messages;
}

function isRequired({ required = false }: Field, values: Values): boolean {
	return typeof required === 'function' ? required(values) : required;
}

/** TrimStrings and ConvertEmptyStringsToNull run before the rules. */
function isEmpty(value: Value | undefined): boolean {
	if (value === undefined) return true;
	if (value.kind === 'text') return value.text.trim() === '';
	if (value.kind === 'file' || value.kind === 'files') return false;
	return value.json === null || (typeof value.json === 'string' && value.json.trim() === '');
}

/** The value is of its type, one of the choices and within the field's own limits. */
function checkValue(
	name: string,
	field: Field,
	value: Value,
	surface: Surface,
	errors: ErrorList,
): void {
	const { type, choices, min = null, max = null } = field;
	if (type === 'files' || value.kind === 'files') {
		if (type !== 'files' || value.kind !== 'files' || !field.file) {
			errors.add(name, type === 'files' ? 'must be an array.' : `must be a ${type}.`);
			return;
		}
		const { types, maxBytes } = field.file(surface);
		for (const [index, part] of value.parts.entries()) {
			checkFile({ ...part, name: `${errors.nameOf(name)}.${index}` }, types, maxBytes, errors);
		}
		return;
	}
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
	checkBounds(name, type, text, min, max, errors);
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

/** Of texts the characters are counted. */
function checkBounds(
	name: string,
	type: Field['type'],
	text: string,
	min: number | null,
	max: number | null,
	errors: ErrorList,
): void {
	const isText = type === 'string';
	const value = isText ? Array.from(text).length : Number(text);
	const unit = isText ? ' characters' : '';
	if (min !== null && value < min) errors.add(name, `must be at least ${min}${unit}.`);
	if (max !== null && value > max) errors.add(name, `must not be greater than ${max}${unit}.`);
}

/** The features, ranges and lists of the model; a value of a wrong type was told of already. */
function checkModel(
	name: string,
	{ type, limit, needsLimit, choiceLimit, side, zero, feature, pictureSides }: Field,
	values: Values,
	model: FakeModel,
	errors: ErrorList,
): void {
	const text = values.text(name) ?? '';
	if (zero && Number(text) === 0) return;
	const min = limit ? limitOf(model, `min_${limit}`) : null;
	const max = limit ? limitOf(model, `max_${limit}`) : null;
	if ((feature && !supports(model, feature)) || (needsLimit && min === null && max === null)) {
		errors.add(name, 'is not supported by the selected model.');
		return;
	}
	if (pictureSides === true) {
		const sizes = Object.entries(values.file(name)?.imageSize ?? {});
		const isOutside = sizes.some(([which, pixels]) => {
			const [least, most] = [limitOf(model, `min_${which}`), limitOf(model, `max_${which}`)];
			return pixels < (least ?? 0) || pixels > (most ?? Infinity);
		});
		if (isOutside) errors.add(name, 'has invalid image dimensions.');
	}
	if (type === 'file' || type === 'files') {
		const seconds = values.file(name)?.seconds ?? null;
		if (seconds !== null && (seconds < (min ?? 0) || seconds > (max ?? Infinity))) {
			errors.add(name, `must be between ${min} and ${max} seconds long.`);
		}
		return;
	}
	if (text.trim() === '') return;
	const choices = choiceLimit ? choicesOf(model, choiceLimit) : null;
	if (choices && !choices.includes(text)) errors.addText(name, `The selected ${name} is invalid.`);
	if (type !== 'string' && !Number.isFinite(Number(text))) return;
	checkBounds(name, type, text, min, max, errors);
	const step = side ? limitOf(model, 'resolution_step') : null;
	if (step && Number(text) % step !== 0) errors.add(name, `must be a multiple of ${step}.`);
}

/** A model that says nothing of a feature is not asked for it. */
export function checkSaid(name: string, feature: string, { values, model, errors }: Found): void {
	if (model && values.isOn(name) && !saysItSupports(model, feature)) {
		errors.add(name, 'is not supported by the selected model.');
	}
}
