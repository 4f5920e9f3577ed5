/** deAPI's own rules: what its statuses mean, what is read again, and what a job costs. */
import type { INodeParameters } from 'n8n-workflow';
import { Deapi, expectGoodText } from '../../support/deapi';
import { clockForTests } from '../../support/clock';
import { songItem } from '../../support/workflows';
import { asText } from '../../support/text';

const WAITING: INodeParameters = { waitForCompletion: true, options: { pollInterval: 0.02 } };
const clock = clockForTests();

test('410 leads to V2, for every question', async () => {
	const deapi = await Deapi.open({ v1Removed: true });
	for (const parameters of [
		{},
		{ resource: 'account', operation: 'getBalance' },
		{ resource: 'model', operation: 'getMany' },
		{ operation: 'estimatePrice', lengthMode: 'frames' },
		{ resource: 'job', operation: 'get', requestId: 'x' },
	]) {
		const { stop } = await deapi.run(undefined, parameters);
		expect(stop.description).toContain("Set 'API Version' in the 'deAPI API' credential to V2");
	}
	expect((await deapi.with({ apiVersion: 'v2' }).run()).items).toHaveLength(1);
});

test.each([402, 422] as const)(
	'too little credit, told with %i, names the 0.49 USD',
	async (lowBalanceStatus) => {
		const deapi = await Deapi.open({ balance: 0.3, minimumBalance: 0.49, lowBalanceStatus });
		const { stop } = await deapi.run();
		expect(stop.message).toMatch(/too little credit/);
		expect(stop.description).toContain('0.49 USD');
		expect(stop.data.submitted).toBe('no');
		expectGoodText(stop.description);
	},
);

test('a key of the gateway is told as such', async () => {
	const deapi = await Deapi.open();
	const { stop } = await deapi.with({ apiKey: 'dpn-sk-0123456789' }).run();
	expect(stop.description).toContain('dpn-sk-');
	expect(stop.description).not.toContain('dpn-sk-0123456789');
});

test.each(['song.wav', 'song.flac', 'song.mp3'])(
	'a refused sound in %s: no other kind is advised, as it was sent as an MP3',
	async (name) => {
		const deapi = await Deapi.open();
		const body = {
			message: 'No.',
			errors: { audio: ['The audio must be a file of another type.'] },
		};
		deapi.fake.faults.add({ route: 'submit', fault: { type: 'status', status: 422, body } });
		const { stop } = await deapi.run([songItem(name)]);
		expect(stop.message).toMatch(/'Input Audio Field'/);
		expect(stop.description).not.toMatch(/MP3 or OGG/);
		expectGoodText(stop.description);
	},
);

test.each([true, false])(
	'a failed job of v1 has its reason (reasons in v1: %s)',
	async (v1ErrorReasons) => {
		const deapi = await Deapi.open({ v1ErrorReasons });
		deapi.fake.failJobs(() => true, {
			error_message: 'The worker fell asleep',
			retryable: true,
			refunded: true,
		});
		const { stop } = await deapi.run(undefined, WAITING);
		expect(stop.message).toContain('The worker fell asleep');
		expect(stop.description).toContain('Trying again may help. The charge was returned.');
	},
);

describe('a read that meets a 500', () => {
	test.each<[string, 'models' | 'balance' | 'status', INodeParameters]>([
		['models', 'models', { resource: 'model', operation: 'getMany' }],
		['balance', 'balance', { resource: 'account', operation: 'getBalance' }],
		['job', 'status', { resource: 'job', operation: 'get' }],
	])('is tried again: %s', async (_name, route, parameters) => {
		const deapi = await Deapi.open();
		const requestId = await deapi.submitSong();
		clock.leap();
		deapi.fake.faults.add({ route, times: 2, fault: { type: 'status', status: 500 } });
		const { run } = await deapi.run([{}], { ...parameters, requestId });
		expect(run.status).toBe('success');
	});

	test('again and again is reported', async () => {
		const deapi = await Deapi.open();
		clock.leap();
		deapi.fake.faults.add({ route: 'balance', times: 99, fault: { type: 'html', status: 503 } });
		const { stop } = await deapi.run([{}], { resource: 'account', operation: 'getBalance' });
		expect(stop.message).toMatch(/not available at the moment \(status 503\)/);
		expect(deapi.requestsTo('balance').length).toBeLessThan(5);
	});

	test('a submit that meets one is not', async () => {
		const deapi = await Deapi.open();
		clock.leap();
		deapi.fake.faults.add({ route: 'submit', times: 9, fault: { type: 'status', status: 500 } });
		const { stop } = await deapi.run();
		expect(stop.data.submitted).toBe('unknown');
		expect(deapi.submits).toHaveLength(1);
	});
});

test.each([
	[true, { amount: 0.15, is_estimated: false }],
	['null' as const, undefined],
	[false, undefined],
])('a job’s price, given as %s, is passed on as deAPI gives it', async (jobPrice, expected) => {
	const deapi = await Deapi.open({ jobPrice, price: 0.15 });
	const waited = await deapi.run(undefined, WAITING);
	const requestId = asText(waited.json.request_id);
	const read = await deapi.run([{}], { resource: 'job', operation: 'get', requestId });
	for (const { json } of [waited, read]) {
		if (expected === undefined) expect(json).not.toHaveProperty('price');
		else expect(json.price).toMatchObject({ amount: expected.amount });
	}
});
