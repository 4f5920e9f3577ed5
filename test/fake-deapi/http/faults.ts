/**
 * Faults on demand: which request is met by which, and what becomes of its answer.
 */
import { fullWait, tooManyAttempts } from '../accounts/rate-limit';
import { filler } from '../results/filler';
import type { FakeSettings, Fault, FaultQueue, FaultSpec, Route } from '../types';
import { html, json, xmlError, type Answer } from './answers';
import { changeJson, moveRequestId, withHeaders, withPadding } from './changed-answers';

/** How an answer goes out. */
export interface Sending {
	/** Null: none is sent. */
	answer: Answer | null;
	/** Wait before it, in milliseconds. */
	delayMs?: number;
	/** Bytes of the body after which the connection is cut; 'half' of them. */
	cutAfter?: number | 'half';
	/** With no answer: whether the connection stays open. */
	keepOpen?: boolean;
	/** Sends so many bytes of the body at a time, and waits between them. */
	drip?: { bytes: number; everyMs: number };
}

/** What a fault may look at. */
export interface Met {
	settings: FakeSettings;
	/** The request's Authorization header. */
	authorization: string;
	/** Does what was asked and gives the true answer; not called where nothing is to be done. */
	honest: () => Promise<Answer>;
	/** Gives the job that `honest` made a number for its ID, and returns it; null: no job. */
	numberJob: () => number | null;
}

/** The faults waiting, in order. */
export class Faults implements FaultQueue {
	private specs: Array<{ spec: FaultSpec; seen: number; fired: number }> = [];

	add(spec: FaultSpec): void {
		this.specs.push({ spec, seen: 0, fired: 0 });
	}

	clear(): void {
		this.specs = [];
	}

	get pending(): number {
		return this.specs.reduce((sum, { spec, fired }) => sum + (spec.times ?? 1) - fired, 0);
	}

	/**
	 * Every fault of the route sees the request, so that each `after` counts requests and not turns.
	 * @param route what the request is for
	 * @returns the fault that meets it, null if none does
	 */
	take(route: Route | null): Fault | null {
		let met: Fault | null = null;
		for (const entry of this.specs) {
			const { spec } = entry;
			if (spec.route !== 'any' && spec.route !== route) continue;
			entry.seen += 1;
			if (met !== null || entry.seen <= (spec.after ?? 0)) continue;
			entry.fired += 1;
			met = spec.fault;
		}
		this.specs = this.specs.filter(({ spec, fired }) => fired < (spec.times ?? 1));
		return met;
	}
}

/**
 * @param fault what meets the request, null for nothing
 * @param met the request, and the way to its true answer
 * @returns what goes out
 */
export async function answerWith(fault: Fault | null, met: Met): Promise<Sending> {
	const { honest, settings } = met;
	if (fault === null) return { answer: await honest() };
	switch (fault.type) {
		case 'status':
			return { answer: plain(fault.status, fault.body, fault.headers) };
		case 'rateLimit':
			return { answer: rateLimited(fault, settings) };
		case 'html':
			if (fault.accept) await honest();
			return { answer: html(fault.status) };
		case 'empty':
			if (fault.accept) await honest();
			return { answer: { status: fault.status, headers: {}, body: Buffer.alloc(0) } };
		case 'truncatedJson': {
			const answer = await honest();
			if (!Buffer.isBuffer(answer.body)) return { answer };
			const body = answer.body.subarray(0, Math.ceil(answer.body.length / 2));
			return { answer: { ...answer, body } };
		}
		case 'slow':
			return { answer: await honest(), delayMs: fault.ms };
		case 'hang':
			return { answer: null, keepOpen: true };
		case 'cutAfterBody':
			if (fault.accept) await honest();
			return { answer: null };
		case 'cutDuringAnswer':
			return fault.accept
				? { answer: await honest(), cutAfter: 'half' }
				: { answer: json(500, { message: 'Server Error' }), cutAfter: 'half' };
		case 'redirect':
			return { answer: html(fault.status ?? 302, { Location: fault.location }) };
		case 'acceptThenError':
			await honest();
			return { answer: plain(fault.status, fault.body, {}) };
		case 'noRequestId':
			await honest();
			return { answer: json(200, fault.body ?? { data: {} }) };
		case 'oddRequestId': {
			const answer = await honest();
			const number = fault.place === 'number' ? met.numberJob() : null;
			return { answer: moveRequestId(answer, fault, number) };
		}
		case 'overwrite':
			return { answer: changeJson(await honest(), fault) };
		case 'drip': {
			const drip = { bytes: fault.bytes ?? 1, everyMs: fault.everyMs };
			return { answer: await honest(), drip };
		}
		case 'padded':
			return { answer: withPadding(await honest(), fault.bytes) };
		case 'echoKey':
			return { answer: echo(fault, met.authorization) };
		case 'headers':
			return { answer: withHeaders(await honest(), fault.headers) };
		case 'expired':
			return { answer: xmlError(403, 'AccessDenied', 'Request has expired') };
		case 'short':
			return { answer: await honest(), cutAfter: fault.bytes };
		case 'tooLarge': {
			const headers: Record<string, string> = { 'Content-Type': 'video/mp4' };
			if (fault.contentLength) headers['Content-Length'] = String(fault.bytes);
			return { answer: { status: 200, headers, body: filler(fault.bytes) } };
		}
		case 'cutBeforeBody':
		case 'cutDuringBody':
		case 'stallBody':
			// These end while the body is read; a request without a body ends here.
			return { answer: null, keepOpen: fault.type === 'stallBody' };
	}
}

function rateLimited(fault: Fault & { type: 'rateLimit' }, settings: FakeSettings): Answer {
	const { kind, retryAfter, withType = settings.rateLimitType, headers } = fault;
	const seconds =
		retryAfter === null ? null : String(retryAfter ?? fullWait(kind, settings.minuteMs));
	// A Retry-After named by the fault goes before the one of the settings.
	const override = retryAfter === undefined ? settings.retryAfter : undefined;
	const look = { retryAfter: override, rateLimitType: withType };
	return tooManyAttempts(kind, seconds, look, headers);
}

/** @returns an answer that repeats the key in the place asked for */
function echo({ status, as = 'json' }: Fault & { type: 'echoKey' }, authorization: string): Answer {
	const message = `Refused: Authorization: ${authorization}`;
	if (as === 'text') return plain(status, message);
	return json(status, as === 'json' ? { message } : { message, errors: { prompt: [message] } });
}

/** @returns an answer with a text as it stands, or a value as JSON; nothing given: Laravel's own */
function plain(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
	if (typeof body !== 'string') return json(status, body ?? { message: 'Server Error' }, headers);
	const type = body.startsWith('<') ? 'text/html; charset=UTF-8' : 'text/plain; charset=UTF-8';
	return { status, headers: { 'Content-Type': type, ...headers }, body: Buffer.from(body) };
}
