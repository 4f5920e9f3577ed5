/** The account's lane, through n8n's engine: every item gets through, in order, and none twice. */
import { Lane, type Try } from '../../../nodes/Deapi/submit/lane/lane';
import { startFakeDeapi, type FakeDeapi, type FakeDeapiOptions } from '../../fake-deapi';
import { clockForTests } from '../../support/clock';
import { errorOf, outputOf, runWorkflow, startWorkflow } from '../../support/engine';
import {
	activeResources,
	expectNothingLeft,
	expectNothingLostNothingTwice,
	outcomesOf,
} from '../../support/invariants';
import { deapiWorkflow, file, NODE } from '../../support/workflows';

const clock = clockForTests();
let fake: FakeDeapi;

async function start(options: FakeDeapiOptions = {}): Promise<void> {
	fake = await startFakeDeapi(options);
}

afterEach(async () => await fake.close());

const songs = (count: number) =>
	Array.from({ length: count }, () => ({ files: { data: file('ogg-vorbis.ogg') } }));

/** Items whose prompts say which they are. */
function batch(count: number, parameters: object = {}, name = 'item') {
	return deapiWorkflow(
		songs(count),
		{ prompt: `=${name} {{ $itemIndex }}`, ...parameters },
		{ onError: 'continueRegularOutput' },
	);
}

const credentials = (apiKey = 'test-key') => ({ apiKey, baseUrl: fake.url });
const submits = () => fake.requests.filter(({ route }) => route === 'submit');

/** The most submits that were under way at the same time. */
function mostAtOnce(): number {
	const edges = submits().flatMap(({ startedAt, endedAt }) => [
		{ at: startedAt, change: 1 },
		{ at: endedAt ?? Infinity, change: -1 },
	]);
	// Where one ends as another starts, the end counts first.
	edges.sort((a, b) => a.at - b.at || a.change - b.change);
	let now = 0;
	return Math.max(...edges.map(({ change }) => (now += change)));
}

test('15 items at one a minute: all get through in their order, and none is sent in vain', async () => {
	clock.leap();
	await start({ submitsPerMinute: 1 });
	const run = await runWorkflow(batch(15), { credentials: credentials() });
	const outcome = expectNothingLostNothingTwice(run, fake, 15);
	expect(outcome.submitted.size).toBe(15);
	// The first is the one whose check was over first; then one goes after the other.
	const order = fake.jobs.map(({ fields }) => Number(fields.prompt?.split(' ')[1]));
	expect(order.slice(1)).toEqual(order.slice(1).sort((a, b) => a - b));
	const times = submits().map(({ startedAt }) => startedAt);
	expect(times).toHaveLength(15);
	for (const [index, time] of times.slice(1).entries()) {
		expect(time - (times[index] ?? 0)).toBeGreaterThanOrEqual(60_000);
		expect(time - (times[index] ?? 0)).toBeLessThan(61_500);
	}
});

test('one goes ahead, then uploads go three at a time, not all at once', async () => {
	await start();
	fake.faults.add({ route: 'submit', times: 12, fault: { type: 'slow', ms: 150 } });
	const run = await runWorkflow(batch(12), { credentials: credentials() });
	expect(outcomesOf(run).submitted.size).toBe(12);
	expect(mostAtOnce()).toBe(3);
	const [first, second] = submits();
	expect(second?.startedAt ?? 0).toBeGreaterThanOrEqual(first?.endedAt ?? Infinity);
});

test('after a refusal nothing is sent until the limit ends, and then one at a time', async () => {
	clock.leap();
	const refusal = () => submits().find(({ status }) => status === 429);
	// What was on its way when the refusal came does not count.
	const later = () =>
		submits().filter(({ startedAt }) => startedAt > (refusal()?.endedAt ?? Infinity));
	let startedBeforeFirstEnded = 0;
	await start({
		onRequest: () => {
			startedBeforeFirstEnded ||= later().length;
		},
	});
	fake.faults.add({
		route: 'submit',
		after: 3,
		times: 1,
		fault: { type: 'rateLimit', kind: 'minute', retryAfter: 30 },
	});
	fake.faults.add({ route: 'submit', after: 6, times: 9, fault: { type: 'slow', ms: 30 } });
	const run = await runWorkflow(batch(10), { credentials: credentials() });
	expect(outcomesOf(run).submitted.size).toBe(10);
	const [next] = later();
	expect((next?.startedAt ?? 0) - (refusal()?.endedAt ?? 0)).toBe(30_000);
	// The refused item comes first, and alone.
	const promptOf = (request = next) => request?.parts.find(({ name }) => name === 'prompt')?.value;
	expect(promptOf(next)).toBe(promptOf(refusal()));
	expect(startedBeforeFirstEnded).toBe(1);
});

test.each([
	['without any header', { retryAfter: null, withType: false }],
	['without Retry-After', { retryAfter: null, withType: true }],
])('a refusal %s counts as a minute limit of 60 seconds', async (_name, headers) => {
	await start();
	fake.faults.add({
		route: 'submit',
		fault: { type: 'rateLimit', kind: 'minute', ...headers },
	});
	const run = await runWorkflow(batch(1, { options: { rateLimitRetries: 0 } }), {
		credentials: credentials(),
	});
	const [item] = outputOf(run, NODE);
	expect(item?.json.error).toBe(
		'The limit per minute of the deAPI account is reached; it ends in 60 seconds',
	);
	expect(fake.jobs).toHaveLength(0);
});

test('gives an item up after the refusals that the user allows, and goes on with the others', async () => {
	clock.leap();
	await start();
	const prompt = ({ parts }: { parts: Array<{ name: string; value: string | null }> }) =>
		parts.find(({ name }) => name === 'prompt')?.value;
	fake.faults.add({
		route: 'submit',
		times: 3,
		fault: { type: 'rateLimit', kind: 'minute', retryAfter: 0 },
	});
	const run = await runWorkflow(batch(1, { options: { rateLimitRetries: 2 } }), {
		credentials: credentials(),
	});
	const [item] = outputOf(run, NODE);
	expect(submits()).toHaveLength(3);
	expect(submits().map(prompt)).not.toContain(undefined);
	expect(item?.json.error).toMatch(/limit per minute/);
	expect(item?.json.message).toMatch(/refused 3 times in a row/);
	expect(fake.jobs).toHaveLength(0);

	const next = await runWorkflow(batch(2, { options: { rateLimitRetries: 2 } }), {
		credentials: credentials(),
	});
	expect(outcomesOf(next).submitted.size).toBe(2);
});

test('a daily limit fails the rest at once, says when it ends and sends them not', async () => {
	clock.leap();
	await start();
	fake.faults.add({
		route: 'submit',
		after: 5,
		times: 1000,
		fault: { type: 'rateLimit', kind: 'daily', retryAfter: 7300 },
	});
	const before = activeResources();
	const started = Date.now();
	const run = await runWorkflow(batch(100), { credentials: credentials() });
	expect(Date.now() - started).toBeLessThan(10_000);
	const outcome = expectNothingLostNothingTwice(run, fake, 100);
	expect(outcome.submitted.size).toBe(5);
	expect(outcome.refused.size).toBe(95);
	// Those in flight when the limit was met, and no others.
	expect(submits().length).toBeLessThanOrEqual(8);
	const refused = outputOf(run, NODE).filter(({ json }) => json.error !== undefined);
	for (const { json } of refused) {
		expect(json.error).toMatch(/daily limit of the deAPI account is reached; it ends in 3 hours/);
		expect(json.message).toMatch(/ends at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/);
	}
	await expectNothingLeft(before);
});

test('what was under way when the day ended is not sent again after a refusal of its own', async () => {
	await start();
	const lane = new Lane();
	const owner = {};
	const place = (order: number) => ({
		owner,
		order,
		maxRefusals: 5,
		signal: new AbortController().signal,
	});
	clock.leap();
	const pace = { remaining: 9, limit: 10, day: undefined };
	await lane.submit(place(0), async () => await Promise.resolve({ done: 'first', pace }));
	const answers: Array<(answer: Try<string>) => void> = [];
	let tries = 0;
	const attempt = async () => {
		tries++;
		if (tries > 2) return { done: 'sent again' };
		return await new Promise<Try<string>>((resolve) => answers.push(resolve));
	};
	const both = Promise.allSettled([lane.submit(place(1), attempt), lane.submit(place(2), attempt)]);
	while (answers.length < 2) await new Promise(setImmediate);
	const limit = (kind: 'daily' | 'minute', seconds: number): Try<string> => ({
		limited: { kind, endsAt: Date.now() + seconds * 1000 },
	});
	answers[0]?.(limit('daily', 7300));
	answers[1]?.(limit('minute', 60));
	for (const outcome of await both) {
		expect(outcome).toMatchObject({ reason: { exit: { reason: 'daily' } } });
	}
	expect(tries).toBe(2);
});

test('two executions of one account take turns', async () => {
	await start();
	fake.faults.add({ route: 'submit', times: 80, fault: { type: 'slow', ms: 25 } });
	const [first, second] = await Promise.all([
		runWorkflow(batch(30, {}, 'first'), { credentials: credentials() }),
		runWorkflow(batch(30, {}, 'second'), { credentials: credentials() }),
	]);
	expect(outcomesOf(first).submitted.size).toBe(30);
	expect(outcomesOf(second).submitted.size).toBe(30);
	// In the order in which the requests came: an upload that began first may still end later.
	const owners = submits().map(
		({ parts }) => parts.find(({ name }) => name === 'prompt')?.value?.split(' ')[0],
	);
	// Once both wait, neither gets ahead by more than the width of the lane.
	const from = Math.max(owners.indexOf('first'), owners.indexOf('second'));
	let lead = 0;
	for (const owner of owners.slice(from, from + 30)) {
		lead += owner === 'first' ? 1 : -1;
		expect(Math.abs(lead)).toBeLessThanOrEqual(4);
	}
});

test('the limit of one account does not hold up another', async () => {
	let free: ReturnType<typeof runWorkflow> | undefined;
	await start({
		apiKeys: ['busy', 'free'],
		onRequest: ({ status }) => {
			if (status !== 429) return;
			free = runWorkflow(batch(5, {}, 'free'), { credentials: credentials('free') });
			// The busy account's wait takes no time once the other account is through.
			void free.finally(() => clock.leap());
		},
	});
	fake.faults.add({
		route: 'submit',
		fault: { type: 'rateLimit', kind: 'minute', retryAfter: 40 },
	});
	const busy = await runWorkflow(batch(1, {}, 'busy'), { credentials: credentials('busy') });
	expect(outcomesOf(busy).submitted.size).toBe(1);
	if (free === undefined) throw new Error('Nothing was limited');
	expect(outcomesOf(await free).submitted.size).toBe(5);
	// The busy account's item was the last: nobody has waited for its limit.
	const owners = fake.jobs.map(({ fields }) => fields.prompt?.split(' ')[0]);
	expect(owners).toEqual([...Array<string>(5).fill('free'), 'busy']);
	const times = submits().map(({ startedAt }) => startedAt - (submits()[0]?.startedAt ?? 0));
	expect(Math.max(...times.slice(0, -1))).toBeLessThan(40_000);
	expect(times.at(-1)).toBeGreaterThanOrEqual(40_000);
});

test('a canceled execution leaves the lane at once and is never sent; another goes on', async () => {
	clock.leap();
	const before = activeResources();
	// Paused: the one that has gone ahead was refused, and nothing else is under way.
	await start({
		onRequest: ({ status }) => {
			if (status === 429) canceled.cancel();
		},
	});
	fake.faults.add({
		route: 'submit',
		fault: { type: 'rateLimit', kind: 'minute', retryAfter: 50 },
	});
	const canceled = startWorkflow(batch(20, {}, 'canceled'), { credentials: credentials() });
	await canceled.result;
	expect(submits()).toHaveLength(1);
	const other = await runWorkflow(batch(4, {}, 'other'), { credentials: credentials() });
	expect(outcomesOf(other).submitted.size).toBe(4);
	const later = submits().slice(1);
	expect(later.map(({ parts }) => parts[0]?.value?.split(' ')[0])).toEqual(
		Array.from({ length: 4 }, () => 'other'),
	);
	await fake.close();
	await expectNothingLeft(before);
});

test('where On Error is Stop, one bad item keeps all the others from being sent', async () => {
	await start();
	const items = [...songs(3), { files: { data: file('not-audio.mp3') } }, ...songs(3)];
	const run = await runWorkflow(deapiWorkflow(items, { prompt: 'A singer' }), {
		credentials: credentials(),
	});
	expect(errorOf(run).message).toMatch(/is not an MP3, WAV, OGG or FLAC file \[item 3\]/);
	expect(submits()).toHaveLength(0);
});

test('where On Error is Stop, the message names the jobs that were submitted before', async () => {
	await start();
	fake.faults.add({
		route: 'submit',
		after: 4,
		times: 1,
		fault: { type: 'status', status: 422, body: { message: 'No', errors: { prompt: ['No.'] } } },
	});
	const run = await runWorkflow(deapiWorkflow(songs(40), { prompt: 'A singer' }), {
		credentials: credentials(),
	});
	const { message, description, data } = errorOf(run);
	expect(message).toMatch(/^deAPI did not accept 'Prompt'/);
	expect(fake.jobs.length).toBeGreaterThanOrEqual(4);
	// Those that were under way when the refusal arrived, and not the rest.
	expect(fake.jobs.length).toBeLessThan(20);
	for (const { request_id } of fake.jobs) expect(description).toContain(request_id);
	expect(data.submitted_jobs).toHaveLength(fake.jobs.length);
});

test('n8n’s Retry On Fail sends no item again that has its request ID', async () => {
	await start();
	fake.faults.add({
		route: 'submit',
		after: 3,
		times: 1,
		fault: { type: 'status', status: 422, body: { message: 'No', errors: { prompt: ['No.'] } } },
	});
	const run = await runWorkflow(
		deapiWorkflow(
			songs(6),
			{ prompt: '=item {{ $itemIndex }}' },
			{ retryOnFail: true, maxTries: 3, waitBetweenTries: 1 },
		),
		{ credentials: credentials() },
	);
	expect(errorOf(run).message).toBe('');
	expect(expectNothingLostNothingTwice(run, fake, 6).submitted.size).toBe(6);
});
