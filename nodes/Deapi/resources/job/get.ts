import type {
	IExecutePaginationFunctions,
	INodeExecutionData,
	INodeProperties,
} from 'n8n-workflow';
import { DeapiFailure, withPaidJob } from '../../shared/errors';
import { readCredentials } from '../../shared/http';
import {
	describeFailedJob,
	readJob,
	readWaitOptions,
	settingsOf,
	toJobItem,
	waitForJob,
} from '../../shared/jobs';
import type { RoutingRequest } from '../../shared/operation';
import { textOf } from '../../shared/values';
import { showFor, waitField, waitOptions } from '../descriptions';

const displayOptions = showFor('job', 'get');

export const getFields: INodeProperties[] = [
	{
		displayName: 'Request ID',
		name: 'requestId',
		type: 'string',
		default: '',
		required: true,
		displayOptions,
		placeholder: 'e.g. c08a339c-73e5-4d67-a4d5-231302fbff9a',
		description: 'The ID that Generate From Audio gave for the job',
	},
	waitField('job', 'get'),
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		displayOptions,
		options: waitOptions(false),
	},
];

/** The operation's work: the job as it is now, or at its end where the user waits for it. */
export async function getJob(
	context: IExecutePaginationFunctions,
	request: RoutingRequest,
): Promise<INodeExecutionData[]> {
	const requestId = textOf(context.getNodeParameter('requestId', ''))?.trim();
	if (requestId === undefined) {
		throw new DeapiFailure({
			message: "'Request ID' is empty",
			description: 'Enter the request_id that Generate From Audio gave for the job.',
		});
	}
	const credentials = await readCredentials(context);
	const { waitForCompletion, wait, result } = readWaitOptions(context);
	const settings = settingsOf(request);
	const signal = context.getExecutionCancelSignal?.();
	const reading = await readJob(context, credentials, requestId, settings);
	if (!('job' in reading) && !waitForCompletion) {
		throw new DeapiFailure({ ...reading.failure, request_id: requestId });
	}
	let end = reading;
	const isEnded = 'job' in reading && ['done', 'error'].includes(reading.job.status);
	if (waitForCompletion && !isEnded) {
		const waiting = { ...wait, ...(signal ? { signal } : {}) };
		const waited = await waitForJob(context, credentials, requestId, waiting, settings);
		if ('failure' in waited) throw new DeapiFailure(waited.failure);
		end = waited;
	}
	if (!('job' in end)) throw new DeapiFailure(withPaidJob(end.failure, requestId));
	// Asked for the video, a job without one is a failure; asked for the status, it is an answer.
	if (end.job.status === 'error' && waitForCompletion) {
		throw new DeapiFailure(describeFailedJob(end.job, requestId));
	}
	const fetching = { ...result, ...(signal ? { signal } : {}) };
	const output = await toJobItem(context, credentials, requestId, end.job, {}, fetching, settings);
	if ('failure' in output) throw new DeapiFailure(output.failure);
	return [output.item];
}
