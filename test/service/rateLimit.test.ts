/** What deAPI's headers say about its limits: rules without time. */
import {
	describeRateLimit,
	isDayOver,
	isWaitedFor,
	readRateLimit,
	restOfDay,
	type Headers,
	type RateLimit,
} from '../../nodes/Deapi/service/rateLimit';

/** Half past two in the afternoon, UTC: the day ends in 9.5 hours. */
const NOW = Date.UTC(2026, 4, 17, 14, 30);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY_END = 9.5 * HOUR;

describe('the headers of a 429', () => {
	test.each<[string, Headers, RateLimit['kind'], number]>([
		['nothing', {}, 'minute', MINUTE],
		['37 seconds', { 'retry-after': '37' }, 'minute', 37_000],
		['half a second', { 'retry-after': '0.5' }, 'minute', 500],
		['0', { 'retry-after': '0' }, 'minute', 1000],
		['a date', { 'retry-after': 'Sun, 17 May 2026 14:35:00 GMT' }, 'minute', 5 * MINUTE],
		['a date that is past', { 'retry-after': 'Sun, 17 May 2026 14:00:00 GMT' }, 'minute', MINUTE],
		['a negative number', { 'retry-after': '-5' }, 'minute', MINUTE],
		['words', { 'retry-after': 'soon' }, 'minute', MINUTE],
		['an empty text', { 'retry-after': '' }, 'minute', MINUTE],
		['a text of 1 MB', { 'retry-after': 'x'.repeat(1e6) }, 'minute', MINUTE],
		['Infinity', { 'retry-after': 'Infinity' }, 'minute', MINUTE],
		['1e400', { 'retry-after': '1e400' }, 'minute', MINUTE],
		['just an hour', { 'retry-after': '3600' }, 'minute', HOUR],
		['more than an hour', { 'retry-after': '3601' }, 'daily', 3_601_000],
		['1e15', { 'retry-after': '1e15' }, 'daily', 24 * HOUR],
		[
			'30 days, called a minute',
			{ 'retry-after': '2592000', 'x-ratelimit-type': 'minute' },
			'daily',
			24 * HOUR,
		],
		['the type of a minute', { 'x-ratelimit-type': 'minute' }, 'minute', MINUTE],
		['the type of a day', { 'x-ratelimit-type': 'daily' }, 'daily', DAY_END],
		['the type in other letters', { 'x-ratelimit-type': ' Daily ' }, 'daily', DAY_END],
		['a type that nobody knows', { 'x-ratelimit-type': 'hourly' }, 'minute', MINUTE],
		['nothing left of the day', { 'x-ratelimit-daily-remaining': '0' }, 'daily', DAY_END],
		['one left of the day', { 'x-ratelimit-daily-remaining': '1' }, 'minute', MINUTE],
		[
			'a day and when it ends',
			{ 'x-ratelimit-type': 'daily', 'retry-after': '60' },
			'daily',
			MINUTE,
		],
	])('with %s', (_what, headers, kind, wait) => {
		expect(readRateLimit(headers, NOW)).toEqual({ kind, endsAt: NOW + wait });
	});

	test('tell how many requests are allowed, each limit by its own header', () => {
		const headers = { 'x-ratelimit-limit': '1', 'x-ratelimit-daily-limit': '15' };
		expect(readRateLimit(headers, NOW).allowed).toBe('1');
		expect(readRateLimit({ ...headers, 'x-ratelimit-type': 'daily' }, NOW).allowed).toBe('15');
	});

	test('quote no more of a number than a number has', () => {
		const headers = { 'x-ratelimit-limit': '9'.repeat(1e6) };
		expect(readRateLimit(headers, NOW).allowed).toHaveLength(20);
	});
});

test.each<[Headers, boolean]>([
	[{}, false],
	[{ 'x-ratelimit-remaining': '0' }, false],
	[{ 'x-ratelimit-remaining': '1' }, false],
	[{ 'x-ratelimit-remaining': '' }, false],
	[{ 'x-ratelimit-daily-remaining': '0' }, true],
	[{ 'x-ratelimit-daily-remaining': '-1' }, false],
	[{ 'x-ratelimit-remaining': '0', 'x-ratelimit-daily-remaining': '0' }, true],
])('%j: the day is over: %p', (headers, day) => {
	expect(isDayOver(headers)).toBe(day);
});

test.each([
	['in the afternoon', NOW, DAY_END],
	['a second before midnight', Date.UTC(2026, 4, 17, 23, 59, 59), 1000],
	['at midnight', Date.UTC(2026, 4, 18), 24 * HOUR],
])('a day ends at the next midnight UTC: %s', (_when, now, wait) => {
	expect(restOfDay({}, now)).toEqual({ kind: 'daily', endsAt: now + wait });
});

test.each<[RateLimit['kind'], refusals: number, retries: number, boolean]>([
	['minute', 1, 0, false],
	['minute', 1, 1, true],
	['minute', 2, 1, false],
	['minute', 9, Infinity, true],
	['daily', 1, Infinity, false],
])('a limit per %s that refuses for time %d of %d is waited for: %p', (kind, ...rest) => {
	const [refusals, retries, expected] = rest;
	expect(isWaitedFor({ kind }, refusals, retries)).toBe(expected);
});

describe('in words', () => {
	const limit: RateLimit = { kind: 'daily', endsAt: NOW + DAY_END, allowed: '15' };

	test('a daily limit has its end in the time zone of the user', () => {
		const { facts } = describeRateLimit(limit, NOW, 'Europe/Berlin');
		const { message, description, details } = facts;
		expect(facts.limit).toEqual({ kind: 'daily', endsAt: NOW + DAY_END });
		expect(message).toBe('The daily limit of the deAPI account is reached; it ends in 10 hours');
		expect(description).toContain(
			'The daily limit of 15 requests ends at 2026-05-18T00:00:00Z (Monday 02:00 in Europe/Berlin).',
		);
		expect(details).toEqual({ limit: 'daily', limit_ends_at: '2026-05-18T00:00:00Z' });
	});

	test.each(['UTC', 'Nowhere/Atlantis'])('and in UTC alone where that is all: %s', (timezone) => {
		expect(describeRateLimit(limit, NOW, timezone).facts.description).toContain(
			'ends at 2026-05-18T00:00:00Z. ',
		);
	});
});
