/**
 * What a call says, whether it is wanted, and what becomes of it in the workflow. Only what is signed
 * counts: the headers that name the event and the delivery are not, and who replays a call could change
 * them.
 *
 * Source: deAPI's OpenAPI specification (schemas Webhook…Payload).
 */
import { createHash } from 'crypto';
import type { IDataObject } from 'n8n-workflow';
import { isObject, textOf } from '../basics/values';

/** The events that deAPI sends about a job. */
const JOB_EVENTS = ['job.processing', 'job.completed', 'job.failed'];

/** A payload that was found to be a deAPI event. */
export interface WebhookEvent {
	event: string;
	/** Tells deliveries apart; the same for each repetition. */
	deliveryKey: string;
	/** Empty only where the event is not about a job, or brings nothing. */
	requestId: string;
	jobType: string | undefined;
	/** The event's own fields. */
	data: IDataObject;
	/** All as it came. */
	payload: IDataObject;
}

/**
 * Reads a body that has passed the check.
 *
 * @returns undefined where it is not a deAPI event. Events that are not known yet are: the service may
 * add some, and a 4xx would in the end switch off the account's webhooks.
 */
export function parseEvent(body: Buffer): WebhookEvent | undefined {
	const payload = parseJson(body);
	if (!isObject(payload)) return undefined;
	const event = textOf(payload.event);
	// PHP prints an empty object as an empty list.
	const data = Array.isArray(payload.data) && payload.data.length === 0 ? {} : payload.data;
	if (event === undefined || !isObject(data)) return undefined;
	const { job_request_id: id } = data;
	const requestId = Number.isFinite(id) ? String(id) : textOf(id);
	const isOfJob = JOB_EVENTS.includes(event) && !isEmpty(data);
	if (requestId === undefined && isOfJob) return undefined;
	return {
		event,
		deliveryKey: deliveryKey(payload.delivery_id, body),
		requestId: requestId ?? '',
		jobType: textOf(data.job_type),
		data,
		payload,
	};
}

const isEmpty = (data: IDataObject) => Object.keys(data).length === 0;

/** A field of this name would change what an object is as soon as somebody copies it. */
const withoutPrototype = (name: string, value: unknown) =>
	name === '__proto__' ? undefined : value;

function parseJson(body: Buffer): unknown {
	try {
		return JSON.parse(body.toString('utf8').replace(/^\uFEFF/, ''), withoutPrototype);
	} catch {
		return undefined;
	}
}

/** A UUID has 36 characters; longer ones are stored by their hash, so that storage stays bounded. */
const LONGEST_ID = 64;

/** Without an ID the body itself tells repetitions: each carries the same bytes. */
function deliveryKey(given: unknown, body: Buffer): string {
	// Larger numbers are not exact any more: two of them could be read as the same.
	const id = Number.isSafeInteger(given) ? String(given) : textOf(given);
	if (id !== undefined && id.length <= LONGEST_ID) return id;
	return createHash('sha256')
		.update(id ?? body)
		.digest('hex');
}

/** What the user wants to hear of. */
export interface Selection {
	events: string[];
	/** Inference types; empty means every type. */
	jobTypes: string[];
}

/** Why an event starts nothing, or undefined where it does. */
export function unwantedBecause(event: WebhookEvent, selection: Selection): string | undefined {
	// A call to see whether somebody answers: a 4xx would count against the account's webhooks.
	if (isEmpty(event.data)) return 'no data';
	if (!selection.events.includes(event.event)) return 'event not selected';
	const { jobType } = event;
	const isWanted =
		selection.jobTypes.length === 0 ||
		// Better one execution too many than a paid job that nobody hears of.
		jobType === undefined ||
		selection.jobTypes.some((type) => canonicalType(type) === canonicalType(jobType));
	return isWanted ? undefined : 'job type not selected';
}

/**
 * One spelling for all: the specification calls the same type `audio2text`, `img-upscale` in the list
 * of models and `aud2txt`, `img_upscale` in webhooks.
 */
function canonicalType(type: string): string {
	return type
		.trim()
		.toLowerCase()
		.replace(/[-_]/g, '')
		.replace(/audio/g, 'aud')
		.replace(/video/g, 'vid')
		.replace(/text/g, 'txt');
}

/**
 * The item's JSON.
 *
 * @param simplify flat, with the job's ID under the name that the deAPI node gives and takes; fields
 * that are not known today are kept, but cannot take the place of those that are. Otherwise the
 * payload as it came.
 */
export function toJson({ event, requestId, data, payload }: WebhookEvent, simplify: boolean) {
	if (!simplify) return { ...payload };
	const known: IDataObject = {
		event,
		delivery_id: payload.delivery_id ?? null,
		timestamp: payload.timestamp ?? null,
		request_id: requestId,
	};
	const { data: _data, ...others } = payload;
	const { job_request_id: _id, ...fields } = data;
	// First for their place in front, last for their values.
	return { ...known, ...others, ...fields, ...known };
}
