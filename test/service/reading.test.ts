/** What is read of deAPI's answers to questions: a job, the list of models, a price. */
import { describeNoAnswer } from '../../nodes/Deapi/service/answers';
import { readJob } from '../../nodes/Deapi/service/jobs';
import { nearestAllowed, readModels, toModel } from '../../nodes/Deapi/service/models';
import { askPrice } from '../../nodes/Deapi/service/price';
import { accountOf, answering, json, type HandMade } from '../support/answering';
import { outcomeOf } from '../support/parts';

test('a request that ended with its execution says so, and that nothing was sent', () => {
	const noAnswer = { answered: false, neverSent: false, mayRetry: false, reason: 'x' } as const;
	expect(describeNoAnswer({ ...noAnswer, canceled: true }).facts).toEqual({
		isInterrupted: true,
		message: 'The execution was canceled',
		description: 'Nothing was sent for this item.',
		submitted: 'no',
	});
});

describe('a status', () => {
	test('that is refused by a limit is told as a limit of reads', async () => {
		const { reading } = await readOnce(json({}, 429));
		const message = expect.stringContaining('reached for reading the status of jobs') as string;
		expect(reading).toMatchObject({ failure: { facts: { message } }, isTransient: false });
	});

	/** Reads a job once. */
	async function readOnce(answer: HandMade) {
		const { caller, asked } = answering(() => answer);
		const reading = await readJob(caller, accountOf(), 'id-a', 5000);
		return { reading, count: asked.length };
	}

	test('is a job with all that deAPI says of it', async () => {
		const { reading } = await readOnce(json({ data: { status: 'done', new: 1 } }));
		expect(reading).toEqual({ job: { status: 'done', new: 1 } });
	});

	test.each<[string, HandMade, boolean]>([
		['an error of deAPI', json({}, 500), true],
		['a gateway that has no answer', json({}, 502), true],
		['an answer without a status', json({ data: { progress: 1 } }), true],
		['a job that is not known', json({ data: { status: 'done' } }, 404), false],
		['a refusal', json({}, 302), false],
	])('that is %s is none, and is asked once', async (_what, answer, isTransient) => {
		expect(await readOnce(answer)).toMatchObject({
			reading: { failure: expect.any(Error) as Error, isTransient },
			count: 1,
		});
	});
});

describe('the list of models', () => {
	/** What was read, and which pages were asked for. */
	async function pagesOf(answer: (page: number) => HandMade, types = '') {
		const { caller, asked } = answering(({ qs }, count) => {
			if (count > 200) throw new Error('It never ends');
			return answer(Number(qs?.page));
		});
		const outcome = await outcomeOf(readModels(caller, accountOf(), types));
		return { outcome, queries: asked.map(({ qs }) => qs) };
	}
	const page = (number: number, meta?: object) => json({ data: [{ slug: `m${number}` }, 7], meta });
	const slugs = (...all: string[]) =>
		all.map((slug) => expect.objectContaining({ slug }) as object);

	test('is read to its last page, without what is no model', async () => {
		const read = await pagesOf((number) => page(number, { current_page: number, last_page: 2 }));
		expect(read).toEqual({
			outcome: slugs('m1', 'm2'),
			queries: [
				{ limit: 50, page: 1 },
				{ limit: 50, page: 2 },
			],
		});
	});

	test.each<[string, object | undefined, number]>([
		['does not count them', undefined, 1],
		['does not say on which it is', { last_page: 2 }, 2],
		['is on its last one already', { current_page: 2, last_page: 2 }, 1],
		['never comes to its end', { current_page: 1, last_page: 2 }, 100],
	])('that %s: %j, %d pages', async (_what, meta, count) => {
		expect((await pagesOf((number) => page(number, meta))).queries).toHaveLength(count);
	});

	test('is asked for by what they can do', async () => {
		const { queries } = await pagesOf((number) => page(number), 'aud2video,img2video');
		expect(queries).toMatchObject([{ 'filter[inference_types]': 'aud2video,img2video' }]);
	});

	test.each([json({ data: [] }, 404), json({ data: {} })])(
		'that deAPI does not give is a failure: %j',
		async (answer) => {
			const { outcome } = await pagesOf(() => answer);
			expect(outcome).toMatchObject({ message: expect.any(String) as string });
		},
	);
});

test('a feature that a model says no to is one that it lacks', () => {
	const features = { a: false, b: true, c: 'perhaps' };
	expect(toModel({ slug: 'm', info: { features } })?.features).toEqual({ a: false, b: true });
});

test.each([
	[5, { min: 24, max: 24 }, 24],
	[7, { min: 9, max: 3 }, 7],
	[250, { min: 256, max: 1024, step: 32 }, 256],
	[1020, { min: 256, max: 1024, step: 32 }, 1024],
	[2000, { min: 256, max: 1024, step: 32 }, 1024],
	[2000, { min: 256, max: 1030, step: 32 }, 1024],
	[5, { min: 10, max: 20, step: 32 }, 10],
])('the allowed value next to %d in %j is %d', (value, range, nearest) => {
	expect(nearestAllowed(value, range)).toBe(nearest);
});

describe('a price', () => {
	const endpoint = { v1: '/one', v2: '/two' };
	const ask = async (answer: HandMade) => {
		const { caller } = answering(() => answer);
		return await outcomeOf(askPrice(caller, accountOf(), endpoint, {}));
	};

	test.each([{ data: { price: '0.5', more: 1 } }, { price: '0.5', more: 1 }])(
		'is a number, with what else was said: %j',
		async (body) => {
			const price = { amount: 0.5, isEstimated: false };
			expect(await ask(json(body))).toEqual({ price, others: { more: 1 } });
		},
	);

	test.each([0, 1e6])('may be %d', async (amount) => {
		const price = { amount, isEstimated: true };
		const body = { price: amount, is_estimated: '1' };
		expect(await ask(json(body))).toEqual({ price, others: {} });
	});

	test.each([
		[-0.01, '-0.01'],
		[1_000_001, '1000001'],
		['soon', 'soon'],
		[false, 'false'],
		[{ amount: 1 }, 'an object'],
	])('that is none is named: %j', async (price, named) => {
		expect(await ask(json({ data: { price } }))).toEqual({
			status: 200,
			message: `deAPI gave no price: its answer has ${named} in place of an amount`,
			description:
				"Nothing was sent. Try again later; if that does not help, tell deAPI's support.",
			submitted: 'no',
		});
	});

	test.each([{}, { price: null }, { price: '' }])(
		'that is missing makes the answer unreadable: %j',
		async (data) => {
			const message = 'deAPI gave an answer that could not be read';
			expect(await ask(json({ data }))).toMatchObject({ message });
		},
	);

	test.each([0.5, -1])('counts for nothing at status 404: %d', async (price) => {
		const message = 'deAPI does not know this address';
		expect(await ask(json({ data: { price } }, 404))).toMatchObject({ message });
	});
});
