/**
 * Answers that a client must not trust too far.
 */
import type { Fault } from './index';
import { AUTH, form, get, start, statusOf, submit, submitted } from './testing/plain-http';

const meet = async (fault: Fault) => {
	const fake = await start();
	fake.faults.add({ route: 'submit', fault });
	const response = await submit(fake);
	return { fake, response, body: await response.json(), job: fake.jobs[0] };
};

describe('the ID of a job', () => {
	it('may be a number, by which the job is known from then on', async () => {
		const { fake, body, job } = await meet({ type: 'oddRequestId', place: 'number' });
		expect(body).toEqual({ data: { request_id: 4_000_001 } });
		expect(job?.request_id).toBe('4000001');
		expect(fake.requests[0]?.requestId).toBe('4000001');
		await fake.waitFor(() => job?.status === 'done');
		expect(await statusOf(fake, '4000001')).toMatchObject({ status: 'done' });
	});

	it.each<[string, Fault & { type: 'oddRequestId' }, number, (id: string) => unknown]>([
		[
			...(['beside data', { type: 'oddRequestId', place: 'besideData' }, 200] as const),
			(request_id) => ({ message: 'See request_id.', request_id, data: {} }),
		],
		[
			...(['deep inside', { type: 'oddRequestId', place: 'nested' }, 200] as const),
			(request_id) => ({ data: { job: { request_id } } }),
		],
		[
			'in a refusal',
			...([{ type: 'oddRequestId', place: 'inData', status: 422 }, 422] as const),
			(request_id) => ({ message: 'See data.', data: { request_id } }),
		],
		[
			'in a redirect',
			{ type: 'oddRequestId', place: 'inData', status: 307, headers: { Location: '/login' } },
			307,
			(request_id) => ({ message: 'See data.', data: { request_id } }),
		],
		[
			...(['in a 502', { type: 'oddRequestId', place: 'besideData', status: 502 }, 502] as const),
			(request_id) => ({ message: 'See request_id.', request_id, data: {} }),
		],
	])('may stand %s, and the job exists', async (_where, fault, status, expected) => {
		const { fake, response, body, job } = await meet(fault);
		expect(response.status).toBe(status);
		expect(body).toEqual(expected(job?.request_id ?? ''));
		expect(fake.jobs).toHaveLength(1);
	});
});

describe('an answer', () => {
	it('may overwrite what the client knows', async () => {
		const fake = await start();
		fake.holdJobs(true);
		const requestId = await submitted(fake);
		const data = { request_id: null, submitted: 'no', result_url: 17 };
		fake.faults.add({ route: 'status', fault: { type: 'overwrite', data, body: { extra: 1 } } });
		const read = async () => (await get(fake, `/api/v2/jobs/${requestId}`)).json();
		expect(await read()).toMatchObject({ data: { status: 'pending', ...data }, extra: 1 });
		expect(await read()).toMatchObject({ data: { status: 'pending', result_url: null } });
	});

	it('may drip, a few bytes at a time', async () => {
		const fake = await start();
		const drip: Fault = { type: 'drip', everyMs: 5, bytes: 4 };
		fake.faults.add({ route: 'balance', fault: drip });
		const began = performance.now();
		const response = await get(fake, '/api/v2/account/balance');
		const head = performance.now() - began;
		expect(await response.json()).toEqual({ data: { balance: 100 } });
		expect(performance.now() - began - head).toBeGreaterThan(20);
	});

	it('that drips ends with its reader and with the fake', async () => {
		const fake = await start();
		const slow: Fault = { type: 'drip', everyMs: 60_000 };
		fake.faults.add({ route: 'balance', times: 2, fault: slow });
		const gone = await get(fake, '/api/v2/account/balance');
		await gone.body?.cancel();
		await fake.waitFor(() => fake.requests[0]?.endedAt !== null);
		const left = await get(fake, '/api/v2/account/balance');
		await fake.close();
		await expect(left.text()).rejects.toThrow();
	});

	it('may be several megabytes long, and true', async () => {
		const { body, response, job } = await meet({ type: 'padded', bytes: 5_000_000 });
		expect(Number(response.headers.get('content-length'))).toBeGreaterThan(5_000_000);
		expect(body).toMatchObject({ data: { request_id: job?.request_id } });
	});

	it.each(['json', 'text', 'errors'] as const)('may repeat the key (as %s)', async (as) => {
		const fake = await start();
		fake.faults.add({ route: 'submit', fault: { type: 'echoKey', status: 422, as } });
		const response = await submit(fake);
		expect(response.status).toBe(422);
		expect(await response.text()).toContain(AUTH.Authorization);
		expect(fake.jobs).toEqual([]);
	});

	it('may have other headers', async () => {
		const headers = { 'content-type': 'text/html', 'X-RateLimit-Remaining': '0', 'X-Odd': null };
		const { response } = await meet({ type: 'headers', headers });
		expect(response.headers.get('content-type')).toBe('text/html');
		expect(response.headers.get('x-ratelimit-remaining')).toBe('0');
	});

	it('may be a 500 once, and true the next time', async () => {
		const fake = await start();
		const requestId = await submitted(fake, form());
		fake.faults.add({ route: 'status', fault: { type: 'status', status: 500 } });
		expect((await get(fake, `/api/v2/jobs/${requestId}`)).status).toBe(500);
		expect((await get(fake, `/api/v2/jobs/${requestId}`)).status).toBe(200);
	});

	it.each(['1e15', '-5', 'Wed, 21 Oct 2026 07:28:00 GMT', '2592060', ''])(
		'may name a wait of "%s"',
		async (retryAfter) => {
			const headers = { 'X-RateLimit-Daily-Remaining': '0' };
			const fault: Fault = { type: 'rateLimit', kind: 'minute', retryAfter, headers };
			const { response } = await meet(fault);
			expect(response.status).toBe(429);
			expect(response.headers.get('retry-after')).toBe(retryAfter);
			expect(response.headers.get('x-ratelimit-daily-remaining')).toBe('0');
			expect(response.headers.get('x-ratelimit-type')).toBe('minute');
		},
	);
});
