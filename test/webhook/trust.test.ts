import { readFileSync } from 'node:fs';
import http from 'node:http';
import { Logger } from '@n8n/backend-common';
import { Container } from '@n8n/di';
import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';
import type { DeliverOptions } from '../fake-deapi';
import { readBinary } from '../support/engine';
import { fixture } from '../support/workflows';
import { SECRET, triggerTestbed } from './testbed';

const RESULT = readFileSync(fixture('result.mp4'));

const bed = triggerTestbed();
const { credentials, deliver, doneJob, host } = bed;

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
		const { body, headers } = await bed.fake.deliver({ url: trigger.url, event: 'job.processing' });
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

	test('acknowledges a signed body that is no deAPI event: a 4xx would count against the webhooks', async () => {
		const logged = jest.spyOn(Container.get(Logger), 'warn');
		await expectAnswer(SECRET, 200, { status: 'ignored', reason: 'not a deAPI event' });
		expect(logged).toHaveBeenCalledWith(
			'A signed call to the deAPI Trigger was ignored: it is no event, or names no job',
		);
		logged.mockRestore();
	});

	test('answers an unsigned body that is no deAPI event with 400', async () => {
		await expectAnswer(null, 400, { message: 'Not a deAPI event' });
	});

	/** What a body that is no event is answered, whatever else it is. */
	async function expectAnswer(secret: string | null, code: number, said: IDataObject) {
		const trigger = await host({
			parameters: { ...silent, options: { acceptUnsigned: true } },
		});
		for (const [body, type] of [
			['{}', 'application/json'],
			['[]', 'application/json'],
			['{"event":"job.completed","data":{"status":"done"}}', 'application/json'],
			['', 'application/json'],
			['hello', 'text/plain'],
			['{"event":', 'text/plain'],
		] as const) {
			const { status, answer } = await deliver(trigger, {
				...{ body, secret },
				headers: { 'Content-Type': type },
			});
			expect([status, answer]).toEqual([code, said]);
		}
		expect(trigger.executions).toEqual([]);
	}

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

	test('lets unsigned calls in only if that option is on', async () => {
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
		const forged = `${bed.fake.url}/results/forged`;
		await deliver(trigger, { job, secret: null, data: { result_url: forged } });
		await deliver(trigger, { secret: null, data: { result_url: forged } });
		const [known, unknown] = trigger.received();
		expect((await readBinary(known?.binary?.data)).equals(RESULT)).toBe(true);
		expect(unknown?.json.download_error).toContain('deAPI does not know a job');
		expect(bed.fake.requests.filter(({ path }) => path.includes('forged'))).toEqual([]);
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
