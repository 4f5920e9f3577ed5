/**
 * Results of videos.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { FakeDeapiOptions, Fault } from './index';
import { get, start, statusOf, submitted } from './testing/plain-http';

describe('results', () => {
	async function done(options: FakeDeapiOptions = {}) {
		const fake = await start(options);
		const requestId = await submitted(fake);
		fake.completeJob(requestId);
		return { fake, requestId, link: (await statusOf(fake, requestId)).result_url ?? '' };
	}

	/** Reads the answer too: one that is left unread keeps its connection. */
	async function statusOfResult(...asked: Parameters<typeof get>): Promise<number> {
		const response = await get(...asked);
		await response.arrayBuffer();
		return response.status;
	}

	it('are an MP4 behind a signed link that needs no key', async () => {
		const { fake, link } = await done();
		const response = await get(fake, link, {});
		const bytes = Buffer.from(await response.arrayBuffer());
		expect(response.headers.get('content-type')).toBe('video/mp4');
		expect(response.headers.get('content-length')).toBe(String(bytes.length));
		expect(bytes.equals(readFileSync(join(__dirname, '..', 'fixtures', 'result.mp4')))).toBe(true);
		expect(fake.requests.at(-1)).toMatchObject({ route: 'result', account: null, status: 200 });
		expect(fake.requests.at(-1)?.headers.authorization).toBeUndefined();
	});

	it('have a fresh link on each read, and refuse a changed one', async () => {
		const { fake, requestId, link } = await done();
		expect((await statusOf(fake, requestId)).result_url).not.toBe(link);
		expect(fake.resultUrl(requestId)).not.toBe(fake.resultUrl(requestId));
		for (const changed of [link.replace('expires=', 'expires=9'), `${link}0`, link.split('?')[0]]) {
			const response = await get(fake, changed ?? '', {});
			expect(response.status).toBe(403);
			expect(await response.text()).toContain('<Code>SignatureDoesNotMatch</Code>');
		}
	});

	it('expire, after which a status read gives a link that works', async () => {
		const { fake, requestId, link } = await done();
		fake.expireResults();
		const expired = await get(fake, link, {});
		expect(expired.status).toBe(403);
		expect(await expired.text()).toContain('Request has expired');
		const fresh = (await statusOf(fake, requestId)).result_url ?? '';
		expect(await statusOfResult(fake, fresh, {})).toBe(200);
	});

	it('expire by themselves', async () => {
		const { fake, link } = await done({ resultTtlMs: 30 });
		const until = Number(new URL(link).searchParams.get('expires'));
		await fake.waitFor(() => Date.now() > until);
		expect(await statusOfResult(fake, link, {})).toBe(403);
	});

	it('can be as large as wanted, and begin like an MP4', async () => {
		const { fake, link } = await done({ resultFile: { size: 3_000_001 } });
		const bytes = Buffer.from(await (await get(fake, link, {})).arrayBuffer());
		expect(bytes).toHaveLength(3_000_001);
		expect(bytes.toString('latin1', 4, 12)).toBe('ftypisom');
		fake.settings.resultFile = Buffer.from('small');
		expect(await (await get(fake, link, {})).text()).toBe('small');
	});

	it('go wrong on demand', async () => {
		const { fake, link } = await done({ resultFile: { size: 300_000 } });
		const fail = (fault: Fault) => fake.faults.add({ route: 'result', fault });
		fail({ type: 'expired' });
		expect(await statusOfResult(fake, link, {})).toBe(403);
		fail({ type: 'html', status: 200 });
		const page = await get(fake, link, {});
		expect([page.status, page.headers.get('content-type')]).toEqual([
			200,
			'text/html; charset=UTF-8',
		]);
		await page.body?.cancel();
		fail({ type: 'short', bytes: 200_000 });
		const short = await get(fake, link, {});
		expect(short.headers.get('content-length')).toBe('300000');
		await expect(short.arrayBuffer()).rejects.toThrow();
		fail({ type: 'tooLarge', bytes: 500_000 });
		const large = await get(fake, link, {});
		expect(large.headers.get('content-length')).toBeNull();
		expect((await large.arrayBuffer()).byteLength).toBe(500_000);
		fail({ type: 'tooLarge', bytes: 500_000, contentLength: true });
		const announced = await get(fake, link, {});
		expect(announced.headers.get('content-length')).toBe('500000');
		await announced.body?.cancel();
	});
});
