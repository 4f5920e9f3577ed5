/**
 * Rate limits as Laravel counts them: a window opens with its first request and ends after its
 * time, whatever comes in between. A refused request is not counted.
 */
import { json, type Answer } from './answers';
import type { FakeSettings } from './types';

const MINUTES_A_DAY = 1440;

interface Window {
	count: number;
	/** Milliseconds since the epoch. */
	endsAt: number;
}

/** What one account has used of one limit. */
export interface Usage {
	minute: Window;
	day: Window;
}

export interface Limits {
	perMinute: number | undefined;
	perDay: number | undefined;
}

/** @returns a usage with nothing counted */
export function newUsage(): Usage {
	return { minute: { count: 0, endsAt: 0 }, day: { count: 0, endsAt: 0 } };
}

/**
 * Counts a request.
 * @param usage what the account has used
 * @param limits requests a minute and a day
 * @param settings the minute's length, and how 429 headers look
 * @returns the 429 if the request is one too many, else the headers that tell what is left
 */
export function countRequest(
	usage: Usage,
	limits: Limits,
	settings: FakeSettings,
): { refused: Answer | null; headers: Record<string, string> } {
	const now = Date.now();
	renew(usage.minute, settings.minuteMs, now);
	renew(usage.day, settings.minuteMs * MINUTES_A_DAY, now);
	const { perMinute = Infinity, perDay = Infinity } = limits;
	const kind =
		usage.day.count >= perDay ? 'daily' : usage.minute.count >= perMinute ? 'minute' : null;
	if (kind === null) {
		usage.minute.count += 1;
		usage.day.count += 1;
	}
	const headers = quotaHeaders(usage, limits);
	if (kind === null) return { refused: null, headers };
	const window = kind === 'daily' ? usage.day : usage.minute;
	const seconds = Math.max(1, Math.ceil((window.endsAt - now) / 1000));
	return { refused: tooManyAttempts(kind, String(seconds), settings, headers), headers };
}

/**
 * @param kind which limit was hit
 * @param retryAfter seconds, null leaves the header out; `settings.retryAfter` goes first
 * @param settings how 429 headers look
 * @param headers further headers
 * @returns the 429
 */
export function tooManyAttempts(
	kind: 'minute' | 'daily',
	retryAfter: string | null,
	settings: Pick<FakeSettings, 'retryAfter' | 'rateLimitType'>,
	headers: Record<string, string> = {},
): Answer {
	const seconds = settings.retryAfter === undefined ? retryAfter : settings.retryAfter;
	return json(
		429,
		{ message: 'Too Many Attempts.' },
		{
			...headers,
			...(seconds === null ? {} : { 'Retry-After': seconds }),
			...(settings.rateLimitType ? { 'X-RateLimit-Type': kind } : {}),
		},
	);
}

/**
 * @param kind which limit
 * @param minuteMs length of a minute in milliseconds
 * @returns the whole wait in seconds
 */
export function fullWait(kind: 'minute' | 'daily', minuteMs: number): string {
	const minutes = kind === 'daily' ? MINUTES_A_DAY : 1;
	return String(Math.max(1, Math.ceil((minutes * minuteMs) / 1000)));
}

function renew(window: Window, length: number, now: number): void {
	if (now < window.endsAt) return;
	window.count = 0;
	window.endsAt = now + length;
}

function quotaHeaders(usage: Usage, { perMinute, perDay }: Limits): Record<string, string> {
	const headers: Record<string, string> = {};
	if (perMinute !== undefined) {
		headers['X-RateLimit-Limit'] = String(perMinute);
		headers['X-RateLimit-Remaining'] = String(Math.max(0, perMinute - usage.minute.count));
	}
	if (perDay !== undefined) {
		headers['X-RateLimit-Daily-Limit'] = String(perDay);
		headers['X-RateLimit-Daily-Remaining'] = String(Math.max(0, perDay - usage.day.count));
	}
	return headers;
}
