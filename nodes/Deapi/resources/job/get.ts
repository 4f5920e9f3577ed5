import type {
	IExecutePaginationFunctions,
	INodeExecutionData,
	INodeProperties,
} from 'n8n-workflow';
import type { Failure } from '../../shared/errors';
import { DeapiFailure, withPaidJob } from '../../shared/errors';
import { readCredentials } from '../../shared/http';
import {
	describeFailedJob,
	readJob,
	readWaitOptions,
	settingsOf,
	toJobItem,
	waitForEnd,
} from '../../shared/jobs';
import type { RoutingRequest } from '../../shared/operation';
import { textOf } from '../../basics/values';
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
	const waiting = { ...wait, looksAtOnce: true, ...(signal ? { signal } : {}) };
	const reading = waitForCompletion
		? await waitForEnd(context, credentials, requestId, waiting, settings)
		: await readJob(context, credentials, requestId, settings);
	if (!('job' in reading)) throw new DeapiFailure(describeUnread(reading.failure, requestId));
	const { job } = reading;
	// Asked for the video, a job without one is a failure; asked for the status, it is an answer.
	if (job.status === 'error' && waitForCompletion) {
		throw new DeapiFailure(describeFailedJob(job, requestId));
	}
	const fetching = { ...result, ...(signal ? { signal } : {}) };
	const output = await toJobItem(context, credentials, requestId, job, {}, fetching, settings);
	if ('failure' in output) throw new DeapiFailure(output.failure);
	return [output.item];
}

/** A status that could not be read: the job goes on, unless deAPI does not know it at all. */
function describeUnread(failure: Failure, requestId: string): Failure {
	if (failure.status === 404) return { ...failure, request_id: requestId };
	return withPaidJob(failure, requestId);
}
