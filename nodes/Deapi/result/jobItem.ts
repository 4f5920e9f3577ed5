import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { capitalised, textOf } from '../basics/values';
import type { Call } from '../engine/call';
import { Failure } from '../engine/failure';
import type { Account } from '../service/account';
import type { Job } from '../service/jobs';
import { readJob } from '../service/jobs';
import { downloadResult } from './download';
import { withPaidJob } from './paidJob';

/** What becomes of a job's result. */
export interface ResultWish {
	downloads: boolean;
	/** The binary field that it goes into. */
	field: string;
	/** What it is, e.g. `the video`. */
	product: string;
	/** The file's name without its ending; the request ID otherwise. */
	fileName?: string | undefined;
	/** Whether a finished job without a file is a failure. */
	needsFile: boolean;
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
	{ downloads, field, product, fileName, needsFile }: ResultWish,
): Promise<INodeExecutionData> {
	const item: INodeExecutionData = {
		json: jobFields(job, { request_id: requestId, ...ours }),
		pairedItem: { item: call.item },
	};
	if (job.status !== 'done' || !downloads) return item;

	const url = textOf(job.result_url);
	if (url === undefined) {
		// Text comes inline, and may be empty: a sound in which nobody speaks.
		if (typeof job.result === 'string' || !needsFile) return item;
		const failure = new Failure({
			message: `The job is done, but deAPI gave no link to ${product}`,
			description: 'Read the job again in a moment.',
		});
		throw withPaidJob(failure, requestId, 'done');
	}
	const download = await downloadResult(call, {
		requestId,
		fileName,
		url,
		baseUrl: account.baseUrl,
		isMedia: needsFile,
		freshUrl: async () => {
			const reading = await readJob(call, account, requestId);
			if (!('job' in reading)) return undefined;
			item.json = jobFields(reading.job, { request_id: requestId, ...ours });
			return textOf(reading.job.result_url);
		},
	});
	if ('failure' in download) {
		const failure = new Failure({
			message: `${capitalised(product)} is ready but could not be fetched: ${download.failure.reason}`,
			description: 'Nothing was generated again.',
		});
		throw withPaidJob(failure, requestId, 'done');
	}
	item.binary = { [field]: download.file };
	return item;
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
