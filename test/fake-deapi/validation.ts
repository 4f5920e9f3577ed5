/**
 * The rules of the submit and price endpoints, with Laravel's texts. Ranges come from the model.
 * Stricter than the service in three points, because each would hide a client's slip: unknown
 * parts, parts sent twice and empty optional parts are refused where PHP would overlook them.
 */
import type { Errors } from './answers';
import { inferenceTypes, limitOf, supports } from './catalogue';
import { AUDIO_TYPES, CONTENT_TYPES, IMAGE_TYPES } from './media';
import type { FakeModel, FakeSettings, MediaType, RecordedPart, Surface } from './types';

const MB = 1024 * 1024;
const MAX_AUDIO_BYTES = 20 * MB;
const MAX_IMAGE_BYTES = 10 * MB;
const MIN_IMAGE_SIDE = 64;
const MAX_IMAGE_SIDE = 5000;
const MAX_URL_LENGTH = 2048;
const SECRET_LENGTH = { min: 32, max: 255 };

const NUMBERS = ['width', 'height', 'frames', 'fps', 'steps'] as const;
const TEXTS = ['prompt', ...NUMBERS, 'seed', 'model', 'negative_prompt', 'guidance', 'webhook_url'];
const FILES = ['audio', 'first_frame_image', 'last_frame_image'];
const REQUIRED = ['prompt', 'audio', 'width', 'height', 'frames', 'fps', 'seed', 'model'];
/** deAPI's documentation of txt2audio with a preset voice. */
const SPEECH_REQUIRED = ['text', 'model', 'voice', 'lang', 'speed', 'format', 'sample_rate'];
const PRICE_REQUIRED = ['model', 'width', 'height', 'frames', 'fps'];

/**
 * @param parts the request's parts
 * @param surface which API it came in on: only v2 knows `webhook_secret`
 * @param settings the catalogue, and whether webhooks must be https
 * @returns messages by field, empty when all is well
 */
export function submitErrors(
	parts: readonly RecordedPart[],
	surface: Surface,
	settings: FakeSettings,
): Errors {
	const texts = surface === 'v2' ? [...TEXTS, 'webhook_secret'] : TEXTS;
	const errors = new ErrorList();
	const sent = new Map(parts.map((part) => [part.name, part]));
	const text = (name: string) => sent.get(name)?.value ?? null;

	for (const name of REQUIRED) {
		// TrimStrings and ConvertEmptyStringsToNull run before the rules.
		const part = sent.get(name);
		if (!part || part.value?.trim() === '') errors.add(name, 'is required.');
	}
	for (const part of parts) checkPart(part, texts, errors);
	for (const name of new Set(parts.map((part) => part.name))) {
		if (parts.filter((part) => part.name === name).length > 1) {
			errors.add(name, 'must be sent once.');
		}
	}

	const model = findModel(text('model'), settings.models, errors);
	for (const name of NUMBERS) checkRange(name, text(name), model, errors);
	checkRange('seed', text('seed'), null, errors);
	const guidance = text('guidance');
	if (guidance && !Number.isFinite(Number(guidance))) errors.add('guidance', 'must be a number.');
	if (model) checkFeatures(model, sent, errors);
	checkWebhook(text('webhook_url'), text('webhook_secret'), settings, errors);
	return errors.messages;
}

/**
 * @param body the parsed JSON body
 * @param settings the catalogue
 * @returns messages by field, empty when all is well
 */
export function priceErrors(body: unknown, settings: FakeSettings): Errors {
	const errors = new ErrorList();
	const values = new Map(
		typeof body === 'object' && body !== null ? Object.entries(body as object) : [],
	) as Map<string, unknown>;
	for (const name of PRICE_REQUIRED) {
		const value = values.get(name) ?? '';
		if (value === '') errors.add(name, 'is required.');
	}
	for (const name of values.keys()) {
		if (![...PRICE_REQUIRED, 'steps'].includes(name)) errors.add(name, 'is prohibited.');
	}
	const slug = values.get('model') ?? null;
	if (slug !== null && typeof slug !== 'string') errors.add('model', 'must be a string.');
	const model = findModel(typeof slug === 'string' ? slug : null, settings.models, errors);
	for (const name of NUMBERS) {
		const value = values.get(name) ?? null;
		// Laravel takes "512" too; the specification says integer, and a client should send one.
		if (value !== null && typeof value !== 'number') errors.add(name, 'must be an integer.');
		else if (value !== null) checkRange(name, String(value), model, errors);
	}
	return errors.messages;
}

/**
 * @param fields the request's fields as texts
 * @returns messages by field, empty when all is well
 */
export function speechErrors(fields: Readonly<Record<string, string>>): Errors {
	const errors = new ErrorList();
	for (const name of SPEECH_REQUIRED) {
		if ((fields[name] ?? '').trim() === '') errors.add(name, 'is required.');
	}
	for (const name of ['speed', 'sample_rate']) {
		if (!Number.isFinite(Number(fields[name]))) errors.add(name, 'must be a number.');
	}
	for (const name of Object.keys(fields)) {
		if (!SPEECH_REQUIRED.includes(name)) errors.add(name, 'is prohibited.');
	}
	return errors.messages;
}

/** Messages by field, in order of the first one. */
class ErrorList {
	readonly messages: Errors = {};

	/** @param rule what the field must be, put behind "The … field" */
	add(field: string, rule: string): void {
		this.addText(field, `The ${field.replaceAll('_', ' ')} field ${rule}`);
	}

	addText(field: string, message: string): void {
		(this.messages[field] ??= []).push(message);
	}
}

/** A part is of a known name, a file where files belong and only there, and not empty. */
function checkPart(part: RecordedPart, texts: readonly string[], errors: ErrorList): void {
	if (FILES.includes(part.name)) {
		checkFile(part, errors);
	} else if (!texts.includes(part.name)) {
		errors.add(part.name, 'is prohibited.');
	} else if (part.kind === 'file') {
		errors.add(part.name, 'must be a string.');
	} else if (part.value === '' && !REQUIRED.includes(part.name)) {
		errors.add(part.name, 'must not be sent empty.');
	}
}

/** Laravel's `file`, `mimes`, `max` (in kilobytes) and `dimensions` rules. */
function checkFile(part: RecordedPart, errors: ErrorList): void {
	const types = part.name === 'audio' ? AUDIO_TYPES : IMAGE_TYPES;
	const limit = part.name === 'audio' ? MAX_AUDIO_BYTES : MAX_IMAGE_BYTES;
	if (part.kind !== 'file' || !part.filename) {
		errors.add(part.name, 'must be a file.');
		return;
	}
	if (part.mediaType === null || !types.includes(part.mediaType)) {
		errors.add(part.name, `must be a file of type: ${types.join(', ')}.`);
	} else if (!isTrueType(part.contentType, part.mediaType)) {
		const said = part.contentType ?? 'none';
		errors.add(part.name, `holds ${part.mediaType}, which its Content-Type (${said}) denies.`);
	}
	if (part.size > limit) {
		errors.add(part.name, `must not be greater than ${limit / 1024} kilobytes.`);
	}
	const sides = part.imageSize ? [part.imageSize.width, part.imageSize.height] : [];
	if (sides.some((side) => side < MIN_IMAGE_SIDE || side > MAX_IMAGE_SIDE)) {
		errors.add(part.name, 'has invalid image dimensions.');
	}
}

function isTrueType(contentType: string | null, type: MediaType): boolean {
	const essence = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
	return CONTENT_TYPES[type].includes(essence);
}

/** The model must exist and make video from audio; without one there are no ranges to check. */
function findModel(
	slug: string | null,
	models: readonly FakeModel[],
	errors: ErrorList,
): FakeModel | null {
	if (!slug) return null;
	const model = models.find((candidate) => candidate.slug === slug);
	if (!model) {
		errors.addText('model', 'The selected model is invalid.');
		return null;
	}
	if (!inferenceTypes(model).includes('audio2video')) {
		errors.addText('model', 'The selected model does not support Audio To Video.');
	}
	return model;
}

/** Laravel's `integer`, `min`, `max` and `multiple_of` rules. */
function checkRange(
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

/** What a model cannot use must not be sent. */
function checkFeatures(
	model: FakeModel,
	sent: ReadonlyMap<string, RecordedPart>,
	errors: ErrorList,
): void {
	const features = {
		guidance: 'supports_guidance',
		negative_prompt: 'supports_negative_prompt',
		first_frame_image: 'supports_first_frame',
		last_frame_image: 'supports_last_frame',
	};
	for (const [name, feature] of Object.entries(features)) {
		if (sent.has(name) && !supports(model, feature)) {
			errors.add(name, 'is not supported by the selected model.');
		}
	}
}

function checkWebhook(
	url: string | null,
	secret: string | null,
	settings: FakeSettings,
	errors: ErrorList,
): void {
	if (url) {
		if (!URL.canParse(url)) errors.add('webhook_url', 'must be a valid URL.');
		const allowed = settings.requireHttpsWebhooks ? /^https:\/\//i : /^https?:\/\//i;
		if (!allowed.test(url)) {
			errors.add('webhook_url', 'must start with one of the following: https://.');
		}
		if ([...url].length > MAX_URL_LENGTH) {
			errors.add('webhook_url', `must not be greater than ${MAX_URL_LENGTH} characters.`);
		}
	}
	if (secret) {
		const { min, max } = SECRET_LENGTH;
		if (secret.length < min) errors.add('webhook_secret', `must be at least ${min} characters.`);
		if (secret.length > max) {
			errors.add('webhook_secret', `must not be greater than ${max} characters.`);
		}
		if (!url) errors.add('webhook_url', 'is required when webhook secret is present.');
	}
}
