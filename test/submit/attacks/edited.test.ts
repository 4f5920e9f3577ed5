/** What a retry makes of jobs that were paid for before the node was edited, or the file exchanged. */
import type { IDataObject, INodeParameters, IRun } from 'n8n-workflow';
import { batchOf, promptsOf, prompts, retryExecution, stackedOf } from '../../support/attacks';
import { Deapi, expectGoodText, Outcome } from '../../support/deapi';
import { toWorkflow } from '../../support/engine';
import { hum, soundsAt } from '../../support/served-sounds';
import { silence } from '../../support/wav';

const REFUSED = { type: 'status' as const, status: 422, body: { message: 'No.' } };
const RETRY = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };

/** n8n's "Retry with currently saved workflow": the stored execution gets the edited node. */
async function retryEdited(
	deapi: Deapi,
	run: IRun,
	parameters: INodeParameters,
	count = 3,
): Promise<Outcome> {
	const saved = batchOf(prompts(count), parameters);
	const stack = stackedOf(run);
	const node = toWorkflow(saved).workflow.getNode(stack?.node.name ?? '');
	if (stack === undefined || node === null) throw new Error('Nothing is stacked');
	stack.node = node;
	return new Outcome(await retryExecution(deapi, saved, run));
}

const earlier = ({ json }: { json: IDataObject }) => (json.earlier_request_ids ?? []) as string[];

describe.each(['v1', 'v2'])('on %s a retry with an edited node', (apiVersion) => {
	const open = async () => (await Deapi.open()).with({ apiVersion });

	/** A first execution whose submits from the given one on are refused. */
	async function failed(parameters: INodeParameters = {}, count = 3) {
		const deapi = await open();
		deapi.fake.faults.add({ route: 'submit', after: count - 1, fault: REFUSED });
		const saved = batchOf(prompts(count), parameters);
		const { run } = await deapi.runSaved(saved);
		expect(deapi.requestIds).toHaveLength(count - 1);
		return { deapi, run };
	}

	test.each<[string, INodeParameters]>([
		['prompt', { prompt: '=brighter {{ $json.prompt }}' }],
		['seed', { seed: 7 }],
		['size', { size: 'landscape' }],
		['option', { options: { steps: 9 } }],
	])('makes new jobs where its %s is another one, and names the old', async (_what, edit) => {
		const { deapi, run } = await failed();
		const old = [...deapi.requestIds];
		const { items } = await retryEdited(deapi, run, edit);
		expect(deapi.requestIds).toHaveLength(5);
		const made = deapi.requestIds.slice(2);
		expect(items.map(({ json }) => json.request_id).sort()).toEqual([...made].sort());
		expect(items.flatMap(earlier).sort()).toEqual(old.sort());
	});

	test.each<[string, INodeParameters]>([
		['Max Price', { options: { rateLimitRetries: 3, maxPrice: 5 } }],
		['a seed that is drawn', { seed: -1 }],
		['Webhook URL', { options: { webhookUrl: 'https://example.com/hook' } }],
		['Model, which is Automatic now', { model: 'auto' }],
	])('keeps what is paid where only this was edited: %s', async (_what, edit) => {
		const { deapi, run } = await failed();
		const { items } = await retryEdited(deapi, run, edit);
		expect(deapi.requestIds).toHaveLength(3);
		expect(items.map(({ json }) => json.request_id).sort()).toEqual([...deapi.requestIds].sort());
		expect(items.flatMap(earlier)).toEqual([]);
	});

	test('back to what was paid first takes that, and names what came between', async () => {
		const { deapi, run } = await failed();
		deapi.fake.faults.add({ route: 'submit', after: 2, fault: REFUSED });
		const between = await retryEdited(deapi, run, { seed: 7 });
		expect(between.stop.message).toMatch(/not accept/);
		const { items } = await retryEdited(deapi, between.run, {});
		expect(deapi.requestIds).toHaveLength(5);
		const all = items.flatMap((item) => [item.json.request_id, ...earlier(item)]);
		expect(all.sort()).toEqual([...deapi.requestIds].sort());
	});

	test('that is not in order names what was paid for', async () => {
		const { deapi, run } = await failed();
		const { stop } = await retryEdited(deapi, run, { seed: -7 });
		expect(deapi.requestIds).toHaveLength(2);
		for (const id of deapi.requestIds) expect(JSON.stringify(stop)).toContain(id);
		expectGoodText(stop.description);
	});

	test('sends what is unclear for another request, and names the doubt', async () => {
		const deapi = await open();
		deapi.fake.faults.add({ route: 'submit', fault: { type: 'cutAfterBody', accept: true } });
		const { run } = await deapi.runSaved(batchOf(prompts(1)));
		const { json } = await retryEdited(deapi, run, { seed: 7 }, 1);
		expect(deapi.requestIds).toHaveLength(2);
		expect(json.request_id).toBe(deapi.requestIds[1]);
		expect(json.earlier_doubts).toEqual([expect.stringMatching(/the job may exist/)]);
	});

	test('stays unclear where the new request is refused', async () => {
		const deapi = await open();
		deapi.fake.faults.add({ route: 'submit', fault: { type: 'cutAfterBody', accept: true } });
		deapi.fake.faults.add({ route: 'submit', after: 1, fault: REFUSED });
		const { run } = await deapi.runSaved(batchOf(prompts(1)));
		const { stop } = await retryEdited(deapi, run, { seed: 7 }, 1);
		expect(stop.description).toMatch(/An earlier try: .*, so the job may exist/);
		expect(stop.data.submitted).toBe('unknown');
		expect(stop.data.unclear_items).toEqual([{ item: 0 }]);
		expectGoodText(stop.description);
	});

	const SPEECH = { resource: 'audio', operation: 'generateSpeech', text: '={{ $json.prompt }}' };
	const ENHANCE = { resource: 'prompt', operation: 'enhance' };

	test('of another operation never gets the job of the first', async () => {
		const deapi = await open();
		deapi.fake.faults.add({ route: 'speech', after: 1, fault: REFUSED });
		const { run } = await deapi.runSaved(batchOf(prompts(2), { ...SPEECH, lang: 'en-us' }));
		const [old] = deapi.requestIds;
		expect(deapi.requestIds).toHaveLength(1);
		const { items } = await retryEdited(deapi, run, {}, 2);
		expect(deapi.requestIds).toHaveLength(3);
		expect(items.map(({ json }) => json.request_id)).not.toContain(old);
		expect(items.flatMap(earlier)).toEqual([old]);
	});

	test('from speech to a video that is waited for gives out an MP4 and names the speech', async () => {
		const deapi = await open();
		deapi.fake.faults.add({ route: 'speech', after: 1, fault: REFUSED });
		const { run } = await deapi.runSaved(batchOf(prompts(2), { ...SPEECH, lang: 'en-us' }));
		const [old] = deapi.requestIds;
		const { items } = await retryEdited(
			deapi,
			run,
			{ waitForCompletion: true, options: { pollInterval: 0.02 } },
			2,
		);
		expect(items.map(({ binary }) => binary?.data?.mimeType)).toEqual(['video/mp4', 'video/mp4']);
		expect(items.map(({ json }) => json.request_id).sort()).toEqual(
			deapi.requestIds.slice(1).sort(),
		);
		expect(items.flatMap(earlier)).toEqual([old]);
	});

	test('from an enhanced prompt to a video makes the video', async () => {
		const deapi = await open();
		deapi.fake.faults.add({ route: 'prompt', after: 1, fault: REFUSED });
		const { run } = await deapi.runSaved(batchOf(prompts(2), ENHANCE));
		const { items } = await retryEdited(deapi, run, {}, 2);
		expect(items.map(({ json }) => json.request_id).sort()).toEqual([...deapi.requestIds].sort());
		expect(promptsOf(deapi)).toHaveLength(2);
	});
});

describe('a sound behind an address, with Retry On Fail', () => {
	/** One item whose first job cannot be fetched at once, so that it is tried again. */
	async function twice(...sounds: Array<Buffer | undefined>) {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: 'status', times: 40, fault: { type: 'status', status: 404 } });
		const url = await soundsAt(...sounds);
		const saved = batchOf(
			prompts(1),
			{
				...{ audioSource: 'url', audioUrl: url, waitForCompletion: true },
				options: { pollInterval: 0.02, timeout: 0.3, downloadResult: false },
			},
			RETRY,
		);
		return { deapi, outcome: await deapi.runSaved(saved) };
	}

	test('that gives another sound in the second try gets a job of its own', async () => {
		const { deapi, outcome } = await twice(silence(5), hum(5));
		expect(deapi.requestIds).toHaveLength(2);
		for (const id of deapi.requestIds) expect(JSON.stringify(outcome)).toContain(id);
	});

	test('that gives the same again keeps its job', async () => {
		const { deapi } = await twice(silence(5));
		expect(deapi.requestIds).toHaveLength(1);
	});

	test('that gives nothing any more keeps its job', async () => {
		const { deapi, outcome } = await twice(silence(5), undefined);
		expect(deapi.requestIds).toHaveLength(1);
		expect(JSON.stringify(outcome)).not.toMatch(/could not be fetched/);
	});
});
