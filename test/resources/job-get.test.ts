/**
 * Job > Get: a job as it is now, or at its end.
 */
import { readFileSync } from 'node:fs';
import type { IDataObject } from 'n8n-workflow';
import { clockForTests } from '../support/clock';
import { errorOf, outputOf, readBinary, startWorkflow } from '../support/engine';
import { inDetails } from '../support/engine-versions';
import { Deapi } from '../support/deapi';
import { deapiWorkflow, fixture, NODE } from '../support/workflows';

const clock = clockForTests();
const VIDEO = readFileSync(fixture('result.mp4'));
const UNKNOWN = 'c08a339c-73e5-4d67-a4d5-231302fbff9a';
const GET = { resource: 'job', operation: 'get' };

async function getJob(deapi: Deapi, requestId: string, parameters = {}, extra = {}) {
	return await deapi.operate({ ...GET, requestId, ...parameters }, extra);
}

/** A service with a job that stays as it is. */
async function withJob() {
	const deapi = await Deapi.open();
	deapi.fake.holdJobs(true);
	const id = await deapi.submitSong();
	return { deapi, id };
}

describe('a look at a job', () => {
	it('shows one that waits', async () => {
		const { deapi, id } = await withJob();
		const [item] = outputOf(await getJob(deapi, id), NODE);
		expect(item?.json).toMatchObject({ request_id: id, status: 'pending', progress: 0 });
		expect(item?.binary).toBeUndefined();
		expect(item?.pairedItem).toEqual({ item: 0 });
	});

	it('shows how far one is that is being processed', async () => {
		const { deapi, id } = await withJob();
		deapi.fake.startJob(id);
		deapi.fake.setProgress(id, 62.5);
		const [item] = outputOf(await getJob(deapi, id), NODE);
		expect(item?.json).toMatchObject({ request_id: id, status: 'processing', progress: 62.5 });
		expect(item?.json.preview).toContain('preview.png');
		expect(item?.binary).toBeUndefined();
	});

	it('fetches the video of one that is done', async () => {
		const { deapi, id } = await withJob();
		deapi.fake.completeJob(id);
		const [item] = outputOf(await getJob(deapi, id), NODE);
		expect(item?.json).toMatchObject({ request_id: id, status: 'done', progress: 100 });
		expect(item?.binary?.data?.fileName).toBe(`${id}.mp4`);
		expect((await readBinary(item?.binary?.data)).equals(VIDEO)).toBe(true);
		expect(deapi.requestsTo('status')).toHaveLength(1);
	});

	it('leaves the video where it is when it is not wanted', async () => {
		const { deapi, id } = await withJob();
		deapi.fake.completeJob(id);
		const run = await getJob(deapi, id, { options: { downloadResult: false } });
		const [item] = outputOf(run, NODE);
		expect(item?.json.result_url).toContain(`/results/${id}/`);
		expect(item?.binary).toBeUndefined();
		expect(deapi.requestsTo('result')).toEqual([]);
	});

	it('shows one that ended in error, as an answer and not as a failure', async () => {
		const { deapi, id } = await withJob();
		deapi.fake.failJob(id, { error_message: 'out of memory', retryable: true, refunded: true });
		const run = await getJob(deapi, id);
		expect(errorOf(run).message).toBe('');
		const [item] = outputOf(run, NODE);
		expect(item?.json).toMatchObject({
			request_id: id,
			status: 'error',
			error_message: 'out of memory',
			retryable: true,
			refunded: true,
		});
		expect(item?.binary).toBeUndefined();
	});

	it('takes a status that nobody has heard of as it is', async () => {
		const { deapi, id } = await withJob();
		const data = { status: 'queued_elsewhere', news: ['a', 'b'] };
		deapi.fake.faults.add({
			route: 'status',
			fault: { type: 'status', status: 200, body: { data } },
		});
		const [item] = outputOf(await getJob(deapi, id), NODE);
		expect(item?.json).toEqual({ request_id: id, ...data });
	});

	it('reads a job over the other API', async () => {
		const { deapi, id } = await withJob();
		deapi.fake.completeJob(id);
		const run = await getJob(deapi.with({ apiVersion: 'v2' }), id);
		expect(outputOf(run, NODE)[0]?.json.status).toBe('done');
		expect(deapi.requestsTo('status').map(({ path }) => path)).toEqual([`/api/v2/jobs/${id}`]);
	});

	it('reads each item for itself, linked to its input item', async () => {
		const deapi = await Deapi.open();
		deapi.fake.holdJobs(true);
		const ids = [await deapi.submitSong(), await deapi.submitSong(), await deapi.submitSong()];
		deapi.fake.completeJob(ids[1] ?? '');
		const items: IDataObject[] = ids.map((id) => ({ id }));
		const run = await getJob(deapi, '={{ $json.id }}', {}, { items });
		const output = outputOf(run, NODE);
		expect(output.map(({ json }) => json.request_id)).toEqual(ids);
		expect(output.map(({ json }) => json.status)).toEqual(['pending', 'done', 'pending']);
		expect(output.map(({ binary }) => binary !== undefined)).toEqual([false, true, false]);
		expect(output.map(({ pairedItem }) => pairedItem)).toEqual([0, 1, 2].map((item) => ({ item })));
	});
});

test.each(['v1', 'v2'])(
	'on %s the link is a fresh one, whatever was read before',
	async (apiVersion) => {
		const opened = await withJob();
		const deapi = opened.deapi.with({ apiVersion });
		deapi.fake.completeJob(opened.id);
		const options = { downloadResult: false };
		const [first] = outputOf(await getJob(deapi, opened.id, { options }), NODE);
		deapi.fake.expireResults();
		const [later] = outputOf(await getJob(deapi, opened.id), NODE);
		expect(later?.json.result_url).not.toBe(first?.json.result_url);
		expect((await readBinary(later?.binary?.data)).equals(VIDEO)).toBe(true);
		expect(deapi.requestsTo('result').map(({ status }) => status)).toEqual([200]);
	},
);

describe('what it cannot do', () => {
	it('says that deAPI does not know the job', async () => {
		const deapi = await Deapi.open();
		const { message, description, data } = errorOf(await getJob(deapi, UNKNOWN));
		expect(message).toBe(`deAPI does not know a job with the ID ${UNKNOWN}`);
		expect(description).toBe(
			'Check the ID, and that the credential belongs to the account that submitted the job.',
		);
		expect(data).toEqual({ request_id: UNKNOWN, status: 404 });
	});

	it("does not see another account's job", async () => {
		const deapi = await Deapi.open({ apiKeys: ['key-of-ann', 'key-of-bob'] });
		const id = await deapi.submitSong();
		const bob = deapi.with({ apiKey: 'key-of-bob' });
		const { message } = errorOf(await getJob(bob, id));
		expect(message).toBe(`deAPI does not know a job with the ID ${id}`);
	});

	it.each(['={{ "" }}', '={{ $json.missing }}', '   '])(
		'asks for an ID where it is %s',
		async (requestId) => {
			const deapi = await Deapi.open();
			expect(errorOf(await getJob(deapi, requestId)).message).toBe("'Request ID' is empty");
			expect(deapi.fake.requests).toEqual([]);
		},
	);

	it.each([
		['["x"]', 'a list'],
		['({ id: "x" })', 'an object'],
		['true', 'true'],
		['NaN', 'NaN'],
	])('refuses %s, and says what it is', async (value, what) => {
		const deapi = await Deapi.open();
		const { message } = errorOf(await getJob(deapi, `={{ ${value} }}`));
		expect(message).toBe(`'Request ID' is not a deAPI ID: ${what}`);
		expect(deapi.fake.requests).toEqual([]);
	});

	it('takes an ID with spaces around it, and refuses what is a path', async () => {
		const deapi = await Deapi.open();
		const id = await deapi.submitSong();
		deapi.fake.completeJob(id);
		const run = await getJob(deapi, ` ${id}\n`, { options: { downloadResult: false } });
		expect(outputOf(run, NODE)[0]?.json.request_id).toBe(id);
		const reads = deapi.fake.requests.length;
		for (const path of ['../balance?x=1', 'a..b', '..', 'a/b', '.', '%2e%2e', 'x'.repeat(201)]) {
			const { message } = errorOf(await getJob(deapi, path));
			expect(message).toBe(
				`'Request ID' is not a deAPI ID: ${path.length > 200 ? `${path.slice(0, 200)}…` : path}`,
			);
		}
		expect(deapi.fake.requests).toHaveLength(reads);
	});

	it.each([
		[401, 'deAPI did not accept the API key'],
		[403, 'The request was blocked on its way to deAPI'],
		[503, 'deAPI is not available at the moment (status 503)'],
	])('names the job where deAPI answers with %s', async (status, text) => {
		clock.leap();
		const { deapi, id } = await withJob();
		deapi.fake.faults.add({ route: 'status', times: 9, fault: { type: 'html', status } });
		const { message, description, data } = errorOf(await getJob(deapi, id));
		expect(message).toBe(`${text} (request ID ${id})`);
		expect(description).toContain(`The job ${id} was submitted and may still finish`);
		expect(data).toMatchObject({ request_id: id, status });
	});

	it('goes on with the other items, and keeps the ID of the one that went wrong', async () => {
		const { deapi, id } = await withJob();
		const items = [{ id: UNKNOWN }, { id }];
		const parameters = [deapi, '={{ $json.id }}', {}] as const;
		const regular = await getJob(...parameters, { items, onError: 'continueRegularOutput' });
		const [bad, good] = outputOf(regular, NODE);
		expect(bad?.json).toMatchObject({ request_id: UNKNOWN, details: { request_id: UNKNOWN } });
		expect(bad?.json.error).toBe(`deAPI does not know a job with the ID ${UNKNOWN} [item 0]`);
		expect(bad?.pairedItem).toEqual({ item: 0 });
		expect(good?.json.status).toBe('pending');
		expect(good?.pairedItem).toEqual({ item: 1 });

		const split = await getJob(...parameters, { items, onError: 'continueErrorOutput' });
		expect(outputOf(split, NODE, 0).map(({ json }) => json.request_id)).toEqual([id]);
		const parted = outputOf(split, NODE, 1).map(({ json }) => json);
		expect(parted).toMatchObject([inDetails({ request_id: UNKNOWN, status: 404 })]);
		expect(parted[0]?.error).toContain(UNKNOWN);
	});
});

describe('waiting', () => {
	const waiting = { waitForCompletion: true, options: { pollInterval: 0.02 } };

	it('looks at once, and does not wait for a job that is done', async () => {
		clock.leap();
		const { deapi, id } = await withJob();
		deapi.fake.completeJob(id);
		const before = clock.now();
		const run = await getJob(deapi, id, { waitForCompletion: true });
		expect(clock.now() - before).toBeLessThan(3000);
		expect(deapi.requestsTo('status')).toHaveLength(1);
		expect((await readBinary(outputOf(run, NODE)[0]?.binary?.data)).equals(VIDEO)).toBe(true);
	});

	it('waits for a job that is not', async () => {
		const { deapi, id } = await withJob();
		const execution = startWorkflow(deapiWorkflow([{}], { ...GET, requestId: id, ...waiting }), {
			credentials: deapi.credentials(),
		});
		await deapi.fake.waitFor(() => deapi.requestsTo('status').length === 3);
		deapi.fake.completeJob(id);
		const [item] = outputOf(await execution.result, NODE);
		expect(item?.json).toMatchObject({ request_id: id, status: 'done' });
		expect((await readBinary(item?.binary?.data)).equals(VIDEO)).toBe(true);
	});

	it('stops at once when the execution is cancelled, however rarely it looks', async () => {
		const { deapi, id } = await withJob();
		const items = Array.from({ length: 5 }, () => ({ json: {} }));
		const execution = startWorkflow(
			deapiWorkflow(items, { ...GET, requestId: id, waitForCompletion: true }),
			{ credentials: deapi.credentials() },
		);
		const looks = () => deapi.requestsTo('status').filter(({ endedAt }) => endedAt !== null);
		await deapi.fake.waitFor(() => looks().length === 5);
		const before = performance.now();
		execution.cancel();
		const run = await execution.result;
		// The next look would come after 5 seconds.
		expect(performance.now() - before).toBeLessThan(1500);
		expect(run.status).toBe('canceled');
		const output = outputOf(run, NODE);
		expect(output.map(({ pairedItem }) => pairedItem)).toEqual(
			[0, 1, 2, 3, 4].map((item) => ({ item })),
		);
		for (const { json } of output) {
			expect(json.request_id).toBe(id);
			expect(json.message).toBe(`The execution was canceled (request ID ${id})`);
			expect(json.description).toContain(`The job ${id} was submitted and may still finish`);
		}
	});

	it('obeys Retry-After from its first look on', async () => {
		clock.leap();
		const { deapi, id } = await withJob();
		deapi.fake.completeJob(id);
		deapi.fake.faults.add({
			route: 'status',
			fault: { type: 'rateLimit', kind: 'minute', retryAfter: 1 },
		});
		const run = await getJob(deapi, id, waiting);
		expect(outputOf(run, NODE)[0]?.json.status).toBe('done');
		const [first, second] = deapi.requestsTo('status');
		expect((second?.startedAt ?? 0) - (first?.endedAt ?? 0)).toBeGreaterThanOrEqual(1000);
	});

	it('takes a job that ends in error for a failure: no result came', async () => {
		const { deapi, id } = await withJob();
		deapi.fake.failJob(id, { error_message: 'out of memory', retryable: false, refunded: true });
		const { message, description, data } = errorOf(await getJob(deapi, id, waiting));
		expect(message).toBe(`deAPI could not make the result: out of memory (request ID ${id})`);
		expect(description).toBe(
			'Trying again with the same input will not help. The charge was returned.',
		);
		expect(data).toMatchObject({ request_id: id, retryable: false, refunded: true });
	});

	it('names the job when the time is up, and what the last check brought', async () => {
		clock.leap();
		const { deapi, id } = await withJob();
		deapi.fake.faults.add({ route: 'status', times: 99, fault: { type: 'status', status: 404 } });
		const options = { pollInterval: 0.05, timeout: 0.3 };
		const started = Date.now();
		const run = await getJob(deapi, id, { ...waiting, options });
		expect(Date.now() - started).toBeLessThan(1000);
		const { message, description, data } = errorOf(run);
		expect(message).toBe(`The result was not ready within 1 second (request ID ${id})`);
		expect(description).toContain(
			`At the last check: deAPI does not know a job with the ID ${id}.`,
		);
		expect(data.request_id).toBe(id);
	});
});
