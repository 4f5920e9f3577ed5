import type { IBinaryData, IWebhookFunctions } from 'n8n-workflow';
import { pause } from '../basics/pause';
import { durationText, textOf } from '../basics/values';
import { callerOf } from '../engine/call';
import { asFailure } from '../engine/nodeErrors';
import { downloadResult } from '../result/download';
import type { Account } from '../service/account';
import { readJob } from '../service/jobs';

/** How long a download may take altogether, in seconds: 100 MB over 1 Mbit/s. */
export const DOWNLOAD_LIMIT_S = 900;

/** What to fetch. */
export interface ResultRequest {
	requestId: string;
	/** The link to try first; without it the job's status is asked for one. */
	url?: string;
	account: Account;
	/** Seconds until the download is given up: the workflow waits for it. */
	limit: number;
}

/**
 * Fetches a job's result, and once more with a fresh link where the first did not lead to it.
 *
 * @returns the file, or why there is none; never throws
 */
export async function fetchResult(
	context: IWebhookFunctions,
	{ requestId, url, account, limit }: ResultRequest,
): Promise<{ file: IBinaryData } | { reason: string }> {
	const giveUp = new AbortController();
	const finished = new AbortController();
	void pause(limit * 1000, finished.signal).then((isOver) => isOver && giveUp.abort());
	const caller = callerOf(context, giveUp.signal);
	let isFresh = false;
	const freshUrl = async () => {
		isFresh = true;
		const reading = await readJob(caller, account, requestId);
		return 'job' in reading ? textOf(reading.job.result_url) : undefined;
	};
	const fetch = async (link: string) =>
		await downloadResult(caller, {
			requestId,
			url: link,
			freshUrl,
			baseUrl: account.baseUrl,
		});
	try {
		const first = url ?? (await freshUrl());
		if (first === undefined) return { reason: 'deAPI gave no link to the result' };
		let download = await fetch(first);
		const mayRetry = 'failure' in download && !download.failure.isFinal && !isFresh;
		const fresh = mayRetry && !giveUp.signal.aborted ? await freshUrl() : undefined;
		if (fresh !== undefined) download = await fetch(fresh);
		if ('file' in download) return download;
		return giveUp.signal.aborted
			? { reason: `the download took longer than ${durationText(limit)}` }
			: { reason: download.failure.reason };
	} catch (error) {
		return { reason: asFailure(error).facts.message };
	} finally {
		finished.abort();
	}
}
