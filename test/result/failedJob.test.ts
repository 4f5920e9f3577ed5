/** What is said of a job that is paid for. */
import { Failure } from '../../nodes/Deapi/engine/failure';
import { describeFailedJob, isRetryable } from '../../nodes/Deapi/result/failedJob';
import { stoppedWaiting } from '../../nodes/Deapi/result/wait';
import { jobReport } from '../../nodes/Deapi/submit/outcome/report';
import { expectGoodText } from '../support/deapi';

const failure = new Failure({ message: 'It broke', description: 'Why.' });

test.each([
	['running', / The job id-1 was submitted and may still finish: fetch it /],
	['done', / The job id-1 is done: fetch it with the resource 'Job'/],
	['ended', /^Why\.$/],
] as const)('a failure after the submit names the job, in state %s', (state, description) => {
	const report = jobReport(failure.with({ job: { id: 'id-1', state } }));
	expect(report).toMatchObject({
		message: 'It broke (request ID id-1)',
		request_id: 'id-1',
		submitted: 'yes',
	});
	expect(report.description).toMatch(description);
	expect(report.description.startsWith('Why.')).toBe(true);
});

test.each([
	[{ error_message: 'Out of memory', error_reason: 'r', error_code: 'c' }, ': Out of memory'],
	[{ error_message: '', error_reason: 'No face', error_code: 'c' }, ': No face'],
	[{ error_message: null, error_code: 'GPU_LOST' }, ': GPU_LOST'],
	[{ error_message: 7 }, ''],
	[{}, ''],
])('a job that was given up is told with its reason: %j', (job, reason) => {
	const failed = describeFailedJob({ status: 'error', ...job }, 'id-1', 'the video');
	const report = jobReport(failed);
	expect(report.message).toBe(`deAPI could not make the video${reason} (request ID id-1)`);
	expect(report.details).toEqual({ status: 'error', ...job });
	expectGoodText(report.description);
});

const UNSAID =
	'deAPI does not say whether trying again would help. deAPI does not say whether the charge was returned.';

test.each<[retryable?: boolean | string, refunded?: boolean | number, description?: string]>([
	[true, true, 'Trying again may help. The charge was returned.'],
	[false, false, 'Trying again with the same input will not help. The charge was not returned.'],
	[undefined, undefined, UNSAID],
	['true', 1, UNSAID],
])('and with what to do: retryable %j, refunded %j', (retryable, refunded, description) => {
	const job = { status: 'error', retryable, refunded };
	expect(describeFailedJob(job, 'id-1', 'the video').facts.description).toBe(description);
});

test('only a failed job of which deAPI says so may be made again', () => {
	expect(isRetryable({ status: 'error', retryable: true })).toBe(true);
	expect(isRetryable({ status: 'error', retryable: 'true' })).toBe(false);
	expect(isRetryable({ status: 'error' })).toBe(false);
	expect(isRetryable({ status: 'done', retryable: true })).toBe(false);
});

test('a wait that was ended is a cancel to n8n', () => {
	expect(stoppedWaiting('the video').facts).toMatchObject({
		message: 'The execution was canceled',
		description: 'The wait for the video was ended.',
		isInterrupted: true,
	});
});
