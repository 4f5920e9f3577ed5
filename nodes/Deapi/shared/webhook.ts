/**
 * deAPI's webhook calls, as pure functions: is the call deAPI's, what does it say, is it wanted, and
 * what becomes of it in the workflow.
 *
 * What must not regress, and why:
 * - The signature is checked over the raw bytes. deAPI escapes slashes and may send UTF-8 as it is:
 *   parsing and printing the JSON again gives other bytes and another signature.
 * - The check never throws, whatever comes in, and compares in constant time: the URL is public, and
 *   neither a stack trace nor the time that an answer takes may help to guess.
 * - Strict where the contract is: one signature, one timestamp, nothing in front or behind. Node joins
 *   repeated headers with a comma, and a proxy may read the first where we would read the second.
 * - Only what is signed counts. The headers that name the event and the delivery are not signed: who
 *   replays a call could change them.
 *
 * Source: deAPI's OpenAPI specification (schemas WebhookHeaders and Webhook…Payload).
 */
import { createHash, createHmac, timingSafeEqual } from 'crypto';
import type { IDataObject } from 'n8n-workflow';
import { isObject, textOf } from '../basics/values';

/** How far a call's timestamp may be off, in seconds, before or after now. */
export const TIMESTAMP_TOLERANCE_S = 300;

const SIGNATURE = /^sha256=([0-9a-f]{64})$/;
/** No sign, no fraction, no exponent, no leading zero. */
const PLAIN_INTEGER = /^[1-9]\d{0,11}$/;

/** What of a call the check looks at; nothing about it is known yet. */
export interface WebhookCall {
	/** The bytes as they came, after decompression. */
	rawBody: unknown;
	/** The header `X-DeAPI-Signature`. */
	signature: unknown;
	/** The header `X-DeAPI-Timestamp`: seconds since 1970. */
	timestamp: unknown;
}

export interface VerifyOptions {
	/** The credential's webhook secret; empty where there is none. */
	secret: string;
	/** Whether a call without any signature passes. One with a wrong signature never does. */
	acceptUnsigned: boolean;
	/** Milliseconds since 1970. */
	now: number;
}

export type Verdict =
	| { accepted: true; body: Buffer; isSigned: boolean }
	/** `reason` tells the caller and the log what to look at; it holds nothing that is secret. */
	| { accepted: false; reason: string };

/** Checks that a call comes from deAPI and is not an old one that somebody sends again. */
export function verifyCall(call: WebhookCall, options: VerifyOptions): Verdict {
	const { rawBody, signature, timestamp } = call;
	const { secret, acceptUnsigned, now } = options;
	if (!Buffer.isBuffer(rawBody)) return refused('The call has no body that could be checked');

	// Without a secret on its side deAPI sends the header, but empty.
	if (signature === undefined || signature === '') {
		if (acceptUnsigned) return { accepted: true, body: rawBody, isSigned: false };
		return refused('The call is not signed');
	}
	const hex = typeof signature === 'string' ? SIGNATURE.exec(signature)?.[1] : undefined;
	if (hex === undefined) return refused('The signature is not readable');
	if (typeof timestamp !== 'string' || !PLAIN_INTEGER.test(timestamp)) {
		return refused('The timestamp is missing or not readable');
	}
	// deAPI counts whole seconds, so whole seconds are compared. The comparison also refuses NaN.
	const skew = Math.abs(Math.floor(now / 1000) - Number(timestamp));
	if (!(skew <= TIMESTAMP_TOLERANCE_S)) {
		return refused(`The timestamp is more than ${TIMESTAMP_TOLERANCE_S} seconds off`);
	}
	// Everybody can compute an HMAC with an empty key.
	if (secret === '') return refused('There is no secret to check the signature with');
	const expected = createHmac('sha256', secret).update(`${timestamp}.`).update(rawBody).digest();
	if (!timingSafeEqual(Buffer.from(hex, 'hex'), expected)) {
		return refused('The signature does not match');
	}
	return { accepted: true, body: rawBody, isSigned: true };
}

function refused(reason: string): Verdict {
	return { accepted: false, reason };
}

/** The events that deAPI sends about a job. */
export const JOB_EVENTS = ['job.processing', 'job.completed', 'job.failed'];

/** A payload that was found to be a deAPI event. */
export interface WebhookEvent {
	event: string;
	/** Tells deliveries apart; the same for each repetition. */
	deliveryKey: string;
	/** Empty only where the event is not about a job. */
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
	const requestId = textOf(data.job_request_id);
	if (requestId === undefined && JOB_EVENTS.includes(event)) return undefined;
	return {
		event,
		deliveryKey: deliveryKey(textOf(payload.delivery_id), body),
		requestId: requestId ?? '',
		jobType: textOf(data.job_type),
		data,
		payload,
	};
}

function parseJson(body: Buffer): unknown {
	try {
		return JSON.parse(body.toString('utf8').replace(/^\uFEFF/, ''));
	} catch {
		return undefined;
	}
}

/** A UUID has 36 characters; longer ones are stored by their hash, so that storage stays bounded. */
const LONGEST_ID = 64;

/** Without an ID the body itself tells repetitions: each carries the same bytes. */
function deliveryKey(id: string | undefined, body: Buffer): string {
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
