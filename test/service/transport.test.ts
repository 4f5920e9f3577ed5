/** One request to deAPI: how long it may take, what ends it, and what is read of its answer. */
import { Readable } from 'node:stream';
import type { Caller } from '../../nodes/Deapi/engine/call';
import type { DeapiRequest } from '../../nodes/Deapi/service/transport';
import { callDeapi, readDeapi, secretsOf, without } from '../../nodes/Deapi/service/transport';
import { accountOf, answering, json, never, settled, standingClock } from '../support/answering';
import { openStream } from '../support/parts';

const ENDPOINT = { v1: '/one', v2: '/two' };
const GET = { method: 'GET', endpoint: ENDPOINT, deadline: 5000 } as const;
const MEGABYTE = Buffer.alloc(1024 * 1024, ' ');

const call = async (caller: Caller, changes: Partial<DeapiRequest> = {}) =>
	await callDeapi(caller, accountOf(), { ...GET, ...changes });

const NO_ANSWER = { answered: false, neverSent: false, mayRetry: false };
const TOO_LATE = {
	...NO_ANSWER,
	canceled: false,
	reason: 'no answer came within the time limit',
};
const CANCELED = { ...NO_ANSWER, canceled: true, reason: 'the execution was canceled' };

describe("n8n's own time limit", () => {
	test.each<[string, unknown, number | undefined, number]>([
		['no body', undefined, undefined, 6000],
		['no body', undefined, 2000, 3000],
		['no body', undefined, 9000, 6000],
		['values', { prompt: 'x' }, 2000, 3000],
		['a text', 'text', 2000, 3000],
		['an upload', openStream(), 2000, 2000],
		['an upload', openStream(), undefined, 5000],
	])('for %s: case %#', async (_what, body, timeout, ms) => {
		const { caller, asked } = answering(() => json({}), { settings: { timeout } });
		await call(caller, { body: body as DeapiRequest['body'] });
		expect(asked.map((options) => options.timeout)).toEqual([ms]);
	});
});

describe('a request is given up', () => {
	/** A request that gets what the test gives, and what came of it so far. */
	function start(
		answer: Parameters<typeof answering>[0],
		options: Parameters<typeof answering>[1],
		request: Partial<DeapiRequest> = {},
	) {
		const { caller, asked } = answering(answer, options);
		const outcome: { answer?: unknown } = {};
		void call(caller, request).then((answer) => (outcome.answer = answer));
		return { asked, outcome };
	}

	test.each<[string, number, number | undefined, DeapiRequest['body']]>([
		['at its deadline', 5000, undefined, undefined],
		["at the user's time limit", 2000, 2000, undefined],
		["at its deadline and not at the user's limit, as an upload", 5000, 2000, openStream()],
	])('%s', async (_what, ms, timeout, body) => {
		const forward = standingClock();
		const stream = openStream();
		stream.push('{"half":');
		const { asked, outcome } = start(() => ({ body: stream }), { settings: { timeout } }, { body });
		await forward(ms - 1);
		expect(outcome).toEqual({});
		expect(asked[0]?.abortSignal.aborted).toBe(false);
		await forward(1);
		expect(outcome).toEqual({ answer: { ...TOO_LATE, received: '{"half":' } });
		expect(asked[0]?.abortSignal.aborted).toBe(true);
	});

	test('by n8n too, where its helper waits for the signal', async () => {
		const forward = standingClock();
		const { outcome } = start(never, {});
		await forward(5000);
		expect(outcome).toEqual({ answer: TOO_LATE });
	});

	test('when its execution is canceled, though half of its answer is there', async () => {
		standingClock();
		const cancel = new AbortController();
		const stream = openStream();
		stream.push('{}');
		const { asked, outcome } = start(() => ({ body: stream }), { signal: cancel.signal });
		await settled();
		expect(outcome).toEqual({});
		cancel.abort();
		expect(asked[0]?.abortSignal.aborted).toBe(true);
		await settled();
		expect(outcome).toEqual({ answer: { ...CANCELED, received: '{}' } });
	});

	test('from the start, where its execution was canceled before', async () => {
		standingClock();
		const wasAborted: boolean[] = [];
		const { outcome } = start(
			({ abortSignal }) => {
				wasAborted.push(abortSignal.aborted);
				return { body: openStream() };
			},
			{ signal: AbortSignal.abort() },
		);
		await settled();
		expect(outcome).toEqual({ answer: CANCELED });
		expect(wasAborted).toEqual([true]);
	});
});

test.each([
	['before', { neverSent: true, neverMade: true }],
	['after', { neverSent: false }],
])('an error %s n8n took the request says whether it was sent', async (when, sent) => {
	const { caller } = answering(async ({ abortSignal }) => {
		if (when === 'after') abortSignal.addEventListener('abort', () => {});
		return await Promise.reject(new Error('It broke'));
	});
	const answer = await call(caller);
	expect(answer).toEqual({ ...NO_ANSWER, canceled: false, reason: 'It broke', ...sent });
});

test('a request that has its answer leaves nothing open', async () => {
	const cancel = new AbortController();
	const removed = jest.spyOn(cancel.signal, 'removeEventListener');
	const { caller, asked } = answering(() => json({ a: 1 }), { signal: cancel.signal });
	expect(await call(caller)).toMatchObject({ answered: true, body: { a: 1 } });
	expect(asked[0]?.abortSignal.aborted).toBe(true);
	expect(removed).toHaveBeenCalledTimes(1);
});

test('n8n is asked with the signal of the request and the account of its address', async () => {
	const account = accountOf({ webhookSecret: 'a secret' });
	const given: unknown[] = [];
	const { caller, asked } = answering(async (_asked, _count, context) => {
		const { getExecutionCancelSignal } = context as { getExecutionCancelSignal?: () => unknown };
		given.push(getExecutionCancelSignal?.(), await context.getCredentials('deapiApi'));
		return json({});
	});
	await callDeapi(caller, account, GET);
	expect(given[0]).toBe(asked[0]?.abortSignal);
	expect(given[1]).toEqual(account.stored);
});

describe('an answer is read', () => {
	test.each<[string, unknown]>([
		['bytes', Buffer.from('{"a":1}')],
		['a text', '{"a":1}'],
		['a stream', Readable.from([Buffer.from('{"a"'), Buffer.from(':1}')])],
	])('where n8n gives %s', async (_what, body) => {
		expect(await call(answering(() => ({ body })).caller)).toMatchObject({ body: { a: 1 } });
	});

	test('whole; of one that breaks off is kept what came', async () => {
		async function* broken() {
			yield await Promise.resolve(Buffer.from('{"a":1}'));
			throw Object.assign(new Error('x'), { code: 'ECONNRESET' });
		}
		const answer = await call(answering(() => ({ body: broken() })).caller);
		expect(answer).toEqual({
			...NO_ANSWER,
			canceled: false,
			reason: expect.any(String) as string,
			received: '{"a":1}',
		});
	});

	test('up to 4 MB, and no further', async () => {
		let given = 0;
		async function* endless() {
			// An answer that would be read to its end stops here, so that the test ends.
			while (given < 6) {
				given++;
				yield await Promise.resolve(MEGABYTE);
			}
		}
		const answer = await call(answering(() => ({ body: endless() })).caller);
		expect(answer).toMatchObject({ answered: true });
		expect(answer).toHaveProperty('text.length', 4 * MEGABYTE.length);
		expect(given).toBe(4);
	});
});

describe('a read that meets a 500', () => {
	/** Reads with so many milliseconds of time, and tells what each request was given. */
	function read(deadline: number, signal?: AbortSignal) {
		const { caller, asked } = answering(() => json({}, 500), { ...(signal && { signal }) });
		void readDeapi(caller, accountOf(), { endpoint: ENDPOINT, deadline });
		return () => asked.map(({ timeout = 0 }) => timeout - 1000);
	}

	test('is tried again twice, in the time that is left', async () => {
		const forward = standingClock();
		const given = read(5000);
		await forward(499);
		expect(given()).toEqual([5000]);
		await forward(1);
		expect(given()).toEqual([5000, 4500]);
		await forward(9000);
		expect(given()).toEqual([5000, 4500, 3000]);
	});

	test.each([400, 500])('is not tried again where no time is left: %d ms', async (deadline) => {
		const forward = standingClock();
		const given = read(deadline);
		await forward(9000);
		expect(given()).toEqual([1000]);
	});

	test('is not tried again once its execution is canceled', async () => {
		const forward = standingClock();
		const cancel = new AbortController();
		const given = read(5000, cancel.signal);
		await forward(100);
		cancel.abort();
		await forward(9000);
		expect(given()).toEqual([5000]);
	});
});

describe("an account's secrets", () => {
	test.each([
		['the key abcd and the secret of sixteen chars', 'the key *** and the secret ***'],
		['{"key":"abcd"}', '{"key":"***"}'],
	])('are taken out: %s', (text, rest) => {
		expect(
			without(secretsOf(accountOf({ apiKey: 'abcd', webhookSecret: 'of sixteen chars' })), text),
		).toBe(rest);
	});

	test.each(['a"b/c', 'a\\"b/c', 'a\\"b\\/c'])('are taken out as JSON has them: %s', (written) => {
		const secrets = secretsOf(accountOf({ apiKey: 'a"b/c' }));
		expect(without(secrets, `{"x":"key ${written}."}`)).toBe('{"x":"key ***."}');
	});

	test('that are too short to be one stay: words would be taken apart', () => {
		expect(secretsOf(accountOf({ apiKey: 'abc', webhookSecret: 'processing' }))).toEqual([]);
	});

	test('are in nothing that an answer says', async () => {
		const headers = { 'X-Echo': 'abcd' };
		const { caller } = answering(() => ({ ...json({ message: 'not abcd' }), headers }));
		expect(await callDeapi(caller, accountOf({ apiKey: 'abcd' }), GET)).toMatchObject({
			headers: { 'x-echo': '***' },
			body: { message: 'not ***' },
		});
	});
});
