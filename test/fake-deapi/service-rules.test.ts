/**
 * The service's own rules: limits of each operation, quota headers, money, and the two surfaces.
 */
import { BASIC_LIMITS, type FakeDeapi, type Surface } from './index';
import { ask, post, type Making } from './testing/requests';
import { AUTH, form, get, start, statusOf, submit, submitted, V1, V2 } from './testing/plain-http';

const quota = ({ headers }: Response) =>
	['limit', 'remaining', 'source', 'daily-limit', 'daily-remaining', 'type'].map((name) =>
		headers.get(`x-ratelimit-${name}`),
	);

async function jobOn(surface: Surface, fake: FakeDeapi, requestId: string) {
	const path = surface === 'v1' ? '/api/v1/client/request-status/' : '/api/v2/jobs/';
	const { data } = (await (await get(fake, path + requestId)).json()) as {
		data: Record<string, unknown>;
	};
	return data;
}

describe('limits of a Basic account', () => {
	it.each<Making>(['speech', 'music', 'picture'])(
		'hold %s back, and nothing else',
		async (making) => {
			const fake = await start({ limits: BASIC_LIMITS });
			const { perMinute = 0 } = BASIC_LIMITS[making] ?? {};
			for (let job = 0; job < perMinute; job += 1) {
				expect((await post(fake, making, 'v2')).status).toBe(200);
			}
			const refused = await post(fake, making, 'v1');
			expect(refused.status).toBe(429);
			expect(refused.headers.get('retry-after')).toBe('60');
			expect((await submit(fake)).status).toBe(200);
			expect(fake.jobs).toHaveLength(perMinute + 1);
		},
	);

	it('hold videos, status reads and questions for prices apart', async () => {
		const fake = await start({ limits: BASIC_LIMITS });
		const requestId = await submitted(fake);
		expect((await submit(fake)).status).toBe(429);
		for (let read = 0; read < 50; read += 1) await statusOf(fake, requestId);
		expect((await get(fake, `/api/v2/jobs/${requestId}`)).status).toBe(429);
		for (let question = 0; question < 50; question += 1) await ask(fake, 'music', 'v2');
		const refused = await ask(fake, 'speech', 'v2');
		expect(refused.status).toBe(429);
		expect(quota(refused)).toEqual(['50', '0', 'plan', '200', '150', 'minute']);
	});

	it('count by a clock that can be set', async () => {
		let now = Date.UTC(2026, 7, 1, 12, 0, 0);
		const fake = await start({ limits: BASIC_LIMITS, now: () => now });
		await submitted(fake);
		now += 20_000;
		expect((await submit(fake)).headers.get('retry-after')).toBe('40');
		now += 40_000;
		expect((await submit(fake)).status).toBe(200);
	});

	it('end their days at midnight UTC where asked to', async () => {
		let now = Date.UTC(2026, 7, 1, 23, 0, 0);
		const fake = await start({ submitsPerDay: 1, dayEndsAtMidnight: true, now: () => now });
		await submitted(fake);
		const refused = await submit(fake);
		expect(refused.headers.get('retry-after')).toBe('3600');
		expect(quota(refused).slice(3)).toEqual(['1', '0', 'daily']);
		now += 3_600_000;
		expect((await submit(fake)).status).toBe(200);
	});
});

describe('quota headers', () => {
	it('tell that the next submit of this minute will be refused', async () => {
		const fake = await start({ limits: BASIC_LIMITS });
		expect(quota(await submit(fake))).toEqual(['1', '0', 'plan', '15', '14', null]);
	});

	it('are those of a generous account where there is no limit', async () => {
		const fake = await start();
		expect(quota(await submit(fake))).toEqual(['300', '299', 'plan', null, null, null]);
		expect(quota(await get(fake, '/api/v2/models'))[0]).toBeNull();
		fake.settings.quotaHeaders = 'every';
		expect(quota(await get(fake, '/api/v2/models')).slice(0, 2)).toEqual(['300', '299']);
		fake.settings.quotaHeaders = 'none';
		expect(quota(await submit(fake))).toEqual([null, null, null, null, null, null]);
	});
});

describe('money', () => {
	it.each([
		[422, 'errors'],
		[402, 'message'],
	] as const)(
		'below the least balance refuses every job with %d',
		async (lowBalanceStatus, field) => {
			const fake = await start({ balance: 0.48, minimumBalance: 0.49, lowBalanceStatus });
			for (const response of [await submit(fake), await post(fake, 'speech', 'v2')]) {
				expect(response.status).toBe(lowBalanceStatus);
				expect(await response.json()).toHaveProperty(field);
			}
			expect(fake.jobs).toEqual([]);
			fake.settings.balance = 0.49;
			expect((await submit(fake)).status).toBe(200);
		},
	);

	it('is told of a job as an amount, as null or not at all', async () => {
		const fake = await start({ prices: { audioToVideo: 0.3 } });
		const requestId = await submitted(fake);
		expect((await statusOf(fake, requestId)).price).toEqual({ amount: 0.3, is_estimated: false });
		fake.settings.jobPrice = 'null';
		expect((await statusOf(fake, requestId)).price).toBeNull();
		fake.settings.jobPrice = false;
		expect(await statusOf(fake, requestId)).not.toHaveProperty('price');
	});
});

describe('v1', () => {
	it('tells no reasons of a failed job where it is asked to keep to the specification', async () => {
		const fake = await start({ v1ErrorReasons: false });
		const requestId = await submitted(fake, form(), V1);
		fake.failJob(requestId, { error_reason: 'TIMEOUT' });
		const reasons = { error_reason: 'TIMEOUT', retryable: true, failed_at: expect.any(String) };
		expect(await jobOn('v2', fake, requestId)).toMatchObject({ status: 'error', ...reasons });
		const told = await jobOn('v1', fake, requestId);
		expect(told.status).toBe('error');
		for (const name of ['error_code', 'error_message', 'refunded', ...Object.keys(reasons)]) {
			expect(told).not.toHaveProperty(name);
		}
	});

	it.each([
		['POST', V1, V2],
		['POST', `${V1}/price-calculation`, `${V2}/price`],
		['POST', '/api/v1/client/txt2audio', '/api/v2/audio/speech'],
		['GET', '/api/v1/client/models', '/api/v2/models'],
		['GET', '/api/v1/client/balance', '/api/v2/account/balance'],
		['GET', '/api/v1/client/request-status/x', '/api/v2/jobs'],
	])('can be gone: %s %s leads to %s', async (method, path, successor) => {
		const fake = await start({ v1Removed: true });
		const body = method === 'POST' ? new FormData() : null;
		const response = await fetch(fake.url + path, { method, headers: AUTH, body });
		expect(response.status).toBe(410);
		expect(response.headers.get('deprecation')).toBe('true');
		expect(response.headers.get('link')).toContain(`${successor}>; rel="successor-version"`);
		expect((await submit(fake, form(), V2)).status).toBe(200);
	});
});

describe('jobs that end in error', () => {
	it('are chosen by their places or values, for as long as wanted', async () => {
		const fake = await start({ pendingMs: 0, processingMs: 0 });
		fake.failJobs([1, 3], { retryable: false });
		fake.failJobs(({ fields }) => fields.seed === '7', { error_code: 'WORKER_ERROR' });
		for (const seed of ['0', '1', '7', '3', '7']) await submitted(fake, form({ seed }));
		await fake.waitFor(() => fake.jobs.every(({ endedAt }) => endedAt !== null));
		expect(fake.jobs.map(({ error }) => error?.error_code)).toEqual([
			...[undefined, 'PROCESSING_ERROR', 'WORKER_ERROR', 'PROCESSING_ERROR', 'WORKER_ERROR'],
		]);
		expect(fake.jobs[1]?.error?.retryable).toBe(false);
	});

	it('can be set from the start', async () => {
		const jobErrors = ({ index }: { index: number }) => index === 0 && { retryable: false };
		const fake = await start({ pendingMs: 0, processingMs: 0, jobErrors });
		for (let job = 0; job < 2; job += 1) await submitted(fake);
		await fake.waitFor(() => fake.jobs.every(({ endedAt }) => endedAt !== null));
		expect(fake.jobs.map(({ error }) => error?.retryable)).toEqual([false, undefined]);
	});
});
