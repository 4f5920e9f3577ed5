import { randomInt } from 'crypto';
import type { IDataObject, IExecutePaginationFunctions } from 'n8n-workflow';
import type { Failure } from './errors';
import { DeapiFailure } from './errors';
import { labelOf } from './fields';
import type { InputFile } from './files';
import { findInputFile } from './files';
import { Gate } from '../basics/gate';
import type { MediaType } from './media';
import { audioType, describeUnknown, imageType } from './media';
import type { ChosenLength, LengthChoice } from './length';
import { checkDuration, readDuration, readLengthChoice, toFrames } from './length';
import type { RequestedValues } from './models';
import { checkLimits, findModel } from './models';
import type { RequestSettings } from './jobs';
import { settingsOf } from './jobs';
import type { FilePart, TextParts } from './multipart';
import type { RoutingRequest } from './operation';
import { fetchInputFile } from './remote';
import type { DeapiCredentials, Model } from './types';
import { isObject, listOf, numberOf, sizeText, textOf } from '../basics/values';

const MB = 1024 * 1024;
/** Source: deAPI's specification of `audio` and of the frame images. */
const AUDIO_LIMIT_BYTES = 20 * MB;
const IMAGE_LIMIT_BYTES = 10 * MB;
/** Source: deAPI's specification of `webhook_url` and of `webhook_secret`. */
const WEBHOOK_URL_LENGTH = 2048;
const WEBHOOK_SECRET_LENGTH = { min: 32, max: 255 };
/** Seeds are drawn from 0 to 2³²−1. */
const SEEDS = 2 ** 32;

/** What is wrong with one field. */
interface Complaint {
	field: string;
	message: string;
	description: string;
}

/** A request whose values and files are in order. */
export interface CheckedRequest {
	text: TextParts;
	files: FilePart[];
	/** What the output item repeats. */
	sent: VideoValues & ChosenLength['facts'] & { seed: number };
}

/**
 * Checks one item's values and files before anything is sent, so that no upload and no minute of a
 * rate limit is spent on what deAPI would refuse.
 *
 * @param request what the fields' routing has put together: the body under deAPI's names
 * @throws {DeapiFailure} that names every field that is not in order
 */
export async function checkRequest(
	context: IExecutePaginationFunctions,
	request: RoutingRequest,
	credentials: DeapiCredentials,
): Promise<CheckedRequest> {
	const { body } = request.options;
	const given: IDataObject = isObject(body) ? body : {};
	const length = readLengthChoice(context);
	const complaints: Complaint[] = [];
	const check = new FieldChecks(given, complaints);

	const prompt = check.text('prompt', 'Describe the video in it.');
	const values = readVideoValues(check, given, length);
	const seed = check.whole('seed', -1);
	const guidance = given.guidance === undefined ? undefined : check.number('guidance');
	const negativePrompt = check.optionalText('negative_prompt');
	const webhook = checkWebhook(given.webhook_url, credentials, complaints);
	const files = await checkFiles(context, complaints, wayOf(request));
	if (complaints.length > 0) throw new DeapiFailure(describeComplaints(complaints));

	const model = await findModel(context, credentials, values.model, settingsOf(request));
	const { frames, facts } = await chooseFrames(values, length, model, files);
	const hasFile = (name: string) => files.some((file) => file.name === name) || undefined;
	refuseOutOfRange(model, {
		...values,
		frames,
		guidance,
		negative_prompt: negativePrompt,
		first_frame_image: hasFile('first_frame_image'),
		last_frame_image: hasFile('last_frame_image'),
	});
	const { steps, ...always } = { ...values, frames };
	const sent = { ...always, seed: seed === -1 ? randomInt(SEEDS) : seed };
	return {
		text: {
			prompt,
			...sent,
			negative_prompt: negativePrompt,
			guidance,
			steps,
			...webhook,
		},
		files,
		sent: { ...sent, ...facts },
	};
}

function refuseOutOfRange(model: Model | undefined, values: RequestedValues): void {
	const failure = model && checkLimits(model, values);
	if (failure) throw new DeapiFailure(failure);
}

/** The frames that the user entered, or those that fit the wanted seconds or the sound. */
async function chooseFrames(
	{ fps, frames }: VideoValues,
	{ mode, duration, whenTooLong }: LengthChoice,
	model: Model | undefined,
	files: FilePart[],
): Promise<ChosenLength> {
	if (mode === 'frames') return { frames, facts: {} };
	if (mode === 'seconds') {
		return toFrames(checkDuration(duration), fps, model, whenTooLong, false);
	}
	const audio = files.find(({ name }) => name === 'audio');
	const seconds =
		audio && (await heads.pass(async () => await readDuration(audio.file, audio.type)));
	if (seconds === undefined) {
		throw new DeapiFailure({
			message: 'The length of the sound could not be read',
			description:
				"The file may be damaged or cut off. Set 'Length' to 'Frames' and enter 'Frames' yourself, or save the sound again as MP3.",
			submitted: 'no',
		});
	}
	return toFrames(seconds, fps, model, whenTooLong, true);
}

/** What a video's price and a model's limits depend on. */
export interface VideoValues {
	model: string;
	width: number;
	height: number;
	frames: number;
	fps: number;
	steps?: number;
}

/**
 * Checks the values that a price depends on, the model's limits included.
 *
 * @param request what the fields' routing has put together: the body under deAPI's names
 * @returns the values to send, and what the item says about the length
 * @throws {DeapiFailure} that names every field that is not in order
 */
export async function checkVideoValues(
	context: IExecutePaginationFunctions,
	request: RoutingRequest,
	credentials: DeapiCredentials,
): Promise<{ values: VideoValues; facts: ChosenLength['facts'] }> {
	const { body } = request.options;
	const given: IDataObject = isObject(body) ? body : {};
	const length = readLengthChoice(context);
	const complaints: Complaint[] = [];
	const values = readVideoValues(new FieldChecks(given, complaints), given, length);
	if (complaints.length > 0) throw new DeapiFailure(describeComplaints(complaints));

	const model = await findModel(context, credentials, values.model, settingsOf(request));
	const { frames, facts } = await chooseFrames(values, length, model, []);
	refuseOutOfRange(model, { ...values, frames });
	return { values: { ...values, frames }, facts };
}

/** In the other modes the frames follow later, from the seconds. */
function readVideoValues(
	check: FieldChecks,
	given: IDataObject,
	{ mode }: LengthChoice,
): VideoValues {
	const values = {
		model: check.text('model', 'Choose a model from the list, or enter a slug.'),
		width: check.whole('width', 1),
		height: check.whole('height', 1),
		frames: mode === 'frames' ? check.whole('frames', 1) : 0,
		fps: check.whole('fps', 1),
	};
	return given.steps === undefined ? values : { ...values, steps: check.whole('steps', 1) };
}

/** One message for all that is wrong: nobody wants to find five mistakes in five runs. */
export function describeComplaints(complaints: Complaint[]): Failure {
	const [first] = complaints;
	const isOne = complaints.length === 1;
	return {
		message: isOne
			? (first?.message ?? '')
			: `${listOf(complaints.map(({ field }) => labelOf(field)))} need a look`,
		description: complaints
			.map(({ message, description }) => (isOne ? description : `${message}. ${description}`))
			.join('\n'),
		submitted: 'no',
	};
}

/** Reads text and numbers, and notes what is wrong with them. */
export class FieldChecks {
	constructor(
		private readonly given: IDataObject,
		private readonly complaints: Complaint[],
	) {}

	/** A text that must be there. */
	text(field: string, description: string): string {
		const value = this.given[field];
		const text = typeof value === 'number' ? String(value) : textOf(value);
		if (text === undefined) {
			const isEmpty = value === undefined || value === null || typeof value === 'string';
			this.complain(field, isEmpty ? 'is empty' : 'is not a text', description);
		}
		return text ?? '';
	}

	/** A text that may be missing; an empty one counts as missing. */
	optionalText(field: string): string | undefined {
		const value = this.given[field];
		if (value !== undefined && value !== null && typeof value !== 'string') {
			this.complain(field, 'is not a text', 'Enter a text, or remove the option.');
		}
		return textOf(value);
	}

	/** A whole number. */
	whole(field: string, min: number): number {
		const number = this.number(field);
		if (Number.isNaN(number)) return number;
		if (!Number.isSafeInteger(number)) {
			this.complain(field, `is ${number}`, 'Enter a whole number, without decimals.');
		} else if (number < min) {
			const allowed = min === -1 ? '-1 for a random one, or 0 and above' : `${min} or more`;
			this.complain(field, `is ${number}`, `Enter ${allowed}.`);
		}
		return number;
	}

	/** Any number; numbers as text are taken, because expressions often give them so. */
	number(field: string): number {
		const value = this.given[field];
		const number = numberOf(value);
		if (number !== undefined) return number;
		const isMissing = value === undefined || value === null || value === '';
		const shown = typeof value === 'object' ? JSON.stringify(value) : String(value);
		this.complain(
			field,
			isMissing ? 'is missing' : `is not a number: ${shown}`,
			'Enter a number. If it comes from an expression, check what that gives for this item.',
		);
		return Number.NaN;
	}

	private complain(field: string, what: string, description: string): void {
		this.complaints.push({ field, message: `${labelOf(field)} ${what}`, description });
	}
}

/**
 * The webhook's fields. v2 of the API takes a secret for signing beside the URL: with the one from the
 * credential no secret has to be set in deAPI's dashboard.
 */
function checkWebhook(
	value: unknown,
	{ apiVersion, webhookSecret }: DeapiCredentials,
	complaints: Complaint[],
): TextParts {
	const field = 'webhook_url';
	const url = typeof value === 'string' ? value.trim() : value;
	if (url === undefined || url === null || url === '') return {};
	const complain = (what: string, description: string) => {
		complaints.push({ field, message: `${labelOf(field)} ${what}`, description });
		return {};
	};
	if (typeof url !== 'string' || !/^https:\/\/[^\s/]+/i.test(url)) {
		const advice =
			'Enter the production URL of a deAPI Trigger node. deAPI calls https addresses only; n8n shows https URLs when its own public address (WEBHOOK_URL) is https.';
		return complain(`is not an https address: ${String(url)}`, advice);
	}
	if (url.length > WEBHOOK_URL_LENGTH) {
		return complain(
			`has ${url.length} characters`,
			`deAPI takes up to ${WEBHOOK_URL_LENGTH}. Use a shorter address.`,
		);
	}
	if (apiVersion !== 'v2' || webhookSecret === '') return { webhook_url: url };
	const { min, max } = WEBHOOK_SECRET_LENGTH;
	if (webhookSecret.length < min || webhookSecret.length > max) {
		complaints.push({
			field: 'webhook_secret',
			message: `${labelOf('webhook_secret')} in the 'deAPI API' credential has ${webhookSecret.length} characters`,
			description: `deAPI takes ${min} to ${max} characters with API version v2. Set a longer one in the credential and in deAPI's dashboard.`,
		});
		return {};
	}
	return { webhook_url: url, webhook_secret: webhookSecret };
}

/** A file that a parameter names: what it is for, and what deAPI takes there. */
interface FileRule {
	name: FilePart['name'];
	kinds: string;
	limit: number;
	typeOf(content: { head: Buffer; afterTag?: Buffer }): MediaType | undefined;
}

const AUDIO: FileRule = {
	name: 'audio',
	kinds: 'an MP3, WAV, OGG or FLAC file',
	limit: AUDIO_LIMIT_BYTES,
	typeOf: ({ head, afterTag }) => audioType(head, afterTag),
};

function imageRule(name: FilePart['name']): FileRule {
	return {
		name,
		kinds: 'a JPG, PNG, GIF, BMP or WebP picture',
		limit: IMAGE_LIMIT_BYTES,
		typeOf: ({ head }) => imageType(head),
	};
}

type Way = Pick<RequestSettings, 'proxy' | 'skipSslCertificateValidation'>;

/** A file that the user wants to send: from a binary field, or from a URL. */
interface WantedFile {
	rule: FileRule;
	source: { field: unknown } | { url: unknown };
}

/** The files that the parameters ask for. */
function wantedFiles(context: IExecutePaginationFunctions, complaints: Complaint[]): WantedFile[] {
	const options = context.getNodeParameter('options', {}) as IDataObject;
	const isUrl = context.getNodeParameter('audioSource', 'binary') === 'url';
	const wanted: WantedFile[] = [
		{
			rule: AUDIO,
			source: isUrl
				? { url: context.getNodeParameter('audioUrl', '') }
				: { field: context.getNodeParameter('binaryPropertyName', '') },
		},
	];
	const images: Array<[FilePart['name'], unknown, unknown]> = [
		['first_frame_image', options.firstFrameBinaryProperty, options.firstFrameUrl],
		['last_frame_image', options.lastFrameBinaryProperty, options.lastFrameUrl],
	];
	for (const [name, field, url] of images) {
		const rule = imageRule(name);
		const hasField = field !== undefined && field !== '';
		const hasUrl = url !== undefined && url !== '';
		if (hasField && hasUrl) {
			const message = `${labelOf(name)} and ${labelOf(`${name}_url`)} are both set`;
			complaints.push({ field: name, message, description: 'Remove one of them.' });
		} else if (hasField) wanted.push({ rule, source: { field } });
		else if (hasUrl) wanted.push({ rule, source: { url } });
	}
	return wanted;
}

/** The user's request options that also hold for the servers from which files are fetched. */
function wayOf(request: RoutingRequest): Way {
	const { proxy, skipSslCertificateValidation } = settingsOf(request);
	return {
		...(proxy ? { proxy } : {}),
		...(skipSslCertificateValidation ? { skipSslCertificateValidation } : {}),
	};
}

async function checkFiles(
	context: IExecutePaginationFunctions,
	complaints: Complaint[],
	way: Way,
): Promise<FilePart[]> {
	const parts: FilePart[] = [];
	for (const { rule, source } of wantedFiles(context, complaints)) {
		const found =
			'url' in source
				? await fetchFile(context, rule, source.url, way)
				: await findFile(context, rule, source.field);
		const part = 'file' in found ? await checkFile(found, rule) : found;
		if ('file' in part) parts.push(part);
		else complaints.push(part);
	}
	return parts;
}

/** A file that was found, and how messages call it. */
interface FoundFile {
	file: InputFile;
	subject: string;
}

async function findFile(
	context: IExecutePaginationFunctions,
	{ name }: FileRule,
	field: unknown,
): Promise<FoundFile | Complaint> {
	const label = labelOf(name);
	const named = typeof field === 'string' && field.trim() !== '' ? `'${field.trim()}'` : undefined;
	const file = await findInputFile(context, field);
	if (!('existing' in file)) {
		return { file, subject: named ? `The file in ${named} (${label})` : `The file in ${label}` };
	}
	const description =
		file.existing.length === 0
			? 'This item carries no files. Put a node before this one that gives the file, such as Read/Write Files from Disk, Google Drive or HTTP Request.'
			: `This item's files are in ${listOf(file.existing.map((each) => `'${each}'`))}. Enter the right one in ${label}.`;
	const message = named
		? `The item has no binary field ${named} (${label})`
		: `${label} names no binary field of the item`;
	return { field: name, message, description };
}

async function fetchFile(
	context: IExecutePaginationFunctions,
	{ name, limit }: FileRule,
	url: unknown,
	way: Way,
): Promise<FoundFile | Complaint> {
	const field = `${name}_url`;
	const text = typeof url === 'string' ? url.trim() : '';
	if (text === '') {
		const description = 'Enter the address of the file, such as https://example.com/song.mp3.';
		return { field, message: `${labelOf(field)} is empty`, description };
	}
	const file = await fetchInputFile(context, text, limit, way);
	if ('size' in file) return { file, subject: `The file at ${labelOf(field)}` };
	return { field, message: `${labelOf(field)} ${file.reason}`, description: file.advice };
}

/** Files that are looked into at the same time: n8n starts the checks of a thousand items at once. */
const heads = new Gate(4);

async function checkFile(
	{ file, subject }: FoundFile,
	{ name, kinds, limit, typeOf }: FileRule,
): Promise<FilePart | Complaint> {
	if (file.size === 0) {
		const description = 'Check where the file comes from: the transfer may have gone wrong.';
		return { field: name, message: `${subject} is empty`, description };
	}
	if (file.size > limit) {
		return {
			field: name,
			message: `${subject} has ${sizeText(file.size)}`,
			description: `deAPI takes up to ${sizeText(limit)} there. ${name === 'audio' ? 'Shorten it, or save it as MP3.' : 'Use a smaller picture.'}`,
		};
	}
	const content = await heads.pass(async () => await file.readHead());
	const type = typeOf(content);
	if (type !== undefined) return { name, file, type };
	const looksLike = describeUnknown(content.head, content.afterTag);
	return {
		field: name,
		message: `${subject} is not ${kinds}`,
		description: `${looksLike ? `It looks like ${looksLike}. ` : ''}deAPI looks at the content, not at the name. ${name === 'audio' ? 'Convert it to MP3 first.' : 'Convert it to PNG or JPG first.'}`,
	};
}
