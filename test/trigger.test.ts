import { readFileSync } from 'node:fs';
import http from 'node:http';
import fc from 'fast-check';
import { BinaryDataService } from 'n8n-core';
import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	INodeType,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { DeapiTrigger } from '../nodes/Deapi/DeapiTrigger.node';
import { Account } from '../nodes/Deapi/service/account';
import { fetchResult } from '../nodes/Deapi/webhook/result';
import { startFakeDeapi, type DeliverOptions, type FakeDeapi, type FakeJob } from './fake-deapi';
import {
	outputOf,
	readBinary,
	runWorkflow,
	TestCredentials,
	useBinaryMode,
} from './support/engine';
import {
	startWebhookHost,
	TRIGGER,
	type WebhookHost,
	type WebhookHostOptions,
} from './support/webhook-host';
import { deapiWorkflow, fixture, NODE, songItem } from './support/workflows';

const SECRET = 'the webhook secret of the tests, long enough';
const EVERY_EVENT = ['job.processing', 'job.completed', 'job.failed'];
const RESULT = readFileSync(fixture('result.mp4'));

let fake: FakeDeapi;
let hosts: WebhookHost[] = [];

beforeEach(async () => {
	await useBinaryMode('default');
	fake = await startFakeDeapi({ webhookSecret: SECRET });
});

afterEach(async () => {
	for (const host of hosts) await host.close();
	for (const { thrown } of hosts) expect(thrown).toEqual([]);
	hosts = [];
	await fake.close();
});

function credentials(changes: IDataObject = {}): ICredentialDataDecryptedObject {
	return {
		apiKey: 'test-key',
		baseUrl: fake.url,
		webhookSecret: SECRET,
		...changes,
	} as ICredentialDataDecryptedObject;
}

async function host(options: Partial<WebhookHostOptions> = {}): Promise<WebhookHost> {
	const started = await startWebhookHost({ credentials: credentials(), ...options });
	hosts.push(started);
	return started;
}

/** Submits a job through the deAPI node, as the first half of a user's pair of workflows does. */
async function submit(options: IDataObject = {}): Promise<FakeJob> {
	const run = await runWorkflow(
		deapiWorkflow([songItem()], { prompt: 'A singer on a rooftop', options: { ...options } as {} }),
		{ credentials: credentials() },
	);
	const requestId = outputOf(run, NODE)[0]?.json.request_id;
	const job = fake.jobs.find(({ request_id }) => request_id === requestId);
	if (job === undefined) throw new Error('The job was not submitted');
	return job;
}

/** A job that is done, without any webhook on the way. */
async function doneJob(): Promise<FakeJob> {
	const job = await submit();
	fake.completeJob(job.request_id);
	return job;
}

/** Sends a call and waits until the trigger and the workflow are through with it. */
async function deliver(to: WebhookHost, options: Omit<DeliverOptions, 'url'> = {}) {
	const delivery = await fake.deliver({ url: to.url, ...options });
	await to.idle();
	return { ...delivery, answer: JSON.parse(delivery.responseBody) as IDataObject };
}

/** A trigger as a new process has it: with nothing in its memory. */
function restarted(): INodeType {
	let trigger: INodeType | undefined;
	jest.isolateModules(() => {
		// One n8n-workflow for all, as in n8n.
		jest.doMock('n8n-workflow', () => jest.requireActual<object>('n8n-workflow'));
		const module = jest.requireActual<typeof import('../nodes/Deapi/DeapiTrigger.node')>(
			'../nodes/Deapi/DeapiTrigger.node',
		);
		trigger = new module.DeapiTrigger();
	});
	if (trigger === undefined) throw new Error('The trigger could not be loaded');
	return trigger;
}

describe('starting workflows', () => {
	test('starts one with the video when the job of another workflow is done', async () => {
		const trigger = await host();
		fake.settings.accountWebhookUrl = trigger.url;
		const job = await submit();
		await fake.waitFor(() => fake.deliveries.length === 2);
		await trigger.idle();
		expect(fake.deliveries.map(({ event, status }) => [event, status])).toEqual([
			['job.processing', 200],
			['job.completed', 200],
		]);
		const [item, ...others] = trigger.received();
		expect(others).toEqual([]);
		expect(item?.json).toMatchObject({
			event: 'job.completed',
			request_id: job.request_id,
			status: 'done',
			previous_status: 'processing',
			job_type: 'audio2video',
			result_url: expect.stringContaining(job.request_id) as string,
			processing_time_ms: expect.any(Number) as number,
			completed_at: expect.any(String) as string,
			delivery_id: fake.deliveries[1]?.deliveryId,
			timestamp: expect.any(String) as string,
		});
		expect(item?.json).not.toHaveProperty('job_request_id');
		expect(item?.json).not.toHaveProperty('download_error');
		expect(item?.binary?.data).toMatchObject({
			fileName: `${job.request_id}.mp4`,
			mimeType: 'video/mp4',
		});
		expect((await readBinary(item?.binary?.data)).equals(RESULT)).toBe(true);
	});

	test('verifies with the secret that a v2 submit has sent along', async () => {
		fake.settings.webhookSecret = 'a secret of the account, and not the one of the job';
		const trigger = await host();
		fake.holdJobs(true);
		const run = await runWorkflow(
			deapiWorkflow([songItem()], {
				prompt: 'A singer',
				options: { webhookUrl: 'https://n8n.example/webhook' },
			}),
			{ credentials: credentials({ apiVersion: 'v2' }) },
		);
		const [job] = fake.jobs;
		expect(job?.request_id).toBe(outputOf(run, NODE)[0]?.json.request_id);
		expect(job?.webhookSecret).toBe(SECRET);
		fake.completeJob(job?.request_id ?? '');
		expect((await deliver(trigger, { ...(job ? { job } : {}) })).status).toBe(200);
		expect(trigger.executions).toHaveLength(1);
	});

	test.each(EVERY_EVENT)('starts for %s only the workflows that chose it', async (event) => {
		const chosen = await Promise.all(
			EVERY_EVENT.map(async (choice) => await host({ parameters: { events: [choice] } })),
		);
		const every = await host({ parameters: { events: EVERY_EVENT } });
		const byDefault = await host();
		const byExpression = await host({ parameters: { events: `={{ "${event}, x.y" }}` } });
		const job = await doneJob();
		const started: number[] = [];
		for (const trigger of [...chosen, every, byDefault, byExpression]) {
			const { status } = await deliver(trigger, { event, job });
			expect(status).toBe(200);
			started.push(trigger.executions.length);
		}
		expect(started).toEqual([
			...EVERY_EVENT.map((choice) => (choice === event ? 1 : 0)),
			1,
			event === 'job.processing' ? 0 : 1,
			1,
		]);
		expect(every.received()[0]?.json).toMatchObject({ event, request_id: job.request_id });
	});

	test('tells of a job that was given up all that deAPI tells', async () => {
		const trigger = await host();
		fake.settings.accountWebhookUrl = trigger.url;
		fake.failJob('next', { error_reason: 'SOURCE_PRIVATE', retryable: false, refunded: true });
		const job = await submit();
		await fake.waitFor(() => fake.deliveries.length === 2);
		await trigger.idle();
		expect(trigger.received().map(({ json }) => json)).toEqual([
			expect.objectContaining({
				event: 'job.failed',
				request_id: job.request_id,
				error_reason: 'SOURCE_PRIVATE',
				retryable: false,
				refunded: true,
			}),
		]);
	});

	test('leaves other job types alone, unless they are chosen or all are', async () => {
		const one = await host({ parameters: { downloadResult: false } });
		const all = await host({ parameters: { downloadResult: false, jobTypes: [] } });
		const images = await host({
			parameters: { downloadResult: false, jobTypes: '={{ ["txt2img", "new-type"] }}' },
		});
		for (const type of ['txt2img', 'new-type', 'audio2video']) {
			for (const trigger of [one, all, images]) {
				expect((await deliver(trigger, { data: { job_type: type } })).status).toBe(200);
			}
		}
		const typesOf = (trigger: WebhookHost) => trigger.received().map(({ json }) => json.job_type);
		expect(typesOf(one)).toEqual(['audio2video']);
		expect(typesOf(all)).toEqual(['txt2img', 'new-type', 'audio2video']);
		expect(typesOf(images)).toEqual(['txt2img', 'new-type']);
	});

	test('answers what starts nothing with 200, and says why', async () => {
		const trigger = await host();
		const processing = await deliver(trigger, { event: 'job.processing' });
		const image = await deliver(trigger, { data: { job_type: 'txt2img' } });
		const unknown = await deliver(trigger, { event: 'account.low_balance' });
		expect([processing, image, unknown].map(({ status, answer }) => [status, answer])).toEqual([
			[200, { status: 'ignored', reason: 'event not selected' }],
			[200, { status: 'ignored', reason: 'job type not selected' }],
			[200, { status: 'ignored', reason: 'event not selected' }],
		]);
		expect(trigger.executions).toEqual([]);
		expect(trigger.staticData).toEqual({});
	});
});

describe('output', () => {
	test('has the same shape with and without the download', async () => {
		const withFile = await host();
		const without = await host({ parameters: { downloadResult: false } });
		const job = await doneJob();
		const deliveryId = 'the-same';
		const body = JSON.stringify({
			event: 'job.completed',
			delivery_id: deliveryId,
			timestamp: '2026-01-15T10:30:45.000Z',
			data: { job_request_id: job.request_id, result_url: fake.resultUrl(job.request_id) },
		});
		await deliver(withFile, { body });
		await deliver(without, { body });
		const [first] = withFile.received();
		const [second] = without.received();
		expect(first?.json).toEqual(second?.json);
		expect(Object.keys(first?.binary ?? {})).toEqual(['data']);
		expect(second?.binary).toBeUndefined();
		expect(fake.requests.filter(({ route }) => route === 'result')).toHaveLength(1);
	});

	test('keeps fields that are not known today', async () => {
		fake.settings.webhookExtraData = { new_field: { deep: ['ü', 1] } };
		const trigger = await host({ parameters: { downloadResult: false } });
		await deliver(trigger);
		expect(trigger.received()[0]?.json).toMatchObject({ new_field: { deep: ['ü', 1] } });
	});

	test('is the payload as it came where nothing is to be simplified', async () => {
		const trigger = await host({ parameters: { simplify: false } });
		const job = await doneJob();
		const { body } = await deliver(trigger, { job, data: { more: [{}] } });
		expect(trigger.received()[0]?.json).toEqual(JSON.parse(body.toString()));
		expect(trigger.received()[0]?.binary).toBeDefined();
	});

	test('puts the file into the field that was named', async () => {
		const trigger = await host({ parameters: { options: { outputBinaryProperty: 'video' } } });
		await deliver(trigger, { job: await doneJob() });
		expect(Object.keys(trigger.received()[0]?.binary ?? {})).toEqual(['video']);
	});

	test('needs no download where there is no result', async () => {
		const trigger = await host({ parameters: { events: EVERY_EVENT } });
		await deliver(trigger, { data: { result_url: null } });
		await deliver(trigger, { event: 'job.failed', data: { result_url: `${fake.url}/results/x` } });
		await deliver(trigger, { event: 'job.processing' });
		expect(trigger.received()).toHaveLength(3);
		for (const { json, binary } of trigger.received()) {
			expect(json).not.toHaveProperty('download_error');
			expect(binary).toBeUndefined();
		}
		expect(fake.requests).toEqual([]);
	});
});

describe('trust', () => {
	const silent = { downloadResult: false };
	const now = () => Math.floor(Date.now() / 1000);

	test.each<[string, () => Omit<DeliverOptions, 'url'>]>([
		['another secret', () => ({ secret: 'another secret than the one in the credential' })],
		['no signature', () => ({ secret: null })],
		['no signature header', () => ({ headers: { 'X-DeAPI-Signature': null } })],
		['no timestamp header', () => ({ headers: { 'X-DeAPI-Timestamp': null } })],
		[
			'a fresh timestamp on an old signature',
			() => ({
				timestamp: now() - 400,
				headers: { 'X-DeAPI-Timestamp': String(now()) },
			}),
		],
		['a timestamp in milliseconds', () => ({ timestamp: Date.now() })],
		['a timestamp as a date', () => ({ timestamp: new Date().toISOString() })],
		['a timestamp of 310 s ago', () => ({ timestamp: now() - 310 })],
		['a timestamp of 310 s ahead', () => ({ timestamp: now() + 310 })],
	])('refuses a call with %s', async (_name, options) => {
		const trigger = await host({ parameters: silent });
		const { status, answer } = await deliver(trigger, options());
		expect(status).toBe(401);
		expect(answer).toEqual({ message: expect.any(String) as string });
		expect(trigger.executions).toEqual([]);
		expect(trigger.staticData).toEqual({});
	});

	test.each([-290, 0, 290])('accepts a timestamp %i s from now', async (skew) => {
		const trigger = await host({ parameters: silent });
		expect((await deliver(trigger, { timestamp: now() + skew })).status).toBe(200);
		expect(trigger.executions).toHaveLength(1);
	});

	test('refuses headers that come twice', async () => {
		const trigger = await host({ parameters: silent });
		const { body, headers } = await fake.deliver({ url: trigger.url, event: 'job.processing' });
		const signature = headers['X-DeAPI-Signature'] ?? '';
		const timestamp = headers['X-DeAPI-Timestamp'] ?? '';
		const once = { 'X-DeAPI-Signature': signature, 'X-DeAPI-Timestamp': timestamp };
		expect(await post(trigger.url, body, once)).toBe(200);
		for (const doubled of [
			{ ...once, 'X-DeAPI-Signature': [signature, signature] },
			{ ...once, 'X-DeAPI-Signature': [signature, ''] },
			{ ...once, 'X-DeAPI-Timestamp': [timestamp, timestamp] },
		]) {
			expect(await post(trigger.url, body, doubled)).toBe(401);
		}
	});

	test('checks the bytes as they came: escaped slashes, UTF-8, spaces, gzip', async () => {
		const trigger = await host({ parameters: silent });
		const data = { note: 'a/b\\c "ü" 你好 🎬 \u2028' };
		const sent = [
			await deliver(trigger, { data, escapeSlashes: true }),
			await deliver(trigger, { data, escapeSlashes: false }),
			await deliver(trigger, { data, gzip: true }),
			await deliver(trigger, {
				body: ` {"event" : "job.completed","data":{"job_request_id":"x","note":"\\u00fc\\/ü"}}\n`,
			}),
			await deliver(trigger, {
				body: '{"event":"job.completed","data":{"job_request_id":"y","note":"ü"}}',
				headers: { 'Content-Type': 'application/json; charset=utf-8' },
			}),
		];
		expect(sent.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
		expect(trigger.received().map(({ json }) => json.note)).toEqual([
			data.note,
			data.note,
			data.note,
			'ü/ü',
			'ü',
		]);
	});

	test('answers a signed body that is no deAPI event with 400', async () => {
		const trigger = await host({ parameters: silent });
		for (const [body, type] of [
			['{}', 'application/json'],
			['[]', 'application/json'],
			['{"event":"job.completed","data":{}}', 'application/json'],
			['', 'application/json'],
			['hello', 'text/plain'],
			['{"event":', 'text/plain'],
		] as const) {
			const { status, answer } = await deliver(trigger, {
				body,
				headers: { 'Content-Type': type },
			});
			expect([status, answer]).toEqual([400, { message: 'Not a deAPI event' }]);
		}
		expect(trigger.executions).toEqual([]);
	});

	test('refuses a body whose bytes n8n does not hand out', async () => {
		const trigger = await host({ parameters: { options: { acceptUnsigned: true } } });
		const type = { 'Content-Type': 'multipart/form-data; boundary=x' };
		expect((await deliver(trigger, { headers: type })).status).toBe(401);
		expect((await deliver(trigger, { secret: null, headers: type })).status).toBe(401);
		expect(trigger.executions).toEqual([]);
	});

	test('starts nothing for any malformed call, over HTTP', async () => {
		const trigger = await host({ parameters: silent });
		const header = fc.oneof(
			fc.stringMatching(/^[\x21-\x7e][\x20-\x7e]{0,80}$/),
			fc.stringMatching(/^sha256=[0-9a-f]{60,68}$/),
			fc.constant(''),
			fc.integer().map((skew) => String(now() + (skew % 400))),
		);
		await fc.assert(
			fc.asyncProperty(header, header, fc.json(), async (signature, timestamp, body) => {
				const headers = { 'X-DeAPI-Signature': signature, 'X-DeAPI-Timestamp': timestamp };
				expect(await post(trigger.url, Buffer.from(body), headers)).toBe(401);
			}),
			{ numRuns: 300 },
		);
		expect(trigger.executions).toEqual([]);
	});

	test('lets unsigned calls in only where that is wished', async () => {
		const options = { acceptUnsigned: true };
		const withSecret = await host({ parameters: { ...silent, options } });
		const without = await host({
			parameters: { ...silent, options },
			credentials: credentials({ webhookSecret: '' }),
		});
		for (const trigger of [withSecret, without]) {
			expect((await deliver(trigger, { secret: null })).status).toBe(200);
			const headers = { 'X-DeAPI-Signature': null, 'X-DeAPI-Timestamp': null };
			expect((await deliver(trigger, { secret: null, headers })).status).toBe(200);
			expect((await deliver(trigger, { secret: 'wrong' })).status).toBe(401);
			expect(trigger.executions).toHaveLength(2);
		}
		expect((await deliver(withSecret)).status).toBe(200);
		// There is nothing to check this signature with.
		expect((await deliver(without)).status).toBe(401);
	});

	test('follows no link that came unsigned, but asks deAPI for it', async () => {
		const trigger = await host({ parameters: { options: { acceptUnsigned: true } } });
		const job = await doneJob();
		const forged = `${fake.url}/results/forged`;
		await deliver(trigger, { job, secret: null, data: { result_url: forged } });
		await deliver(trigger, { secret: null, data: { result_url: forged } });
		const [known, unknown] = trigger.received();
		expect((await readBinary(known?.binary?.data)).equals(RESULT)).toBe(true);
		expect(unknown?.json.download_error).toBe('deAPI gave no link to the result');
		expect(fake.requests.filter(({ path }) => path.includes('forged'))).toEqual([]);
	});
});

describe('activation', () => {
	async function activationError(
		options: Partial<WebhookHostOptions>,
	): Promise<NodeOperationError> {
		const outcome = await host(options).catch((error: unknown) => error);
		if (!(outcome instanceof NodeOperationError)) throw new Error('The activation was not refused');
		return outcome;
	}

	test.each(['webhook', 'manual'] as const)(
		'is refused without a secret, in %s mode, and says where to set it',
		async (mode) => {
			for (const webhookSecret of ['', '  ']) {
				const { message, description } = await activationError({
					mode,
					credentials: credentials({ webhookSecret }),
				});
				expect(message).toBe("'Webhook Secret' is empty in the 'deAPI API' credential");
				expect(description).toContain("'Accept Unsigned Calls'");
				expect(description).toContain('dashboard');
			}
		},
	);

	test('goes through with a secret, or where unsigned calls are let in', async () => {
		await host();
		await host({
			credentials: credentials({ webhookSecret: '' }),
			parameters: { options: { acceptUnsigned: true } },
		});
		expect(hosts).toHaveLength(2);
	});
});

describe('exactly once', () => {
	test('starts one execution for 100 copies that come together', async () => {
		const trigger = await host();
		const job = await doneJob();
		const deliveryId = '100-copies';
		const copies = await Promise.all(
			Array.from(
				{ length: 100 },
				async () => await fake.deliver({ url: trigger.url, job, deliveryId }),
			),
		);
		await trigger.idle();
		expect(copies.map(({ status }) => status)).toEqual(copies.map(() => 200));
		const answers = copies.map(({ responseBody }) => responseBody).sort();
		expect(answers.filter((answer) => answer.includes('accepted'))).toHaveLength(1);
		expect(answers.filter((answer) => answer.includes('duplicate'))).toHaveLength(99);
		expect(trigger.received()).toHaveLength(1);
	});

	test('counts a delivery by what is signed, not by its headers', async () => {
		const trigger = await host({ parameters: { downloadResult: false } });
		const { body } = await deliver(trigger, { deliveryId: 'the signed one' });
		const replay = await deliver(trigger, {
			body,
			headers: { 'X-DeAPI-Delivery-Id': 'another', 'X-DeAPI-Event': 'job.failed' },
		});
		expect(replay.answer).toEqual({ status: 'ignored', reason: 'duplicate' });
		expect(trigger.executions).toHaveLength(1);
	});

	test('gives each workflow its own', async () => {
		const triggers = [await host(), await host()];
		for (const trigger of triggers) {
			await deliver(trigger, { event: 'job.failed', deliveryId: 'for-all' });
			expect(trigger.executions).toHaveLength(1);
		}
	});

	test('holds over a restart', async () => {
		const workflowId = 'restarted';
		const before = await host({ workflowId, trigger: restarted() });
		await deliver(before, { event: 'job.failed', deliveryId: 'one' });
		// These are worked off at the same time, each with its own copy of the static data.
		await Promise.all(
			Array.from(
				{ length: 10 },
				async (_, index) =>
					await fake.deliver({
						url: before.url,
						event: 'job.failed',
						deliveryId: `of-ten-${index}`,
					}),
			),
		);
		await before.idle();
		await deliver(before, { event: 'job.failed', deliveryId: 'last' });
		expect(before.executions).toHaveLength(12);

		const { staticData } = before;
		const after = await host({ workflowId, trigger: restarted(), staticData });
		for (const deliveryId of [
			'one',
			'last',
			...Array.from({ length: 10 }, (_, i) => `of-ten-${i}`),
		]) {
			const { answer } = await deliver(after, { event: 'job.failed', deliveryId });
			expect(answer).toEqual({ status: 'ignored', reason: 'duplicate' });
		}
		await deliver(after, { event: 'job.failed', deliveryId: 'new' });
		expect(after.executions).toHaveLength(1);

		// The other side of it: without the static data the new process knows nothing.
		const forgetful = await host({ workflowId, trigger: restarted() });
		await deliver(forgetful, { event: 'job.failed', deliveryId: 'one' });
		expect(forgetful.executions).toHaveLength(1);
	});

	test('leaves the rest of the static data as it is', async () => {
		const staticData = { global: { counter: 7 }, 'node:Other': { at: 'x' } };
		const trigger = await host({ staticData });
		await deliver(trigger, { event: 'job.failed' });
		expect(trigger.staticData).toMatchObject(staticData);
		expect(trigger.staticData[`node:${TRIGGER}`]).toEqual({
			deliveries: [expect.stringMatching(/^\d{10} [0-9a-f-]{36}$/)],
		});
	});

	test('does not hold while testing in the editor', async () => {
		const editor = await host({ mode: 'manual', workflowId: 'edited' });
		const production = await host({ workflowId: 'edited' });
		for (const trigger of [editor, production]) {
			await deliver(trigger, { event: 'job.failed', deliveryId: 'tested' });
		}
		await deliver(editor, { event: 'job.failed', deliveryId: 'tested' });
		expect(editor.executions).toHaveLength(2);
		expect(production.executions).toHaveLength(1);
		expect(editor.staticData).toEqual({});
	});

	test('takes a delivery that comes again because it could not be worked off', async () => {
		class Unreadable extends TestCredentials {
			isReadable = true;

			override async getDecrypted(...args: Parameters<TestCredentials['getDecrypted']>) {
				if (!this.isReadable) throw new Error('The credential cannot be read');
				return await super.getDecrypted(...args);
			}
		}
		const helper = new Unreadable(credentials());
		const trigger = await host({ credentials: helper });
		helper.isReadable = false;
		fake.settings.accountWebhookUrl = trigger.url;
		const job = await submit();
		const completed = () => fake.deliveries.filter(({ event }) => event === 'job.completed');
		await fake.waitFor(() => completed().length >= 2);
		expect(completed().every(({ status }) => status === 500)).toBe(true);
		expect(trigger.executions).toEqual([]);
		helper.isReadable = true;
		await fake.waitFor(() => completed().some(({ ok }) => ok));
		await trigger.idle();
		expect(new Set(completed().map(({ deliveryId }) => deliveryId)).size).toBe(1);
		expect(trigger.received().map(({ json }) => json.request_id)).toEqual([job.request_id]);
	});

	test('leaves a delivery alone that comes again because the answer was lost', async () => {
		const trigger = await host();
		const door = await openDoor(trigger.url);
		fake.settings.accountWebhookUrl = door.url;
		await submit();
		const completed = () => fake.deliveries.filter(({ event }) => event === 'job.completed');
		await fake.waitFor(() => completed().length >= 3);
		expect(completed().every(({ status }) => status === null)).toBe(true);
		door.letAnswersOut();
		await fake.waitFor(() => completed().some(({ ok }) => ok));
		await trigger.idle();
		expect(completed().at(-1)?.responseBody).toContain('duplicate');
		expect(trigger.received()).toHaveLength(1);
		await door.close();
	});
});

describe('never lost', () => {
	const resultReads = () => fake.requests.filter(({ route }) => route === 'result').length;
	const statusReads = () => fake.requests.filter(({ route }) => route === 'status').length;

	test('fetches the video with a fresh link where the first has expired', async () => {
		const trigger = await host();
		const job = await doneJob();
		const result_url = fake.resultUrl(job.request_id);
		fake.expireResults();
		await deliver(trigger, { job, data: { result_url } });
		const [item] = trigger.received();
		expect((await readBinary(item?.binary?.data)).equals(RESULT)).toBe(true);
		expect(item?.json).not.toHaveProperty('download_error');
		expect([resultReads(), statusReads()]).toEqual([2, 1]);
		const status = fake.requests.find(({ route }) => route === 'status');
		expect(status?.headers.authorization).toBe('Bearer test-key');
		const results = fake.requests.filter(({ route }) => route === 'result');
		expect(results.every(({ headers }) => headers.authorization === undefined)).toBe(true);
	});

	test('tries again with a fresh link where the storage is out of order for long', async () => {
		const trigger = await host();
		const job = await doneJob();
		fake.faults.add({ route: 'result', times: 3, fault: { type: 'status', status: 500 } });
		await deliver(trigger, { job });
		const [item] = trigger.received();
		expect((await readBinary(item?.binary?.data)).equals(RESULT)).toBe(true);
		expect([resultReads(), statusReads()]).toEqual([4, 1]);
	});

	test('fetches again what broke off, and never gives out half a video', async () => {
		const trigger = await host();
		const job = await doneJob();
		fake.faults.add({ route: 'result', fault: { type: 'short', bytes: 100 } });
		await deliver(trigger, { job });
		const [item] = trigger.received();
		expect((await readBinary(item?.binary?.data)).equals(RESULT)).toBe(true);
	});

	test.each<[string, () => void, RegExp]>([
		[
			'the job is unknown to the account',
			() => {
				fake.expireResults();
				fake.faults.add({ route: 'status', fault: { type: 'status', status: 404 } });
			},
			/answered with status 403/,
		],
		[
			'a fresh link does not work either',
			() => fake.faults.add({ route: 'result', times: 20, fault: { type: 'expired' } }),
			/answered with status 403/,
		],
		[
			'the file is too large',
			() =>
				fake.faults.add({
					route: 'result',
					times: 20,
					fault: { type: 'tooLarge', bytes: 300 * 1024 * 1024, contentLength: true },
				}),
			/larger than 110 MB/,
		],
		[
			'the answer is a page',
			() => fake.faults.add({ route: 'result', times: 20, fault: { type: 'html', status: 200 } }),
			/text\/html instead of a file/,
		],
		[
			'the link leads nowhere',
			() =>
				fake.faults.add({
					route: 'result',
					times: 20,
					fault: { type: 'redirect', location: 'https://[' },
				}),
			/leads to no valid address/,
		],
	])('gives the item without its file where %s', async (_name, arrange, reason) => {
		const trigger = await host();
		const job = await doneJob();
		const result_url = fake.resultUrl(job.request_id);
		arrange();
		const { status } = await deliver(trigger, { job, data: { result_url } });
		expect(status).toBe(200);
		const [item] = trigger.received();
		expect(item?.json).toMatchObject({
			event: 'job.completed',
			request_id: job.request_id,
			result_url,
			download_error: expect.stringMatching(reason) as string,
		});
		expect(item?.binary).toBeUndefined();
	});

	test('says in the raw output as well why there is no file', async () => {
		const trigger = await host({ parameters: { simplify: false } });
		fake.faults.add({ route: 'result', times: 20, fault: { type: 'expired' } });
		await deliver(trigger, { job: await doneJob() });
		expect(trigger.received()[0]?.json).toMatchObject({
			event: 'job.completed',
			data: { status: 'done' },
			download_error: expect.any(String) as string,
		});
	});

	test('takes no result over http where deAPI itself is reached over https', async () => {
		const trigger = await host({
			credentials: credentials({ baseUrl: 'https://127.0.0.1:1' }),
		});
		await deliver(trigger, { job: await doneJob() });
		expect(trigger.received()[0]?.json.download_error).toBe(
			'the link of the result is not an https link',
		);
		expect(resultReads()).toBe(0);
	});

	test('gives up a download that takes too long, and says so', async () => {
		const job = await doneJob();
		const url = fake.resultUrl(job.request_id);
		class Impatient extends DeapiTrigger {
			override async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
				const result = await fetchResult(this, {
					requestId: job.request_id,
					url,
					account: await Account.of(this),
					limit: 0.2,
				});
				return { workflowData: [[{ json: { ...result } }]] };
			}
		}
		const trigger = await host({ trigger: new Impatient() });
		fake.faults.add({ route: 'result', times: 20, fault: { type: 'hang' } });
		await fake.deliver({ url: trigger.url });
		await trigger.idle();
		expect(trigger.received()[0]?.json).toEqual({
			reason: 'the download took longer than 1 second',
		});
		expect([resultReads(), statusReads()]).toEqual([1, 0]);
	});

	test('gives the item where the file cannot be stored', async () => {
		const trigger = await host();
		const job = await doneJob();
		const store = jest
			.spyOn(BinaryDataService.prototype, 'store')
			.mockRejectedValue(new Error('no space left on device'));
		try {
			await deliver(trigger, { job });
			expect(trigger.received()[0]?.json.download_error).toBe('no space left on device');
		} finally {
			store.mockRestore();
		}
	});
});

describe('fast', () => {
	test('answers while the result is being fetched and while n8n has no place for executions', async () => {
		let free = () => {};
		const place = new Promise<void>((resolve) => (free = resolve));
		const trigger = await host({ startExecution: async () => await place });
		const job = await doneJob();
		fake.faults.add({ route: 'result', fault: { type: 'slow', ms: 300 } });
		const delivery = await fake.deliver({ url: trigger.url, job });
		expect(delivery.status).toBe(200);
		// The answer was there first: the download has not even begun to bring anything.
		expect(trigger.pending).toBe(1);
		expect(trigger.executions).toEqual([]);
		await fake.waitFor(() => trigger.executions.length === 1);
		expect(trigger.executions[0]?.run).toBeNull();
		expect((await fake.deliver({ url: trigger.url, job })).status).toBe(200);
		free();
		await trigger.idle();
		expect(trigger.received()).toHaveLength(2);
	});
});

describe('description', () => {
	const { description } = new DeapiTrigger();

	test('says where the URL goes, that it must be https, and that there are two of them', () => {
		const notice = description.properties.find(({ type }) => type === 'notice')?.displayName ?? '';
		for (const words of ["'Webhook URL'", 'dashboard', 'https', 'test URL', 'production URL']) {
			expect(notice).toContain(words);
		}
	});

	test('has the names that saved workflows hold', () => {
		expect(description).toMatchObject({ name: 'deapiTrigger', displayName: 'deAPI Trigger' });
		const named = description.properties.filter(({ type }) => type !== 'notice');
		expect(Object.fromEntries(named.map(({ name, default: value }) => [name, value]))).toEqual({
			events: ['job.completed', 'job.failed'],
			jobTypes: ['audio2video'],
			simplify: true,
			downloadResult: true,
			options: {},
		});
		expect(description.webhooks).toEqual([
			{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'webhook' },
		]);
	});
});

/** A call whose headers are set one by one, also twice; gives the answer's status. */
async function post(
	url: string,
	body: Buffer,
	headers: { [name: string]: string | string[] },
): Promise<number> {
	return await new Promise((resolve, reject) => {
		const request = http.request(
			url,
			{ method: 'POST', agent: false, headers: { 'Content-Type': 'application/json', ...headers } },
			(response) => {
				response.resume();
				response.on('end', () => resolve(response.statusCode ?? 0));
			},
		);
		request.on('error', reject);
		request.end(body);
	});
}

/** Stands in front of a host: calls go in, but answers only come out once they are let. */
async function openDoor(url: string) {
	let answersComeOut = false;
	const server = http.createServer((request, response) => {
		const { method, headers } = request;
		const inner = http.request(url, { method, headers }, (answer) => {
			answer.resume();
			answer.on('end', () => response.destroy());
			if (!answersComeOut) return;
			answer.removeAllListeners('end');
			response.writeHead(answer.statusCode ?? 0);
			answer.pipe(response);
		});
		inner.on('error', () => response.destroy());
		request.pipe(inner);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
	return {
		url: url.replace(/:\d+\//, `:${port}/`),
		letAnswersOut: () => {
			answersComeOut = true;
		},
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
