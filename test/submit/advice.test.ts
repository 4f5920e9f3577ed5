/** What a message advises about a job that is paid for is followed, and ends well. */
import type { INodeParameters } from 'n8n-workflow';
import type { Fault } from '../fake-deapi';
import { retryExecution } from '../support/attacks';
import { clockForTests } from '../support/clock';
import type { SavedWorkflow } from '../support/engine';
import { Deapi, expectGoodText, Outcome } from '../support/deapi';
import { deapiWorkflow, songItem } from '../support/workflows';

const clock = clockForTests();
beforeEach(() => clock.leap());

const NOT_FOUND: Fault = { type: 'status', status: 404, body: { message: 'Not found.' } };
const VIDEO = { prompt: 'A singer', waitForCompletion: true, options: { pollInterval: 0.02 } };

const getOf = (requestId: string): INodeParameters => ({
	...{ resource: 'job', operation: 'get', requestId },
});

describe.each(['v1', 'v2'])('on %s', (apiVersion) => {
	/** A video whose status or result cannot be found from its first try on. */
	async function lost(route: 'status' | 'result') {
		const deapi = (await Deapi.open()).with({ apiVersion });
		deapi.fake.faults.add({ route, times: 1000, fault: NOT_FOUND });
		const saved = deapiWorkflow([songItem()], VIDEO);
		const first = await deapi.runSaved(saved);
		const [id = ''] = deapi.requestIds;
		expect(first.stop.message).toContain(id);
		expectGoodText(first.stop.description);
		expect(first.stop.data).toMatchObject({ request_id: id, submitted: 'yes' });
		return { deapi, saved, id, first };
	}

	const retried = async (deapi: Deapi, saved: SavedWorkflow, { run }: Outcome) =>
		new Outcome(await retryExecution(deapi, saved, run));

	const LOST = [
		['a result that is gone from storage', 'result', /^The job .* is done, but .*/],
		['a job that deAPI has forgotten', 'status', /^Check the ID/],
	] as const;

	test.each(LOST)('%s: the advice leads to a new video', async (_what, route) => {
		const { deapi, saved, id, first } = await lost(route);
		const { stop } = first;
		expect(stop.description).toContain("If the resource 'Job', operation 'Get', does not find it");
		const get = await deapi.run([{ json: {} }], getOf(id));
		expect(get.stop.message).toContain(id);
		expect(get.stop.description).not.toContain("operation 'Get'");
		expectGoodText(get.stop.description);

		expect(stop.description).toContain("n8n's Retry asks for this one again");
		const retry = await retried(deapi, saved, first);
		expect(retry.stop.message).toContain(id);
		expect(deapi.requestIds).toEqual([id]);

		expect(stop.description).toContain('run the workflow in a new execution');
		deapi.fake.faults.clear();
		const { json } = await deapi.runSaved(saved);
		expect(json.status).toBe('done');
		expect(deapi.requestIds).toHaveLength(2);
		expect(json.request_id).toBe(deapi.requestIds[1]);
	});

	test.each(LOST)('%s, and is there again: Job > Get has it', async (_what, route) => {
		const { deapi, id } = await lost(route);
		deapi.fake.faults.clear();
		const { json, items } = await deapi.run([{ json: {} }], getOf(id));
		expect(json).toMatchObject({ request_id: id, status: 'done' });
		expect(items[0]?.binary?.data).toBeDefined();
		expect(deapi.requestIds).toEqual([id]);
	});

	test('a daily limit of reads says so, and nothing of paying; Job > Get has the video tomorrow', async () => {
		const deapi = (await Deapi.open()).with({ apiVersion });
		deapi.fake.faults.add({ route: 'status', fault: { type: 'rateLimit', kind: 'daily' } });
		const { stop } = await deapi.run(undefined, VIDEO);
		expect(stop.message).toMatch(
			/^The daily limit of the deAPI account is reached for reading the status of jobs; it ends in /,
		);
		expect(stop.description).toContain('It limits reads, not jobs');
		expect(`${stop.message} ${stop.description}`).not.toMatch(/paid|higher limits|credit/);
		expectGoodText(stop.description);
		expect(stop.description).toContain("fetch it with the resource 'Job', operation 'Get'");
		clock.skip(24 * 60 * 60_000);
		const [id = ''] = deapi.requestIds;
		deapi.fake.completeJob(id);
		const { json } = await deapi.run([{ json: {} }], getOf(id));
		expect(json).toMatchObject({ request_id: id, status: 'done' });
	});

	test('a daily limit of jobs says what raises it', async () => {
		const deapi = (await Deapi.open()).with({ apiVersion });
		deapi.fake.faults.add({ route: 'submit', fault: { type: 'rateLimit', kind: 'daily' } });
		const { stop } = await deapi.run(undefined, VIDEO);
		expect(stop.message).toMatch(/^The daily limit of the deAPI account is reached; it ends in /);
		expect(stop.description).toContain('Accounts that have paid once get higher limits');
	});
});
