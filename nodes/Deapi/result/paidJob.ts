import { quote } from '../basics/quote';
import { textOf } from '../basics/values';
import type { Call } from '../engine/call';
import { Failure } from '../engine/failure';
import { CANCELED } from '../service/answers';
import type { Job } from '../service/jobs';

/**
 * Adds to a failure after a submit what nobody may lose: the ID of a job that is paid for, and how to
 * fetch it.
 *
 * @param state what is known of the job
 */
export function withPaidJob(
	failure: Failure,
	requestId: string,
	state: 'running' | 'done' | 'ended' = 'running',
): Failure {
	const fetch =
		"fetch it with the resource 'Job', operation 'Get', instead of generating it again.";
	const hint = {
		running: ` The job ${requestId} was submitted and may still finish: ${fetch}`,
		done: ` The job ${requestId} is done: ${fetch}`,
		ended: '',
	}[state];
	return failure.with({
		message: `${failure.facts.message} (request ID ${requestId})`,
		description: `${failure.facts.description}${hint}`,
		request_id: requestId,
		submitted: 'yes',
	});
}

/**
 * What an item says whose execution was canceled while it waited.
 *
 * @param product e.g. `the video`
 */
export function stoppedWaiting(product: string): Failure {
	return CANCELED.with({ description: `The wait for ${product} was ended.` });
}

/**
 * A job that deAPI gave up, in words: its reason, whether to try again, and what became of the money.
 *
 * Source: `retryable` and `refunded` of a failed job, which only v2 of the API tells.
 *
 * @param product e.g. `the video`
 */
export function describeFailedJob(job: Job, requestId: string, product: string): Failure {
	const { error_message, error_reason, error_code, retryable, refunded } = job;
	const reason = [error_message, error_reason, error_code].find((text) => textOf(text));
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
		new Failure({
			message: `deAPI could not make ${product}${reason === undefined ? '' : `: ${quote(String(reason))}`}`,
			description: `${again} ${money}`,
			details: { ...job },
		}),
		requestId,
		'ended',
	);
}

/** Whether deAPI says that the same request may succeed now. */
export function isRetryable({ status, retryable }: Job): boolean {
	return status === 'error' && retryable === true;
}

/**
 * Writes a job's state into n8n's log, where it survives whatever happens to the execution.
 *
 * @param name how the log calls the job, e.g. `clip 3 of 18`
 */
export function logStatus(call: Call, name: string, { status, progress }: Job): void {
	const percent =
		progress === undefined || progress === null ? '' : ` ${quote(String(progress), 20)} %`;
	call.context.logger.debug(`deAPI ${name}: ${quote(status, 50)}${percent}`);
}
