/** The most that an item may cost: deAPI is asked before anything is sent. */
import type { Call } from '../../nodes/Deapi/engine/call';
import { Failure } from '../../nodes/Deapi/engine/failure';
import { ledgerOf } from '../../nodes/Deapi/submit/ledger';
import { readMaxPrice, refuseAbove } from '../../nodes/Deapi/submit/priceCap';
import { prompts } from '../support/attacks';
import { clockForTests } from '../support/clock';
import { Deapi, expectGoodText } from '../support/deapi';
import { outcomeOf } from '../support/parts';
import { changed, inNode } from '../support/probe';

const clock = clockForTests();

const capped = (maxPrice: unknown, more: object = {}) => ({
	prompt: '={{ $json.prompt }}',
	options: { maxPrice: maxPrice as number },
	...more,
});

const jobsOf = ({ fake }: Deapi) => fake.jobs.length;
const questionsTo = (deapi: Deapi) => deapi.requestsTo('price').length;

test.each([0, '0'])('%j is no limit: nobody is asked', async (maxPrice) => {
	const deapi = await Deapi.open();
	await deapi.run(prompts(1), capped(maxPrice));
	expect([questionsTo(deapi), jobsOf(deapi)]).toEqual([0, 1]);
});

test.each([
	[0, 'no limit'],
	['0.5', 0.5],
	[1_000_000, 1_000_000],
])('an expression may give %j: %s', async (maxPrice, limit) => {
	const read = await inNode(await Deapi.open(), async (call) => {
		const given = Object.create(call, { options: { value: { maxPrice } } }) as Call;
		return await Promise.resolve(readMaxPrice(given) ?? 'no limit');
	});
	expect(read).toBe(limit);
});

test.each([undefined, null, '', '  '])('a limit of %j is called empty', async (maxPrice) => {
	const said = await inNode(await Deapi.open(), async (call) => {
		const given = changed(call, { options: { maxPrice } });
		return await outcomeOf(Promise.resolve(given).then(readMaxPrice));
	});
	expect(said).toMatchObject({ message: "'maxPrice' is empty", submitted: 'no' });
});

test.each([-0.01, 1_000_001, 'cheap'])(
	'%j is no amount: it is refused by its label, and nothing is sent',
	async (maxPrice) => {
		const deapi = await Deapi.open();
		const { stop } = await deapi.run(prompts(1), capped(maxPrice));
		expect(stop.message).toBe(`'Max Price (USD)' is ${maxPrice}`);
		expect(stop.description).toMatch(
			/^Enter an amount in USD, or 0 for no limit\. .* Nothing was sent\.$/,
		);
		expect(deapi.fake.requests).toEqual([]);
	},
);

test('an item that costs more is not sent; the message has both numbers', async () => {
	const deapi = await Deapi.open();
	const { stop } = await deapi.run(prompts(1), capped(0.0001));
	expect(stop.message).toMatch(
		/^This job would cost \d\.\d{1,4} USD; 'Max Price \(USD\)' is 0\.0001 USD$/,
	);
	expect(stop.data.max_price).toBe(0.0001);
	expect(stop.message).toContain(` ${Math.round(Number(stop.data.price) * 10_000) / 10_000} USD;`);
	expectGoodText(stop.description);
	expect([questionsTo(deapi), jobsOf(deapi)]).toEqual([1, 0]);
});

test('items that differ only in their prompts cost the same: one question is enough', async () => {
	const deapi = await Deapi.open();
	await deapi.run(prompts(5), capped(100));
	expect([questionsTo(deapi), jobsOf(deapi)]).toEqual([1, 5]);
	await deapi.run(
		prompts(4),
		capped(100, { size: 'custom', width: '={{ 512 + 64 * ($json.index % 2) }}', height: 512 }),
	);
	expect([questionsTo(deapi), jobsOf(deapi)]).toEqual([3, 9]);
});

test('a question that failed is asked again by the next item', async () => {
	const deapi = await Deapi.open();
	deapi.fake.faults.add({ route: 'price', fault: { type: 'status', status: 500 } });
	const batching = {
		requestOptions: { batching: { batch: { batchSize: 1, batchInterval: 200 } } },
	};
	const extra = { onError: 'continueRegularOutput' as const };
	const { items } = await deapi.run(prompts(2), capped(100, batching), extra);
	expect(items[0]?.json.error).toContain('deAPI is not available at the moment (status 500)');
	expect(items[1]?.json.request_id).toBe(deapi.requestIds[0]);
	expect([questionsTo(deapi), jobsOf(deapi)]).toEqual([2, 1]);
});

describe('a question that a limit refuses', () => {
	const refuse = (deapi: Deapi, times: number, kind: 'minute' | 'daily' = 'minute') =>
		deapi.fake.faults.add({
			route: 'price',
			times,
			fault: { type: 'rateLimit', kind, retryAfter: 20 },
		});

	test('is asked again when the limit per minute ends, five times', async () => {
		clock.leap();
		const deapi = await Deapi.open();
		refuse(deapi, 5);
		const began = Date.now();
		await deapi.run(prompts(1), capped(100));
		expect([questionsTo(deapi), jobsOf(deapi)]).toEqual([6, 1]);
		expect(Date.now() - began).toBeGreaterThanOrEqual(100_000);
		expect(Date.now() - began).toBeLessThan(130_000);
	});

	test('is given up after that', async () => {
		clock.leap();
		const deapi = await Deapi.open();
		refuse(deapi, 10);
		const { stop } = await deapi.run(prompts(1), capped(100));
		expect(stop.message).toContain('The limit per minute of the deAPI account is reached');
		expect([questionsTo(deapi), jobsOf(deapi)]).toEqual([6, 0]);
	});

	test('is not asked again on the same day where the daily limit is reached', async () => {
		const deapi = await Deapi.open();
		refuse(deapi, 10, 'daily');
		const { stop } = await deapi.run(prompts(1), capped(100));
		expect(stop.message).toContain('The daily limit of the deAPI account is reached');
		expect([questionsTo(deapi), jobsOf(deapi)]).toEqual([1, 0]);
	});

	test('is not waited for by an execution that is canceled', async () => {
		const deapi = await Deapi.open();
		refuse(deapi, 10);
		const execution = deapi.start(prompts(1), capped(100));
		await deapi.fake.waitFor(() => questionsTo(deapi) === 1);
		execution.cancel();
		await execution.result;
		expect([questionsTo(deapi), jobsOf(deapi)]).toEqual([1, 0]);
	});
});

test.each<[number, number, number, string | undefined]>([
	[1, 1, 1, undefined],
	[0.3, 0.1 + 0.2, 1, undefined],
	[1, 1.0001, 1, 'This job would cost 1.0001 USD'],
	[1, 1.5, 3, 'These 3 jobs would cost 1.5 USD'],
])('of a limit of %d USD, a price of %d USD for %d jobs', async (limit, price, jobs, message) => {
	const said = await inNode(await Deapi.open(), async (call) => {
		try {
			refuseAbove(call, limit, { amount: price, isEstimated: false }, jobs);
			return await Promise.resolve(['in order']);
		} catch (error) {
			return error instanceof Failure ? [error.facts.message, error.facts.details] : [];
		}
	});
	if (message === undefined) expect(said).toEqual(['in order']);
	else expect(said).toEqual([expect.stringContaining(message), { price, max_price: limit }]);
});

test('of jobs whose cost is not known it is taken that each has cost what one costs now', async () => {
	const ask = async (call: Call, amount: number, jobs: number) => {
		const price = { amount, isEstimated: jobs === 1 };
		return await outcomeOf(Promise.resolve().then(() => refuseAbove(call, 5.9, price, jobs)));
	};
	const said = await inNode(await Deapi.open(), async (call) => {
		const alone = await ask(call, 6, 1);
		for (const id of ['a', 'b']) ledgerOf(call.run).accept({ item: 0 }, { request_id: id });
		return [alone, await ask(call, 3, 2)];
	});
	expect(said).toMatchObject([
		{
			message: "This job would cost 6 USD by deAPI's estimate; 'maxPrice' is 5.9 USD",
			description: expect.stringMatching(/^Nothing was sent\. /) as string,
		},
		{
			message:
				"These 2 jobs would cost 3 USD, and the item's other jobs have cost 3 USD; 'maxPrice' is 5.9 USD",
			description: expect.stringMatching(/^Nothing more was sent\. /) as string,
		},
	]);
});
