/** What becomes of the items of one run when some of them fail, in each of n8n's error modes. */
import type { IExecuteFunctions, INode, INodeExecutionData, INodeType } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import type { Fault } from '../fake-deapi';
import { DEAPI_NODE, outputOf, type SavedWorkflow } from '../support/engine';
import { inDetails } from '../support/engine-versions';
import { registerSource, type Source } from '../support/nodes';
import { Deapi, expectGoodText, filePart, PROMPT } from '../support/deapi';
import { file, NODE, node, songItem } from '../support/workflows';

/** Says for each item which item of the source it comes from, as n8n's `$('…').item` finds it. */
class TraceNode implements INodeType {
	description = {
		displayName: 'Trace',
		name: 'trace',
		group: ['transform' as const],
		version: 1,
		description: 'Trace',
		defaults: { name: 'Trace' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		properties: [{ displayName: 'Origin', name: 'origin', type: 'string' as const, default: '' }],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const traced = this.getInputData().map((item, index) => ({
			...item,
			json: { ...item.json, origin: this.getNodeParameter('origin', index) as string },
		}));
		return await Promise.resolve([traced]);
	}
}

const ORIGIN = "={{ $('Items').item.json.title }}";

/** items → deAPI, its first output to `Good`, its error output to `Bad`. */
function branches(source: Source, onError: INode['onError']): SavedWorkflow {
	const to = (name: string) => [{ node: name, type: 'main' as const, index: 0 }];
	return {
		nodes: [
			node('Start', 'n8n-nodes-base.manualTrigger'),
			node('Items', 'test.source', { key: registerSource(source) }),
			node(
				NODE,
				DEAPI_NODE,
				{ prompt: PROMPT, options: { rateLimitRetries: 0 } },
				{ onError, credentials: { deapiApi: { id: '1', name: 'deAPI account' } } },
			),
			node('Good', 'test.trace', { origin: ORIGIN }),
			node('Bad', 'test.trace', { origin: ORIGIN }),
		],
		connections: {
			Start: { main: [to('Items')] },
			Items: { main: [to(NODE)] },
			[NODE]: { main: [to('Good'), to('Bad')] },
		},
	};
}

const trace = () => ({ nodeTypes: { 'test.trace': new TraceNode() } });

/** A song, a file that is none, a song, an item without a file, a song. */
const MIXED: Source = [
	songItem('song.mp3', { title: 'first' }),
	{ json: { title: 'text' }, files: { data: file('not-audio.mp3') } },
	songItem('song.ogg', { title: 'third' }),
	{ json: { title: 'bare' } },
	songItem('speech.mp3', { title: 'fifth' }),
];

describe('On Error = Continue', () => {
	test('gives out every item in its place, the failed ones with what was wrong', async () => {
		const deapi = await Deapi.open();
		const { run, items } = await deapi.runSaved(branches(MIXED, 'continueRegularOutput'), trace());

		expect(items.map(({ pairedItem }) => pairedItem)).toEqual(
			[0, 1, 2, 3, 4].map((item) => ({ item })),
		);
		expect(items.map(({ json }) => json.request_id !== undefined)).toEqual([
			true,
			false,
			true,
			false,
			true,
		]);
		expect(items[1]?.json).toEqual({
			error:
				"The file in 'data' ('Input Audio Field') is not an MP3, WAV, OGG or FLAC file [item 1]",
			message:
				"It looks like plain text. deAPI goes by the content, not by the file name. If another node downloaded it, that node may have saved a server's message instead of the file: open its output and look at the file.",
			details: { submitted: 'no' },
		});
		expect(items[3]?.json).toMatchObject({
			error: "The item has no binary field 'data' ('Input Audio Field') [item 3]",
			details: { submitted: 'no' },
		});
		expect(outputOf(run, 'Good').map(({ json }) => json.origin)).toEqual([
			'first',
			'text',
			'third',
			'bare',
			'fifth',
		]);
	});

	test('leaves no request ID behind when other uploads go wrong', async () => {
		const deapi = await Deapi.open();
		const faults: Fault[] = [
			{ type: 'html', status: 502 },
			{ type: 'cutAfterBody', accept: true },
			{ type: 'status', status: 422, body: { message: 'x', errors: { width: ['No.'] } } },
		];
		for (const [index, fault] of faults.entries()) {
			deapi.fake.faults.add({ route: 'submit', after: index * 2, fault });
		}
		const source = Array.from({ length: 9 }, (_, index) =>
			songItem('song.mp3', { title: String(index) }),
		);
		const { run, items } = await deapi.runSaved(branches(source, 'continueRegularOutput'), trace());

		expect(deapi.submits).toHaveLength(9);
		const answered = deapi.submits.filter(({ status }) => status === 200);
		expect(items.flatMap(({ json }) => json.request_id ?? []).sort()).toEqual(
			answered.map(({ requestId }) => requestId).sort(),
		);
		const failed = items.filter(({ json }) => json.error !== undefined);
		expect(failed).toHaveLength(3);
		for (const { json } of failed) {
			expectGoodText(json.error);
			expectGoodText(json.message);
		}
		expect(
			failed.map(({ json }) => (json.details as { submitted: string }).submitted).sort(),
		).toEqual(['no', 'unknown', 'unknown']);
		expect(outputOf(run, 'Good').map(({ json }) => json.origin)).toEqual(
			source.map((_, index) => String(index)),
		);
	});

	test('keeps the request ID of a job that went wrong later', async () => {
		const deapi = await Deapi.open();
		deapi.fake.failJob('next', { retryable: false });
		const { json } = await deapi.run(
			[songItem()],
			{ waitForCompletion: true, options: { pollInterval: 0.05 } },
			{ onError: 'continueRegularOutput' },
		);
		expect(json.request_id).toBe(deapi.requestIds[0]);
		expect(json.details).toMatchObject({ request_id: deapi.requestIds[0], submitted: 'yes' });
	});

	test('lets the other items through when an expression of one breaks', async () => {
		const deapi = await Deapi.open();
		const { items } = await deapi.run(
			[
				songItem('song.mp3', { a: { b: 'x' } }),
				songItem(),
				songItem('song.mp3', { a: { b: 'y' } }),
			],
			{ prompt: '={{ $json.a.b.toUpperCase() }}' },
			{ onError: 'continueRegularOutput' },
		);
		expect(items).toHaveLength(3);
		expect(items.flatMap(({ json }) => json.request_id ?? []).sort()).toEqual(
			[...deapi.requestIds].sort(),
		);
		expect(deapi.submits).toHaveLength(2);
	});
});

describe('On Error = Continue (using error output)', () => {
	test('parts the items, each still linked to its input item', async () => {
		const deapi = await Deapi.open();
		const { run } = await deapi.runSaved(branches(MIXED, 'continueErrorOutput'), trace());

		const good = outputOf(run, 'Good');
		expect(good.map(({ json }) => json.origin)).toEqual(['first', 'third', 'fifth']);
		const idOf = new Map(
			deapi.submits.map((request) => [filePart(request).filename, request.requestId]),
		);
		expect(good.map(({ json }) => json.request_id)).toEqual(
			['song.mp3', 'song.ogg', 'speech.mp3'].map((name) => idOf.get(name)),
		);
		const bad = outputOf(run, 'Bad');
		expect(bad.map(({ json }) => json)).toEqual([
			{
				title: 'text',
				origin: 'text',
				error:
					"The file in 'data' ('Input Audio Field') is not an MP3, WAV, OGG or FLAC file [item 1]",
				message:
					"It looks like plain text. deAPI goes by the content, not by the file name. If another node downloaded it, that node may have saved a server's message instead of the file: open its output and look at the file.",
				...inDetails({ submitted: 'no' }),
			},
			{
				title: 'bare',
				origin: 'bare',
				error: "The item has no binary field 'data' ('Input Audio Field') [item 3]",
				message:
					'This item has no files. Add a node before this one that gives the file, such as Read/Write Files from Disk, Google Drive or HTTP Request.',
				...inDetails({ submitted: 'no' }),
			},
		]);
	});

	test('keeps the request ID of a job that went wrong later in the details', async () => {
		const deapi = await Deapi.open();
		deapi.fake.failJob('next', { retryable: false });
		const saved = branches([songItem('song.mp3', { title: 'one' })], 'continueErrorOutput');
		const deapiNode = saved.nodes.find(({ name }) => name === NODE);
		Object.assign(deapiNode?.parameters ?? {}, {
			waitForCompletion: true,
			options: { pollInterval: 0.05 },
		});
		const { run } = await deapi.runSaved(saved, trace());
		expect(outputOf(run, 'Good')).toEqual([]);
		const [bad, ...others] = outputOf(run, 'Bad');
		expect(others).toEqual([]);
		expect(bad?.json).toMatchObject({
			origin: 'one',
			...inDetails({ request_id: deapi.requestIds[0], submitted: 'yes' }),
		});
		expect(bad?.json.error).toContain(deapi.requestIds[0]);
	});

	test('gives the error output nothing when all goes well', async () => {
		const deapi = await Deapi.open();
		const saved = branches([songItem(), songItem()], 'continueErrorOutput');
		const { run } = await deapi.runSaved(saved, trace());
		expect(outputOf(run, 'Good')).toHaveLength(2);
		expect(outputOf(run, 'Bad')).toEqual([]);
	});
});

describe('On Error = Stop Workflow', () => {
	test('names all jobs that were submitted before', async () => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({
			route: 'submit',
			after: 4,
			fault: { type: 'status', status: 403, body: { message: 'Your account is suspended.' } },
		});
		const { stop } = await deapi.run(Array.from({ length: 40 }, () => songItem()));

		expect(stop.message).toMatch(/^deAPI has denied this account access \[item \d+\]$/);
		const ids = deapi.requestIds;
		expect(ids.length).toBeGreaterThanOrEqual(4);
		// What waited for its turn was not sent any more; what was on its way was waited for.
		expect(deapi.submits.length).toBeLessThan(20);
		expect(stop.data.submitted_jobs).toHaveLength(ids.length);
		for (const id of ids) {
			expect(stop.description).toContain(id);
			expect(JSON.stringify(stop.data.submitted_jobs)).toContain(`"request_id":"${id}"`);
			expect(stop.description.indexOf(id)).toBe(stop.description.lastIndexOf(id));
		}
		expect(stop.description).toContain("fetch them with the resource 'Job', operation 'Get'");
		expectGoodText(stop.message);
		expectGoodText(stop.description);
	});

	test('says which of the submitted jobs belongs to which item', async () => {
		const deapi = await Deapi.open();
		// Sent one after another, so that the items' order is the order of the jobs.
		deapi.fake.faults.add({ route: 'submit', after: 2, fault: { type: 'html', status: 500 } });
		const { stop } = await deapi.run([songItem(), songItem(), songItem()], {
			requestOptions: { batching: { batch: { batchSize: 1, batchInterval: 150 } } },
		});
		const [first = '', second = ''] = deapi.requestIds;
		expect(stop.message).toBe(
			'deAPI answered with status 500, so the job may exist and may have been charged [item 2]',
		);
		expect(stop.description).toContain(`${first} [item 0] and ${second} [item 1].`);
		expect(stop.data).toMatchObject({
			submitted: 'unknown',
			submitted_jobs: [
				{ item: 0, request_id: first },
				{ item: 1, request_id: second },
			],
		});
	});
});

describe('Retry On Fail', () => {
	const retry = { retryOnFail: true, maxTries: 3, waitBetweenTries: 20 };

	test('does not send again what has its request ID', async () => {
		const deapi = await Deapi.open();
		const once: Fault = { type: 'status', status: 403, body: { message: 'Not now.' } };
		deapi.fake.faults.add({ route: 'submit', after: 2, fault: once });
		const source = Array.from({ length: 6 }, (_, index) => songItem('song.mp3', { index }));
		const { items } = await deapi.run(source, {}, retry);
		expect(items).toHaveLength(6);
		// One was refused and sent again; no other was sent twice.
		expect(deapi.requestIds).toHaveLength(6);
		expect(deapi.submits).toHaveLength(7);
		expect(items.map(({ json }) => json.request_id).sort()).toEqual([...deapi.requestIds].sort());
	});

	test.each<[string, Fault]>([
		['a 500', { type: 'acceptThenError', status: 500 }],
		['a cut connection', { type: 'cutAfterBody', accept: true }],
		['an answer without a request ID', { type: 'noRequestId' }],
	])('does not send again after %s', async (_what, fault) => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: 'submit', fault });
		const { stop } = await deapi.run([songItem()], {}, retry);
		expect(deapi.submits).toHaveLength(1);
		expect(stop.message).toContain('the job may exist and may have been charged');
		expect(stop.data).toMatchObject({ submitted: 'unknown' });
	});

	test('does not send again after a time limit', async () => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: 'submit', fault: { type: 'hang' } });
		const { stop } = await deapi.run([songItem()], { requestOptions: { timeout: 200 } }, retry);
		expect(deapi.submits).toHaveLength(1);
		expect(stop.data).toMatchObject({ submitted: 'unknown' });
	});

	test.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
		'does not send again with %s either',
		async (onError) => {
			const deapi = await Deapi.open();
			deapi.fake.faults.add({ route: 'submit', fault: { type: 'acceptThenError', status: 502 } });
			const outcome = await deapi.run([songItem(), songItem()], {}, { ...retry, onError });
			const all = [...outcome.items, ...outputOf(outcome.run, NODE, 1)];
			expect(deapi.submits).toHaveLength(2);
			expect(all.map(({ json }) => json.error === undefined).sort()).toEqual([false, true]);
		},
	);

	test('sends again what deAPI certainly did not take', async () => {
		const deapi = await Deapi.open();
		const fault: Fault = { type: 'status', status: 413, body: { message: 'Too large.' } };
		deapi.fake.faults.add({ route: 'submit', fault });
		const { json } = await deapi.run([songItem()], {}, retry);
		expect(json.request_id).toBe(deapi.requestIds[0]);
		expect(deapi.submits.map(({ status }) => status)).toEqual([413, 200]);
	});

	test('draws no other seed for what has its request ID', async () => {
		const deapi = await Deapi.open();
		const fault: Fault = { type: 'status', status: 413, body: { message: 'Too large.' } };
		deapi.fake.faults.add({ route: 'submit', after: 1, fault });
		const { items } = await deapi.run([songItem(), songItem()], {}, retry);
		const sent = deapi.fake.jobs.map(({ request_id, fields }) => [request_id, Number(fields.seed)]);
		expect(items.map(({ json }) => [json.request_id, json.seed]).sort()).toEqual(sent.sort());
	});

	test('gives a run of its own to each execution of a loop', async () => {
		const deapi = await Deapi.open();
		const source = [songItem()];
		await deapi.run(source, {}, retry);
		await deapi.run(source, {}, retry);
		expect(new Set(deapi.requestIds).size).toBe(2);
	});
});
