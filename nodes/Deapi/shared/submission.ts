/**
 * The submit: the one request that costs money.
 *
 * What must not regress, and why:
 * - deAPI knows no idempotency key. A submit is sent again only when it surely was not accepted: after
 *   a 429, or when no connection was made. After a timeout, a cut connection or a 5xx it is not.
 * - Where On Error is Stop, n8n throws away the output of all items when one fails. So nothing is sent
 *   before every item has been checked, and the message names all jobs that were submitted.
 * - n8n's Retry On Fail starts the whole node again. An item that has its request ID keeps it.
 */
import type { IDataObject, IExecutePaginationFunctions, INodeExecutionData } from 'n8n-workflow';
import type { Failure } from './errors';
import {
	DeapiFailure,
	describeAnswer,
	describeNoAnswer,
	describeRateLimit,
	describeUncertainSubmit,
	readRateLimit,
} from './errors';
import { callDeapi, readCredentials } from './http';
import { describeFailedJob, readWaitOptions, settingsOf, toJobItem, waitForJob } from './jobs';
import type { Attempt as LaneAttempt } from './lane';
import { accountKey, laneOf, LaneExitError } from './lane';
import { buildForm } from './multipart';
import type { RoutingRequest } from './operation';
import type { Attempt, NodeRun } from './run';
import { nodeRunOf } from './run';
import type { DeapiCredentials, SubmittedJob } from './types';
import type { CheckedRequest } from './validation';
import { checkRequest } from './validation';
import { isObject, listOf, numberOf, textOf } from '../basics/values';
import { pause } from '../basics/pause';

/** The operation's work for one item, from its values to the finished job. */
export async function generateFromAudio(
	context: IExecutePaginationFunctions,
	request: RoutingRequest,
): Promise<INodeExecutionData[]> {
	const run = nodeRunOf(context);
	const attempt = run.enter(context.getItemIndex());
	try {
		return [await submitAndWait(context, request, run, attempt)];
	} catch (error) {
		if (context.continueOnFail()) throw asFailure(error);
		attempt.stop(withItem(error, context.getItemIndex()));
		await attempt.allSettled();
		throw withJobsOf(run, attempt.stoppedBy?.error ?? error);
	}
}

async function submitAndWait(
	context: IExecutePaginationFunctions,
	request: RoutingRequest,
	run: NodeRun,
	attempt: Attempt,
): Promise<INodeExecutionData> {
	const item = context.getItemIndex();
	const credentials = await readCredentials(context);
	const job = await submit(context, request, run, attempt, credentials);

	const { waitForCompletion, wait, result } = readWaitOptions(context);
	if (!waitForCompletion) return { json: job, pairedItem: { item } };

	const settings = settingsOf(request);
	const signal = context.getExecutionCancelSignal?.();
	const isOver = () => attempt.stoppedBy !== undefined;
	const waiting = { ...wait, isOver, ...(signal ? { signal } : {}) };
	const end = await waitForJob(context, credentials, job.request_id, waiting, settings);
	if ('failure' in end) throw new DeapiFailure(end.failure);
	if (end.job.status === 'error') {
		// deAPI says that the same request may succeed now: Retry On Fail may then send it again.
		if (end.job.retryable === true) run.submissions.delete(item);
		throw new DeapiFailure(describeFailedJob(end.job, job.request_id));
	}
	const fetching = { ...result, ...(signal ? { signal } : {}) };
	const output = await toJobItem(
		context,
		credentials,
		job.request_id,
		end.job,
		job,
		fetching,
		settings,
	);
	if ('failure' in output) throw new DeapiFailure(output.failure);
	return output.item;
}

/** Submits one item, or finds that it has been submitted before. */
async function submit(
	context: IExecutePaginationFunctions,
	request: RoutingRequest,
	run: NodeRun,
	attempt: Attempt,
	credentials: DeapiCredentials,
): Promise<SubmittedJob> {
	const item = context.getItemIndex();
	const known = run.submissions.get(item);
	if (known !== undefined) {
		attempt.pass(item);
		if ('job' in known) return known.job;
		throw new DeapiFailure(known.unclear);
	}
	const checked = await checkRequest(context, request, credentials);
	attempt.pass(item);
	if (!context.continueOnFail()) {
		await attempt.allChecked();
		if (attempt.stoppedBy !== undefined) throw asFailure(attempt.stoppedBy.error);
	}
	return await attempt.whileSubmitting(item, async () => {
		const outcome = await takeTurn(context, request, run, attempt, credentials, checked);
		if ('failure' in outcome) throw new DeapiFailure(outcome.failure);
		return outcome.job;
	});
}

type Outcome = { job: SubmittedJob } | { failure: Failure };

/** Waits for the item's turn in the account's lane and sends it. */
async function takeTurn(
	context: IExecutePaginationFunctions,
	request: RoutingRequest,
	run: NodeRun,
	attempt: Attempt,
	credentials: DeapiCredentials,
	checked: CheckedRequest,
): Promise<Outcome> {
	if (attempt.dailyLimit) return { failure: attempt.dailyLimit };
	const lane = laneOf(accountKey(credentials));
	attempt.lanes.add(lane);
	const signal = context.getExecutionCancelSignal?.();
	const leave = () => lane.leave(attempt, new DeapiFailure(NOT_SENT_CANCELLED));
	if (signal?.aborted) return { failure: NOT_SENT_CANCELLED };
	signal?.addEventListener('abort', leave, { once: true });
	try {
		return await lane.submit(attempt, context.getItemIndex(), retriesOf(context), async () => {
			const outcome = await send(context, request, run, attempt, checked);
			const failure =
				'done' in outcome && 'failure' in outcome.done ? outcome.done.failure : undefined;
			// Now, and not when the item has given up: by then another would have taken its place.
			if (failure && !context.continueOnFail()) {
				attempt.stop(withItem(new DeapiFailure(failure), context.getItemIndex()));
			}
			return outcome;
		});
	} catch (error) {
		if (!(error instanceof LaneExitError)) throw asFailure(error);
		const { exit } = error;
		if (exit.reason === 'left') throw asFailure(exit.cause);
		const failure = describeRefusal(exit);
		if (exit.reason === 'daily') attempt.dailyLimit = failure;
		return { failure };
	} finally {
		signal?.removeEventListener('abort', leave);
	}
}

const NOT_SENT_CANCELLED: Failure = {
	message: 'The execution was canceled before this item was sent',
	description: 'Nothing was sent for this item.',
	submitted: 'no',
};

function describeRefusal(exit: LaneExitError['exit'] & { reason: 'daily' | 'refused' }): Failure {
	const failure = describeRateLimit(exit.limit);
	const isRepeated = exit.reason === 'refused' && exit.refusals > 1;
	const tried = isRepeated ? ` It was refused ${exit.refusals} times in a row.` : '';
	return {
		...failure,
		description: `This item was not submitted.${tried} ${failure.description}`,
		submitted: 'no',
	};
}

function retriesOf(context: IExecutePaginationFunctions): number {
	const { rateLimitRetries } = context.getNodeParameter('options', {}) as IDataObject;
	return Math.max(0, numberOf(rateLimitRetries) ?? 5);
}

/** Pauses between attempts to connect, in milliseconds; nobody was there, so nothing was sent. */
const CONNECT_PAUSES_MS = [1000, 3000];

/** Sends one item once; only a connection that nobody took is tried again. */
async function send(
	context: IExecutePaginationFunctions,
	request: RoutingRequest,
	run: NodeRun,
	attempt: Attempt,
	{ text, files, sent }: CheckedRequest,
): Promise<LaneAttempt<Outcome>> {
	const item = context.getItemIndex();
	const signal = context.getExecutionCancelSignal?.();
	for (let tries = 0; ; tries++) {
		const { form, close } = await buildForm(text, files);
		const answer = await callDeapi(context, {
			...request.options,
			body: form,
			headers: { ...request.options.headers, ...form.getHeaders() },
		});
		close();
		if (answer.answered) {
			if (answer.status === 429) return { limited: readRateLimit(answer) };
			const requestId = isObject(answer.body.data)
				? textOf(answer.body.data.request_id)
				: undefined;
			if (answer.status < 300 && requestId !== undefined) {
				const job: SubmittedJob = { request_id: requestId, ...sent };
				run.submissions.set(item, { job });
				// In n8n's log the ID survives whatever happens to this execution.
				context.logger.info(`deAPI accepted the job ${requestId}`, { request_id: requestId, item });
				return { done: { job } };
			}
			if (answer.status >= 300 && answer.status < 500) {
				return { done: { failure: notSubmitted(describeAnswer(answer)) } };
			}
			const happened =
				answer.status < 300
					? 'deAPI took the request but gave no request ID'
					: `deAPI answered with status ${answer.status}`;
			return { done: { failure: unclear(run, item, happened, answer.status) } };
		}
		if (!answer.neverSent) {
			const happened = `The upload got no answer (${answer.reason})`;
			return { done: { failure: unclear(run, item, happened) } };
		}
		const wait = attempt.isUnreachable ? undefined : CONNECT_PAUSES_MS[tries];
		const isWorthIt = answer.mayRetry && wait !== undefined && attempt.stoppedBy === undefined;
		if (!isWorthIt || !(await pause(wait, signal))) {
			attempt.isUnreachable = true;
			return { done: { failure: notSubmitted(describeNoAnswer(answer)) } };
		}
	}
}

function notSubmitted(failure: Failure): Failure {
	return {
		...failure,
		description: `${failure.description} Nothing was submitted for this item.`,
		submitted: 'no',
	};
}

/** Remembers an unclear outcome, so that Retry On Fail does not send the item again either. */
function unclear(run: NodeRun, item: number, happened: string, status?: number): Failure {
	const failure = describeUncertainSubmit(happened, status);
	run.submissions.set(item, { unclear: failure });
	return failure;
}

function asFailure(error: unknown): DeapiFailure {
	if (error instanceof DeapiFailure) return error;
	const message = error instanceof Error ? error.message : String(error);
	return new DeapiFailure({ message, description: '' });
}

/** When a run stops, n8n shows what its first item says, whichever item was the cause. */
function withItem(error: unknown, item: number): DeapiFailure {
	return new DeapiFailure({ item, ...asFailure(error).failure });
}

/** How many jobs a message lists; all of them lie in the error's data. */
const LISTED_JOBS = 50;

/** Names all jobs of a run that stops: n8n drops the items that went well. */
function withJobsOf(run: NodeRun, error: unknown): DeapiFailure {
	const { failure } = asFailure(error);
	const jobs = run.jobs;
	if (jobs.length === 0 || (jobs.length === 1 && jobs[0]?.request_id === failure.request_id)) {
		return new DeapiFailure(failure);
	}
	const listed = jobs
		.slice(0, LISTED_JOBS)
		.map(({ item, request_id }) => `${request_id} [item ${item}]`);
	const rest = jobs.length - listed.length;
	const all = rest > 0 ? [...listed, `${rest} more (see the details)`] : listed;
	return new DeapiFailure({
		...failure,
		description: `${failure.description} The node has submitted these jobs; fetch them with the resource 'Job', operation 'Get': ${listOf(all)}.`,
		details: { ...failure.details, submitted_jobs: jobs },
	});
}
