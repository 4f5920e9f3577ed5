/**
 * Wait for Completion: from the request ID to the video, or to a message that loses no paid job.
 */
import type { IDataObject } from 'n8n-workflow';
import { clock as packageClock } from '../../nodes/Deapi/basics/clock';
import type { Wait } from '../../nodes/Deapi/result/wait';
import { waitForEnd } from '../../nodes/Deapi/result/wait';
import { Account } from '../../nodes/Deapi/service/account';
import { asFailure } from '../../nodes/Deapi/engine/nodeErrors';
import type { Fault } from '../fake-deapi';
import { clockForTests } from '../support/clock';
import { errorOf, outputOf, readBinary, startWorkflow } from '../support/engine';
import { inDetails } from '../support/engine-versions';
import { inNode } from '../support/probe';
import { Deapi, songs, waitingVideo } from '../support/deapi';
import { deapiWorkflow, NODE } from '../support/workflows';

const clock = clockForTests();

const VIDEO = Buffer.from('a short video');

/** Times between the looks at a job, in milliseconds, each from the end of one to the next. */
function gaps({ requestsTo }: Deapi): number[] {
	const looks = requestsTo('status');
	return looks.slice(1).map(({ startedAt }, index) => startedAt - (looks[index]?.endedAt ?? 0));
}

/** Runs a wait in n8n's context, its first look at once; `afterLook` is called in the pause after each. */
async function waitFor(
	deapi: Deapi,
	requestId: string,
	options: Partial<Wait>,
	afterLook: (looks: number) => void,
) {
	let seen = 0;
	return await inNode(deapi, async (call) => {
		const sleep = jest.spyOn(packageClock, 'sleep').mockImplementation(async (ms) => {
			const looks = deapi.requestsTo('status').length;
			if (looks > seen) {
				seen = looks;
				// The pause after the check begins before anything else gets its turn.
				setImmediate(() => afterLook(looks));
			}
			await new Promise((resolve) => setTimeout(resolve, ms));
		});
		const wait = { timeout: 600, pollInterval: 5, product: 'the video', checksAtOnce: true };
		try {
			const account = await Account.of(call.context);
			return { job: await waitForEnd(call, account, requestId, { ...wait, ...options }) };
		} catch (error) {
			return { failure: asFailure(error).facts };
		} finally {
			sleep.mockRestore();
		}
	});
}

describe('the rhythm', () => {
	it('looks for the first time when the poll interval has passed', async () => {
		const deapi = await Deapi.open();
		const run = await deapi.generate(waitingVideo({ pollInterval: 0.4 }));
		const [submit] = deapi.requestsTo('submit');
		const looks = deapi.requestsTo('status');
		expect(errorOf(run).message).toBe('');
		expect(looks).toHaveLength(1);
		const first = (looks[0]?.startedAt ?? 0) - (submit?.endedAt ?? 0);
		// The answer is read a moment before the fake has closed its side.
		expect(first).toBeGreaterThanOrEqual(380);
		expect(first).toBeLessThan(1200);
	});

	it('looks more and more rarely', async () => {
		const deapi = await Deapi.open();
		deapi.fake.holdJobs(true);
		const execution = startWorkflow(deapiWorkflow(songs(1), waitingVideo({ pollInterval: 0.1 })), {
			credentials: deapi.credentials(),
		});
		await deapi.fake.waitFor(() => deapi.requestsTo('status').length === 7);
		deapi.fake.completeJob(deapi.fake.jobs[0]?.request_id ?? '');
		await execution.result;
		const seen = gaps(deapi);
		for (const [index, expected] of [100, 125, 156, 195, 244, 305].entries()) {
			expect(seen[index]).toBeGreaterThanOrEqual(expected - 20);
		}
		// Twice as long each time would be more than three seconds by now.
		expect(seen[5]).toBeLessThan(1000);
	});

	it('looks every 15 seconds at the latest', async () => {
		const deapi = await Deapi.open();
		const id = await deapi.submitSong();
		deapi.fake.holdJobs(true);
		const end = await waitFor(deapi, id, { pollInterval: 14 }, (looks) => {
			if (looks === 4) deapi.fake.completeJob(id);
			clock.skip(looks === 1 ? 13_900 : 14_900);
		});
		expect(end).toMatchObject({ job: { status: 'done' } });
		const [first, ...later] = gaps(deapi).map((gap) => Math.round(gap / 100) / 10);
		expect(first).toBeGreaterThanOrEqual(14);
		expect(first).toBeLessThan(15);
		expect(later).toHaveLength(3);
		for (const gap of later) {
			expect(gap).toBeGreaterThanOrEqual(15);
			expect(gap).toBeLessThan(16);
		}
	});

	it('keeps to a poll interval of more than 15 seconds', async () => {
		const deapi = await Deapi.open();
		const id = await deapi.submitSong();
		deapi.fake.holdJobs(true);
		await waitFor(deapi, id, { pollInterval: 40 }, (looks) => {
			if (looks === 2) deapi.fake.completeJob(id);
			clock.skip(39_800);
		});
		const seen = gaps(deapi);
		expect(seen).toHaveLength(2);
		for (const gap of seen) {
			expect(gap).toBeGreaterThanOrEqual(40_000);
			expect(gap).toBeLessThan(41_000);
		}
	});

	it('waits for 50 items at once, each with its own video, 5 seconds after the submit', async () => {
		const deapi = await Deapi.open({ resultFile: VIDEO });
		const warnings: Error[] = [];
		const warn = (warning: Error) => warnings.push(warning);
		process.on('warning', warn);
		const run = await deapi.generate({ ...waitingVideo(), options: {} }, { count: 50 });
		process.off('warning', warn);
		expect(errorOf(run).message).toBe('');
		const items = outputOf(run, NODE);
		expect(items).toHaveLength(50);
		expect(new Set(items.map(({ json }) => json.request_id)).size).toBe(50);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual(items.map((_, item) => ({ item })));
		for (const { json, binary } of items) {
			expect(json.status).toBe('done');
			expect(binary?.data?.fileName).toBe(`${String(json.request_id)}.mp4`);
			expect((await readBinary(binary?.data)).equals(VIDEO)).toBe(true);
		}
		// Each item was looked at once, when the default interval of 5 seconds had passed.
		const looks = deapi.requestsTo('status');
		expect(looks).toHaveLength(50);
		const submitted = Math.min(...deapi.requestsTo('submit').map(({ startedAt }) => startedAt));
		const lastSubmit = Math.max(...deapi.requestsTo('submit').map(({ startedAt }) => startedAt));
		expect(Math.min(...looks.map(({ startedAt }) => startedAt))).toBeGreaterThanOrEqual(
			submitted + 5000,
		);
		// All waits ran side by side: one after the other they would have taken minutes.
		expect(Math.max(...looks.map(({ startedAt }) => startedAt)) - lastSubmit).toBeLessThan(10_000);
		expect(warnings).toEqual([]);
	});

	it('gets 50 items through a limit that does not allow a look at each', async () => {
		const deapi = await Deapi.open({ resultFile: VIDEO });
		// By count instead of by the clock: a slow machine would never reach the limit.
		for (const after of [20, 40]) {
			const fault = { type: 'rateLimit', kind: 'minute', retryAfter: 1 } as const;
			deapi.fake.faults.add({ route: 'status', after, times: 3, fault });
		}
		const run = await deapi.generate(waitingVideo(), { count: 50 });
		expect(errorOf(run).message).toBe('');
		expect(outputOf(run, NODE).map(({ json }) => json.status)).toEqual(Array(50).fill('done'));
		const refused = deapi.requestsTo('status').filter(({ status }) => status === 429);
		expect(refused).toHaveLength(6);
	});
});

describe('rate limits', () => {
	it('asks for no item of the account before the time of Retry-After is over', async () => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({
			route: 'status',
			fault: { type: 'rateLimit', kind: 'minute', retryAfter: 1 },
		});
		deapi.fake.holdJobs(true);
		const execution = startWorkflow(deapiWorkflow(songs(3), waitingVideo({ pollInterval: 0.2 })), {
			credentials: deapi.credentials(),
		});
		const isLimited = () => deapi.requestsTo('status').some(({ status }) => status === 429);
		await deapi.fake.waitFor(isLimited);
		deapi.fake.holdJobs(false);
		const run = await execution.result;
		expect(outputOf(run, NODE).map(({ json }) => json.status)).toEqual(Array(3).fill('done'));
		const looks = deapi.requestsTo('status');
		const limited = looks.find(({ status }) => status === 429);
		const limitedAt = limited?.endedAt ?? 0;
		// Looks of other items that were on their way already do not count.
		const after = looks.filter(({ startedAt }) => startedAt > limitedAt + 50);
		expect(after).not.toEqual([]);
		for (const { startedAt } of after) expect(startedAt - limitedAt).toBeGreaterThanOrEqual(980);
	});

	it('takes a 429 without headers for a limit of 60 seconds', async () => {
		const deapi = await Deapi.open();
		const id = await deapi.submitSong();
		deapi.fake.faults.add({
			route: 'status',
			fault: { type: 'rateLimit', kind: 'minute', retryAfter: null, withType: false },
		});
		const end = await waitFor(deapi, id, { pollInterval: 0.1 }, () => clock.skip(59_800));
		expect(end).toMatchObject({ job: { status: 'done' } });
		expect(gaps(deapi)[0]).toBeGreaterThanOrEqual(60_000);
		expect(gaps(deapi)[0]).toBeLessThan(61_000);
	});

	it('does not ask once more at the timeout while the limit lasts', async () => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({
			route: 'status',
			fault: { type: 'rateLimit', kind: 'minute', retryAfter: 30 },
		});
		const run = await deapi.generate(waitingVideo({ timeout: 1 }));
		const { message, description } = errorOf(run);
		expect(deapi.requestsTo('status')).toHaveLength(1);
		expect(message).toContain('The video was not ready within 1 second');
		expect(description).toContain('The limit per minute of the deAPI account is reached');
	});

	it('ends the wait at a daily limit', async () => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: 'status', fault: { type: 'rateLimit', kind: 'daily' } });
		const run = await deapi.generate(waitingVideo());
		expect(deapi.requestsTo('status')).toHaveLength(1);
		expect(errorOf(run).message).toContain('The daily limit of the deAPI account is reached');
		expect(errorOf(run).data).toMatchObject({ limit: 'daily', status: 429 });
	});
});

describe('faults', () => {
	const FIVE: Fault[] = [
		{ type: 'html', status: 502 },
		{ type: 'cutAfterBody', accept: false },
		{ type: 'empty', status: 503 },
		{ type: 'truncatedJson' },
		{ type: 'empty', status: 200 },
	];

	it('survives five in a row, of whatever kind, and again after a look that worked', async () => {
		const deapi = await Deapi.open();
		deapi.fake.holdJobs(true);
		for (const fault of FIVE) deapi.fake.faults.add({ route: 'status', fault });
		const execution = startWorkflow(deapiWorkflow(songs(1), waitingVideo()), {
			credentials: deapi.credentials(),
		});
		await deapi.fake.waitFor(() => deapi.requestsTo('status').length === 6);
		for (const fault of FIVE) deapi.fake.faults.add({ route: 'status', fault });
		await deapi.fake.waitFor(() => deapi.fake.faults.pending === 0);
		deapi.fake.holdJobs(false);
		const run = await execution.result;
		expect(errorOf(run).message).toBe('');
		expect(outputOf(run, NODE)[0]?.json.status).toBe('done');
	});

	it('reports the sixth', async () => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: 'status', times: 9, fault: { type: 'html', status: 503 } });
		const run = await deapi.generate(waitingVideo());
		expect(deapi.requestsTo('status')).toHaveLength(6);
		expect(errorOf(run).message).toContain('deAPI is not available at the moment (status 503)');
	});

	it('does not insist where the key is refused', async () => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({
			route: 'status',
			times: 9,
			fault: { type: 'status', status: 401, body: { message: 'Unauthenticated.' } },
		});
		const run = await deapi.generate(waitingVideo());
		expect(deapi.requestsTo('status')).toHaveLength(1);
		expect(errorOf(run).message).toContain('deAPI did not accept the API key');
	});

	it('survives that a new job is not known yet', async () => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({
			route: 'status',
			times: 8,
			fault: { type: 'status', status: 404, body: { message: 'Not found.' } },
		});
		const run = await deapi.generate(waitingVideo({ pollInterval: 0.02 }));
		expect(errorOf(run).message).toBe('');
		expect(outputOf(run, NODE)[0]?.json.status).toBe('done');
	});

	it('reports a job that is still not known after 30 seconds', async () => {
		const deapi = await Deapi.open();
		const unknown = 'c08a339c-73e5-4d67-a4d5-231302fbff9a';
		const end = await waitFor(deapi, unknown, { pollInterval: 0.1 }, () => clock.skip(14_000));
		// At once, and 14, 28 and 42 seconds after the start.
		expect(deapi.requestsTo('status')).toHaveLength(4);
		expect(end).toMatchObject({
			failure: { message: `deAPI does not know a job with the ID ${unknown}` },
		});
	});
});

describe('the end', () => {
	it('stops at once when the execution is cancelled', async () => {
		const deapi = await Deapi.open();
		deapi.fake.holdJobs(true);
		const execution = startWorkflow(deapiWorkflow(songs(5), waitingVideo({ pollInterval: 0.3 })), {
			credentials: deapi.credentials(),
		});
		await deapi.fake.waitFor(() => deapi.requestsTo('status').length >= 5);
		const before = performance.now();
		execution.cancel();
		const run = await execution.result;
		expect(performance.now() - before).toBeLessThan(1000);
		expect(run.status).toBe('canceled');
		const looks = deapi.requestsTo('status').length;
		await new Promise((resolve) => setTimeout(resolve, 700));
		expect(deapi.requestsTo('status')).toHaveLength(looks);
	});

	it('stops at once where it waits for the answer to a look', async () => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: 'status', fault: { type: 'hang' } });
		const execution = startWorkflow(deapiWorkflow(songs(1), waitingVideo()), {
			credentials: deapi.credentials(),
		});
		await deapi.fake.waitFor(() => deapi.requestsTo('status').length === 1);
		const before = performance.now();
		execution.cancel();
		expect((await execution.result).status).toBe('canceled');
		expect(performance.now() - before).toBeLessThan(1000);
		await deapi.fake.waitFor(() => deapi.requestsTo('status')[0]?.endedAt !== null);
		expect(deapi.requestsTo('status')).toHaveLength(1);
	});

	it('gives up at the timeout and says how long it waited', async () => {
		const deapi = await Deapi.open();
		deapi.fake.holdJobs(true);
		const run = await deapi.generate(waitingVideo({ timeout: 0.5 }));
		const [job] = deapi.fake.jobs;
		const { message, description } = errorOf(run);
		expect(message).toBe(`The video was not ready within 1 second (request ID ${job?.request_id})`);
		expect(description).toContain("Set a higher 'Timeout' under 'Options'");
		const [first] = deapi.requestsTo('status');
		const last = deapi.requestsTo('status').at(-1);
		// The last look comes when the time is up, so that no job that is done by then is missed.
		expect((last?.startedAt ?? 0) - (first?.startedAt ?? 0)).toBeGreaterThanOrEqual(430);
		expect(job?.status).toBe('pending');
	});

	it.each([
		[true, true, 'Trying again may help. The charge was returned.'],
		[true, false, 'Trying again may help. The charge was not returned.'],
		[false, true, 'Trying again with the same input makes no sense. The charge was returned.'],
	])(
		'gives the reason of a job that ended in error (retryable %s, refunded %s)',
		async (retryable, refunded, advice) => {
			const deapi = await Deapi.open();
			const error_message = 'The audio could not be decoded.';
			const error_reason = 'SOURCE_UNPROCESSABLE';
			deapi.fake.failJob('next', { error_message, error_reason, retryable, refunded });
			const run = await deapi.generate(waitingVideo());
			const id = deapi.fake.jobs[0]?.request_id;
			const { message, description, data } = errorOf(run);
			expect(message).toBe(
				`deAPI could not make the video: The audio could not be decoded. (request ID ${id})`,
			);
			expect(description).toBe(advice);
			expect(data).toMatchObject({
				request_id: id,
				submitted: 'yes',
				status: 'error',
				error_reason,
				retryable,
				refunded,
			});
		},
	);

	it('says so where deAPI leaves open whether to try again and what became of the charge', async () => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({
			route: 'status',
			fault: { type: 'status', status: 200, body: { data: { status: 'error' } } },
		});
		const run = await deapi.generate(waitingVideo());
		const { message, description } = errorOf(run);
		expect(message).toMatch(/^deAPI could not make the video \(request ID .+\)$/);
		expect(description).toBe(
			'deAPI does not say whether trying again makes sense. deAPI does not say whether the charge was returned.',
		);
	});
});

/** What can go wrong after a submit while the job may still finish, or has. */
const AFTER_SUBMIT: Array<[string, (deapi: Deapi) => void, RegExp]> = [
	['the timeout', ({ fake }) => fake.holdJobs(true), /may still finish/],
	[
		'a service that is down',
		({ fake }) =>
			fake.faults.add({ route: 'status', times: 6, fault: { type: 'html', status: 500 } }),
		/may still finish/,
	],
	[
		'a key that was revoked',
		({ fake }) => fake.faults.add({ route: 'status', fault: { type: 'status', status: 401 } }),
		/may still finish/,
	],
	[
		'a suspended account',
		({ fake }) => fake.faults.add({ route: 'status', fault: { type: 'status', status: 403 } }),
		/may still finish/,
	],
	[
		'a daily limit',
		({ fake }) => fake.faults.add({ route: 'status', fault: { type: 'rateLimit', kind: 'daily' } }),
		/may still finish/,
	],
	[
		'a job that is done without a link',
		({ fake }) =>
			fake.faults.add({
				route: 'status',
				fault: {
					type: 'status',
					status: 200,
					body: { data: { status: 'done', result_url: null } },
				},
			}),
		/is done/,
	],
	[
		'a link that stays refused',
		({ fake }) => fake.faults.add({ route: 'result', times: 2, fault: { type: 'expired' } }),
		/is done/,
	],
	[
		'a video that is too large',
		({ fake }) =>
			fake.faults.add({
				route: 'result',
				fault: { type: 'tooLarge', bytes: 200 * 1024 * 1024, contentLength: true },
			}),
		/is done/,
	],
	[
		'a link to nowhere',
		({ fake }) =>
			fake.faults.add({
				route: 'status',
				fault: {
					type: 'status',
					status: 200,
					body: { data: { status: 'done', result_url: 'not a link' } },
				},
			}),
		/is done/,
	],
	[
		'a redirect to nowhere',
		({ fake }) =>
			fake.faults.add({ route: 'result', fault: { type: 'redirect', location: 'http://[' } }),
		/is done/,
	],
];

describe('nobody loses a paid job', () => {
	const video = waitingVideo({ timeout: 3, pollInterval: 0.02 });

	it.each(AFTER_SUBMIT)(
		'after %s the message names the job and how to fetch it',
		async (...row) => {
			const [, goWrong, state] = row;
			const deapi = await Deapi.open();
			goWrong(deapi);
			const run = await deapi.generate({
				...video,
				options: { timeout: 0.3, pollInterval: 0.02 },
			});
			const id = deapi.fake.jobs[0]?.request_id ?? '?';
			const { message, description, data } = errorOf(run);
			expect(message).toContain(`(request ID ${id})`);
			expect(description).toMatch(state);
			expect(description).toContain(`The job ${id}`);
			expect(description).toContain("resource 'Job', operation 'Get'");
			expect(data).toMatchObject({ request_id: id, submitted: 'yes' });
			expect(deapi.requestsTo('submit')).toHaveLength(1);
		},
	);

	/** Three items of which the second one's job ends in error. */
	async function oneOfThree(onError: 'continueRegularOutput' | 'continueErrorOutput') {
		const deapi = await Deapi.open({ resultFile: VIDEO });
		let created = 0;
		deapi.fake.failJob(() => ++created === 2, { error_message: 'out of memory' });
		const run = await deapi.generate(video, { count: 3, onError });
		const failed = deapi.fake.jobs.find(({ error }) => error !== null)?.request_id;
		return { run, failed };
	}

	it('keeps the ID in the item that stands for a failed one', async () => {
		const { run, failed } = await oneOfThree('continueRegularOutput');
		const items = outputOf(run, NODE);
		expect(items).toHaveLength(3);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 0 },
			{ item: 1 },
			{ item: 2 },
		]);
		const [bad] = items.filter(({ json }) => json.error !== undefined);
		expect(bad?.json).toMatchObject({ request_id: failed, details: { request_id: failed } });
		expect(bad?.json.error).toContain(`request ID ${failed}`);
		for (const { json, binary } of items.filter((item) => item !== bad)) {
			expect(json.status).toBe('done');
			expect((await readBinary(binary?.data)).equals(VIDEO)).toBe(true);
		}
	});

	it('keeps the ID in the item that goes to the error output', async () => {
		const { run, failed } = await oneOfThree('continueErrorOutput');
		expect(outputOf(run, NODE, 0).map(({ json }) => json.status)).toEqual(['done', 'done']);
		const [bad, ...others] = outputOf(run, NODE, 1);
		expect(others).toEqual([]);
		const json = bad?.json as { error?: string; details?: IDataObject } | undefined;
		expect(json).toMatchObject(inDetails({ request_id: failed, submitted: 'yes' }));
		expect(json?.error).toContain(`request ID ${failed}`);
		const paired = [...outputOf(run, NODE, 0), bad].map((item) => item?.pairedItem);
		expect(paired).toEqual(expect.arrayContaining([{ item: 0 }, { item: 1 }, { item: 2 }]));
	});

	it('names all jobs where the node stops at one of them', async () => {
		const deapi = await Deapi.open();
		deapi.fake.holdJobs(true);
		const run = await deapi.generate(waitingVideo({ timeout: 0.3 }), { count: 3 });
		const { description, data } = errorOf(run);
		for (const { request_id } of deapi.fake.jobs) expect(description).toContain(request_id);
		expect(data.submitted_jobs).toHaveLength(3);
	});
});
