/**
 * What can happen to a submit on its way. After each: no job that the node does not own up to, none
 * twice, order and pairing kept, and nothing left running.
 */
import http from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { startFakeDeapi, type FakeDeapi } from '../fake-deapi';
import type { Fault } from '../fake-deapi/types';
import { clockForTests } from '../support/clock';
import { errorOf, outputOf, runWorkflow, startWorkflow } from '../support/engine';
import { BROKEN_HANDSHAKE } from '../support/engine-versions';
import {
	activeResources,
	expectNothingLeft,
	expectNothingLostNothingTwice,
} from '../support/invariants';
import { deapiWorkflow, file, NODE } from '../support/workflows';

const clock = clockForTests();
let fake: FakeDeapi;

beforeEach(async () => {
	fake = await startFakeDeapi();
});
afterEach(async () => await fake.close());

const items = (count: number) =>
	Array.from({ length: count }, () => ({ files: { data: file('song.mp3') } }));
const credentials = () => ({ apiKey: 'test-key', baseUrl: fake.url });
const submits = () => fake.requests.filter(({ route }) => route === 'submit');

function batch(count: number, parameters: object = {}) {
	return deapiWorkflow(
		items(count),
		{ prompt: '=item {{ $itemIndex }}', ...parameters },
		{ onError: 'continueRegularOutput' },
	);
}

/** Gives up on an answer after a moment, as a user may set under Request Options. */
const hurried = { requestOptions: { timeout: 60 } };

interface Case {
	name: string;
	fault: Fault;
	/** What the node says of the item. */
	outcome: 'submitted' | 'uncertain' | 'refused';
	/** Whether the fake made a job of it. */
	job: boolean;
	says?: RegExp;
	parameters?: object;
}

const CUT = /so the job may exist and may have been charged/;

const CASES: Case[] = [
	{
		name: 'cut before the body',
		fault: { type: 'cutBeforeBody' },
		outcome: 'uncertain',
		job: false,
		says: CUT,
	},
	{
		name: 'cut in the middle of the body',
		fault: { type: 'cutDuringBody', afterBytes: 50_000 },
		outcome: 'uncertain',
		job: false,
		says: CUT,
	},
	{
		name: 'cut after the body, the job not made',
		fault: { type: 'cutAfterBody', accept: false },
		outcome: 'uncertain',
		job: false,
		says: CUT,
	},
	{
		name: 'cut after the body, the job made',
		fault: { type: 'cutAfterBody', accept: true },
		outcome: 'uncertain',
		job: true,
		says: CUT,
	},
	{
		name: 'cut in the middle of the answer, the job made',
		fault: { type: 'cutDuringAnswer', accept: true },
		outcome: 'uncertain',
		job: true,
		says: CUT,
	},
	{
		name: 'an answer whose JSON is cut off',
		fault: { type: 'truncatedJson' },
		outcome: 'uncertain',
		job: true,
		says: /gave no request ID, so the job may exist/,
	},
	{
		name: 'an answer without a request ID',
		fault: { type: 'noRequestId' },
		outcome: 'uncertain',
		job: true,
		says: /gave no request ID, so the job may exist/,
	},
	{
		name: 'an empty answer with status 204',
		fault: { type: 'empty', status: 204, accept: true },
		outcome: 'uncertain',
		job: true,
		says: /gave no request ID, so the job may exist/,
	},
	{
		name: 'status 500 after the job was made',
		fault: { type: 'acceptThenError', status: 500 },
		outcome: 'uncertain',
		job: true,
		says: /answered with status 500, so the job may exist/,
	},
	{
		name: 'status 502 in HTML from a proxy',
		fault: { type: 'html', status: 502 },
		outcome: 'uncertain',
		job: false,
		says: /answered with status 502, so the job may exist/,
	},
	{
		name: 'a web page with status 200',
		fault: { type: 'html', status: 200 },
		outcome: 'uncertain',
		job: false,
		says: /gave no request ID, so the job may exist/,
	},
	{
		name: 'an answer that comes after the time limit',
		fault: { type: 'slow', ms: 1200 },
		parameters: hurried,
		outcome: 'uncertain',
		job: true,
		says: /no answer came within the time limit\), so the job may exist/,
	},
	{
		name: 'no answer at all',
		fault: { type: 'hang' },
		parameters: hurried,
		outcome: 'uncertain',
		job: false,
		says: CUT,
	},
	{
		name: 'a redirect',
		fault: { type: 'redirect', location: 'https://elsewhere.example/' },
		outcome: 'refused',
		job: false,
		says: /answered with a redirect to https:\/\/elsewhere\.example\//,
	},
	{
		name: 'a refusal with status 422',
		fault: {
			type: 'status',
			status: 422,
			body: { message: 'No.', errors: { width: ['The width field must be at least 512.'] } },
		},
		outcome: 'refused',
		job: false,
		says: /deAPI did not accept 'Width'/,
	},
];

test.each(CASES)(
	'$name: sent once, and the node calls it $outcome',
	async ({ fault, outcome, job, says, parameters }) => {
		clock.leap();
		const started = Date.now();
		const before = activeResources();
		fake.faults.add({ route: 'submit', fault });
		const run = await runWorkflow(batch(1, parameters), { credentials: credentials() });

		// A service that is slow may make the job after the node has given up.
		if (job) await fake.waitFor(() => fake.jobs.length > 0);
		const seen = expectNothingLostNothingTwice(run, fake, 1);
		const [item] = outputOf(run, NODE);
		expect(item?.json.error).toMatch(says ?? /./);
		expect(seen.uncertain.has(0)).toBe(outcome === 'uncertain');
		expect(seen.refused.has(0)).toBe(outcome === 'refused');
		expect(fake.jobs).toHaveLength(job ? 1 : 0);
		expect(submits()).toHaveLength(1);
		if (outcome === 'uncertain') {
			expect(item?.json.message).toMatch(/not sent again/);
			expect(item?.json.message).toMatch(/'Get Balance'/);
		}
		await expectNothingLeft(before);
		// Not even the one whose answer does not come is seen to the upload's own deadline.
		expect(Date.now() - started).toBeLessThan(300_000);
	},
);

test('where nothing is uncertain: a file too large for the proxy is told as such', async () => {
	fake.faults.add({ route: 'submit', fault: { type: 'html', status: 413 } });
	const run = await runWorkflow(batch(1), { credentials: credentials() });
	const [item] = outputOf(run, NODE);
	expect(item?.json.error).toBe('The files are too large for deAPI');
	expect(item?.json.details).toMatchObject({ submitted: 'no', status: 413 });
});

test('a storm of every fault at once over 60 items loses none and sends none twice', async () => {
	clock.leap();
	const started = Date.now();
	const before = activeResources();
	// Without those that take a time limit to end: on a busy machine it would end good answers too.
	for (const [index, { fault, parameters }] of CASES.entries()) {
		if (parameters === undefined) fake.faults.add({ route: 'submit', after: index * 3, fault });
	}
	fake.faults.add({
		route: 'submit',
		after: 20,
		times: 2,
		fault: { type: 'rateLimit', kind: 'minute', retryAfter: '0.02' },
	});
	const run = await runWorkflow(batch(60), { credentials: credentials() });
	await fake.waitFor(() => submits().every(({ endedAt }) => endedAt !== null));
	const outcome = expectNothingLostNothingTwice(run, fake, 60);
	expect(outcome.submitted.size).toBeGreaterThan(30);
	expect(outcome.submitted.size + outcome.uncertain.size + outcome.refused.size).toBe(60);
	await expectNothingLeft(before);
	expect(Date.now() - started).toBeLessThan(300_000);
}, 60_000);

test('Retry On Fail does not send an item again whose outcome is not known', async () => {
	fake.faults.add({ route: 'submit', fault: { type: 'cutAfterBody', accept: true } });
	const run = await runWorkflow(
		deapiWorkflow(
			items(1),
			{ prompt: 'item 0' },
			{ retryOnFail: true, maxTries: 3, waitBetweenTries: 1 },
		),
		{ credentials: credentials() },
	);
	expect(errorOf(run).message).toMatch(CUT);
	expect(submits()).toHaveLength(1);
	expect(fake.jobs).toHaveLength(1);
});

/** A port that nobody listens on, until somebody does. */
async function freePort(): Promise<number> {
	const server = createTcpServer();
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	await new Promise((resolve) => server.close(resolve));
	return port;
}

/** Resolves when nobody took the connection for a submit: it will wait, and try again. */
async function firstRefusal(): Promise<void> {
	const { request } = http;
	await new Promise<void>((resolve) => {
		jest.spyOn(http, 'request').mockImplementation((...args: unknown[]) => {
			const asked = Reflect.apply(request, http, args) as http.ClientRequest;
			// The list of models is asked for first.
			if (asked.method === 'POST') asked.once('error', () => resolve());
			return asked;
		});
	});
}

test('a service that nobody answers for: tried again, then told that nothing was sent', async () => {
	clock.leap();
	const port = await freePort();
	const before = activeResources();
	const run = await runWorkflow(batch(3), {
		credentials: { apiKey: 'test-key', baseUrl: `http://127.0.0.1:${port}` },
	});
	const output = outputOf(run, NODE);
	expect(output).toHaveLength(3);
	for (const { json } of output) {
		expect(json.error).toMatch(/^deAPI could not be reached: the connection was refused/);
		expect(json.message).toMatch(/Nothing was submitted/);
		expect(json.details).toMatchObject({ submitted: 'no' });
	}
	await expectNothingLeft(before);
});

test('a service that is back after a moment gets the item, once', async () => {
	clock.leap();
	const started = Date.now();
	const port = await freePort();
	const refused = firstRefusal();
	const execution = startWorkflow(batch(1), {
		credentials: { apiKey: 'test-key', baseUrl: `http://127.0.0.1:${port}` },
	});
	await refused;
	const late = await startFakeDeapi({ port });
	try {
		await execution.result;
		expect(Date.now() - started).toBeGreaterThanOrEqual(1000);
		const outcome = expectNothingLostNothingTwice(await execution.result, late, 1);
		expect(outcome.submitted.size).toBe(1);
	} finally {
		await late.close();
	}
});

test('a host name that does not exist is told as such', async () => {
	clock.leap();
	const run = await runWorkflow(batch(1), {
		credentials: { apiKey: 'test-key', baseUrl: 'http://deapi.invalid' },
	});
	const [item] = outputOf(run, NODE);
	expect(item?.json.error).toMatch(/^deAPI could not be reached: the host name/);
	expect(item?.json.details).toMatchObject({ submitted: 'no' });
});

test('a server that speaks no TLS behind an https address: nothing was sent', async () => {
	const server = http.createServer((_request, response) => response.end());
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	const run = await runWorkflow(batch(1), {
		credentials: { apiKey: 'test-key', baseUrl: `https://127.0.0.1:${port}` },
	});
	await new Promise((resolve) => server.close(resolve));
	const [item] = outputOf(run, NODE);
	expect(item?.json.details).toMatchObject({ submitted: BROKEN_HANDSHAKE });
});

const UNKNOWN = ['unknown', 'unknown', 'unknown'];

describe('canceled by the user', () => {
	test('after one item has stopped the others: those that were not sent say so', async () => {
		clock.leap();
		// The first one goes alone, then three at a time.
		fake.faults.add({ route: 'submit', after: 1, fault: { type: 'cutAfterBody', accept: false } });
		fake.faults.add({ route: 'submit', after: 2, times: 2, fault: { type: 'hang' } });
		const workflow = deapiWorkflow(items(5), { prompt: '=item {{ $itemIndex }}' });
		const execution = startWorkflow(workflow, { credentials: credentials() });
		await fake.waitFor(() => submits().length === 4 && submits()[1]?.endedAt !== null);
		await new Promise((resolve) => setImmediate(resolve));
		execution.cancel();
		const said = outputOf(await execution.result, NODE).map(({ json }) => json);
		expect(said.map(({ submitted }) => submitted).sort()).toEqual(['no', ...UNKNOWN, undefined]);
		for (const { message } of said.filter(({ submitted }) => submitted === 'no')) {
			expect(message).toBe('The execution was canceled');
		}
		expect(submits()).toHaveLength(4);
	});

	test.each<[string, Fault]>([
		['while the upload is under way', { type: 'stallBody', afterBytes: 10_000 }],
		['while the answer is awaited', { type: 'hang' }],
	])('%s: the request ends and nothing is sent again', async (_name, fault) => {
		clock.leap();
		const before = activeResources();
		// One goes ahead and asks for the pace; then three are under way at once.
		fake.faults.add({ route: 'submit', after: 1, times: 10, fault });
		const execution = startWorkflow(batch(6), { credentials: credentials() });
		await fake.waitFor(() => submits().length === 4);
		const canceledAt = Date.now();
		execution.cancel();
		const run = await execution.result;
		expect(Date.now() - canceledAt).toBeLessThan(60_000);
		await fake.close();
		await expectNothingLeft(before);
		expect(submits()).toHaveLength(4);
		const ids = outputOf(run, NODE).map(({ json }) => json.request_id ?? json.submitted);
		expect(ids.sort()).toEqual([fake.jobs[0]?.request_id, ...['no', 'no'], ...UNKNOWN].sort());
	});

	test('while the job is awaited: the wait ends at once', async () => {
		clock.leap();
		const before = activeResources();
		fake.holdJobs(true);
		const execution = startWorkflow(batch(5, { waitForCompletion: true }), {
			credentials: credentials(),
		});
		await fake.waitFor(() => fake.jobs.length === 5);
		const canceledAt = Date.now();
		execution.cancel();
		await execution.result;
		expect(Date.now() - canceledAt).toBeLessThan(60_000);
		await expectNothingLeft(before);
		expect(submits()).toHaveLength(5);
	});
});
