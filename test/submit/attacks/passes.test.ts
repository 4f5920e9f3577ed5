/** A pass that n8n abandons: what it has sent, or has in flight, is known to the next one. */
import type { IRun } from 'n8n-workflow';
import { expectGoodText } from '../../support/deapi';
import { Deapi, Outcome } from '../../support/deapi';
import { clockForTests } from '../../support/clock';
import { TELLS_OF_END } from '../../support/engine-versions';
import { NODE } from '../../support/workflows';
import {
	batching,
	batchOf,
	begin,
	prompts,
	promptsOf,
	settle,
	stackedOf,
	watchRejections,
} from '../../support/attacks';

const RETRY = { retryOnFail: true, maxTries: 3, waitBetweenTries: 10 };
/** An expression that n8n cannot resolve, for the item with this index only. */
const breaksAt = (index: number) =>
	`={{ $json.index === ${index} ? $('Nowhere').first().json.x : $json.prompt }}`;
/** One that resolves at first and not any more after so many milliseconds. */
const breaksFrom = (index: number, time: number) =>
	`={{ $json.index === ${index} && $now.toMillis() > ${time} ? $('Nowhere').first().json.x : $json.prompt }}`;

/** The item that n8n's own message is about. */
function brokenItem({ data }: IRun): unknown {
	const { error } = data.resultData;
	return error !== undefined && 'context' in error ? error.context.itemIndex : undefined;
}

describe.each([
	['without retry', {}],
	['with Retry On Fail', RETRY],
])('an expression of one item that cannot be resolved, %s', (_name, retry) => {
	test('all items at once: nothing is sent, and no rejection is left alone', async () => {
		const unhandled = watchRejections();
		const deapi = await Deapi.open();
		const { stop } = await deapi.run(prompts(3), { prompt: breaksAt(2) }, retry);
		expect(stop.message).toBe("Referenced node doesn't exist");
		await settle();
		expect(deapi.submits).toEqual([]);
		expect(unhandled).toEqual([]);
	});

	test('with Batching: nothing is sent, and n8n names the item', async () => {
		const unhandled = watchRejections();
		const deapi = await Deapi.open();
		const parameters = { prompt: breaksAt(2), ...batching(20) };
		const { stop, run } = await deapi.run(prompts(3), parameters, retry);
		await settle();
		expect(deapi.submits).toEqual([]);
		expect(unhandled).toEqual([]);
		expect(stop.message).toBe("Referenced node doesn't exist");
		expect(brokenItem(run)).toBe(2);
	});

	test('with Batching, where it breaks only later: no job twice, none after the end', async () => {
		const unhandled = watchRejections();
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: 'submit', times: 2, fault: { type: 'slow', ms: 150 } });
		const parameters = { prompt: breaksFrom(2, Date.now() + 60), ...batching(60) };
		const { run } = await deapi.run(prompts(5), parameters, retry);
		const atEnd = deapi.submits.length;
		await settle(400);
		if (TELLS_OF_END) expect(deapi.submits).toHaveLength(atEnd);
		expect(new Set(promptsOf(deapi)).size).toBe(promptsOf(deapi).length);
		expect(promptsOf(deapi)).not.toContain('song 3');
		expect(unhandled).toEqual([]);
		// What was sent lies in what n8n stores of the execution.
		const stored = JSON.stringify(stackedOf(run)?.metadata ?? {});
		for (const id of deapi.requestIds) expect(stored).toContain(id);
	});
});

describe('an expression of one item that cannot be resolved, long after', () => {
	const clock = clockForTests();

	test('nothing was sent, and no rejection is left alone', async () => {
		const unhandled = watchRejections();
		clock.leap();
		const deapi = await Deapi.open();
		const start = clock.now();
		const { stop } = await deapi.run(prompts(3), { prompt: breaksAt(2) });
		expect(stop.message).toBe("Referenced node doesn't exist");
		// Longer than the first items wait for the others to start.
		while (clock.now() < start + 15_000) {
			await new Promise<void>((resolve) => clock.after(1000, resolve));
		}
		await settle();
		expect(deapi.submits).toEqual([]);
		expect(unhandled).toEqual([]);
	});
});

test('with Batching and Stop, one file that is missing ends the rest and names what was sent', async () => {
	const deapi = await Deapi.open();
	const items = prompts(4);
	items[2] = { json: { index: 2, prompt: 'song 2' } };
	const { stop } = await deapi.run(items, { prompt: '={{ $json.prompt }}', ...batching(150) });
	expect(promptsOf(deapi)).toEqual(['song 0', 'song 1']);
	expect(stop.message).toContain('[item 2]');
	for (const id of deapi.requestIds) expect(stop.description).toContain(id);
	expect(stop.data.submitted_jobs).toEqual(
		deapi.requestIds.map((request_id, item) => ({ item, request_id })),
	);
	expectGoodText(stop.message);
	expectGoodText(stop.description);
});

test('with Batching, Stop and retries the good items are sent once', async () => {
	const deapi = await Deapi.open();
	const items = prompts(3);
	items[2] = { json: { index: 2, prompt: 'song 2' } };
	const parameters = { prompt: '={{ $json.prompt }}', ...batching(100) };
	const { stop } = await deapi.run(items, parameters, RETRY);
	expect(promptsOf(deapi)).toEqual(['song 0', 'song 1']);
	for (const id of deapi.requestIds) expect(stop.description).toContain(id);
});

test('an upload that is in flight when n8n starts the next pass is waited for, not repeated', async () => {
	const unhandled = watchRejections();
	const deapi = await Deapi.open();
	deapi.fake.faults.add({ route: 'submit', fault: { type: 'slow', ms: 600 } });
	// Item 1 breaks 100 ms after item 0 was sent; the retry comes 10 ms later and resolves all.
	const until = Date.now() + 60;
	const flips = `={{ $json.index === 1 && $now.toMillis() > ${until} && $now.toMillis() < ${until + 200} ? $('Nowhere').first().json.x : $json.prompt }}`;
	const saved = batchOf(
		prompts(2),
		{ prompt: flips, ...batching(100) },
		{ ...RETRY, waitBetweenTries: 250 },
	);
	const outcome = new Outcome(await begin(deapi, saved).result);
	expect(outcome.items.map(({ json }) => json.request_id)).toEqual(deapi.requestIds);
	expect(promptsOf(deapi)).toEqual(['song 0', 'song 1']);
	expect(outcome.run.data.resultData.runData[NODE]).toHaveLength(1);
	await settle();
	expect(unhandled).toEqual([]);
});
