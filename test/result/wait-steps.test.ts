/** One job that is waited for: when it is asked for, how long, and what ends the wait. */
import type { Fault } from '../fake-deapi';
import type { Wait } from '../../nodes/Deapi/result/wait';
import { waitForEnd } from '../../nodes/Deapi/result/wait';
import { Account } from '../../nodes/Deapi/service/account';
import { clockForTests } from '../support/clock';
import { Deapi } from '../support/deapi';
import { outcomeOf } from '../support/parts';
import { changed, inNode } from '../support/probe';

const clock = clockForTests();
beforeEach(() => clock.leap());

const WAIT: Wait = { timeout: 600, pollInterval: 5, product: 'the video' };
const MINUTE = (retryAfter: number): Fault => ({ type: 'rateLimit', kind: 'minute', retryAfter });
const UNKNOWN: Fault = { type: 'status', status: 404, body: { message: 'Not found.' } };

const job = (status: string): Fault => ({
	type: 'status',
	status: 200,
	body: { data: { status } },
});

/** A service that gives these answers, one after the other. */
async function answering(...answers: Fault[]): Promise<Deapi> {
	const deapi = await Deapi.open({ after: clock.after });
	for (const fault of answers) deapi.fake.faults.add({ route: 'status', fault });
	return deapi;
}

/** What comes of the waits for jobs, side by side, and after how many seconds; and when was asked. */
async function waited(deapi: Deapi, waits: Array<Partial<Wait>>, signal?: AbortSignal) {
	const start = Date.now();
	const outcomes = await inNode(deapi, async (call) => {
		const account = await Account.of(call.context);
		const own = signal ? changed(call, { signal }) : call;
		const work = waits.map(async (wait, index) => {
			const said = await outcomeOf(waitForEnd(own, account, `id-${index}`, { ...WAIT, ...wait }));
			return { said, after: (Date.now() - start) / 1000 };
		});
		return await Promise.all(work);
	});
	const checks = deapi.requestsTo('status').map(({ startedAt }) => (startedAt - start) / 1000);
	return { outcomes, checks };
}

describe('the first check', () => {
	test.each([
		[undefined, 5],
		[false, 5],
		[true, 0],
	])('with checksAtOnce %s comes after %d seconds', async (checksAtOnce, seconds) => {
		const { checks } = await waited(await answering(job('done')), [
			checksAtOnce === undefined ? {} : { checksAtOnce },
		]);
		expect(checks).toEqual([seconds]);
	});
});

test.each(['done', 'error'])('only a job that is %s is over', async (status) => {
	const deapi = await answering(job('pending'), job('of-tomorrow'), job(status));
	// Over v1 a failed job is looked at once more, for its reason.
	const { outcomes } = await waited(deapi.with({ apiVersion: 'v2' }), [{}]);
	expect(outcomes).toMatchObject([{ said: { status }, after: 5 + 5 + 6.25 }]);
});

describe('a limit', () => {
	test('is waited for to its very end', async () => {
		const deapi = await answering(MINUTE(20), job('done'));
		const { outcomes, checks } = await waited(deapi, [{}]);
		expect(outcomes).toMatchObject([{ said: { status: 'done' } }]);
		expect(checks).toEqual([5, 25]);
	});

	test('that another item meets ends no wait but prolongs it', async () => {
		const deapi = await answering(MINUTE(20), job('done'), job('done'));
		const { outcomes, checks } = await waited(deapi, [{ checksAtOnce: true }, {}]);
		expect(outcomes).toMatchObject([{ said: { status: 'done' } }, { said: { status: 'done' } }]);
		expect(checks).toEqual([0, 20, 20]);
	});

	test('that lasts longer than the wait is not met a second time', async () => {
		const deapi = await answering(MINUTE(30), job('done'));
		const { outcomes, checks } = await waited(deapi, [{ timeout: 8 }]);
		expect(outcomes).toMatchObject([
			{
				said: {
					message: 'The video was not ready within 8 seconds',
					description: expect.stringContaining(
						' At the last check: The limit per minute of the deAPI account is reached',
					) as string,
				},
				after: 8,
			},
		]);
		expect(checks).toEqual([5]);
	});
});

test('a job that is not known yet is no fault, however often', async () => {
	const answers = [...Array<Fault>(7).fill(UNKNOWN), job('done')];
	const { outcomes } = await waited(await answering(...answers), [{ pollInterval: 0.5 }]);
	expect(outcomes).toMatchObject([{ said: { status: 'done' } }]);
});

test('a caller that nobody can cancel waits as well', async () => {
	const said = await inNode(await answering(job('done')), async (call) => {
		const account = await Account.of(call.context);
		return await outcomeOf(waitForEnd(changed(call, { signal: undefined }), account, 'id-1', WAIT));
	});
	expect(said).toEqual({ status: 'done' });
});

describe('the time of a wait', () => {
	test('ends with one last check; without a fault it says nothing of that', async () => {
		const deapi = await answering(job('pending'), job('pending'), job('done'));
		const { outcomes, checks } = await waited(deapi, [{ timeout: 10 }]);
		expect(checks).toEqual([5, 10]);
		expect(outcomes).toMatchObject([
			{
				said: {
					message: 'The video was not ready within 10 seconds',
					job: { id: 'id-0', state: 'running' },
					description: "Set a higher 'Wait At Most (Seconds)' under 'Options' to wait longer.",
				},
			},
		]);
	});

	test('is held where no answer comes', async () => {
		const deapi = await answering({ type: 'hang' });
		const { outcomes } = await waited(deapi, [{ timeout: 20 }]);
		expect(outcomes).toMatchObject([
			{ said: { message: 'The video was not ready within 20 seconds' }, after: 20 },
		]);
	});

	test('leaves an answer the time that it takes', async () => {
		// The first says at last that the job is not known yet.
		const deapi = await answering({ type: 'slow', ms: 8000 }, job('done'));
		const { checks } = await waited(deapi, [{ checksAtOnce: true }]);
		expect(checks).toEqual([0, 13]);
	});
});

test('a job that deAPI does not know is asked for until more than 30 seconds are over', async () => {
	const known = await waited(await answering(UNKNOWN, UNKNOWN, job('done')), [
		{ pollInterval: 15 },
	]);
	expect(known.checks).toEqual([15, 30, 45]);
	expect(known.outcomes).toMatchObject([{ said: { status: 'done' } }]);
	const never = await waited(await answering(UNKNOWN, UNKNOWN, UNKNOWN), [{ pollInterval: 15 }]);
	expect(never.checks).toEqual([15, 30, 45]);
	const job404 = { id: 'id-0', state: 'missing' };
	expect(never.outcomes).toMatchObject([{ said: { status: 404, job: job404 }, after: 45 }]);
});

describe('an execution that is canceled', () => {
	const STOPPED = {
		message: 'The execution was canceled',
		description: 'The wait for the video was ended.',
		isInterrupted: true,
	};

	test('asks for nothing more', async () => {
		const deapi = await answering();
		const asked = await inNode(deapi, async (call) => {
			const account = await Account.of(call.context);
			const ask = jest.spyOn(call.context.helpers, 'httpRequestWithAuthentication');
			const own = changed(call, { signal: AbortSignal.abort() });
			expect(await outcomeOf(waitForEnd(own, account, 'id-1', WAIT))).toMatchObject(STOPPED);
			return ask.mock.calls.length;
		});
		expect(asked).toBe(0);
	});

	test('while a check is under way says that the wait was ended', async () => {
		const deapi = await answering({ type: 'hang' });
		const controller = new AbortController();
		const waiting = waited(deapi, [{ checksAtOnce: true }], controller.signal);
		await deapi.fake.waitFor(() => deapi.requestsTo('status').length === 1);
		controller.abort();
		const { outcomes, checks } = await waiting;
		expect(outcomes).toMatchObject([{ said: STOPPED }]);
		expect(checks).toHaveLength(1);
	});
});
