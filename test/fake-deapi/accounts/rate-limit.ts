/**
 * Rate limits as Laravel counts them: a window opens with its first request and ends after its
 * time, whatever comes in between. A refused request is not counted.
 */
import { json, type Answer } from '../http/answers';
import { OPERATION_NAMES, OPERATIONS } from '../operations';
import type { FakeSettings, Limits, RateLimits } from '../types';

const MINUTES_A_DAY = 1440;
const DAY_MS = 86_400_000;

/** What an account without limits is shown: those of Premium, of which nothing is ever used up. */
const PREMIUM_A_MINUTE = 300;

/** The limits of a Basic account: the service's pages. */
export const BASIC_LIMITS: Readonly<RateLimits> = {
	...Object.fromEntries(
		OPERATION_NAMES.flatMap((name) => {
			const { basic } = OPERATIONS[name];
			return basic === undefined ? [] : [[name, basic]];
		}),
	),
	status: { perMinute: 50, perDay: 200 },
	price: { perMinute: 50, perDay: 200 },
};

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

/** @returns a usage with nothing counted */
export function newUsage(): Usage {
	return { minute: { count: 0, endsAt: 0 }, day: { count: 0, endsAt: 0 } };
}

/**
 * @param settings the limits: those of `limits`, and for videos and status the older names first
 * @param what the limit asked for
 * @returns requests a minute and a day
 */
export function limitsOf(settings: FakeSettings, what: keyof RateLimits): Limits {
	const { perMinute, perDay } = settings.limits[what] ?? {};
	const { submitsPerMinute, submitsPerDay, statusPerMinute, statusPerDay } = settings;
	if (what === 'audioToVideo') {
		return { perMinute: submitsPerMinute ?? perMinute, perDay: submitsPerDay ?? perDay };
	}
	if (what === 'status') {
		return { perMinute: statusPerMinute ?? perMinute, perDay: statusPerDay ?? perDay };
	}
	return { perMinute, perDay };
}

/**
 * Counts a request.
 * @param usage what the account has used
 * @param limits requests a minute and a day
 * @param settings the clock, the minute's length, and how 429 headers look
 * @returns the 429 if the request is one too many, else the headers that tell what is left
 */
export function countRequest(
	usage: Usage,
	limits: Limits,
	settings: FakeSettings,
): { refused: Answer | null; headers: Record<string, string> } {
	const now = settings.now();
	renew(usage.minute, now, now + settings.minuteMs);
	renew(usage.day, now, dayEnd(settings, now));
	const { perMinute = Infinity, perDay = Infinity } = limits;
	const kind =
		usage.day.count >= perDay ? 'daily' : usage.minute.count >= perMinute ? 'minute' : null;
	if (kind === null) {
		usage.minute.count += 1;
		usage.day.count += 1;
	}
	const headers = quotaHeaders(usage, limits, settings);
	if (kind === null) return { refused: null, headers };
	const window = kind === 'daily' ? usage.day : usage.minute;
	const seconds = Math.max(1, Math.ceil((window.endsAt - now) / 1000));
	return { refused: tooManyAttempts(kind, String(seconds), settings, headers), headers };
}

/** @returns the headers of an answer that nothing limits; none unless the settings want them */
export function unlimitedHeaders(settings: FakeSettings): Record<string, string> {
	if (settings.quotaHeaders !== 'every') return {};
	return quotaHeaders(newUsage(), { perMinute: undefined, perDay: undefined }, settings);
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

/** @returns when a day that begins now ends: in 1,440 minutes, or at the next midnight UTC */
function dayEnd({ dayEndsAtMidnight, minuteMs }: FakeSettings, now: number): number {
	return dayEndsAtMidnight
		? (Math.floor(now / DAY_MS) + 1) * DAY_MS
		: now + minuteMs * MINUTES_A_DAY;
}

function renew(window: Window, now: number, endsAt: number): void {
	if (now < window.endsAt) return;
	window.count = 0;
	window.endsAt = endsAt;
}

function quotaHeaders(
	usage: Usage,
	{ perMinute, perDay }: Limits,
	settings: FakeSettings,
): Record<string, string> {
	const headers: Record<string, string> = {};
	if (perMinute !== undefined) {
		headers['X-RateLimit-Limit'] = String(perMinute);
		headers['X-RateLimit-Remaining'] = String(Math.max(0, perMinute - usage.minute.count));
		headers['X-RateLimit-Source'] = 'plan';
	} else if (settings.quotaHeaders !== 'none') {
		headers['X-RateLimit-Limit'] = String(PREMIUM_A_MINUTE);
		headers['X-RateLimit-Remaining'] = String(PREMIUM_A_MINUTE - 1);
		headers['X-RateLimit-Source'] = 'plan';
	}
	if (perDay !== undefined) {
		headers['X-RateLimit-Daily-Limit'] = String(perDay);
		headers['X-RateLimit-Daily-Remaining'] = String(Math.max(0, perDay - usage.day.count));
	}
	return headers;
}
