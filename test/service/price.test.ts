/** Prices: what is read of a job, what several cost together, and how they are shown. */
import type { Price } from '../../nodes/Deapi/service/price';
import {
	costOf,
	estimateFact,
	priceFacts,
	priceOfJob,
	sumOf,
	usdTexts,
} from '../../nodes/Deapi/service/price';

const exactly = (amount: number): Price => ({ amount, isEstimated: false });
const about = (amount: number): Price => ({ amount, isEstimated: true });

test.each([
	[
		[0.75, 0.75],
		['0.75', '0.75'],
	],
	[
		[0.75003, 0.75],
		['0.75003', '0.75'],
	],
	[
		[0.750031, 0.750032],
		['0.750031', '0.750032'],
	],
	[
		[0.750000001, 0.75],
		['0.750000001', '0.75'],
	],
	[
		[0.5, 1e-9],
		['0.5', '0.000000001'],
	],
	[
		[40, 0, 100],
		['40', '0', '100'],
	],
	[
		[0.1 + 0.2, 0.3],
		['0.3', '0.3'],
	],
	[
		[1 / 3, 1],
		['0.3333', '1'],
	],
	[
		[1 / 3, 0],
		['0.3333', '0'],
	],
])(
	'amounts are shown with as many digits as it takes to see the difference: %j',
	(amounts, texts) => {
		expect(usdTexts(amounts)).toEqual(texts);
	},
);

test.each<[Price[], Price]>([
	[[], exactly(0)],
	[[exactly(0.1), exactly(0.2)], exactly(0.3)],
	[[exactly(0.25), about(1.5), exactly(0)], about(1.75)],
	[[exactly(1e-9), exactly(1e-10)], exactly(1e-9)],
])('the prices %j are %j together', (prices, sum) => {
	expect(sumOf(prices)).toEqual(sum);
});

test('an estimate is called one, and a price that is none is not', () => {
	expect(priceFacts(exactly(0.5))).toEqual({ price: 0.5, currency: 'USD' });
	expect(priceFacts(about(0))).toEqual({ price: 0, currency: 'USD', price_is_estimated: true });
	expect(estimateFact(false)).toEqual({});
});

test.each<[object, Price | undefined, cost: number | undefined]>([
	[{}, undefined, undefined],
	[{ price: null }, undefined, undefined],
	[{ price: 'soon' }, undefined, undefined],
	[{ price: { amount: null, is_estimated: true } }, undefined, undefined],
	[{ price: '0.5' }, exactly(0.5), 0.5],
	[{ price: { amount: 0.5 } }, exactly(0.5), 0.5],
	[{ price: { amount: '0.5', is_estimated: 1 }, refunded: false }, about(0.5), 0.5],
	[{ price: { amount: 0.5, is_estimated: 0 }, refunded: null }, exactly(0.5), 0.5],
	[{ price: { amount: 0.5 }, refunded: true }, exactly(0.5), 0],
	[{ refunded: true }, undefined, 0],
	// Only what deAPI says for certain makes a job free.
	[{ price: 0.5, refunded: 'true' }, exactly(0.5), 0.5],
])('the job %j has the price %j and has cost %p', (said, price, cost) => {
	const job = { status: 'error', ...said };
	expect(priceOfJob(job)).toEqual(price);
	expect(costOf(job)).toBe(cost);
});
