import { clock } from '../basics/clock';
import { pause } from '../basics/pause';
import { quote } from '../basics/quote';
import { capitalised, durationText } from '../basics/values';
import type { IExecutePaginationFunctions } from 'n8n-workflow';
import type { Caller } from '../engine/call';
import { CANCELED, Failure } from '../engine/failure';
import { asFailure } from '../engine/nodeErrors';
import type { Account } from '../service/account';
import { Shared } from '../service/account';
import type { Job, StatusReading } from '../service/jobs';
import { isFailed, isUnknown, readJob } from '../service/jobs';
import { isWaitedFor, LIMIT_RETRIES } from '../service/rateLimit';
import { nextCheck } from './nextCheck';

/** How to wait for a job. */
export interface Wait {
	/** Seconds after which the node stops waiting. */
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
 * @returns the job, done or failed
 * @throws {Failure} for what else ended the wait; it says whether the job may go on
 */
export async function waitForEnd(
	caller: Caller<IExecutePaginationFunctions>,
	account: Account,
	requestId: string,
	wait: Wait,
): Promise<Job> {
	try {
		return await untilEnd(caller, account, requestId, wait);
	} catch (error) {
		const failure = asFailure(error);
		const state = failure.facts.status === 404 ? 'missing' : 'running';
		throw failure.with({ job: { id: requestId, state } });
	}
}

async function untilEnd(
	caller: Caller<IExecutePaginationFunctions>,
	account: Account,
	requestId: string,
	{ timeout, pollInterval, product, name = `job ${requestId}`, checksAtOnce = false }: Wait,
): Promise<Job> {
	const { signal } = caller;
	const isEnded = () => signal?.aborted === true;
	const start = clock.now();
	const end = start + timeout * 1000;
	const accountPause = pauses.of(account);
	let interval: number | undefined;
	let wait = checksAtOnce ? 0 : nextCheck(undefined, pollInterval);
	let faults = 0;
	let last: string | undefined;

	for (;;) {
		const wake = Math.max(clock.now() + wait * 1000, accountPause.until);
		await pause(Math.min(wake, end) - clock.now(), signal);
		if (isEnded()) throw stoppedWaiting(product);
		// This item or another one has met the limit; nothing is asked before it ends.
		if (accountPause.until > clock.now()) {
			if (clock.now() >= end) throw timedOut(product, timeout, last);
			continue;
		}
		const deadline = Math.max(end - clock.now(), SHORTEST_CHECK_MS);
		const reading = await readJob(caller, account, requestId, deadline);
		if (isEnded()) throw stoppedWaiting(product);
		if ('job' in reading) {
			logStatus(caller, name, reading.job);
			const { status } = reading.job;
			if (status === 'done' || isFailed(status)) return reading.job;
			faults = 0;
			last = isUnknown(status) ? `the job's status was '${quote(status, 50)}'` : undefined;
		} else {
			const { failure } = reading;
			last = failure.facts.message;
			const verdict = judge(reading, clock.now() - start);
			if (verdict === 'final' || (verdict === 'fault' && ++faults > MAX_FAULTS)) throw failure;
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
	{ isTransient, answer, failure }: Exclude<StatusReading, { job: Job }>,
	age: number,
): number | 'fault' | 'unknown' | 'final' {
	const { limit } = failure.facts;
	if (limit) return isWaitedFor(limit, 1, LIMIT_RETRIES.status) ? limit.endsAt : 'final';
	if (answer?.status === 404) return age > UNKNOWN_GRACE_MS ? 'final' : 'unknown';
	return isTransient ? 'fault' : 'final';
}

/** @param last what the last check of the job brought, where that was no status that is known */
function timedOut(product: string, timeout: number, last: string | undefined): Failure {
	const seen = last === undefined ? '' : ` At the last check: ${last}.`;
	return new Failure({
		message: `${capitalised(product)} was not ready within ${durationText(timeout)}`,
		description: `Set a higher 'Wait At Most (Seconds)' under 'Options' to wait longer.${seen}`,
	});
}

/**
 * What an item says whose execution was canceled while it waited.
 *
 * @param product e.g. `the video`
 */
export function stoppedWaiting(product: string): Failure {
	const { message } = CANCELED;
	const description = `The wait for ${product} was ended.`;
	return new Failure({ message, description, isInterrupted: true });
}

/**
 * Writes a job's state into n8n's log, where it survives whatever happens to the execution.
 *
 * @param name how the log calls the job, e.g. `clip 3 of 18`
 */
export function logStatus(
	{ context }: Pick<Caller<IExecutePaginationFunctions>, 'context'>,
	name: string,
	{ status, progress }: Job,
): void {
	const percent =
		progress === undefined || progress === null ? '' : ` ${quote(String(progress), 20)} %`;
	context.logger.debug(`deAPI ${name}: ${quote(status, 50)}${percent}`);
}
