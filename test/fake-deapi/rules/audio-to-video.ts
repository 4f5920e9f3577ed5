/**
 * The rules of aud2video and its price, with Laravel's texts. Ranges come from the model.
 * Stricter than the service in three points, because each would hide a client's slip: unknown
 * parts, parts sent twice and empty optional parts are refused where PHP would overlook them.
 */
import { supports } from '../catalogue/lookup';
import type { Errors } from '../http/answers';
import { AUDIO_TYPES, IMAGE_TYPES } from '../http/media';
import type { FakeModel, FakeSettings, RecordedPart, Surface } from '../types';
import { ErrorList } from './errors';
import { checkFile, MB } from './files';
import { checkRange, findModel } from './model';
import { checkWebhook } from './webhook';

const MAX_AUDIO_BYTES = 20 * MB;
const MAX_IMAGE_BYTES = 10 * MB;

const TYPES = ['audio2video'];
const TITLE = 'Audio To Video';

const NUMBERS = ['width', 'height', 'frames', 'fps', 'steps'] as const;
const TEXTS = ['prompt', ...NUMBERS, 'seed', 'model', 'negative_prompt', 'guidance', 'webhook_url'];
const FILES = ['audio', 'first_frame_image', 'last_frame_image'];
const REQUIRED = ['prompt', 'audio', 'width', 'height', 'frames', 'fps', 'seed', 'model'];
const PRICE_REQUIRED = ['model', 'width', 'height', 'frames', 'fps'];

/**
 * @param parts the request's parts
 * @param surface which API it came in on: only v2 knows `webhook_secret`
 * @param settings the catalogue, and whether webhooks must be https
 * @returns messages by field, empty when all is well
 */
export function audioToVideoErrors(
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

	const model = findModel(text('model'), TYPES, TITLE, settings, errors);
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
export function audioToVideoPriceErrors(body: unknown, settings: FakeSettings): Errors {
	const errors = new ErrorList();
	const values = new Map(
		typeof body === 'object' && body !== null ? Object.entries(body) : [],
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
	const model = findModel(typeof slug === 'string' ? slug : null, TYPES, TITLE, settings, errors);
	for (const name of NUMBERS) {
		const value = values.get(name) ?? null;
		// Laravel takes "512" too; the specification says integer, and a client should send one.
		if (value !== null && typeof value !== 'number') errors.add(name, 'must be an integer.');
		else if (value !== null) checkRange(name, String(value), model, errors);
	}
	return errors.messages;
}

/** A part is of a known name, a file where files belong and only there, and not empty. */
function checkPart(part: RecordedPart, texts: readonly string[], errors: ErrorList): void {
	if (FILES.includes(part.name)) {
		const isAudio = part.name === 'audio';
		const types = isAudio ? AUDIO_TYPES : IMAGE_TYPES;
		checkFile(part, types, isAudio ? MAX_AUDIO_BYTES : MAX_IMAGE_BYTES, errors);
	} else if (!texts.includes(part.name)) {
		errors.add(part.name, 'is prohibited.');
	} else if (part.kind === 'file') {
		errors.add(part.name, 'must be a string.');
	} else if (part.value === '' && !REQUIRED.includes(part.name)) {
		errors.add(part.name, 'must not be sent empty.');
	}
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
