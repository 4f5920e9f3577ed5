/**
 * What a finished job has brought: a file, or a text as with transcripts.
 *
 * Invariants, and why:
 * - The account is read again for each look at the job: a key may be changed while a download is under
 *   way, and the old one would then be refused.
 * - Whatever comes, the work ends, and says why there is no result: the workflow waits for it.
 */
import type { GenericValue, IBinaryData, IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { Deadline } from '../basics/deadline';
import { Gate } from '../basics/gate';
import { untilAborted } from '../basics/pause';
import { shown } from '../basics/quote';
import { durationText, textOf } from '../basics/values';
import type { Caller } from '../engine/call';
import { callerOf } from '../engine/call';
import { CANCELED_REASON } from '../engine/networkFaults';
import { asFailure } from '../engine/nodeErrors';
import { downloadResult } from '../result/download';
import { Account } from '../service/account';
import { isJobId, readJob } from '../service/jobs';

/** How long a download may take altogether, in seconds: 100 MB over 1 Mbit/s. */
const DOWNLOAD_LIMIT_S = 900;

/** A larger text stays a file, in bytes. */
const LONGEST_TEXT = 4 * 1024 * 1024;

/**
 * A hundred jobs may be done in the same minute: their results are fetched one after the other, and no
 * trigger takes all the places.
 */
const downloads = new Gate({ all: 8, perName: 4 });

/** A result that has still to be fetched. */
export interface WantedResult extends IDataObject {
	requestId: string;
	/** The link to try first; without it the job's status is asked for one. */
	url?: string;
	/** The credential's base URL when the call came: only where it is http may a link be. */
	baseUrl: string;
}

/** What was found: a file, the job's own field `result`, both, or why there is neither. */
export type FoundResult = { file?: IBinaryData; result?: GenericValue } | { reason: string };

/**
 * Fetches a job's result, and once more with a fresh link where the first did not lead to it.
 *
 * @param trigger whose share of the places it takes
 * @returns never throws
 */
export async function fetchResult(
	context: IExecuteFunctions,
	trigger: string,
	wanted: WantedResult,
): Promise<FoundResult> {
	const cancelSignal = context.getExecutionCancelSignal();
	let found: FoundResult = { reason: CANCELED_REASON };
	const work = downloads.pass(async () => {
		found = await withinLimit(context, wanted, new Deadline(DOWNLOAD_LIMIT_S * 1000, cancelSignal));
	}, trigger);
	await untilAborted(work, cancelSignal);
	return found;
}

async function withinLimit(
	context: IExecuteFunctions,
	wanted: WantedResult,
	limit: Deadline,
): Promise<FoundResult> {
	try {
		const found = await find(context, wanted, limit.signal);
		const isTooLate = limit.isOver && 'reason' in found;
		return isTooLate
			? { reason: `the download took longer than ${durationText(DOWNLOAD_LIMIT_S)}` }
			: found;
	} catch (error) {
		return { reason: asFailure(error).facts.message };
	} finally {
		limit.close();
	}
}

async function find(
	context: IExecuteFunctions,
	{ requestId, url, baseUrl }: WantedResult,
	signal: AbortSignal,
): Promise<FoundResult> {
	const caller = callerOf(context, signal);
	let isFresh = false;
	const look = async () => {
		isFresh = true;
		return await lookAt(caller, requestId);
	};
	const freshUrl = async () => (await look()).url;
	const fetch = async (link: string) =>
		await downloadResult(caller, { requestId, url: link, freshUrl, baseUrl });

	const first = url === undefined ? await look() : { url };
	if (first.url === undefined) return first.found;
	let download = await fetch(first.url);
	const mayRetry = 'failure' in download && !download.failure.isFinal && !isFresh;
	const fresh = mayRetry && !signal.aborted ? await freshUrl() : undefined;
	if (fresh !== undefined) download = await fetch(fresh);
	if ('failure' in download) return { reason: download.failure.reason };
	const { file } = download;
	return { file, result: await textIn(context, file) };
}

/** Reads the job's status: a link to the result or, without one, what there is in its place. */
async function lookAt(
	caller: Caller<IExecuteFunctions>,
	requestId: string,
): Promise<{ url: string } | { url?: undefined; found: FoundResult }> {
	if (!isJobId(requestId)) return { found: { reason: `no job has the ID ${shown(requestId)}` } };
	const reading = await readJob(caller, await Account.of(caller.context), requestId);
	if ('failure' in reading) return { found: { reason: reading.failure.facts.message } };
	const url = textOf(reading.job.result_url);
	if (url !== undefined) return { url };
	// A transcript is in the answer itself, and is empty where nobody speaks.
	const { result } = reading.job;
	const hasResult = result !== undefined && result !== null;
	return { found: hasResult ? { result } : { reason: 'deAPI gave no link to the result' } };
}

/** The text of a transcript that came as a file. */
async function textIn(
	{ helpers }: IExecuteFunctions,
	file: IBinaryData,
): Promise<string | undefined> {
	if (!['text/plain', 'application/json'].includes(file.mimeType)) return undefined;
	const { id, data } = file;
	if (!id) return Buffer.from(data, 'base64').toString('utf8');
	if ((await helpers.getBinaryMetadata(id)).fileSize > LONGEST_TEXT) return undefined;
	return (await helpers.binaryToBuffer(await helpers.getBinaryStream(id))).toString('utf8');
}
