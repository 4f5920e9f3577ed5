import type { IDataObject } from 'n8n-workflow';
import { clock } from '../basics/clock';
import { isObject, textOf } from '../basics/values';
import type { Caller } from '../engine/call';
import type { Failure } from '../engine/failure';
import type { Account } from './account';
import { describeAnswer, describeNoAnswer } from './answers';
import { ENDPOINTS } from './endpoints';
import type { Answer } from './transport';
import { callDeapi, readDeapi, SHORTEST_MS } from './transport';

/** The `data` of a status answer, as far as this package reads it; the rest is passed on as it is. */
export interface Job extends IDataObject {
	/** An open list: `pending`, `processing`, `done`, `error` and what deAPI adds. See `isFailed`. */
	status: string;
}

/** Words that a status may have that will never be `done`; deAPI's pages name the first only. */
const FAILED = ['error', 'failed', 'canceled', 'cancelled', 'expired'];

/** Whether a job has ended without a result. Words that nobody knows yet say that it goes on. */
export function isFailed(status: string | undefined): boolean {
	return FAILED.includes(status?.trim().toLowerCase() ?? '');
}

/** Words for a job that is on its way. */
const ON_ITS_WAY = ['pending', 'processing'];

/** Whether a job's status is a word that this package does not know. */
export function isUnknown(status: string): boolean {
	return status !== 'done' && !ON_ITS_WAY.includes(status) && !isFailed(status);
}

/** What one check of a job brought. */
export type StatusReading =
	{ job: Job } | { failure: Failure; isTransient: boolean; answer?: Answer };

/** The most characters of a job's ID; deAPI's have 36. */
export const LONGEST_ID = 200;

/**
 * Whether a text can be a job's ID. It becomes part of the address: nothing else may get there.
 *
 * @param text as it came from outside
 */
export function isJobId(text: string): boolean {
	if (text.length > LONGEST_ID || text.includes('..')) return false;
	return /^[A-Za-z0-9][A-Za-z0-9._:-]*$/.test(text);
}

/** How long one check may take, in milliseconds; n8n's own 300 s would eat up the whole wait. */
const DEADLINE_MS = 30_000;

/**
 * Reads a job's status once. A failed job that v1 of the API gives no reason for is read over v2, which
 * knows the reason and whether the charge was returned.
 *
 * @param requestId the job's ID, from either API version
 * @param deadline milliseconds for all of it, for a caller that reads again by itself; without it a read
 * that meets a 5xx is tried again
 * @returns the job, or why it could not be read; it throws nothing
 */
export async function readJob(
	caller: Caller,
	account: Account,
	requestId: string,
	deadline?: number,
): Promise<StatusReading> {
	const end = clock.now() + Math.min(deadline ?? DEADLINE_MS, DEADLINE_MS);
	const ask = deadline === undefined ? readDeapi : askOnce;
	const reading = await readOnce(ask, caller, account, requestId, end);
	const lacksReason =
		'job' in reading &&
		isFailed(reading.job.status) &&
		reading.job.retryable === undefined &&
		account.apiVersion === 'v1';
	if (!lacksReason) return reading;
	const more = await readOnce(ask, caller, account.onV2(), requestId, end);
	return 'job' in more && isFailed(more.job.status) ? more : reading;
}

const askOnce: typeof readDeapi = async (caller, account, request) =>
	await callDeapi(caller, account, { ...request, method: 'GET' });

async function readOnce(
	ask: typeof readDeapi,
	caller: Caller,
	account: Account,
	requestId: string,
	end: number,
): Promise<StatusReading> {
	const answer = await ask(caller, account, {
		endpoint: ENDPOINTS.job,
		rest: `/${encodeURIComponent(requestId)}`,
		deadline: Math.max(end - clock.now(), SHORTEST_MS),
	});
	if (!answer.answered) {
		return { failure: describeNoAnswer(answer), isTransient: !answer.canceled };
	}
	const { data } = answer.body;
	if (answer.status === 200 && isObject(data) && textOf(data.status) !== undefined) {
		return { job: { ...data, status: String(data.status) } };
	}
	const what = `a job with the ID ${requestId}`;
	return {
		failure: describeAnswer(answer, { account, label: caller.label, what, isStatus: true }),
		isTransient: answer.status >= 500 || answer.status === 200,
		answer,
	};
}
