/**
 * Is a call deAPI's? As a pure function.
 *
 * Invariants, and why:
 * - The signature is checked over the raw bytes. deAPI escapes slashes and may send UTF-8 as it is:
 *   parsing and printing the JSON again gives other bytes and another signature.
 * - The check never throws, whatever comes in, and compares in constant time: the URL is public, and
 *   neither a stack trace nor the time that an answer takes may help to guess.
 * - Strict where the contract is: one signature, one timestamp, nothing in front or behind. Node joins
 *   repeated headers with a comma, and a proxy may read the first where we would read the second.
 *
 * Source: deAPI's OpenAPI specification (schema WebhookHeaders).
 */
import { createHmac, timingSafeEqual } from 'crypto';

/** How far a call's timestamp may be off, in seconds, before or after now. */
const TIMESTAMP_TOLERANCE_S = 300;

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
