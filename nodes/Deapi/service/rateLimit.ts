/**
 * deAPI's rate limits: what its headers say, as pure functions with the time as an argument.
 *
 * Source: deAPI's documentation of rate limits. `Retry-After` is in seconds; it and `X-RateLimit-Type`
 * may be missing: then it is a minute limit of 60 seconds. Daily limits end at midnight UTC.
 */
import { durationText, numberOf } from '../basics/values';
import type { ReachedLimit } from '../engine/failure';
import { Failure } from '../engine/failure';

/** Names in lower case. */
export interface Headers {
	[name: string]: string | undefined;
}

/** A rate limit that was reached, as far as deAPI's headers tell. */
export interface RateLimit extends Pick<ReachedLimit, 'kind' | 'endsAt'> {
	/** How many requests it allows, where deAPI says so. */
	allowed?: string;
}

const MINUTE_MS = 60_000;
/** A longer wait is no minute limit, whatever its header says. */
const LONGEST_MINUTE_LIMIT_MS = 60 * MINUTE_MS;
/** What `Retry-After: 0` is taken for: it would be an invitation to ask without a pause. */
const NO_WAIT_MS = 1000;
/** No limit of deAPI's lasts longer. */
const LONGEST_LIMIT_MS = 24 * 60 * MINUTE_MS;

/**
 * Reads the limit of a 429, whatever its headers hold.
 *
 * @param now milliseconds since 1970
 */
export function readRateLimit(headers: Headers, now: number): RateLimit {
	const announced = readRetryAfter(headers['retry-after'], now);
	const type = headers['x-ratelimit-type']?.trim().toLowerCase();
	const isDaily =
		type === 'daily' || isDayOver(headers) || (announced ?? 0) > LONGEST_MINUTE_LIMIT_MS;
	const usual = isDaily ? untilMidnight(now) : MINUTE_MS;
	const wait = announced === 0 ? NO_WAIT_MS : (announced ?? usual);
	return limitOf(isDaily ? 'daily' : 'minute', now + Math.min(wait, LONGEST_LIMIT_MS), headers);
}

/**
 * What to do after a 429, whatever was asked: a limit per minute is waited for, a daily one never: nobody
 * wants an execution that hangs until tomorrow. This is how often in a row one may be met before the work
 * is given up, by what was asked.
 */
export const LIMIT_RETRIES = {
	/** The default of 'Rate Limit Retries', which the user may change. */
	submit: 5,
	/** What is read before anything is paid for. A Basic account may ask for 50 prices a minute. */
	check: 5,
	/** The user has said how long to wait for a job. */
	status: Infinity,
} as const;

/**
 * Whether a limit is waited for.
 *
 * @param refusals how often in a row it has refused the same thing, this time included
 * @param retries how often it may, see `LIMIT_RETRIES`
 */
export function isWaitedFor({ kind }: Pick<RateLimit, 'kind'>, refusals: number, retries: number) {
	return kind === 'minute' && refusals <= retries;
}

function limitOf(kind: RateLimit['kind'], endsAt: number, headers: Headers): RateLimit {
	const allowed = headers[kind === 'daily' ? 'x-ratelimit-daily-limit' : 'x-ratelimit-limit'];
	return { kind, endsAt, ...(allowed === undefined ? {} : { allowed: allowed.slice(0, 20) }) };
}

/** How long `Retry-After` asks to wait, in milliseconds; undefined where it says nothing sensible. */
function readRetryAfter(header: string | undefined, now: number): number | undefined {
	if (header === undefined) return undefined;
	const seconds = numberOf(header);
	// A date is understood as well, as HTTP allows it.
	const ms = seconds === undefined ? Date.parse(header.slice(0, 64)) - now : seconds * 1000;
	return Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}

/** Whether the headers say that the day's requests are used up. */
export function isDayOver(headers: Headers): boolean {
	return numberOf(headers['x-ratelimit-daily-remaining']) === 0;
}

/**
 * The daily limit that ends at the next midnight UTC.
 *
 * @param now milliseconds since 1970
 */
export function restOfDay(headers: Headers, now: number): RateLimit {
	return limitOf('daily', now + untilMidnight(now), headers);
}

function untilMidnight(now: number): number {
	return LONGEST_LIMIT_MS - (now % LONGEST_LIMIT_MS);
}

/**
 * A rate limit in words: which one, and when it ends.
 *
 * @param now milliseconds since 1970
 * @param timezone the workflow's, for the hour at which a daily limit ends
 * @param isOfReads whether it limits how often a job's status is read, and not how many jobs are made
 */
export function describeRateLimit(
	limit: RateLimit,
	now: number,
	timezone = 'UTC',
	isOfReads = false,
): Failure {
	const { kind, endsAt, allowed } = limit;
	// Rounded up: who asks again at that time must not come too early.
	const end = new Date(Math.ceil(endsAt / 1000) * 1000).toISOString().replace('.000Z', 'Z');
	const name = kind === 'daily' ? 'daily limit' : 'limit per minute';
	const amount = allowed === undefined ? '' : ` of ${allowed} requests`;
	const local = kind === 'daily' && timezone !== 'UTC' ? localTime(endsAt, timezone) : '';
	return new Failure({
		status: 429,
		message: `The ${name} of the deAPI account is reached${isOfReads ? ' for reading the status of jobs' : ''}; it ends in ${durationText((endsAt - now) / 1000)}`,
		description: `The ${name}${amount} ends at ${end}${local}. ${isOfReads ? OF_READS : OF_JOBS}`,
		limit: { kind, endsAt },
		details: { limit: kind, limit_ends_at: end },
	});
}

const OF_JOBS = 'Accounts that have paid once get higher limits (https://app.deapi.ai).';

const OF_READS = 'It limits reads, not jobs: those that were submitted go on.';

function localTime(time: number, timezone: string): string {
	try {
		const format = new Intl.DateTimeFormat('en-GB', {
			timeZone: timezone,
			weekday: 'long',
			hour: '2-digit',
			minute: '2-digit',
		});
		return ` (${format.format(time)} in ${timezone})`;
	} catch {
		// A time zone that this Node does not know: UTC is in the sentence already.
		return '';
	}
}
