/** What a run that ends badly still says of its jobs, and what a second run makes of it. */
import type { IRun } from 'n8n-workflow';
import { outputOf } from '../../support/engine';
import { NODE } from '../../support/workflows';
import { Deapi, expectGoodText, Outcome } from '../../support/deapi';
import {
	batchOf,
	begin,
	prompts,
	promptsOf,
	retryExecution,
	settle,
	stackedOf,
	watchRejections,
} from '../../support/attacks';

const RETRY = { retryOnFail: true, maxTries: 3, waitBetweenTries: 10 };
const WAITING = { waitForCompletion: true, options: { pollInterval: 0.02, downloadResult: false } };
/** The node's items of an execution that was canceled. */
const canceled = (run: IRun) => ({ run, items: outputOf(run, NODE) });
const RETRYABLE = { retryable: true, refunded: true, error_code: 'WORKER_TIMEOUT' };

describe('an item whose job fails in a way that lets it be made again', () => {
	test('names the IDs of all its tries where the last one fails too', async () => {
		const deapi = await Deapi.open();
		deapi.fake.failJobs(() => true, RETRYABLE);
		const { stop } = await deapi.runSaved(batchOf(prompts(1), WAITING, RETRY));
		expect(deapi.requestIds).toHaveLength(3);
		for (const id of deapi.requestIds) expect(stop.message + stop.description).toContain(id);
		expect(stop.data.request_id).toBe(deapi.requestIds[2]);
		expect(stop.data.request_ids).toEqual(deapi.requestIds);
		expectGoodText(stop.description);
	});

	test('names them in the item where the user goes on with it', async () => {
		const deapi = await Deapi.open();
		deapi.fake.failJobs(() => true, RETRYABLE);
		const extra = { ...RETRY, onError: 'continueRegularOutput' as const };
		const { json } = await deapi.runSaved(batchOf(prompts(1), WAITING, extra));
		expect(deapi.requestIds).toHaveLength(3);
		expect(json.details).toMatchObject({ request_ids: deapi.requestIds });
	});

	test('names them where the next try is refused before it is sent', async () => {
		const deapi = await Deapi.open();
		deapi.fake.failJobs(() => true, RETRYABLE);
		deapi.fake.faults.add({
			route: 'submit',
			after: 1,
			times: 5,
			fault: { type: 'status', status: 422, body: { message: 'No.' } },
		});
		const { stop } = await deapi.runSaved(batchOf(prompts(1), WAITING, RETRY));
		expect(stop.description).toContain(deapi.requestIds[0]);
		expectGoodText(stop.description);
	});

	test('names them in the item of a good last try', async () => {
		const deapi = await Deapi.open();
		deapi.fake.failJobs([0], RETRYABLE);
		const { json } = await deapi.runSaved(batchOf(prompts(1), WAITING, RETRY));
		expect(json.request_id).toBe(deapi.requestIds[1]);
		expect(json.earlier_request_ids).toEqual([deapi.requestIds[0]]);
	});
});

describe('a run that stops', () => {
	test('names the items whose outcome is not known beside the one that was refused', async () => {
		const deapi = await Deapi.open();
		const { faults } = deapi.fake;
		faults.add({
			route: 'submit',
			after: 1,
			times: 2,
			fault: { type: 'cutAfterBody', accept: true },
		});
		faults.add({
			route: 'submit',
			after: 3,
			fault: { type: 'status', status: 422, body: { message: 'No.' } },
		});
		const { stop } = await deapi.runSaved(batchOf(prompts(4)));
		expect(promptsOf(deapi)).toHaveLength(3);
		expect(stop.data.unclear_items).toHaveLength(2);
		const unclear = promptsOf(deapi)
			.slice(1)
			.map((prompt) => Number(prompt.split(' ')[1]));
		expect(stop.data.unclear_items).toEqual(unclear.sort().map((item) => ({ item })));
		const named = stop.message + stop.description;
		for (const item of unclear) expect(named).toContain(`[item ${item}]`);
		expectGoodText(stop.description);
	});

	test('names jobs and unclear items together', async () => {
		const deapi = await Deapi.open();
		const { faults } = deapi.fake;
		faults.add({ route: 'submit', after: 1, fault: { type: 'cutAfterBody', accept: true } });
		const { stop } = await deapi.runSaved(batchOf(prompts(3)));
		const all = JSON.stringify(stop);
		expect(stop.data.unclear_items).toHaveLength(1);
		for (const job of deapi.fake.jobs) {
			const item = Number(job.fields.prompt?.split(' ')[1]);
			const isUnclear = JSON.stringify(stop.data.unclear_items).includes(`"item":${item}`);
			expect(isUnclear || all.includes(job.request_id)).toBe(true);
		}
	});

	test('an item that the stop kept from being sent does not hide the others', async () => {
		const deapi = await Deapi.open({ submitsPerMinute: 2 });
		deapi.fake.faults.add({
			route: 'submit',
			after: 1,
			fault: { type: 'html', status: 502, accept: true },
		});
		const { stop } = await deapi.runSaved(batchOf(prompts(6)));
		expect(stop.message).toMatch(/status 502/);
		expect(stop.data.submitted_jobs ?? []).toHaveLength(deapi.requestIds.length - 1);
		expect(stop.data.unclear_items).toHaveLength(1);
	});
});

describe('an execution that is ended from outside', () => {
	test.each([
		['in the middle of the uploads', {}],
		['with Retry On Fail', RETRY],
		['with On Error = Continue', { onError: 'continueRegularOutput' as const }],
		['with both', { ...RETRY, onError: 'continueRegularOutput' as const }],
	])('gives every item out, with its ID or as unknown: %s', async (_name, extra) => {
		const unhandled = watchRejections();
		const deapi = await Deapi.open();
		deapi.fake.faults.add({
			route: 'submit',
			after: 2,
			times: 3,
			fault: { type: 'slow', ms: 2000 },
		});
		const execution = begin(deapi, batchOf(prompts(8), {}, extra));
		await deapi.fake.waitFor(() => deapi.submits.length >= 5 && deapi.requestIds.length >= 5);
		execution.cancel();
		const { items, run } = canceled(await execution.result);
		expect(run.status).toBe('canceled');
		expect(items).toHaveLength(8);
		const known = items.flatMap(({ json }) => json.request_id ?? []);
		const unknown = items.flatMap(({ json }, item) => (json.submitted === 'unknown' ? [item] : []));
		expect(items.filter(({ json }) => json.error !== undefined)).toEqual([]);
		for (const { request_id, fields } of deapi.fake.jobs) {
			const item = Number(fields.prompt?.split(' ')[1]);
			expect(known.includes(request_id) || unknown.includes(item)).toBe(true);
		}
		const sent = items.filter(({ json }) => json.submitted !== 'no');
		expect(sent).toHaveLength(5);
		const atEnd = deapi.submits.length;
		await settle(300);
		expect(deapi.submits).toHaveLength(atEnd);
		expect(unhandled).toEqual([]);
	});

	test('gives out the ID of a job that is waited for', async () => {
		const deapi = await Deapi.open({ processingMs: 60_000 });
		const execution = begin(deapi, batchOf(prompts(2), WAITING, RETRY));
		await deapi.fake.waitFor(
			() =>
				deapi.fake.jobs.every(({ statusReads }) => statusReads > 0) &&
				deapi.requestIds.length === 2,
		);
		execution.cancel();
		const { items } = canceled(await execution.result);
		expect(items.map(({ json }) => json.request_id)).toEqual(
			items.map(
				(_, item) =>
					deapi.fake.jobs.find(({ fields }) => fields.prompt === `song ${item}`)?.request_id,
			),
		);
		expect(items.map(({ json }) => json.submitted)).toEqual(['yes', 'yes']);
	});
});

describe('n8n’s Retry execution of a failed execution', () => {
	test('sends only what has no job, and gives all items out', async () => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({
			route: 'submit',
			after: 2,
			fault: { type: 'status', status: 422, body: { message: 'No.' } },
		});
		const saved = batchOf(prompts(3));
		const first = await deapi.runSaved(saved);
		expect(first.stop.message).toMatch(/not accept/);
		const before = deapi.requestIds.length;
		expect(before).toBe(2);
		const second = new Outcome(await retryExecution(deapi, saved, first.run));
		expect(deapi.requestIds).toHaveLength(3);
		expect(new Set(promptsOf(deapi)).size).toBe(3);
		expect(second.items.map(({ json }) => json.request_id).sort()).toEqual(
			[...deapi.requestIds].sort(),
		);
	});

	test('does not repeat what is unclear, and says so again', async () => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: 'submit', fault: { type: 'cutAfterBody', accept: true } });
		const saved = batchOf(prompts(3));
		const first = await deapi.runSaved(saved);
		expect(stackedOf(first.run)?.metadata).toBeDefined();
		const jobs = deapi.requestIds.length;
		const second = new Outcome(await retryExecution(deapi, saved, first.run));
		expect(deapi.requestIds).toHaveLength(jobs);
		expect(second.stop.message).toMatch(/may exist/);
		expect(second.stop.data.submitted).toBe('unknown');
		for (const id of deapi.requestIds.slice(1)) expect(JSON.stringify(second.stop)).toContain(id);
		const third = new Outcome(await retryExecution(deapi, saved, second.run));
		expect(deapi.requestIds).toHaveLength(jobs);
		expect(third.stop.data.submitted).toBe('unknown');
	});

	test('fetches the video of a job whose wait was given up', async () => {
		const deapi = await Deapi.open({ pendingMs: 0, processingMs: 60_000 });
		const saved = batchOf(prompts(1), {
			waitForCompletion: true,
			options: { pollInterval: 0.05, timeout: 0.2, outputBinaryProperty: 'film' },
		});
		const first = await deapi.runSaved(saved);
		const [id = ''] = deapi.requestIds;
		expect(first.stop.message).toContain(id);
		deapi.fake.completeJob(id);
		const second = new Outcome(await retryExecution(deapi, saved, first.run));
		expect(deapi.requestIds).toEqual([id]);
		expect(second.json).toMatchObject({ request_id: id, status: 'done', frames: 241 });
		expect(second.items[0]?.binary?.film?.mimeType).toBe('video/mp4');
	});

	test('does not pay for the same enhanced prompt again', async () => {
		const deapi = await Deapi.open();
		const fault = { type: 'status' as const, status: 422, body: {} };
		deapi.fake.faults.add({ route: 'prompt', after: 1, fault });
		const saved = batchOf(prompts(2), { resource: 'prompt', operation: 'enhance' });
		const first = await deapi.runSaved(saved);
		expect(first.stop.data.answers).toHaveLength(1);
		const second = new Outcome(await retryExecution(deapi, saved, first.run));
		expect(second.items).toHaveLength(2);
		expect(deapi.requestsTo('prompt').map(({ status }) => status)).toEqual([200, 422, 200]);
	});

	test('a job that failed for good is not made again', async () => {
		const deapi = await Deapi.open();
		deapi.fake.failJobs(() => true, { retryable: false, refunded: false });
		const saved = batchOf(prompts(1), WAITING);
		const first = await deapi.runSaved(saved);
		const second = new Outcome(await retryExecution(deapi, saved, first.run));
		expect(second.stop.message).toContain(deapi.requestIds[0]);
		expect(deapi.requestIds).toHaveLength(1);
	});

	test('metadata of another make is taken for nothing', async () => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: 'submit', fault: { type: 'status', status: 422 } });
		const saved = batchOf(prompts(1));
		const { run } = await deapi.runSaved(saved);
		const stack = stackedOf(run);
		if (stack === undefined) throw new Error('Nothing is stacked');
		Object.assign(stack, {
			metadata: { deapi: { 0: { item: '0', job: 7 }, x: null, __proto__: 1 } },
		});
		const second = new Outcome(await retryExecution(deapi, saved, run));
		expect(second.json.request_id).toBe(deapi.requestIds[0]);
	});
});
