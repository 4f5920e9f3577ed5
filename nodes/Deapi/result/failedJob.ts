import { quote } from '../basics/quote';
import { textOf } from '../basics/values';
import { Failure } from '../engine/failure';
import type { Job } from '../service/jobs';
import { isFailed } from '../service/jobs';

/**
 * A job that deAPI gave up, in words: its reason, whether to try again, and what became of the money.
 *
 * Source: `retryable` and `refunded` of a failed job, which only v2 of the API tells.
 *
 * @param product e.g. `the video`
 */
export function describeFailedJob(job: Job, requestId: string, product: string): Failure {
	const { status, error_message, error_reason, error_code, retryable, refunded } = job;
	const given = [error_message, error_reason, error_code].find((text) => textOf(text));
	// A word of its own, such as `expired`, is a reason too.
	const word = status === 'error' ? undefined : `its status is '${status}'`;
	const reasons = [word, given].flatMap((text) => (text === undefined ? [] : [String(text)]));
	const again =
		retryable === true
			? 'Trying again may help.'
			: retryable === false
				? 'Trying again with the same input will not help.'
				: 'deAPI does not say whether trying again would help.';
	const money =
		refunded === true
			? 'The charge was returned.'
			: refunded === false
				? 'The charge was not returned.'
				: 'deAPI does not say whether the charge was returned.';
	return new Failure({
		message: `deAPI could not make ${product}${reasons.length === 0 ? '' : `: ${quote(reasons.join('; '))}`}`,
		description: `${again} ${money}`,
		job: { id: requestId, state: 'ended' },
		details: { ...job },
	});
}

/** Whether deAPI says that the same request may succeed now. */
export function isRetryable({ status, retryable }: Job): boolean {
	return isFailed(status) && retryable === true;
}
