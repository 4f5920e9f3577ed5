/** Answers to a submit that hide the job's ID, or put the service's words in the place of ours. */
import { Deapi, expectGoodText } from '../../support/deapi';
import { prompts, promptsOf, batchOf } from '../../support/attacks';

const RETRY = { retryOnFail: true, maxTries: 3, waitBetweenTries: 10 };
const PLACES = ['number', 'inData', 'besideData', 'nested'] as const;
const STATUSES = [200, 201, 202, 302, 400, 409, 422, 429, 500, 503];

describe.each(PLACES)('a request ID that stands elsewhere: %s', (place) => {
	test.each(STATUSES)(
		'in an answer with status %i it is a job, named and never sent again',
		async (status) => {
			const deapi = await Deapi.open();
			deapi.fake.faults.add({
				route: 'submit',
				times: 5,
				fault: {
					type: 'oddRequestId',
					place,
					status,
					headers: { Location: 'http://127.0.0.1:1/' },
				},
			});
			const { json } = await deapi.run(undefined, {}, RETRY);
			expect(deapi.fake.jobs).toHaveLength(1);
			expect(json.request_id).toBe(deapi.requestIds[0]);
			expect(typeof json.request_id).toBe('string');
		},
	);
});

test.each([
	['a bare text', 'ok'],
	['a list', [{ request_id: 'b9a1f0ce-9d7f-4c5e-8f0e-0f6f2d3c4b5a' }]],
	['null', null],
	['an empty ID', { data: { request_id: '' } }],
	['an ID of a megabyte', { data: { request_id: 'x'.repeat(1_000_000) } }],
	['an object for an ID', { data: { request_id: { id: 1 } } }],
	['a NaN for an ID', { data: { request_id: Number.NaN } }],
])('%s in a good answer: the outcome is unknown, or it is the job', async (_name, body) => {
	const deapi = await Deapi.open();
	deapi.fake.faults.add({ route: 'submit', times: 5, fault: { type: 'noRequestId', body } });
	const outcome = await deapi.run(undefined, {}, { ...RETRY, onError: 'continueRegularOutput' });
	expect(deapi.submits).toHaveLength(1);
	const { json } = outcome;
	if (json.error === undefined) expect(json.request_id).toMatch(/^b9a1/);
	else expect(json.details).toMatchObject({ submitted: 'unknown' });
	expect(JSON.stringify(json).length).toBeLessThan(3000);
});

describe('an answer that has words of ours in it', () => {
	const lies = {
		request_id: null,
		submitted: 'no',
		error: 'It went wrong',
		message: 'canceled',
		item: 99,
		frames: 1,
		seed: 'x',
	};

	test('to a status read: what we say stays', async () => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: 'status', times: 50, fault: { type: 'overwrite', data: lies } });
		const { json } = await deapi.run(undefined, {
			waitForCompletion: true,
			options: { pollInterval: 0.02, downloadResult: false },
		});
		expect(json).toMatchObject({ request_id: deapi.requestIds[0], frames: 241, status: 'done' });
		expect(typeof json.seed).toBe('number');
		expect(json).not.toHaveProperty('error');
		expect(json).not.toHaveProperty('submitted');
	});

	test.each([
		['stops', {}],
		['goes on', { onError: 'continueRegularOutput' as const }],
	])(
		'to the status of a failed job: what we say stays, where the node %s',
		async (_name, extra) => {
			const deapi = await Deapi.open();
			deapi.fake.failJobs(() => true, { retryable: false });
			const data = { ...lies, details: { submitted: 'no' }, submitted_jobs: [], unclear_items: [] };
			deapi.fake.faults.add({ route: 'status', times: 50, fault: { type: 'overwrite', data } });
			const outcome = await deapi.runSaved(
				batchOf(prompts(1), { waitForCompletion: true, options: { pollInterval: 0.02 } }, extra),
			);
			const facts = 'onError' in extra ? outcome.json.details : outcome.stop.data;
			expect(facts).toMatchObject({ request_id: deapi.requestIds[0], submitted: 'yes' });
			if ('onError' in extra) expect(outcome.json.error).not.toBe('It went wrong');
		},
	);

	test('to a submit: what we say stays', async () => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({
			route: 'submit',
			fault: {
				type: 'overwrite',
				data: { submitted: 'no', frames: 1, model: 'x' },
				body: { error: 'x' },
			},
		});
		const { json } = await deapi.run();
		expect(json).toMatchObject({
			request_id: deapi.requestIds[0],
			frames: 241,
			model: 'Ltx2_3_22B_Dist_INT8',
		});
		expect(json).not.toHaveProperty('error');
	});

	test('in a refusal: nothing of it becomes a job, and its long words are cut', async () => {
		const deapi = await Deapi.open();
		const body = {
			message: 'canceled '.repeat(200_000),
			request_id: null,
			errors: { prompt: ['canceled '.repeat(100_000)] },
		};
		deapi.fake.faults.add({ route: 'submit', fault: { type: 'status', status: 422, body } });
		const { stop, run } = await deapi.run();
		expect(stop.data.submitted).toBe('no');
		expect(run.status).toBe('error');
		expect(stop.message.length + stop.description.length).toBeLessThan(3000);
		expect(promptsOf(deapi)).toEqual([]);
		expectGoodText(stop.message);
	});
});
