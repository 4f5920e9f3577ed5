/**
 * What goes wrong on demand.
 */
import http from 'node:http';

import NodeFormData from 'form-data';

import type { FakeDeapi, Fault } from './index';
import { AUTH, FIELDS, get, MP3, raw, start, submit, V1 } from './testing/plain-http';

describe('faults', () => {
	const bytes = (() => {
		const body = new NodeFormData();
		for (const [name, value] of Object.entries(FIELDS)) body.append(name, value);
		body.append('audio', Buffer.concat([MP3, Buffer.alloc(400_000)]), {
			filename: 'a.mp3',
			contentType: 'audio/mpeg',
		});
		return { body: body.getBuffer(), headers: body.getHeaders() };
	})();
	const send = async (fake: FakeDeapi, fault?: Fault) => {
		if (fault) fake.faults.add({ route: 'submit', fault });
		return await raw(fake, bytes.body, bytes.headers);
	};

	it.each<[string, Fault, number, number, RegExp]>([
		['a status with JSON', { type: 'status', status: 500 }, 500, 0, /^{"message":"Server Error"}$/],
		['a status with text', { type: 'status', status: 403, body: 'no' }, 403, 0, /^no$/],
		['no content', { type: 'status', status: 204 }, 204, 0, /^$/],
		['a page', { type: 'html', status: 502 }, 502, 0, /^<!DOCTYPE html>/],
		['a page for a job that was made', { type: 'html', status: 504, accept: true }, 504, 1, /html/],
		['an empty body', { type: 'empty', status: 200 }, 200, 0, /^$/],
		['half of the JSON', { type: 'truncatedJson' }, 200, 1, /^{"data":{"request_id":"[^"}]*$/],
		['a late answer', { type: 'slow', ms: 30 }, 200, 1, /request_id/],
		['a redirect', { type: 'redirect', location: '/x' }, 302, 0, /html/],
		['an error after the deed', { type: 'acceptThenError', status: 503 }, 503, 1, /Server Error/],
		['no request_id', { type: 'noRequestId' }, 200, 1, /^{"data":{}}$/],
	])('answers with %s', async (_what, fault, status, jobs, text) => {
		const fake = await start();
		expect(await send(fake, fault)).toEqual({ status, text: expect.stringMatching(text) });
		expect(fake.jobs).toHaveLength(jobs);
		expect(fake.requests[0]).toMatchObject({ bodyComplete: true, status, fault: fault.type });
		expect(await send(fake)).toMatchObject({ status: 200 });
	});

	it('is late by the time asked for', async () => {
		const fake = await start();
		await send(fake, { type: 'slow', ms: 120 });
		const [request] = fake.requests;
		await fake.waitFor(() => request?.endedAt !== null);
		expect((request?.endedAt ?? 0) - (request?.startedAt ?? 0)).toBeGreaterThanOrEqual(119);
	});

	it.each<[string, Fault, number]>([
		['before the body', { type: 'cutBeforeBody' }, 0],
		['within the body', { type: 'cutDuringBody', afterBytes: 100_000 }, 0],
		['after the body', { type: 'cutAfterBody', accept: false }, 0],
		['after the body and the deed', { type: 'cutAfterBody', accept: true }, 1],
		['within the answer', { type: 'cutDuringAnswer', accept: false }, 0],
		['within the answer, after the deed', { type: 'cutDuringAnswer', accept: true }, 1],
	])('cuts the connection %s', async (_what, fault, jobs) => {
		const fake = await start();
		expect(await send(fake, fault)).toEqual({ error: expect.any(String) });
		await fake.waitFor(() => fake.requests[0]?.endedAt !== null);
		expect(fake.jobs).toHaveLength(jobs);
		const size = fake.requests[0]?.bodySize ?? 0;
		if (fault.type === 'cutBeforeBody') expect(size).toBe(0);
		else if (fault.type === 'cutDuringBody') expect(size).toBeGreaterThanOrEqual(100_000);
		else expect(size).toBe(bytes.body.length);
		expect(fake.requests[0]?.bodyComplete).toBe(!/Before|DuringBody/.test(fault.type));
	});

	it.each<[string, Fault, boolean]>([
		['after reading', { type: 'hang' }, true],
		['within the body', { type: 'stallBody', afterBytes: 1000 }, false],
	])('hangs %s, and ends without an answer', async (_what, fault, complete) => {
		const fake = await start();
		fake.faults.add({ route: 'submit', fault });
		const request = http.request(fake.url + V1, {
			method: 'POST',
			headers: { ...AUTH, ...bytes.headers },
		});
		const gone = new Promise((resolve) => request.once('close', resolve));
		request.on('error', () => {});
		request.end(Buffer.concat([bytes.body, Buffer.alloc(30_000_000)]));
		await fake.waitFor(() =>
			complete ? fake.requests[0]?.bodyComplete === true : (fake.requests[0]?.bodySize ?? 0) > 0,
		);
		request.destroy();
		await gone;
		// Who stops reading does not see the client go: only closing the fake ends a stalled body.
		if (!complete) await fake.close();
		await fake.waitFor(() => fake.requests[0]?.endedAt !== null);
		expect(fake.requests[0]).toMatchObject({ status: null, bodyComplete: complete });
		expect(fake.jobs).toHaveLength(0);
	});

	it('makes a 429 of any look', async () => {
		const fake = await start();
		const look = async (fault: Fault) => {
			fake.faults.add({ route: 'submit', fault });
			const { status, headers } = await submit(fake);
			return [status, headers.get('retry-after'), headers.get('x-ratelimit-type')];
		};
		expect(await look({ type: 'rateLimit', kind: 'minute' })).toEqual([429, '60', 'minute']);
		expect(await look({ type: 'rateLimit', kind: 'daily' })).toEqual([429, '86400', 'daily']);
		expect(
			await look({ type: 'rateLimit', kind: 'minute', retryAfter: null, withType: false }),
		).toEqual([429, null, null]);
		expect(await look({ type: 'rateLimit', kind: 'minute', retryAfter: 7 })).toEqual([
			429,
			'7',
			'minute',
		]);
	});

	it('meets the route, the turn and the times asked for', async () => {
		const fake = await start();
		const fault = (status: number): Fault => ({ type: 'status', status });
		fake.faults.add({ route: 'balance', after: 1, times: 2, fault: fault(500) });
		fake.faults.add({ route: 'any', after: 4, fault: fault(418) });
		expect(fake.faults.pending).toBe(3);
		const statuses: number[] = [];
		for (let call = 0; call < 5; call += 1) {
			expect((await get(fake, '/api/v2/models')).status).toBe(call === 2 ? 418 : 200);
			statuses.push((await get(fake, '/api/v2/account/balance')).status);
		}
		expect(statuses).toEqual([200, 500, 500, 200, 200]);
		fake.faults.add({ route: 'balance', times: Infinity, fault: fault(500) });
		fake.faults.clear();
		expect((await get(fake, '/api/v2/account/balance')).status).toBe(200);
	});
});
