/** The account's limits: what would be refused is not uploaded, and no header makes a run hang. */
import { Deapi, expectGoodText, Outcome } from '../../support/deapi';
import { BASIC_LIMITS } from '../../fake-deapi/accounts/rate-limit';
import { batchOf, begin, prompts, promptsOf, skippingClock } from '../../support/attacks';
import { clockForTests } from '../../support/clock';
import { asText } from '../../support/text';
import type { FakeDeapiOptions } from '../../fake-deapi';

const CONTINUE = { onError: 'continueRegularOutput' as const };
const RETRY = { retryOnFail: true, maxTries: 3, waitBetweenTries: 5 };

const clock = clockForTests();

/** deAPI's day ends at midnight UTC. */
const DAY_MS = 86_400_000;

/** A service whose minutes take no time. */
async function openLeaping(options: FakeDeapiOptions = {}): Promise<Deapi> {
	clock.leap();
	return await Deapi.open(options);
}

describe('the limit per minute', () => {
	test.each([1, 2, 3])('%i a minute: at most 1.1 submits a job', async (submitsPerMinute) => {
		const deapi = await openLeaping({ submitsPerMinute });
		const count = 6 * submitsPerMinute;
		const { items } = await deapi.runSaved(batchOf(prompts(count)));
		expect(items).toHaveLength(count);
		expect(new Set(promptsOf(deapi)).size).toBe(count);
		expect(deapi.submits.length).toBeLessThanOrEqual(count * 1.1);
	});

	test('one a minute and two executions at once: as few', async () => {
		const deapi = await openLeaping({ submitsPerMinute: 1 });
		const runs = [begin(deapi, batchOf(prompts(5))), begin(deapi, batchOf(prompts(5)))];
		for (const { result } of runs) expect(new Outcome(await result).items).toHaveLength(5);
		expect(deapi.submits.length).toBeLessThanOrEqual(11);
	});

	test('what one execution has learned holds for the next', async () => {
		const deapi = await openLeaping({ submitsPerMinute: 1 });
		for (let round = 0; round < 3; round++) await deapi.runSaved(batchOf(prompts(2)));
		expect(deapi.requestIds).toHaveLength(6);
		expect(deapi.submits.length).toBeLessThanOrEqual(6);
	});

	test('an account without a limit is not slowed down', async () => {
		const deapi = await openLeaping();
		const start = clock.now();
		await deapi.runSaved(batchOf(prompts(20)));
		expect(clock.now() - start).toBeLessThan(1000);
	});
});

describe('the limit per day', () => {
	/** The day's first moment: one that ended in the middle of a test would give it another limit. */
	beforeEach(() => clock.skip(DAY_MS - (Date.now() % DAY_MS)));

	test('the last submit of the day ends it for all that wait, at once', async () => {
		const deapi = await Deapi.open({ submitsPerDay: 3, dayEndsAtMidnight: true });
		const saved = batchOf(prompts(8), {}, CONTINUE);
		saved.settings = { timezone: 'Asia/Tokyo' };
		const { items } = await deapi.runSaved(saved);
		expect(deapi.requestIds).toHaveLength(3);
		expect(deapi.submits.length).toBeLessThanOrEqual(5);
		const refused = items.filter(({ json }) => json.error !== undefined);
		expect(refused).toHaveLength(5);
		for (const { json } of refused) {
			expect(json.error).toMatch(/^The daily limit of the deAPI account is reached; it ends in/);
			expect(json.message).toMatch(/T00:00:\d\dZ \(\w+,? 09:00 in Asia\/Tokyo\)/);
			expect(json.details).toMatchObject({ submitted: 'no' });
			expectGoodText(json.message);
		}
	});

	test('a loop of executions with retries uploads no more', async () => {
		const deapi = await Deapi.open({ submitsPerDay: 1, dayEndsAtMidnight: true });
		await deapi.runSaved(batchOf(prompts(1)));
		for (let round = 0; round < 4; round++) {
			const { stop } = await deapi.runSaved(batchOf(prompts(1), {}, RETRY));
			expect(stop.message).toMatch(/daily limit/);
		}
		expect(deapi.submits).toHaveLength(1);
	});

	test('one that only a refusal tells of is remembered as well', async () => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({
			route: 'submit',
			times: 50,
			fault: { type: 'rateLimit', kind: 'daily', retryAfter: 40_000 },
		});
		for (let round = 0; round < 4; round++) await deapi.runSaved(batchOf(prompts(1), {}, RETRY));
		expect(deapi.submits).toHaveLength(1);
	});

	test('after a quarter of an hour one item asks again: the account may have been upgraded', async () => {
		const time = skippingClock();
		const deapi = await Deapi.open({ submitsPerDay: 1, now: time.now });
		await deapi.runSaved(batchOf(prompts(1)));
		await deapi.runSaved(batchOf(prompts(3), {}, CONTINUE));
		expect(deapi.submits).toHaveLength(1);
		time.skip(16 * 60_000);
		await deapi.runSaved(batchOf(prompts(3), {}, CONTINUE));
		// Nobody knows how far the day is: one goes ahead.
		expect(deapi.submits).toHaveLength(2);
		deapi.fake.settings.submitsPerDay = 15;
		time.skip(16 * 60_000);
		const { items } = await deapi.runSaved(batchOf(prompts(3)));
		expect(items).toHaveLength(3);
	});

	test('is over at midnight UTC', async () => {
		const time = skippingClock();
		const deapi = await Deapi.open({ submitsPerDay: 1, dayEndsAtMidnight: true, now: time.now });
		await deapi.runSaved(batchOf(prompts(1)));
		expect((await deapi.runSaved(batchOf(prompts(1)))).stop.message).toMatch(/daily/);
		time.skip(24 * 3_600_000 - (time.now() % (24 * 3_600_000)) + 1000);
		expect((await deapi.runSaved(batchOf(prompts(1)))).items).toHaveLength(1);
	});

	test('of another kind of job does not matter, and a Basic account has its own', async () => {
		const deapi = await openLeaping({ limits: BASIC_LIMITS, dayEndsAtMidnight: true });
		const { items } = await deapi.runSaved(batchOf(prompts(17), {}, CONTINUE));
		expect(items.filter(({ json }) => json.error === undefined)).toHaveLength(15);
		expect(deapi.submits.length).toBeLessThanOrEqual(16);
	});
});

describe('a Retry-After that is absurd', () => {
	test.each([
		['1e15', '1e15', 'daily'],
		['1e300', '1e300', 'minute'],
		['Infinity', 'Infinity', 'minute'],
		['-5', '-5', 'minute'],
		['nothing', '', 'minute'],
		['soon', 'soon', 'minute'],
		['a thousand digits', '9'.repeat(1_000), 'minute'],
		['30 days', String(30 * 86_400), 'daily'],
		['3601', '3601', 'daily'],
		['Wed, 21 Oct 2015 07:28:00 GMT', 'Wed, 21 Oct 2015 07:28:00 GMT', 'minute'],
		['a date far away', new Date(Date.now() + 30 * 86_400_000).toUTCString(), 'daily'],
		['60, 120', '60, 120', 'minute'],
	])(
		'%s is a limit that ends, and the next execution does not hang',
		async (_name, retryAfter, kind) => {
			const deapi = await openLeaping();
			const fault = { type: 'rateLimit', kind: 'minute', retryAfter } as const;
			deapi.fake.faults.add({ route: 'submit', fault });
			const outcome = await deapi.runSaved(batchOf(prompts(1), {}, CONTINUE));
			if (kind === 'daily') {
				expect(outcome.json.error).toMatch(/daily limit .* ends in \d+ (hours|minutes)$/);
				const hours = Number(/ends in (\d+) hours/.exec(asText(outcome.json.error))?.[1] ?? 1);
				expect(hours).toBeLessThanOrEqual(24);
				expect(outcome.json.details).toMatchObject({ submitted: 'no', limit: 'daily' });
				expectGoodText(outcome.json.message);
				// The next is told at once as well.
				expect((await deapi.runSaved(batchOf(prompts(1), {}, CONTINUE))).json.error).toMatch(
					/daily/,
				);
			} else {
				expect(outcome.json.request_id).toBe(deapi.requestIds[0]);
			}
		},
	);

	test.each(['0', '-1', 'NaN', 'abc', '1e300', '', '0.5'])(
		'and quota headers of "%s" on accepted submits let all items through',
		async (value) => {
			const deapi = await openLeaping();
			const headers = { 'X-RateLimit-Remaining': value, 'X-RateLimit-Limit': value };
			deapi.fake.faults.add({ route: 'submit', times: 50, fault: { type: 'headers', headers } });
			expect((await deapi.runSaved(batchOf(prompts(4)))).items).toHaveLength(4);
		},
	);
});

test('a status read that is limited for days does not hold up the submits of the account', async () => {
	const deapi = await Deapi.open();
	deapi.fake.faults.add({
		route: 'status',
		times: 50,
		fault: { type: 'rateLimit', kind: 'minute', retryAfter: '1e15' },
	});
	const waiting = { waitForCompletion: true, options: { pollInterval: 0.02 } };
	const { stop } = await deapi.runSaved(batchOf(prompts(1), waiting));
	expect(stop.data.request_id).toBe(deapi.requestIds[0]);
	expect((await deapi.runSaved(batchOf(prompts(1)))).items).toHaveLength(1);
});
