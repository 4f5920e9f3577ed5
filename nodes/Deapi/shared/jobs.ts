import type {
	IDataObject,
	IExecutePaginationFunctions,
	IHttpRequestOptions,
	INodeExecutionData,
} from 'n8n-workflow';
import { downloadResult } from './download';
import type { Failure } from './errors';
import { CANCELLED, describeAnswer, describeNoAnswer, readRateLimit, withPaidJob } from './errors';
import { endpointPath } from './endpoints';
import type { Answer, NoAnswer } from './http';
import { callDeapi } from './http';
import { accountKey } from './lane';
import type { RoutingRequest } from './operation';
import type { DeapiContext, DeapiCredentials, Job } from './types';
import { durationText, isObject, numberOf, textOf } from '../basics/values';
import { pause } from '../basics/pause';

/** How the user wants to wait for a job. */
export interface WaitOptions {
	/** Seconds until the wait is given up. */
	timeout: number;
	/** Seconds until the first look at the status, and between two looks in the beginning. */
	pollInterval: number;
	/** Whether the first look comes at once: the job may have ended long ago. */
	looksAtOnce?: boolean;
	/** The execution's cancel signal. */
	signal?: AbortSignal;
	/** Whether there is no point in waiting any longer, as the node is going to stop. */
	isOver?: () => boolean;
}

/** What the user set under the node's request options, as far as every request has to hold to it. */
export type RequestSettings = Pick<
	IHttpRequestOptions,
	'proxy' | 'skipSslCertificateValidation' | 'timeout' | 'allowedDomains'
>;

/** What the user set under the node's request options, for requests of our own. */
export function settingsOf({ options }: RoutingRequest): RequestSettings {
	const { proxy, skipSslCertificateValidation, timeout, allowedDomains } = options;
	return {
		...(proxy ? { proxy } : {}),
		...(skipSslCertificateValidation ? { skipSslCertificateValidation: true } : {}),
		...(timeout ? { timeout } : {}),
		...(allowedDomains ? { allowedDomains } : {}),
	};
}

/** Seconds between two looks at most, once a wait has gone on for a while. */
const LONGEST_INTERVAL_S = 15;
const INTERVAL_GROWTH = 1.25;
/** How many looks in a row may bring nothing before the wait is given up. */
const MAX_FAULTS = 5;
/** A job that was submitted this many seconds ago may not be known everywhere yet. */
const UNKNOWN_GRACE_S = 30;

/** A look that takes longer brings nothing; n8n's own 300 s would eat up the whole wait. */
const STATUS_TIMEOUT_MS = 30_000;

export type StatusReading =
	{ job: Job } | { failure: Failure; isTransient: boolean; answer?: Answer };

/**
 * Reads a job's status once.
 *
 * @param requestId the job's ID, from either API version
 */
export async function readJob(
	context: DeapiContext,
	credentials: DeapiCredentials,
	requestId: string,
	settings: RequestSettings = {},
): Promise<StatusReading> {
	const answer: Answer | NoAnswer = await callDeapi(context, {
		...settings,
		timeout: Math.min(settings.timeout ?? STATUS_TIMEOUT_MS, STATUS_TIMEOUT_MS),
		method: 'GET',
		baseURL: credentials.baseUrl,
		url: `${endpointPath('job', credentials.apiVersion)}/${encodeURIComponent(requestId)}`,
	});
	if (!answer.answered) {
		return { failure: describeNoAnswer(answer), isTransient: !answer.cancelled };
	}
	const { data } = answer.body;
	if (answer.status === 200 && isObject(data) && textOf(data.status) !== undefined) {
		return { job: { ...data, status: String(data.status) } };
	}
	return {
		failure: describeAnswer(answer, `a job with the ID ${requestId}`),
		isTransient: answer.status >= 500 || answer.status === 200,
		answer,
	};
}

/** Until when an account may not read statuses, in milliseconds since 1970, by account. */
const statusPauses = new Map<string, number>();

/** When the account's rate limit ends, 0 where none is known; limits that are over are forgotten. */
function pausedUntil(account: string): number {
	for (const [key, until] of statusPauses) if (until <= Date.now()) statusPauses.delete(key);
	return statusPauses.get(account) ?? 0;
}

/**
 * Reads a job's status until the job ends.
 *
 * deAPI allows a Basic account 50 looks a minute: a limit that one item meets holds for all items of
 * the account, whichever execution they belong to.
 *
 * @returns the job, done or in error, or what ended the wait
 * @throws nothing
 */
export async function waitForEnd(
	context: DeapiContext,
	credentials: DeapiCredentials,
	requestId: string,
	options: WaitOptions,
	settings: RequestSettings = {},
): Promise<{ job: Job } | { failure: Failure }> {
	const { timeout, pollInterval, signal, isOver } = options;
	const start = Date.now();
	const end = start + timeout * 1000;
	const account = accountKey(credentials);
	const isStopped = () => signal?.aborted === true || isOver?.() === true;
	let interval = pollInterval;
	let wait = options.looksAtOnce === true ? 0 : interval;
	let faults = 0;
	let last: Failure | undefined;

	for (;;) {
		const wake = Math.max(Date.now() + wait * 1000, pausedUntil(account));
		await pause(Math.min(wake, end) - Date.now(), signal, isOver);
		if (isStopped()) return { failure: STOPPED_WAITING };
		// This item or another one has met the limit; nothing is asked before it ends.
		if (pausedUntil(account) > Date.now()) {
			if (Date.now() >= end) return { failure: describeTimeout(timeout, last) };
			continue;
		}
		const reading = await readJob(context, credentials, requestId, settings);
		if ('job' in reading) {
			const { status, progress } = reading.job;
			context.logger.debug(`deAPI job ${requestId}: ${status}`, { status, progress });
			if (status === 'done' || status === 'error') return reading;
			faults = 0;
			last = undefined;
		} else {
			if (isStopped()) return { failure: STOPPED_WAITING };
			last = reading.failure;
			const { answer } = reading;
			if (answer?.status === 429) {
				const { kind, retryAfter } = readRateLimit(answer);
				if (kind === 'daily') return reading;
				statusPauses.set(account, Date.now() + retryAfter * 1000);
			} else if (answer?.status === 404) {
				if (Date.now() - start > UNKNOWN_GRACE_S * 1000) return reading;
			} else if (!reading.isTransient || ++faults > MAX_FAULTS) {
				return reading;
			}
		}
		if (Date.now() >= end) return { failure: describeTimeout(timeout, last) };
		wait = interval;
		interval = Math.max(pollInterval, Math.min(interval * INTERVAL_GROWTH, LONGEST_INTERVAL_S));
	}
}

/** Waits for a job that this node has submitted: what ends the wait names the job that is paid for. */
export async function waitForJob(
	context: DeapiContext,
	credentials: DeapiCredentials,
	requestId: string,
	options: WaitOptions,
	settings: RequestSettings = {},
): Promise<{ job: Job } | { failure: Failure }> {
	const end = await waitForEnd(context, credentials, requestId, options, settings);
	return 'job' in end ? end : { failure: withPaidJob(end.failure, requestId) };
}

const STOPPED_WAITING: Failure = {
	...CANCELLED,
	description: 'The wait for the video was ended.',
};

/** @param last what the last look at the job brought, where that was no status */
function describeTimeout(timeout: number, last: Failure | undefined): Failure {
	const seen = last === undefined ? '' : ` The last look at the job brought: ${last.message}.`;
	return {
		message: `The video was not ready within ${durationText(timeout)}`,
		description: `Set a higher 'Timeout' under 'Options' to wait longer.${seen}`,
	};
}

/** A job that deAPI gave up, in words: its reason, whether to try again, and what became of the money. */
export function describeFailedJob(job: Job, requestId: string): Failure {
	const { error_message, error_reason, error_code, retryable, refunded } = job;
	const reason = [error_message, error_reason, error_code].find((text) => textOf(text)) ?? '';
	const again =
		retryable === true
			? 'Trying again may help.'
			: retryable === false
				? 'Trying again with the same input makes no sense.'
				: 'deAPI does not say whether trying again makes sense.';
	const money =
		refunded === true
			? 'The charge was returned.'
			: refunded === false
				? 'The charge was not returned.'
				: 'deAPI does not say whether the charge was returned.';
	return withPaidJob(
		{
			message: `deAPI could not make the video${reason === '' ? '' : `: ${reason}`}`,
			description: `${again} ${money}`,
			details: { ...job },
		},
		requestId,
		'ended',
	);
}

/**
 * The output item of a job: its fields, and its video where it is done and wanted.
 *
 * @param base the fields that the item has besides the job's
 */
export async function toJobItem(
	context: IExecutePaginationFunctions,
	credentials: DeapiCredentials,
	requestId: string,
	job: Job,
	base: IDataObject,
	result: { downloadResult: boolean; outputBinaryProperty: string; signal?: AbortSignal },
	settings: RequestSettings = {},
): Promise<{ item: INodeExecutionData } | { failure: Failure }> {
	const item: INodeExecutionData = {
		json: { ...base, request_id: requestId, ...job },
		pairedItem: { item: context.getItemIndex() },
	};
	if (job.status !== 'done' || !result.downloadResult) return { item };

	const url = textOf(job.result_url);
	if (url === undefined) {
		const message = 'The job is done, but deAPI gave no link to its video';
		const description = 'Read the job again in a moment.';
		return { failure: withPaidJob({ message, description }, requestId, 'done') };
	}
	const download = await downloadResult(context, {
		requestId,
		url,
		baseUrl: credentials.baseUrl,
		options: {
			...(settings.proxy ? { proxy: settings.proxy } : {}),
			...(settings.skipSslCertificateValidation ? { skipSslCertificateValidation: true } : {}),
		},
		...(result.signal ? { signal: result.signal } : {}),
		freshUrl: async () => {
			const reading = await readJob(context, credentials, requestId, settings);
			if (!('job' in reading)) return undefined;
			item.json = { ...base, request_id: requestId, ...reading.job };
			return textOf(reading.job.result_url);
		},
	});
	if ('failure' in download) {
		return {
			failure: withPaidJob(
				{
					message: `The video is ready but could not be fetched: ${download.failure.reason}`,
					description: 'Nothing was generated again.',
				},
				requestId,
				'done',
			),
		};
	}
	item.binary = { [result.outputBinaryProperty]: download.file };
	return { item };
}

/** The user's wishes for waiting and for the result, from the node's parameters, with their defaults. */
export function readWaitOptions(context: IExecutePaginationFunctions): {
	waitForCompletion: boolean;
	wait: Pick<WaitOptions, 'timeout' | 'pollInterval'>;
	result: { downloadResult: boolean; outputBinaryProperty: string };
} {
	const options = context.getNodeParameter('options', {}) as IDataObject;
	const positive = (value: unknown, fallback: number) => {
		const number = numberOf(value);
		return number !== undefined && number > 0 ? number : fallback;
	};
	return {
		waitForCompletion: context.getNodeParameter('waitForCompletion', false) === true,
		wait: {
			timeout: positive(options.timeout, 600),
			pollInterval: positive(options.pollInterval, 5),
		},
		result: {
			downloadResult: options.downloadResult !== false,
			outputBinaryProperty: textOf(options.outputBinaryProperty)?.trim() ?? 'data',
		},
	};
}
