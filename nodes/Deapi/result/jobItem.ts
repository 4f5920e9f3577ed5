import type { IBinaryData, IDataObject, INodeExecutionData } from 'n8n-workflow';
import { capitalised, textOf } from '../basics/values';
import type { Call, Caller, FileContext } from '../engine/call';
import { Failure } from '../engine/failure';
import type { Account } from '../service/account';
import type { Job } from '../service/jobs';
import { readJob } from '../service/jobs';
import { downloadResult } from './download';

/** What a job's result is. */
export interface WantedResult {
	/** What it is, e.g. `the video`. */
	product: string;
	/** The file's name without its ending; the request ID otherwise. */
	fileName?: string | undefined;
	/** Whether a finished job without a file is a failure. */
	needsFile: boolean;
	/** Whether that file has to be a video. */
	isVideo?: boolean;
}

/** What becomes of a job's result. */
export interface ItemOptions extends WantedResult {
	downloads: boolean;
	/** The binary field that it goes into. */
	field: string;
}

/**
 * The output item of a job: its fields, and its file where it is done and wanted.
 *
 * @param ours what the item says besides the job's own fields; nothing of the job takes its place
 * @throws {Failure} where the result is there and cannot be had
 */
export async function toJobItem(
	call: Call,
	account: Account,
	requestId: string,
	job: Job,
	ours: IDataObject,
	{ downloads, field, ...wanted }: ItemOptions,
): Promise<INodeExecutionData> {
	const isFetched = job.status === 'done' && downloads;
	const found: FetchedResult = isFetched
		? await fetchResult(call, account, requestId, job, wanted)
		: { job };
	return {
		json: jobFields(found.job, { request_id: requestId, ...ours }),
		...(found.file === undefined ? {} : { binary: { [field]: found.file } }),
		pairedItem: { item: call.item },
	};
}

/** A result in n8n's file storage; without a file where it is text, or none was needed. */
interface FetchedResult {
	/** As it was read last. */
	job: Job;
	file?: IBinaryData;
}

/**
 * Fetches the result of a job that is done, with a fresh link where the one that is known has expired.
 *
 * @throws {Failure} where it is there and cannot be had
 */
export async function fetchResult(
	caller: Caller<FileContext>,
	account: Account,
	requestId: string,
	job: Job,
	{ product, fileName, needsFile, isVideo }: WantedResult,
): Promise<FetchedResult> {
	const url = textOf(job.result_url);
	if (url === undefined) {
		// Text comes inline, and may be empty: a sound in which nobody speaks.
		if (typeof job.result === 'string' || !needsFile) return { job };
		throw new Failure({
			message: `The job is done, but deAPI gave no link to ${product}`,
			description: 'Read the job again in a moment.',
			job: { id: requestId, state: 'done' },
		});
	}
	let latest = job;
	const download = await downloadResult(caller, {
		requestId,
		fileName,
		url,
		baseUrl: account.baseUrl,
		isMedia: needsFile,
		isVideo,
		freshUrl: async () => {
			const reading = await readJob(caller, account, requestId);
			if (!('job' in reading)) return undefined;
			latest = reading.job;
			return textOf(reading.job.result_url);
		},
	});
	if ('file' in download) return { job: latest, file: download.file };
	throw new Failure({
		message: `${capitalised(product)} is ready but could not be fetched: ${download.failure.reason}`,
		description: 'Nothing was generated again.',
		job: { id: requestId, state: download.failure.isGone ? 'gone' : 'done' },
	});
}

/** n8n takes an item with `error` for a failed one, and `submitted` is a word of ours. */
const RESERVED = ['error', 'submitted'];

/** A job's fields with ours, which come first for their place and last for their values. */
function jobFields(job: Job, ours: IDataObject): IDataObject {
	const theirs = Object.entries(job).filter(
		([name, value]) => value !== null && !RESERVED.includes(name),
	);
	return { ...ours, ...Object.fromEntries(theirs), ...ours };
}
