/** Expressions that give something else in each try: without an edit, nothing is paid for twice. */
import type { INodeParameters } from 'n8n-workflow';
import { batchOf, prompts, retryExecution } from '../../support/attacks';
import { Deapi, expectGoodText, Outcome, waitingVideo } from '../../support/deapi';
import { file, songItem } from '../../support/workflows';
import { hum, soundsAt } from '../../support/served-sounds';

const REFUSED = { type: 'status' as const, status: 422, body: { message: 'No.' } };
const RETRY = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };

const VARYING: Array<[string, INodeParameters]> = [
	['a seed by Math.random()', { seed: '={{ Math.floor(Math.random() * 1e9) }}' }],
	['the time in the prompt', { prompt: '=A singer {{ $now.toMillis() }} {{ Math.random() }}' }],
];

describe.each(VARYING)('with %s, Retry On Fail', (_what, parameters) => {
	test('does not send again what may have been accepted', async () => {
		const deapi = await Deapi.open();
		const fault = { type: 'acceptThenError' as const, status: 500 };
		deapi.fake.faults.add({ route: 'submit', times: 9, fault });
		const { stop } = await deapi.run(undefined, parameters, RETRY);
		expect(deapi.submits).toHaveLength(1);
		expect(stop.data.submitted).toBe('unknown');
		expectGoodText(stop.description);
	});

	test.each([{}, { onError: 'continueErrorOutput' as const }])(
		'waits for the same job: %j',
		async (settings) => {
			const deapi = await Deapi.open({ pendingMs: 60_000 });
			const { run } = await deapi.run(undefined, waitingVideo({ timeout: 0.3 }, parameters), {
				...RETRY,
				...settings,
			});
			expect(deapi.submits).toHaveLength(1);
			expect(JSON.stringify(run.data.resultData)).toContain(deapi.requestIds[0]);
		},
	);

	test('keeps what other items have', async () => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: 'submit', after: 2, fault: REFUSED });
		const items = [0, 1, 2].map((index) => songItem('song.mp3', { index }));
		const { items: out } = await deapi.run(items, parameters, RETRY);
		expect(deapi.requestIds).toHaveLength(3);
		expect(out.map(({ json }) => json.request_id).sort()).toEqual([...deapi.requestIds].sort());
		expect(JSON.stringify(out)).not.toContain('earlier');
	});

	test('makes a job again that deAPI says may succeed now, and then waits for that one', async () => {
		const deapi = await Deapi.open({ pendingMs: 50 });
		let ends = 0;
		deapi.fake.failJob(() => ++ends === 1, { retryable: true });
		const [{ json }] = (await deapi.run(undefined, waitingVideo({}, parameters), RETRY)).items as [
			{ json: { request_id: string; earlier_request_ids: string[] } },
		];
		expect(deapi.requestIds).toHaveLength(2);
		expect(json.request_id).toBe(deapi.requestIds[1]);
		expect(json.earlier_request_ids).toEqual([deapi.requestIds[0]]);
	});
});

test.each([
	['Math.random()', { seed: '={{ Math.floor(Math.random() * 1e9) }}' }],
	['$execution.id', { prompt: '={{ $json.prompt }} {{ $execution.id }} {{ $now.toMillis() }}' }],
])("n8n's Retry with %s keeps what may have been accepted", async (_what, parameters) => {
	const deapi = await Deapi.open();
	deapi.fake.faults.add({ route: 'submit', fault: { type: 'cutAfterBody', accept: true } });
	const saved = batchOf(prompts(1), parameters);
	const { run } = await deapi.runSaved(saved);
	const { stop } = new Outcome(await retryExecution(deapi, saved, run));
	expect(deapi.submits).toHaveLength(1);
	expect(stop.data.submitted).toBe('unknown');
});

test('a model whose list could not be read at first gets its job, whatever the list says later', async () => {
	const deapi = await Deapi.open({ pendingMs: 60_000 });
	deapi.fake.faults.add({ route: 'models', times: 1, fault: { type: 'status', status: 429 } });
	const edit = {
		...{ resource: 'image', operation: 'edit', prompt: 'At night', waitForCompletion: true },
		model: { __rl: true, mode: 'id', value: 'QwenImageEdit_Plus_NF4' },
		options: { pollInterval: 0.05, timeout: 0.3 },
	};
	await deapi.run([{ json: {}, files: { data: file('sea.png') } }], edit, RETRY);
	expect(deapi.requestIds).toHaveLength(1);
});

test('another sound behind an address is another video all the same', async () => {
	const deapi = await Deapi.open({ pendingMs: 60_000 });
	const audioUrl = await soundsAt(hum(4), hum(5), hum(5));
	const [, parameters] = VARYING[0] ?? [];
	await deapi.run(
		undefined,
		waitingVideo({ timeout: 0.3 }, { audioSource: 'url', audioUrl, ...parameters }),
		{ ...RETRY, maxTries: 2 },
	);
	expect(deapi.requestIds).toHaveLength(2);
});
