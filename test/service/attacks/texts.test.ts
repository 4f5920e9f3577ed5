/** Texts from outside: keys that come back, words that n8n acts upon, and megabytes. */
import type { INodeParameters } from 'n8n-workflow';
import type { Fault, Route } from '../../fake-deapi';
import { clockForTests } from '../../support/clock';
import { changedWorkflow } from '../../support/changed-items';
import { Deapi, expectGoodText } from '../../support/deapi';
import { songItem } from '../../support/workflows';
import { asText } from '../../support/text';
import { cpuTimer } from '../../support/cpu-timer';

const clock = clockForTests();
beforeEach(() => clock.leap());

const MEGABYTE = 1_000_000;
const WAITING: INodeParameters = { waitForCompletion: true, options: { pollInterval: 0.02 } };
const READS: Array<[Route, INodeParameters]> = [
	['submit', {}],
	['status', { resource: 'job', operation: 'get', requestId: 'x' }],
	['models', { resource: 'model', operation: 'getMany' }],
	['balance', { resource: 'account', operation: 'getBalance' }],
	['price', { operation: 'estimatePrice', lengthMode: 'frames' }],
];

describe.each(READS)('a key that the answer to %s repeats', (route, parameters) => {
	const keys = ['sk-plain-0123456789', 'abc/def/0123456789', 'a"b\\c-0123456789'];
	const faults: Fault[] = [
		{ type: 'echoKey', status: 400, as: 'json' },
		{ type: 'echoKey', status: 422, as: 'errors' },
		{ type: 'echoKey', status: 403, as: 'json' },
		{ type: 'echoKey', status: 500, as: 'text' },
		{ type: 'echoKey', status: 200, as: 'json' },
	];

	test.each(keys)('is nowhere in what the node says: %s', async (apiKey) => {
		const deapi = await Deapi.open({ apiKeys: [apiKey] });
		for (const fault of faults) {
			deapi.fake.faults.clear();
			deapi.fake.faults.add({ route, times: 5, fault });
			const { run } = await deapi.run(
				[songItem()],
				parameters,
				{},
				{
					credentials: { apiKey, baseUrl: deapi.fake.url },
				},
			);
			const escaped = JSON.stringify(apiKey).slice(1, -1);
			const said = JSON.stringify(run.data.resultData);
			expect(said).not.toContain(escaped);
			expect(said).not.toContain(JSON.stringify(escaped).slice(1, -1));
		}
	});

	test('nor where a redirect leads to it', async () => {
		const deapi = await Deapi.open();
		const location = `https://example.com/?key=${deapi.apiKey}`;
		deapi.fake.faults.add({ route, times: 5, fault: { type: 'redirect', location } });
		const { run } = await deapi.run([songItem()], parameters);
		expect(JSON.stringify(run.data.resultData)).not.toContain(deapi.apiKey);
	});
});

test('a webhook secret that comes back is nowhere in what the node says', async () => {
	const webhookSecret = 'whsec-0123456789012345678901234567890123456789';
	const deapi = await Deapi.open();
	const body = {
		message: `Bad secret ${webhookSecret}`,
		errors: { webhook_secret: [webhookSecret] },
	};
	deapi.fake.faults.add({ route: 'submit', fault: { type: 'status', status: 422, body } });
	const { stop, run } = await deapi.run(
		undefined,
		{ options: { webhookUrl: 'https://n8n.example.com/webhook/x' } },
		{},
		{ credentials: deapi.credentials({ webhookSecret, apiVersion: 'v2' }) },
	);
	expect(stop.message).toMatch(/not accept/);
	expect(JSON.stringify(run.data.resultData)).not.toContain(webhookSecret);
});

describe('foreign text that says "canceled" does not make the execution a canceled one', () => {
	const says = 'The payment was canceled';
	const body = { message: says, errors: { prompt: [says], canceled: [says] } };

	test.each<[string, Fault]>([
		['a refusal', { type: 'status', status: 422, body }],
		['a refusal without fields', { type: 'status', status: 422, body: { message: says } }],
		['another refusal', { type: 'status', status: 418, body: { message: says } }],
		['an unclear answer', { type: 'status', status: 500, body: { message: says } }],
		['a redirect', { type: 'redirect', location: 'https://example.com/canceled' }],
	])('in %s', async (_name, fault) => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: 'submit', fault });
		const { run } = await deapi.run();
		expect(run.status).toBe('error');
	});

	test('in the reason of a failed job', async () => {
		const deapi = await Deapi.open();
		deapi.fake.failJobs(() => true, { error_message: says, retryable: false });
		const { run, stop } = await deapi.run(undefined, WAITING);
		expect(stop.message).toContain('The payment was cancelled');
		expect(run.status).toBe('error');
	});

	test.each<[string, INodeParameters]>([
		['a field’s name', { binaryPropertyName: 'canceled' }],
		['a model', { model: { __rl: true, mode: 'id', value: 'canceled' } }],
		['a number', { lengthMode: 'frames', frames: '={{ "canceled" }}' }],
		['a webhook', { options: { webhookUrl: 'canceled' } }],
		['an ID', { resource: 'job', operation: 'get', requestId: 'was canceled' }],
		['an unknown ID', { resource: 'job', operation: 'get', requestId: 'canceled' }],
	])('in %s of the user’s', async (_name, parameters) => {
		const deapi = await Deapi.open();
		const { run, stop } = await deapi.run(undefined, parameters);
		expect(run.status).toBe('error');
		expectGoodText(stop.message);
	});

	test('in a storage server’s type', async () => {
		const deapi = await Deapi.open({ resultContentType: 'canceled/json' });
		const { run } = await deapi.run(undefined, WAITING);
		expect(run.status).toBe('error');
	});
});

describe('a text of a megabyte takes no time and no room', () => {
	const texts: Array<[string, string]> = [
		['spaces', ' '.repeat(MEGABYTE)],
		['spaces with an end', `${' '.repeat(MEGABYTE)}x`],
		['dots', '.'.repeat(MEGABYTE)],
		['slashes', '/'.repeat(MEGABYTE)],
		['letters', 'a'.repeat(MEGABYTE)],
		['marks', '\u0301'.repeat(MEGABYTE)],
		['line breaks', '\r\n'.repeat(MEGABYTE / 2)],
		['quotes', '"'.repeat(MEGABYTE)],
	];
	const places: Array<[string, (text: string) => INodeParameters]> = [
		['Input Audio Field', (text) => ({ binaryPropertyName: text })],
		['Audio URL', (text) => ({ audioSource: 'url', audioUrl: text })],
		[
			'Audio URL, its path',
			(text) => ({ audioSource: 'url', audioUrl: `http://127.0.0.1:1/${text}` }),
		],
		['Model', (text) => ({ model: { __rl: true, mode: 'id', value: text } })],
		['Webhook URL', (text) => ({ options: { webhookUrl: `https://example.com/${text}` } })],
		['Frames', (text) => ({ frames: `={{ ${JSON.stringify(text)} }}` })],
		[
			'Output field',
			(text) => ({ ...WAITING, options: { pollInterval: 0.02, outputBinaryProperty: text } }),
		],
		['Request ID', (text) => ({ resource: 'job', operation: 'get', requestId: text })],
		['Max Price', (text) => ({ options: { maxPrice: text } })],
	];

	test.each(texts)(
		'%s, in every field',
		async (_name, text) => {
			const deapi = await Deapi.open();
			for (const [place, parameters] of places) {
				const used = cpuTimer();
				const { run } = await deapi.run(undefined, parameters(text), {
					onError: 'continueRegularOutput',
				});
				const took = used();
				expect([place, took < 2500 ? 'fast' : took]).toEqual([place, 'fast']);
				const [item] = run.data.resultData.runData.deAPI?.[0]?.data?.main?.[0] ?? [];
				const { error = '', message = '' } = item?.json ?? {};
				expect([place, (asText(error) + asText(message)).length < 4000]).toEqual([place, true]);
			}
		},
		60_000,
	);

	test.each(texts)('%s, as a file’s name and type', async (_name, text) => {
		const deapi = await Deapi.open();
		const { saved, nodeTypes } = changedWorkflow(
			[songItem()],
			(item) => ({
				...item,
				binary: Object.fromEntries(
					Object.entries(item.binary ?? {}).map(([name, file]) => [
						name,
						{ ...file, fileName: text, mimeType: text, fileExtension: text },
					]),
				),
			}),
			WAITING,
		);
		const used = cpuTimer();
		const { json } = await deapi.runSaved(saved, { nodeTypes });
		expect(json.status).toBe('done');
		expect(used()).toBeLessThan(3000);
	});

	test.each(texts)(
		'%s, in what deAPI says',
		async (_name, text) => {
			const deapi = await Deapi.open();
			const faults: Fault[] = [
				{
					type: 'status',
					status: 422,
					body: { message: text, errors: { prompt: [text], [text]: text } },
				},
				{
					type: 'status',
					status: 422,
					body: { message: text, errors: [{ field: text, messages: text }] },
				},
				{ type: 'status', status: 400, body: text },
				{ type: 'status', status: 503, body: { message: text } },
				{ type: 'overwrite', data: { request_id: text } },
			];
			for (const fault of faults) {
				deapi.fake.faults.add({ route: 'submit', fault });
				const used = cpuTimer();
				const { stop } = await deapi.run();
				expect(used()).toBeLessThan(2500);
				expect((stop.message + stop.description).length).toBeLessThan(5000);
				expect(JSON.stringify(stop.data).length).toBeLessThan(10_000);
			}
			deapi.fake.failJobs(() => true, {
				error_message: text,
				error_reason: text,
				retryable: false,
			});
			const used = cpuTimer();
			const { stop } = await deapi.run(undefined, WAITING);
			expect(used()).toBeLessThan(2500);
			expect((stop.message + stop.description).length).toBeLessThan(4000);
		},
		60_000,
	);

	test.each(texts)(
		'%s, as the link of a result',
		async (_name, text) => {
			const deapi = await Deapi.open();
			for (const link of [text, `http://127.0.0.1:1/${text}.mp4`]) {
				deapi.fake.faults.clear();
				deapi.fake.faults.add({
					route: 'status',
					times: 99,
					fault: { type: 'overwrite', data: { result_url: link, status: 'done' } },
				});
				const used = cpuTimer();
				const { stop } = await deapi.run(undefined, WAITING);
				expect(used()).toBeLessThan(2500);
				expect((stop.message + stop.description).length).toBeLessThan(4000);
				expect(stop.message).toContain(deapi.requestIds.at(-1));
			}
		},
		60_000,
	);
});
