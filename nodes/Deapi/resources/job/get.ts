import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { shown } from '../../basics/quote';
import type { Call } from '../../engine/call';
import { Failure } from '../../engine/failure';
import { asFailure } from '../../engine/nodeErrors';
import { declareOperation } from '../../engine/operation';
import { toJobItem } from '../../result/jobItem';
import { readResultOptions } from '../../result/options';
import { describeFailedJob } from '../../result/failedJob';
import { waitForEnd } from '../../result/wait';
import { Account } from '../../service/account';
import { ENDPOINTS, urlExpression } from '../../service/endpoints';
import { isFailed, isJobId, readJob } from '../../service/jobs';
import { jobReport } from '../../submit/outcome/report';
import { optionsField, waitField, waitOptions } from '../fields/job';

const fields: INodeProperties[] = [
	{
		displayName: 'Request ID',
		name: 'requestId',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. c08a339c-73e5-4d67-a4d5-231302fbff9a',
		description:
			'The ID that deAPI gave for the job: request_id in the item of the node that made it',
	},
	waitField(false),
	optionsField(waitOptions(false)),
];

function readRequestId(call: Call): string {
	const value = call.parameter('requestId', '') ?? '';
	const isText = typeof value === 'string' || Number.isFinite(value);
	const requestId = isText ? String(value).trim() : undefined;
	if (requestId === '') {
		throw new Failure({
			message: "'Request ID' is empty",
			description: 'Enter the request_id that the node gave for the job.',
		});
	}
	if (requestId !== undefined && isJobId(requestId)) return requestId;
	throw new Failure({
		message: `'Request ID' is not a deAPI ID: ${shown(value)}`,
		description: 'An ID has letters, digits and hyphens. Enter the request_id that the node gave.',
	});
}

/** The job as it is now, or at its end where the user waits for it. */
async function getJob(call: Call): Promise<INodeExecutionData[]> {
	const requestId = readRequestId(call);
	const account = await Account.of(call.context);
	const options = readResultOptions(call);
	const product = 'the result';
	try {
		const job = options.waits
			? await waitForEnd(call, account, requestId, { ...options, product, checksAtOnce: true })
			: await readNow(call, account, requestId);
		// Asked for the result, a job without one is a failure; asked for the status, it is an answer.
		if (isFailed(job.status) && options.waits) throw describeFailedJob(job, requestId, product);
		return [
			await toJobItem(call, account, requestId, job, {}, { ...options, product, needsFile: false }),
		];
	} catch (error) {
		throw unread(asFailure(error), requestId);
	}
}

async function readNow(call: Call, account: Account, requestId: string) {
	const reading = await readJob(call, account, requestId);
	if ('job' in reading) return reading.job;
	throw reading.failure;
}

/** A status that could not be read: the job goes on, unless deAPI does not know it at all. */
function unread(failure: Failure, id: string): Failure {
	const { status, job = { id, state: 'running' } } = failure.facts;
	return failure.with({ job: status === 404 ? { id, state: 'missing' } : job });
}

/** n8n keeps nothing of a node that throws when its execution is canceled. */
function canceledItem(call: Call, failure: Failure): INodeExecutionData {
	const { request_id, message, description } = jobReport(failure);
	return {
		json: { ...(request_id === undefined ? {} : { request_id }), message, description },
		pairedItem: { item: call.item },
	};
}

export const get = declareOperation({
	name: 'get',
	displayName: 'Get',
	action: 'Get a job',
	description: 'Read the status of a job, and fetch its result when it is done',
	request: { method: 'GET', url: urlExpression(ENDPOINTS.job, '/{{ $parameter.requestId }}') },
	fields,
	work: getJob,
	atFail: (_call, failure) => jobReport(failure),
	atCancel: canceledItem,
});
