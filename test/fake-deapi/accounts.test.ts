/**
 * Accounts and their limits.
 */

import { AUTH, form, get, start, submit, submitted, V1 } from './testing/plain-http';

describe('accounts', () => {
	it.each([
		['no key', {}],
		['a wrong key', { Authorization: 'Bearer wrong' }],
		['a key that is not a bearer token', { Authorization: 'test-key' }],
	])('answers 401 to %s', async (_what, headers: Record<string, string>) => {
		const fake = await start();
		for (const path of ['/api/v1/client/balance', '/api/v2/models', '/api/v2/jobs/x']) {
			const response = await get(fake, path, { Accept: 'application/json', ...headers });
			expect(response.status).toBe(401);
			expect(await response.json()).toEqual({ message: 'Unauthenticated.' });
		}
	});

	it('sends who does not ask for JSON to a login page', async () => {
		const fake = await start();
		const response = await get(fake, '/api/v1/client/balance', { ...AUTH, Accept: '*/*' });
		expect(response.status).toBe(302);
		expect(response.headers.get('location')).toBe('/login');
		expect(await response.text()).toContain('<html>');
	});

	it('answers 403 to a suspended account', async () => {
		const fake = await start();
		fake.settings.suspended = true;
		expect((await get(fake, '/api/v2/account/balance')).status).toBe(403);
		expect((await submit(fake)).status).toBe(403);
	});

	it('keeps jobs, credit and limits of two keys apart', async () => {
		const fake = await start({ apiKeys: ['test-key', 'other'], submitsPerMinute: 1 });
		const other = { ...AUTH, Authorization: 'Bearer other' };
		const requestId = await submitted(fake);
		expect((await submit(fake)).status).toBe(429);
		expect((await get(fake, `/api/v2/jobs/${requestId}`, other)).status).toBe(404);
		expect(fake.balanceOf('other')).toBe(100);
		expect((await submit(fake, form(), V1, other)).status).toBe(200);
	});

	it('answers 404 to an unknown route and 405 to a wrong method', async () => {
		const fake = await start();
		expect((await get(fake, '/api/v3/jobs')).status).toBe(404);
		expect((await get(fake, V1)).status).toBe(405);
	});
});

describe('rate limits', () => {
	it('answers 429 with the headers of a minute limit, and lets through after it', async () => {
		const fake = await start({ submitsPerMinute: 2, submitsPerDay: 9, minuteMs: 150 });
		const first = await submit(fake);
		expect(first.headers.get('x-ratelimit-limit')).toBe('2');
		expect(first.headers.get('x-ratelimit-remaining')).toBe('1');
		expect(first.headers.get('retry-after')).toBeNull();
		await submit(fake);
		const refused = await submit(fake);
		expect(refused.status).toBe(429);
		expect(Object.fromEntries(refused.headers)).toMatchObject({
			'retry-after': '1',
			'x-ratelimit-type': 'minute',
			'x-ratelimit-limit': '2',
			'x-ratelimit-remaining': '0',
			'x-ratelimit-daily-limit': '9',
			'x-ratelimit-daily-remaining': '7',
		});
		expect(await refused.json()).toEqual({ message: 'Too Many Attempts.' });
		const opened = fake.requests[0]?.startedAt ?? 0;
		await fake.waitFor(() => Date.now() > opened + 200);
		expect((await submit(fake)).status).toBe(200);
		expect(fake.jobs).toHaveLength(3);
	});

	it('counts a request that validation refuses, and none that lacks a key', async () => {
		const fake = await start({ submitsPerMinute: 1 });
		expect((await submit(fake, form(), V1, { ...AUTH, Authorization: '' })).status).toBe(401);
		expect((await submit(fake, new FormData())).status).toBe(422);
		expect((await submit(fake)).status).toBe(429);
	});

	it('leaves out or replaces the headers when told to', async () => {
		const fake = await start({ submitsPerMinute: 0, retryAfter: null, rateLimitType: false });
		const bare = await submit(fake);
		expect(bare.headers.get('retry-after')).toBeNull();
		expect(bare.headers.get('x-ratelimit-type')).toBeNull();
		fake.settings.retryAfter = 'Wed, 21 Oct 2026 07:28:00 GMT';
		expect((await submit(fake)).headers.get('retry-after')).toContain('GMT');
	});
});
