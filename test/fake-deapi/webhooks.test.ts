/**
 * Webhooks as the service sends them.
 */
import { createHmac } from 'node:crypto';
import { gunzipSync } from 'node:zlib';

import { clockForTests } from '../support/clock';
import { signWebhook, type After, type FakeDeapi } from './index';
import {
	form,
	get,
	receiver,
	SECRET,
	start,
	submitted,
	V1,
	V2,
	type Call,
} from './testing/plain-http';

const clock = clockForTests();
/** The time that is to pass is over at once. */
const after: After = (ms, done) =>
	clock.after(0, () => {
		clock.skip(ms);
		done();
	});

describe('webhooks', () => {
	const sign = (secret: string, call: Call) =>
		`sha256=${createHmac('sha256', secret)
			.update(`${String(call.headers['x-deapi-timestamp'])}.`)
			.update(call.body)
			.digest('hex')}`;

	const hooked = async (
		fake: FakeDeapi,
		url: string,
		more: Record<string, string> = {},
		path = V1,
	) => await submitted(fake, form({ webhook_url: url, ...more }), path);

	it('sign as the documentation says', () => {
		// printf '1705315800.{}' | openssl dgst -sha256 -hmac secret
		expect(signWebhook('secret', 1705315800, '{}')).toBe(
			'sha256=d28ddccb5be758438245a75832967678ed769564cce4deac8185504e8d8aa1db',
		);
	});

	/** What is not read would keep its connection open. */
	const leadsToFile = async (fake: FakeDeapi, url: string) => {
		const response = await get(fake, url, {});
		return response.status === 200 && (await response.arrayBuffer()).byteLength > 0;
	};

	it('tell of processing and done, with the headers and fields of the contract', async () => {
		const hook = await receiver();
		const fake = await start({ webhookSecret: SECRET });
		const requestId = await hooked(fake, hook.url);
		await fake.waitFor(() => fake.deliveries.length === 2);
		const [processing, completed] = hook.calls;
		if (!processing || !completed) throw new Error('Two calls were expected.');
		for (const call of [processing, completed]) {
			expect(call.headers).toMatchObject({
				'content-type': 'application/json',
				'user-agent': 'DeAPI-Webhook/1.0',
				'content-length': String(call.body.length),
				'x-deapi-signature': sign(SECRET, call),
			});
			const age = Date.now() / 1000 - Number(call.headers['x-deapi-timestamp']);
			expect(Math.abs(age)).toBeLessThan(5);
		}
		expect(JSON.parse(String(processing.body))).toEqual({
			event: 'job.processing',
			delivery_id: processing.headers['x-deapi-delivery-id'],
			timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
			data: {
				job_request_id: requestId,
				status: 'processing',
				previous_status: 'pending',
				job_type: 'audio2video',
				started_at: expect.any(String),
			},
		});
		const done = JSON.parse(String(completed.body)) as { data: { result_url: string } };
		expect(done).toMatchObject({
			event: 'job.completed',
			data: {
				job_request_id: requestId,
				status: 'done',
				previous_status: 'processing',
				job_type: 'audio2video',
				completed_at: expect.any(String),
				processing_time_ms: expect.any(Number),
			},
		});
		expect(await leadsToFile(fake, done.data.result_url)).toBe(true);
		expect(String(completed.body)).toContain(':\\/\\/');
		expect(completed.headers['x-deapi-event']).toBe('job.completed');
	});

	it('tell of a failed job, in raw UTF-8', async () => {
		const hook = await receiver();
		const fake = await start({ accountWebhookUrl: hook.url, webhookExtraData: { new_field: 1 } });
		fake.failJob('next', { error_message: 'très raté', refunded: false });
		await submitted(fake);
		await fake.waitFor(() => fake.deliveries.length === 2);
		const text = String(hook.calls[1]?.body);
		expect(text).toContain('très raté');
		expect(JSON.parse(text)).toMatchObject({
			event: 'job.failed',
			data: {
				status: 'error',
				failed_at: expect.any(String),
				error_code: 'PROCESSING_ERROR',
				error_reason: 'PROCESSING_FAILED',
				retryable: true,
				refunded: false,
				new_field: 1,
			},
		});
	});

	it("are signed with the job's secret before the account's, and unsigned without either", async () => {
		const hook = await receiver();
		const fake = await start({ webhookSecret: SECRET });
		const own = 'the-secret-of-this-one-job-0123456789';
		await hooked(fake, hook.url, { webhook_secret: own }, V2);
		await fake.waitFor(() => hook.calls.length === 2);
		fake.settings.webhookSecret = undefined;
		await hooked(fake, hook.url);
		await fake.waitFor(() => hook.calls.length === 4);
		const signatures = hook.calls.map((call) => call.headers['x-deapi-signature']);
		expect(signatures).toEqual([...hook.calls.slice(0, 2).map((call) => sign(own, call)), '', '']);
	});

	it("go to the job's URL before the account's", async () => {
		const [own, whole] = [await receiver(), await receiver()];
		const fake = await start({ accountWebhookUrl: whole.url });
		await hooked(fake, own.url);
		await submitted(fake);
		await fake.waitFor(() => fake.deliveries.length === 4);
		expect([own.calls.length, whole.calls.length]).toEqual([2, 2]);
	});

	it('are repeated with the same id and body and a fresh signature until taken', async () => {
		const hook = await receiver((call) => (call < 3 ? 500 : 204));
		const fake = await start({ webhookSecret: SECRET, webhookTimeScale: 1, after });
		fake.holdJobs(true);
		fake.startJob(await hooked(fake, hook.url));
		await fake.waitFor(() => fake.deliveries.at(-1)?.ok === true);
		expect(fake.deliveries.map(({ attempt, status }) => [attempt, status])).toEqual([
			[1, 500],
			[2, 500],
			[3, 204],
		]);
		const distinct = (name: string) => new Set(hook.calls.map((call) => call.headers[name])).size;
		expect(distinct('x-deapi-delivery-id')).toBe(1);
		expect(distinct('x-deapi-timestamp')).toBe(3);
		for (const call of hook.calls) {
			expect(call.headers['x-deapi-signature']).toBe(sign(SECRET, call));
			expect(call.body.equals(hook.calls[0]?.body ?? Buffer.alloc(0))).toBe(true);
		}
	});

	it('follow the retry schedule, ten attempts in all, and are then given up', async () => {
		const hook = await receiver(() => 302);
		const fake = await start({ webhookTimeScale: 1, after });
		fake.holdJobs(true);
		fake.startJob(await hooked(fake, hook.url));
		await fake.waitFor(() => fake.deliveries.length === 10);
		const starts = fake.deliveries.map((delivery) => delivery.startedAt);
		const ends = fake.deliveries.map((delivery) => delivery.startedAt + delivery.ms);
		const minutes = [1, 2, 5, 10, 30, 60, 180, 360, 720];
		minutes.forEach((minute, index) => {
			const waited = (starts[index + 1] ?? 0) - (ends[index] ?? 0);
			expect(waited).toBeGreaterThanOrEqual(minute * 60_000 - 3);
			expect(waited).toBeLessThan(minute * 60_000 + 5000);
		});
		// No eleventh comes; one that was to come would not be long: its wait takes no time.
		const last = Date.now();
		const real = performance.now();
		await fake.waitFor(() => performance.now() > real + 50);
		expect(hook.calls).toHaveLength(10);
		expect(Date.now() - last).toBeLessThan(5000);
		expect(fake.settings.webhooksEnabled).toBe(true);
	});

	it('are switched off after ten deliveries in a row were given up', async () => {
		const hook = await receiver((call) => (call <= 90 ? 500 : call === 91 ? 200 : 500));
		const fake = await start({ webhookTimeScale: 0 });
		fake.holdJobs(true);
		const next = async (attempts: number) => {
			const before = hook.calls.length;
			fake.startJob(await hooked(fake, hook.url));
			await fake.waitFor(() => fake.deliveries.length === before + attempts);
		};
		for (let job = 0; job < 9; job += 1) await next(10);
		// One that is taken starts the count again.
		await next(1);
		for (let job = 0; job < 9; job += 1) await next(10);
		expect(fake.settings.webhooksEnabled).toBe(true);
		await next(10);
		expect(fake.settings.webhooksEnabled).toBe(false);
		fake.startJob(await hooked(fake, hook.url));
		expect(fake.jobs.at(-1)?.status).toBe('processing');
		const calls = hook.calls.length;
		fake.settings.webhooksEnabled = true;
		await next(10);
		expect(hook.calls).toHaveLength(calls + 10);
	});

	it('take silence and a closed port for a refusal', async () => {
		const silent = await receiver(() => null);
		const fake = await start({ webhookTimeoutMs: 40 });
		const late = await fake.deliver({ url: silent.url });
		expect(late).toMatchObject({ ok: false, status: null, error: 'No answer within 40 ms.' });
		const dead = await fake.deliver({ url: 'http://127.0.0.1:1/' });
		expect(dead).toMatchObject({ ok: false, status: null });
		expect(dead.error).toContain('ECONNREFUSED');
	});

	it('do not follow redirects', async () => {
		const hook = await receiver(() => 308);
		const fake = await start();
		expect(await fake.deliver({ url: hook.url })).toMatchObject({ ok: false, status: 308 });
		expect(hook.calls).toHaveLength(1);
	});

	it('can be sent by hand, in any shape', async () => {
		const hook = await receiver();
		const fake = await start({ webhookSecret: SECRET });
		const { url } = hook;
		const timestamp = 1705315800;
		const plain = await fake.deliver({ url, event: 'job.failed', deliveryId: 'one', timestamp });
		expect(plain).toMatchObject({ ok: true, responseBody: 'received', deliveryId: 'one' });
		await fake.deliver({ url, event: 'job.failed', deliveryId: 'one', secret: 'other' });
		await fake.deliver({ url, secret: null, headers: { 'X-DeAPI-Timestamp': null } });
		await fake.deliver({
			url,
			body: '{ "a": "\\/" }',
			headers: { 'X-DeAPI-Signature': 'sha256=00' },
		});
		await fake.deliver({ url, escapeSlashes: false, data: { job_type: 'txt2img' }, gzip: true });
		const [first, second, third, fourth, fifth] = hook.calls;
		if (!first || !second || !third || !fourth || !fifth) throw new Error('Five were sent.');
		expect(first.headers['x-deapi-signature']).toBe(signWebhook(SECRET, timestamp, first.body));
		expect(first.headers['x-deapi-timestamp']).toBe('1705315800');
		expect(second.headers['x-deapi-signature']).toBe(sign('other', second));
		expect(third.headers['x-deapi-signature']).toBe('');
		expect(third.headers).not.toHaveProperty('x-deapi-timestamp');
		expect(String(fourth.body)).toBe('{ "a": "\\/" }');
		expect(fourth.headers['x-deapi-signature']).toBe('sha256=00');
		expect(fifth.headers['content-encoding']).toBe('gzip');
		const unzipped = gunzipSync(fifth.body);
		expect(fifth.headers['x-deapi-signature']).toBe(sign(SECRET, { ...fifth, body: unzipped }));
		expect(String(unzipped)).toContain('"job_type":"txt2img"');
		expect(String(unzipped)).not.toContain('\\/');
	});

	it('tell of a job of the fake when sent by hand with its id', async () => {
		const hook = await receiver();
		const fake = await start();
		const requestId = await submitted(fake);
		fake.completeJob(requestId);
		await fake.deliver({ url: hook.url, job: requestId });
		const body = JSON.parse(String(hook.calls[0]?.body)) as { data: { result_url: string } };
		expect(await leadsToFile(fake, body.data.result_url)).toBe(true);
	});
});
