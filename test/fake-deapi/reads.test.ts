/**
 * The list of models, and jobs.
 */

import type { FakeDeapi } from './index';
import {
	AUTH,
	form,
	get,
	start,
	statusOf,
	submitted,
	V1,
	V2,
	type Refusal,
} from './testing/plain-http';

test('broken JSON is an empty body', async () => {
	const fake = await start();
	const headers = { ...AUTH, 'Content-Type': 'application/json' };
	const response = await fetch(`${fake.url}${V2}/price`, { method: 'POST', headers, body: '{"m' });
	expect(response.status).toBe(422);
	expect(Object.keys(((await response.json()) as Refusal).errors)).toEqual([
		...['model', 'width', 'height', 'frames', 'fps'],
	]);
});

describe('models', () => {
	interface Page {
		data: Array<{ slug: string }>;
		meta: Record<string, number>;
		links: Record<string, string | null>;
	}
	const list = async (fake: FakeDeapi, query: string) =>
		(await (await get(fake, `/api/v1/client/models${query}`)).json()) as Page;

	it('cuts the list at 25, and at 50 whatever is asked for', async () => {
		const fake = await start();
		const short = await list(fake, '?per_page=50');
		expect(short.data).toHaveLength(25);
		expect(short.meta).toEqual({ current_page: 1, last_page: 3, per_page: 25, total: 64 });
		const long = await list(fake, '?limit=500');
		expect(long.data).toHaveLength(50);
		expect(long.meta).toEqual({ current_page: 1, last_page: 2, per_page: 50, total: 64 });
	});

	it('gives each model once over all pages, and nothing beyond them', async () => {
		const fake = await start();
		const pages = [await list(fake, '?limit=50'), await list(fake, '?limit=50&page=2')];
		const slugs = pages.flatMap((page) => page.data.map((model) => model.slug));
		expect(new Set(slugs).size).toBe(64);
		expect((await list(fake, '?limit=50&page=3')).data).toEqual([]);
		expect(pages.map(({ links }) => [links.prev === null, links.next === null])).toEqual([
			[true, false],
			[false, true],
		]);
	});

	it('filters by any of several types, and of nothing else', async () => {
		const fake = await start();
		const found = await list(fake, '?filter[inference_types]=audio2video');
		expect(found.data.map((model) => model.slug)).toEqual([
			...['Ltx2_3_22B_Dist_INT8', 'LtxStudio_30B_Dist_FP8', 'LtxLipSync_2B'],
		]);
		expect((await list(fake, '?filter[inference_types]=nope')).data).toEqual([]);
		const two = await list(fake, '?filter[inference_types]=img2txt,img-rmbg');
		expect(two.data).toHaveLength(9);
	});

	it('holds the oddities of PHP', async () => {
		const fake = await start();
		const infos = fake.settings.models.map((model) => JSON.stringify(model.info));
		for (const odd of ['[]', 'null', undefined]) expect(infos).toContain(odd);
		expect(infos.join()).toContain('"limits":[]');
		expect(infos.join()).toContain('"supports_guidance":"0"');
	});
});

describe('jobs', () => {
	it('goes from pending by processing to done, its progress growing', async () => {
		const fake = await start({ processingMs: 200 });
		fake.holdJobs(true);
		const requestId = await submitted(fake);
		const seen = [await statusOf(fake, requestId)];
		fake.holdJobs(false);
		fake.startJob(requestId);
		while (seen.at(-1)?.status !== 'done') seen.push(await statusOf(fake, requestId));
		const states = seen.map(({ status }) => status);
		expect([...new Set(states)]).toEqual(['pending', 'processing', 'done']);
		const progress = seen.map((status) => status.progress);
		expect(progress).toEqual([...progress].sort((a, b) => a - b));
		expect(progress[0]).toBe(0);
		expect(progress.at(-1)).toBe(100);
		expect(new Set(progress).size).toBeGreaterThan(3);
		expect(seen.filter((one) => one.result_url !== null)).toHaveLength(1);
		expect(seen.some((one) => 'error_code' in one)).toBe(false);
		expect(fake.jobs[0]?.statusReads).toBe(seen.length);
	});

	it('can be read on the other surface', async () => {
		const fake = await start();
		const first = await submitted(fake, form(), V1);
		const second = await submitted(fake, form(), V2);
		expect((await get(fake, `/api/v2/jobs/${first}`)).status).toBe(200);
		expect((await get(fake, `/api/v1/client/request-status/${second}`)).status).toBe(200);
		expect((await get(fake, '/api/v2/jobs/c08a339c-73e5-4d67-a4d5-231302fbff9a')).status).toBe(404);
	});

	it('obeys the manual clock', async () => {
		const fake = await start({ pendingMs: 0, processingMs: 0 });
		fake.holdJobs(true);
		const requestId = await submitted(fake);
		expect((await statusOf(fake, requestId)).status).toBe('pending');
		fake.startJob(requestId);
		fake.setProgress(requestId, 61.5);
		const processing = await statusOf(fake, requestId);
		expect(processing).toMatchObject({ status: 'processing', progress: 61.5 });
		const preview = await get(fake, processing.preview ?? '', {});
		expect(preview.headers.get('content-type')).toBe('image/png');
		fake.completeJob(requestId);
		expect(await statusOf(fake, requestId)).toMatchObject({ status: 'done', progress: 100 });
		const other = await submitted(fake);
		fake.holdJobs(false);
		await fake.waitFor(() => fake.jobs[1]?.status === 'done');
		expect((await statusOf(fake, other)).status).toBe('done');
	});

	it('keeps a progress that was fixed, whatever the clock says', async () => {
		const fake = await start({ pendingMs: 0, processingMs: 60_000 });
		const requestId = await submitted(fake);
		fake.startJob(requestId);
		fake.setProgress(requestId, 5);
		fake.settings.processingMs = 0;
		const started = Date.now();
		await fake.waitFor(() => Date.now() > started + 2);
		expect((await statusOf(fake, requestId)).progress).toBe(5);
	});

	it('ends in error when told to, with the fields of the contract, and gives the money back', async () => {
		const fake = await start();
		const error = { error_code: 'WORKER_TIMEOUT', error_reason: 'TIMEOUT', retryable: false };
		fake.failJob((job) => job.fields.seed === '7', error);
		const good = await submitted(fake);
		const bad = await submitted(fake, form({ seed: '7' }));
		await fake.waitFor(() => fake.jobs.every((job) => job.endedAt !== null));
		expect((await statusOf(fake, good)).status).toBe('done');
		expect(await statusOf(fake, bad)).toMatchObject({
			status: 'error',
			result_url: null,
			...error,
			error_message: 'worker-error',
			refunded: true,
			failed_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/),
		});
		expect(fake.settings.balance).toBe(99.85);
		const now = await submitted(fake);
		fake.failJob(now, { refunded: false });
		expect((await statusOf(fake, now)).status).toBe('error');
		expect(fake.settings.balance).toBe(99.7);
	});
});
