/** 'Max Price' is the most that one item may cost, all its jobs together; and how amounts are shown. */
import { Failure } from '../../nodes/Deapi/engine/failure';
import { NodeRun } from '../../nodes/Deapi/engine/run';
import { costOf } from '../../nodes/Deapi/service/price';
import { ledgerOf } from '../../nodes/Deapi/submit/ledger';
import { refuseAbove } from '../../nodes/Deapi/submit/priceCap';
import { batchOf, prompts, retryExecution } from '../support/attacks';
import { Deapi, expectGoodText, Outcome } from '../support/deapi';
import { changed, inNode } from '../support/probe';
import { CLIPS, film, isClip, openFilms, shortSong } from '../support/songs';

const RETRY = { retryOnFail: true, maxTries: 4, waitBetweenTries: 1 };

const waiting = (maxPrice: number) => ({
	waitForCompletion: true,
	options: { pollInterval: 0.02, downloadResult: false, maxPrice },
});

/** One item that is tried four times, and whose jobs all fail. */
async function failing(maxPrice: number, refunded: boolean) {
	const deapi = (await Deapi.open({ price: 0.15 })).with({ apiVersion: 'v2' });
	deapi.fake.failJobs(() => true, { retryable: true, refunded });
	const saved = batchOf(prompts(1), waiting(maxPrice), RETRY);
	return { deapi, run: async () => (await deapi.runSaved(saved)).stop };
}

describe('with Retry On Fail', () => {
	test('what failed jobs have cost counts, and the next one is not sent', async () => {
		const { deapi, run } = await failing(0.4, false);
		const { message, description, data } = await run();
		expect(deapi.requestIds).toHaveLength(2);
		expect(message).toBe(
			"This job would cost 0.15 USD, and the item's other jobs have cost 0.3 USD; 'Max Price (USD)' is 0.4 USD",
		);
		expect(data).toMatchObject({ price: 0.15, spent: 0.3, max_price: 0.4 });
		for (const id of deapi.requestIds) expect(description).toContain(id);
		expect(description).toContain('Nothing more was sent.');
		expectGoodText(description);
	});

	test('what deAPI has returned does not count', async () => {
		const { deapi, run } = await failing(0.15, true);
		expect((await run()).message).toMatch(/^deAPI could not make the video/);
		expect(deapi.requestIds).toHaveLength(4);
	});

	test('the price is asked for anew: it may have risen', async () => {
		const { deapi, run } = await failing(0.15, true);
		const running = run();
		await deapi.fake.waitFor(() => deapi.requestIds.length === 1);
		deapi.fake.settings.price = 40;
		expect((await running).message).toMatch(/^This job would cost 40 USD; /);
		expect(deapi.requestIds).toHaveLength(1);
	});

	test.each([
		[0.75, CLIPS, /^This job would cost 0\.15 USD, and the item's other jobs have cost 0\.75 USD/],
		[0.9, CLIPS + 1, undefined],
	])('of a film under a limit of %d USD %d clips are made', async (maxPrice, jobs, message) => {
		const deapi = (await openFilms({ price: 0.15 })).with({ apiVersion: 'v2' });
		deapi.fake.failJob(isClip(3), { retryable: true, refunded: false });
		const options = { maxPrice, downloadResult: false };
		const outcome = await deapi.run([shortSong()], film(options), { ...RETRY, maxTries: 2 });
		expect(deapi.requestIds).toHaveLength(jobs);
		if (message === undefined) {
			expect(outcome.json.status).toBe('done');
			return;
		}
		expect(outcome.stop.message).toMatch(message);
		for (const id of deapi.requestIds) expect(JSON.stringify(outcome.stop)).toContain(id);
	});
});

describe('of an item', () => {
	const DOUBT = { happened: 'It was cut', makesJob: true };

	/** What is said of a job of 1 USD under a limit of 2.5 USD. */
	async function said(known: (ledger: ReturnType<typeof ledgerOf>) => unknown) {
		return await inNode(await Deapi.open(), async (call) => {
			const own = changed(call, { run: new NodeRun(undefined, 3, false, true) });
			known(ledgerOf(own.run));
			try {
				refuseAbove(own, 2.5, { amount: 1, isEstimated: false }, 1);
				return await Promise.resolve('in order');
			} catch (error) {
				return error instanceof Failure ? error.facts.details?.spent : error;
			}
		});
	}

	test.each<[string, (ledger: ReturnType<typeof ledgerOf>) => unknown, unknown]>([
		['nothing', () => undefined, 'in order'],
		['a job', (ledger) => ledger.accept({ item: 0 }, { request_id: 'a' }, 1.5), 'in order'],
		['a dearer job', (ledger) => ledger.accept({ item: 0 }, { request_id: 'a' }, 1.6), 1.6],
		[
			'a job of another item',
			(ledger) => ledger.accept({ item: 1 }, { request_id: 'a' }, 9),
			'in order',
		],
		[
			'a job that has cost more than was asked for',
			(ledger) => {
				ledger.accept({ item: 0 }, { request_id: 'a' }, 1);
				ledger.charge({ item: 0 }, 'a', 2);
				ledger.release({ item: 0 });
			},
			2,
		],
		[
			'jobs of which nobody knows what they have cost',
			(ledger) => ['a', 'b'].forEach((id) => ledger.accept({ item: 0 }, { request_id: id })),
			2,
		],
		['a job of a clip', (ledger) => ledger.accept({ item: 0, clip: 7 }, { request_id: 'a' }, 2), 2],
		['what may have been charged', (ledger) => ledger.doubt({ item: 0 }, { ...DOUBT, cost: 2 }), 2],
		['an answer', (ledger) => ledger.keepAnswer({ item: 0 }, { prompt: 'x' }, 2), 2],
	])('%s counts', async (_what, known, spent) => {
		expect(await said(known)).toBe(spent);
	});
});

test.each([
	[{ refunded: true, price: 0.15 }, 0],
	[{ refunded: false, price: { amount: '0.15' } }, 0.15],
	[{ price: 0.15 }, 0.15],
	[{ refunded: null }, undefined],
])('of a job that says %j the cost is %s', (job, cost) => {
	expect(costOf({ status: 'error', ...job })).toBe(cost);
});

test('what jobs have cost outlives the execution', async () => {
	const deapi = (await Deapi.open({ price: 0.15 })).with({ apiVersion: 'v2' });
	deapi.fake.failJobs(() => true, { retryable: true, refunded: false });
	const saved = batchOf(prompts(1), waiting(0.2));
	const { run } = await deapi.runSaved(saved);
	const { stop } = new Outcome(await retryExecution(deapi, saved, run));
	expect(stop.data.spent).toBe(0.15);
	expect(deapi.requestIds).toHaveLength(1);
});

describe('an answer without a price', () => {
	test.each<[unknown, string]>([
		[-1, '-1'],
		['a lot', 'a lot'],
		[true, 'true'],
		[{}, 'an object'],
		[1e300, '1e+300'],
	])('is named: %j', async (price, named) => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({
			route: 'price',
			fault: { type: 'status', status: 200, body: { data: { price } } },
		});
		const { stop } = await deapi.run(undefined, { options: { maxPrice: 1 } });
		expect(stop.message).toBe(`deAPI gave no price: its answer has ${named} in place of an amount`);
		expectGoodText(stop.description);
		expect(deapi.requestIds).toEqual([]);
	});
});

test("a limit of spaces is called empty, and 'Wait for Completion' as text waits", async () => {
	const deapi = await Deapi.open();
	const { stop } = await deapi.run(undefined, { options: { maxPrice: '={{ "  " }}' } });
	expect(stop.message).toBe("'Max Price (USD)' is empty");
	const { json } = await deapi.run(undefined, {
		waitForCompletion: '={{ "true" }}',
		options: { pollInterval: 0.02, downloadResult: false },
	});
	expect(json.status).toBe('done');
});
