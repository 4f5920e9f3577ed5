import { clock } from '../basics/clock';
import { pause } from '../basics/pause';
import { capitalised, durationText } from '../basics/values';
import type { Call } from '../engine/call';
import { Failure } from '../engine/failure';
import type { Account } from '../service/account';
import { Shared } from '../service/account';
import type { Job, StatusReading } from '../service/jobs';
import { readJob } from '../service/jobs';
import { readRateLimit } from '../service/rateLimit';
import { nextCheck } from './nextCheck';
import { logStatus, stoppedWaiting } from './paidJob';

/** How to wait for a job. */
export interface Wait {
	/** Seconds until the wait is given up. */
	timeout: number;
	/** Seconds until the first check of the status, and between two checks in the beginning. */
	pollInterval: number;
	/** What the job makes, e.g. `the video`. */
	product: string;
	/** How the log calls the job, e.g. `clip 3 of 18`. */
	name?: string;
	/** Whether the first check comes at once: the job may have ended long ago. */
	checksAtOnce?: boolean;
}

/** How many checks in a row may bring nothing before the wait is given up. */
const MAX_FAULTS = 5;
/** A job that was submitted this many milliseconds ago may not be known everywhere yet. */
const UNKNOWN_GRACE_MS = 30_000;
/** A check gets at least so much time, in milliseconds. */
const SHORTEST_CHECK_MS = 1000;

/**
 * Until when an account may not read statuses, in milliseconds since 1970. A Basic account may check 50
 * times a minute: a limit that one item meets holds for all of the account.
 */
const pauses = new Shared(() => ({ until: 0 }));

/**
 * Reads a job's status until the job ends.
 *
 * @returns the job, done or in error
 * @throws {Failure} for what else ended the wait
 */
export async function waitForEnd(
	call: Call,
	account: Account,
	requestId: string,
	{ timeout, pollInterval, product, name = `job ${requestId}`, checksAtOnce = false }: Wait,
): Promise<Job> {
	const { signal } = call;
	const start = clock.now();
	const end = start + timeout * 1000;
	const accountPause = pauses.of(account);
	let interval: number | undefined;
	let wait = checksAtOnce ? 0 : nextCheck(undefined, pollInterval);
	let faults = 0;
	let last: Failure | undefined;

	for (;;) {
		const wake = Math.max(clock.now() + wait * 1000, accountPause.until);
		await pause(Math.min(wake, end) - clock.now(), signal);
		if (signal.aborted) throw stoppedWaiting(product);
		// This item or another one has met the limit; nothing is asked before it ends.
		if (accountPause.until > clock.now()) {
			if (clock.now() >= end) throw timedOut(product, timeout, last);
			continue;
		}
		const deadline = Math.max(end - clock.now(), SHORTEST_CHECK_MS);
		const reading = await readJob(call, account, requestId, deadline);
		if (signal.aborted) throw stoppedWaiting(product);
		if ('job' in reading) {
			logStatus(call, name, reading.job);
			const { status } = reading.job;
			if (status === 'done' || status === 'error') return reading.job;
			faults = 0;
			last = undefined;
		} else {
			last = reading.failure;
			const verdict = judge(reading, clock.now() - start);
			if (verdict === 'final' || (verdict === 'fault' && ++faults > MAX_FAULTS)) throw last;
			if (typeof verdict === 'number') accountPause.until = verdict;
		}
		if (clock.now() >= end) throw timedOut(product, timeout, last);
		interval = nextCheck(interval, pollInterval);
		wait = interval;
	}
}

/**
 * What a check that brought no status means for the wait.
 *
 * @param age milliseconds since the wait began
 * @returns until when to wait for a rate limit, or whether the wait is over
 */
function judge(
	{ isTransient, answer }: Exclude<StatusReading, { job: Job }>,
	age: number,
): number | 'fault' | 'unknown' | 'final' {
	if (answer?.status === 429) {
		const { kind, endsAt } = readRateLimit(answer.headers, clock.now());
		return kind === 'daily' ? 'final' : endsAt;
	}
	if (answer?.status === 404) return age > UNKNOWN_GRACE_MS ? 'final' : 'unknown';
	return isTransient ? 'fault' : 'final';
}

/** @param last what the last check of the job brought, where that was no status */
function timedOut(product: string, timeout: number, last: Failure | undefined): Failure {
	const seen = last === undefined ? '' : ` At the last check: ${last.facts.message}.`;
	return new Failure({
		message: `${capitalised(product)} was not ready within ${durationText(timeout)}`,
		description: `Set a higher 'Wait At Most (Seconds)' under 'Options' to wait longer.${seen}`,
	});
}
