/**
 * Wait for Completion: from the request ID to the video, or to a message that loses no paid job.
 */
import { readFileSync } from 'node:fs';
import type { IDataObject } from 'n8n-workflow';
import type { FakeDeapiOptions, Fault } from '../fake-deapi';
import { clockForTests } from '../support/clock';
import { Deapi, songs, waitingVideo } from '../support/deapi';
import { errorOf, outputOf, readBinary } from '../support/engine';
import { inDetails } from '../support/engine-versions';
import { fixture, NODE } from '../support/workflows';
import { asText } from '../support/text';

const clock = clockForTests();
beforeEach(() => clock.leap());

/** The smallest video there is. */
const VIDEO = readFileSync(fixture('clips/yellow-portrait.mp4'));

/** Times between the checks of a job, in milliseconds, each from the end of one to the next. */
function gaps(deapi: Deapi): number[] {
	const checks = deapi.requestsTo('status');
	return checks.slice(1).map(({ startedAt }, index) => startedAt - (checks[index]?.endedAt ?? 0));
}

/**
 * A service whose jobs stay as they are.
 *
 * @param afterCheck is called when so many checks have been answered
 */
async function holding(
	afterCheck: (checks: number, deapi: Deapi) => void = () => {},
	options: FakeDeapiOptions = {},
): Promise<Deapi> {
	let checks = 0;
	const deapi: Deapi = await Deapi.open({
		...options,
		onRequest: ({ route }) => {
			if (route === 'status') afterCheck(++checks, deapi);
		},
	});
	deapi.fake.holdJobs(true);
	return deapi;
}

/** A service whose jobs are done as soon as they are submitted. */
async function quick(options: FakeDeapiOptions = {}): Promise<Deapi> {
	const deapi: Deapi = await Deapi.open({
		...options,
		onRequest: ({ requestId }) => {
			if (requestId !== null) deapi.fake.completeJob(requestId);
		},
	});
	return deapi;
}

function completeAll({ fake }: Deapi): void {
	for (const { request_id } of fake.jobs) fake.completeJob(request_id);
}

/** Waits for a job with Job > Get, which checks at once. */
async function waitForJob(deapi: Deapi, requestId: string, pollInterval: number) {
	const parameters = { resource: 'job', operation: 'get', requestId, waitForCompletion: true };
	return await deapi.operate({ ...parameters, options: { pollInterval } });
}

describe('the rhythm', () => {
	it('checks for the first time when the poll interval has passed', async () => {
		const deapi = await quick();
		const run = await deapi.generate(waitingVideo({ pollInterval: 0.4 }));
		const [submit] = deapi.requestsTo('submit');
		const checks = deapi.requestsTo('status');
		expect(errorOf(run).message).toBe('');
		expect(checks).toHaveLength(1);
		expect((checks[0]?.startedAt ?? 0) - (submit?.endedAt ?? 0)).toBe(400);
	});

	it('checks less and less often', async () => {
		const deapi: Deapi = await holding((checks) => checks === 6 && completeAll(deapi));
		await deapi.generate(waitingVideo({ pollInterval: 0.1 }));
		const expected = [100, 125, 156.25, 195.3, 244.1, 305.2];
		expect(gaps(deapi).map((gap) => Math.round(gap))).toEqual(expected.map(Math.round));
	});

	it('checks every 15 seconds at the latest', async () => {
		const deapi: Deapi = await holding((checks) => checks === 4 && completeAll(deapi));
		const run = await waitForJob(deapi, await deapi.submitSong(), 14);
		expect(outputOf(run, NODE)[0]?.json.status).toBe('done');
		expect(gaps(deapi)).toEqual([14_000, 15_000, 15_000, 15_000]);
	});

	it('keeps to a poll interval of more than 15 seconds', async () => {
		const deapi: Deapi = await holding((checks) => checks === 2 && completeAll(deapi));
		await waitForJob(deapi, await deapi.submitSong(), 40);
		expect(gaps(deapi)).toEqual([40_000, 40_000]);
	});

	it('waits for 50 items at once, each with its own video, 5 seconds after the submit', async () => {
		const deapi = await quick({ resultFile: VIDEO });
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
			expect(binary?.data?.fileName).toBe('song.mp4');
			expect((await readBinary(binary?.data)).equals(VIDEO)).toBe(true);
		}
		// Each item was checked once, when the default interval of 5 seconds had passed, side by side.
		const checks = deapi.requestsTo('status');
		expect(checks).toHaveLength(50);
		const submitted = Math.max(...deapi.requestsTo('submit').map(({ startedAt }) => startedAt));
		for (const { startedAt } of checks) expect(startedAt - submitted).toBe(5000);
		expect(warnings).toEqual([]);
	});

	it('gets 50 items through a limit that does not allow a check of each', async () => {
		const deapi = await quick({ resultFile: VIDEO });
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
		const deapi: Deapi = await holding((checks) => checks === 3 && completeAll(deapi));
		deapi.fake.faults.add({
			route: 'status',
			fault: { type: 'rateLimit', kind: 'minute', retryAfter: 20 },
		});
		const run = await deapi.generate(waitingVideo({ pollInterval: 0.2 }), { count: 3 });
		expect(outputOf(run, NODE).map(({ json }) => json.status)).toEqual(Array(3).fill('done'));
		const checks = deapi.requestsTo('status');
		const limitedAt = checks.find(({ status }) => status === 429)?.startedAt ?? 0;
		// The first three were on their way together.
		expect(checks.map(({ startedAt }) => startedAt - limitedAt)).toEqual([
			...[0, 0, 0],
			...[20_000, 20_000, 20_000],
		]);
	});

	it('takes a 429 without headers for a limit of 60 seconds', async () => {
		const deapi = await quick();
		const id = await deapi.submitSong();
		deapi.fake.faults.add({
			route: 'status',
			fault: { type: 'rateLimit', kind: 'minute', retryAfter: null, withType: false },
		});
		const run = await waitForJob(deapi, id, 0.1);
		expect(outputOf(run, NODE)[0]?.json.status).toBe('done');
		expect(gaps(deapi)).toEqual([60_000]);
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

	it('survives five in a row, of whatever kind, and again after a check that worked', async () => {
		const addFive = ({ fake }: Deapi) => {
			for (const fault of FIVE) fake.faults.add({ route: 'status', fault });
		};
		const deapi: Deapi = await holding((checks) => {
			if (checks === 6) addFive(deapi);
			if (checks === 11) completeAll(deapi);
		});
		addFive(deapi);
		const run = await deapi.generate(waitingVideo());
		expect(deapi.requestsTo('status')).toHaveLength(12);
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
		const deapi = await quick();
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
		const { message } = errorOf(await waitForJob(deapi, unknown, 14));
		// At once, and 14, 29 and 44 seconds after the start.
		expect(deapi.requestsTo('status')).toHaveLength(4);
		expect(message).toBe(`deAPI does not know a job with the ID ${unknown}`);
	});
});

describe('the end', () => {
	it('stops at once when the execution is canceled, and gives out the IDs', async () => {
		const deapi: Deapi = await holding((checks) => checks === 5 && execution.cancel());
		const execution = deapi.start(songs(5), waitingVideo());
		const run = await execution.result;
		expect(run.status).toBe('canceled');
		const items = outputOf(run, NODE);
		expect(items.map(({ json }) => json.request_id).sort()).toEqual([...deapi.requestIds].sort());
		for (const { json } of items) {
			expect(json).toMatchObject({
				submitted: 'yes',
				message: `The execution was canceled (request ID ${asText(json.request_id)})`,
				description: expect.stringContaining('may still finish'),
			});
		}
		const checks = deapi.requestsTo('status').length;
		clock.skip(60_000);
		await new Promise((resolve) => setTimeout(resolve, 50));
		expect(deapi.requestsTo('status')).toHaveLength(checks);
	});

	it('stops at once where it waits for the answer to a check', async () => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: 'status', fault: { type: 'hang' } });
		const execution = deapi.start(songs(1), waitingVideo());
		await deapi.fake.waitFor(() => deapi.requestsTo('status').length === 1);
		execution.cancel();
		const run = await execution.result;
		expect(run.status).toBe('canceled');
		expect(outputOf(run, NODE)[0]?.json.request_id).toBe(deapi.requestIds[0]);
		await deapi.fake.waitFor(() => deapi.requestsTo('status')[0]?.endedAt !== null);
		expect(deapi.requestsTo('status')).toHaveLength(1);
	});

	it('gives up at the timeout and says how long it waited', async () => {
		const deapi = await holding();
		const run = await deapi.generate(waitingVideo({ timeout: 600, pollInterval: 5 }));
		const [job] = deapi.fake.jobs;
		const { message, description } = errorOf(run);
		expect(message).toBe(
			`The video was not ready within 10 minutes (request ID ${job?.request_id})`,
		);
		expect(description).toContain("Set a higher 'Wait At Most (Seconds)' under 'Options'");
		const [submit] = deapi.requestsTo('submit');
		const last = deapi.requestsTo('status').at(-1);
		// The last check comes when the time is up, so that no job that is done by then is missed.
		expect((last?.startedAt ?? 0) - (submit?.endedAt ?? 0)).toBe(600_000);
		expect(job?.status).toBe('pending');
	});

	it.each(['hang', 'drip'] as const)('holds the timeout where an answer does %s', async (type) => {
		const deapi = await holding();
		const fault: Fault = type === 'hang' ? { type } : { type, everyMs: 10 };
		deapi.fake.faults.add({ route: 'status', times: 99, fault });
		const run = await deapi.generate(waitingVideo({ timeout: 20, pollInterval: 5 }));
		expect(errorOf(run).message).toContain('The video was not ready within 20 seconds');
		expect(errorOf(run).description).toContain('no answer came within the time limit');
	});

	it.each([
		[true, true, 'Trying again may help. The charge was returned.'],
		[true, false, 'Trying again may help. The charge was not returned.'],
		[false, true, 'Trying again with the same input will not help. The charge was returned.'],
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
			'deAPI does not say whether trying again would help. deAPI does not say whether the charge was returned.',
		);
	});
});

/** What can go wrong after a submit while the job may still finish, or has. */
const AFTER_SUBMIT: Array<[string, (deapi: Deapi) => void, RegExp]> = [
	[
		'the timeout',
		({ fake }) => {
			const data = { status: 'processing' };
			fake.faults.add({
				route: 'status',
				times: 99,
				fault: { type: 'status', status: 200, body: { data } },
			});
		},
		/may still finish/,
	],
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
	const video = waitingVideo({ timeout: 60, pollInterval: 0.5 });

	it.each(AFTER_SUBMIT)(
		'after %s the message names the job and how to fetch it',
		async (...row) => {
			const [, goWrong, state] = row;
			const deapi = await quick();
			goWrong(deapi);
			const run = await deapi.generate(video);
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
		const deapi = await Deapi.open({ resultFile: VIDEO, pendingMs: 0, processingMs: 0 });
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
		const deapi = await holding();
		const run = await deapi.generate(waitingVideo({ timeout: 10 }), { count: 3 });
		const { description, data } = errorOf(run);
		for (const { request_id } of deapi.fake.jobs) expect(description).toContain(request_id);
		expect(data.submitted_jobs).toHaveLength(3);
	});
});
