/**
 * Faults on demand: which request is met by which, and what becomes of its answer.
 */
import { html, json, xmlError, type Answer } from './answers';
import { fullWait, tooManyAttempts } from './rate-limit';
import { filler } from './results';
import type { FakeSettings, Fault, FaultQueue, FaultSpec, Route } from './types';

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
 * @param settings how 429 headers look
 * @param honest does what was asked and gives the true answer; not called where nothing is to be done
 * @returns what goes out
 */
export function answerWith(
	fault: Fault | null,
	settings: FakeSettings,
	honest: () => Answer,
): Sending {
	if (fault === null) return { answer: honest() };
	switch (fault.type) {
		case 'status':
			return { answer: plain(fault.status, fault.body, fault.headers) };
		case 'rateLimit': {
			const { kind, retryAfter, withType = settings.rateLimitType } = fault;
			const seconds =
				retryAfter === null ? null : String(retryAfter ?? fullWait(kind, settings.minuteMs));
			// A Retry-After named by the fault goes before the one of the settings.
			const override = retryAfter === undefined ? settings.retryAfter : undefined;
			const look = { retryAfter: override, rateLimitType: withType };
			return { answer: tooManyAttempts(kind, seconds, look) };
		}
		case 'html':
			if (fault.accept) honest();
			return { answer: html(fault.status) };
		case 'empty':
			if (fault.accept) honest();
			return { answer: { status: fault.status, headers: {}, body: Buffer.alloc(0) } };
		case 'truncatedJson': {
			const answer = honest();
			if (!Buffer.isBuffer(answer.body)) return { answer };
			const body = answer.body.subarray(0, Math.ceil(answer.body.length / 2));
			return { answer: { ...answer, body } };
		}
		case 'slow':
			return { answer: honest(), delayMs: fault.ms };
		case 'hang':
			return { answer: null, keepOpen: true };
		case 'cutAfterBody':
			if (fault.accept) honest();
			return { answer: null };
		case 'cutDuringAnswer':
			return fault.accept
				? { answer: honest(), cutAfter: 'half' }
				: { answer: json(500, { message: 'Server Error' }), cutAfter: 'half' };
		case 'redirect':
			return { answer: html(fault.status ?? 302, { Location: fault.location }) };
		case 'acceptThenError':
			honest();
			return { answer: plain(fault.status, fault.body, {}) };
		case 'noRequestId':
			honest();
			return { answer: json(200, fault.body ?? { data: {} }) };
		case 'expired':
			return { answer: xmlError(403, 'AccessDenied', 'Request has expired') };
		case 'short':
			return { answer: honest(), cutAfter: fault.bytes };
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

/** @returns an answer with a text as it stands, or a value as JSON; nothing given: Laravel's own */
function plain(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
	if (typeof body !== 'string') return json(status, body ?? { message: 'Server Error' }, headers);
	const type = body.startsWith('<') ? 'text/html; charset=UTF-8' : 'text/plain; charset=UTF-8';
	return { status, headers: { 'Content-Type': type, ...headers }, body: Buffer.from(body) };
}
