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
	/** `pending`, `processing`, `done` or `error`; any other text is taken as "still running". */
	status: string;
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
		reading.job.status === 'error' &&
		reading.job.retryable === undefined &&
		account.apiVersion === 'v1';
	if (!lacksReason) return reading;
	const more = await readOnce(ask, caller, account.onV2(), requestId, end);
	return 'job' in more && more.job.status === 'error' ? more : reading;
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
		return { failure: describeNoAnswer(answer), isTransient: !answer.cancelled };
	}
	const { data } = answer.body;
	if (answer.status === 200 && isObject(data) && textOf(data.status) !== undefined) {
		return { job: { ...data, status: String(data.status) } };
	}
	const what = `a job with the ID ${requestId}`;
	return {
		failure: describeAnswer(answer, { account, label: caller.label, what }),
		isTransient: answer.status >= 500 || answer.status === 200,
		answer,
	};
}
