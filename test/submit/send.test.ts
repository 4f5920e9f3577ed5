/** One submit on its way: what ends it before its answer, and what keeps it from being sent. */
import type { ServerResponse } from 'node:http';
import type { Call } from '../../nodes/Deapi/engine/call';
import { CANCELED, Failure } from '../../nodes/Deapi/engine/failure';
import { AUDIO_TO_VIDEO_ENDPOINT } from '../../nodes/Deapi/prepare/video';
import { ledgerOf } from '../../nodes/Deapi/submit/ledger';
import { send } from '../../nodes/Deapi/submit/send';
import { timelessClock } from '../support/attacks';
import { Deapi } from '../support/deapi';
import { outcomeOf, reportedBy, submitOf } from '../support/parts';
import { changed, inNode } from '../support/probe';
import { startStorage } from '../support/storage';

const ANOTHER = new Failure({ message: 'Another item', description: '' });

/** Sends a job without a file, and returns what was said. */
async function sendOne(call: Call, request = {}): Promise<unknown> {
	return await reportedBy(call, send(call, ledgerOf(call.run), submitOf(undefined, request)));
}

describe('what keeps a submit from being sent', () => {
	test('a credential that was deleted while the item waited', async () => {
		const said = await inNode(await Deapi.open(), async (call) => {
			const value = async () => await Promise.reject(new Error('It is gone'));
			const context: unknown = Object.create(call.context, { getCredentials: { value } });
			return await sendOne(changed(call, { context }));
		});
		expect(said).toMatchObject({
			message: "The 'deAPI API' credential could not be read",
			description: expect.stringMatching(/Nothing was submitted for this item\.$/) as string,
			submitted: 'no',
		});
	});

	test('a node that has stopped before: the request is not even made', async () => {
		let made = 0;
		const said = await inNode(await Deapi.open(), async (call) => {
			call.pass.stop(ANOTHER);
			const request = async () => await Promise.reject(new Error(`Made ${++made} times`));
			const submit = submitOf(undefined, {}, { request });
			return await outcomeOf(send(call, ledgerOf(call.run), submit));
		});
		expect(said).toEqual(CANCELED.facts);
		expect(made).toBe(0);
	});

	test('a service that nobody can reach: tried three times, by the other items once', async () => {
		const deapi = (await Deapi.open()).with({ baseUrl: 'http://127.0.0.1:1' });
		const tries = await inNode(deapi, async (call) => {
			timelessClock();
			const connect = jest.spyOn(call.context.helpers, 'httpRequestWithAuthentication');
			const first = await sendOne(call);
			const count = connect.mock.calls.length;
			const second = await sendOne(call);
			expect([first, second]).toMatchObject([{ submitted: 'no' }, { submitted: 'no' }]);
			expect(ledgerOf(call.run).all).toEqual([]);
			return [count, connect.mock.calls.length - count];
		});
		expect(tries).toEqual([3, 1]);
	});
});

describe('an upload that gets no answer', () => {
	test('goes on where only its node stops', async () => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({
			route: 'submit',
			fault: { type: 'status', status: 200, body: { data: { request_id: 'id-a' } } },
		});
		const ids = await inNode(deapi, async (call) => {
			const sending = sendOne(call);
			await deapi.fake.waitFor(() => deapi.submits.length === 1);
			call.pass.stop(ANOTHER);
			await sending;
			return ledgerOf(call.run).get({ item: 0 })?.request_ids;
		});
		expect(ids).toEqual(['id-a']);
	});

	test.each([
		[undefined, 600_000],
		[1000, 600_000],
		[700_000, 700_000],
	])("with n8n's time limit at %s ms it is given up after %d ms", async (timeout, ms) => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: 'submit', fault: { type: 'hang' } });
		const [said, took] = await inNode(deapi, async (call) => {
			const patient = changed(call, { settings: { ...call.settings, timeout } });
			const time = timelessClock();
			return [await sendOne(patient), time()] as const;
		});
		expect(said).toMatchObject({ submitted: 'unknown' });
		expect(took).toBe(ms);
	});
});

test.each([
	[undefined, 'v1'],
	[false, 'v1'],
	[true, 'v2'],
] as const)(
	'what needs v2 goes there, whatever the credential says: %s',
	async (needsV2, version) => {
		const deapi = await Deapi.open();
		await inNode(deapi, async (call) => [await sendOne(call, { needsV2 })]);
		expect(deapi.submits.map(({ path }) => path)).toEqual([AUDIO_TO_VIDEO_ENDPOINT[version]]);
	},
);

test('a submit that a limit refuses says which, and when it ends', async () => {
	const deapi = await Deapi.open();
	const fault = { type: 'rateLimit', kind: 'daily', retryAfter: 7200 } as const;
	deapi.fake.faults.add({ route: 'submit', fault });
	const before = Date.now();
	const said = await inNode(deapi, async (call) => await sendOne(call));
	expect(said).toMatchObject({ limited: { kind: 'daily' } });
	const { limited } = said as { limited: { endsAt: number } };
	expect(limited.endsAt - before).toBeGreaterThanOrEqual(7_199_000);
	expect(limited.endsAt - before).toBeLessThan(7_300_000);
});

describe('a request ID in an answer that is no whole JSON object', () => {
	const ANSWER = JSON.stringify({ data: { request_id: 'c08a-339c' } });

	/** What is known of a submit to a service that answers in this way. */
	async function known(answer: (response: ServerResponse) => void) {
		const { url: baseUrl } = await startStorage((request, response) => {
			request.resume().on('end', () => answer(response));
		});
		const deapi = (await Deapi.open()).with({ baseUrl });
		return await inNode(deapi, async (call) => {
			await sendOne(call);
			const [entry] = ledgerOf(call.run).all;
			return entry?.unclear === undefined ? entry?.request_ids : 'unclear';
		});
	}

	test.each([
		['a byte order mark in front of it', `\uFEFF${ANSWER}`],
		['a warning in front of it', `<br />\n<b>Deprecated</b>: x in y on line 3<br />\n${ANSWER}`],
		['a remark behind it', `${ANSWER}\n<!-- 0.2 s -->`],
		['it in a list', `[${ANSWER}]`],
		['it as a text in JSON', JSON.stringify(ANSWER)],
		['its end missing', ANSWER.slice(0, -1)],
	])('is a job: %s', async (_what, text) => {
		expect(await known((response) => response.end(text))).toEqual(['c08a-339c']);
	});

	test.each([
		['by its announced length', { 'content-length': '99' }],
		['in its chunks', {}],
	])('is a job where the connection breaks behind it: %s', async (_what, headers) => {
		const ids = await known((response) => {
			response.writeHead(200, headers);
			response.write(ANSWER, () => setImmediate(() => response.destroy()));
		});
		expect(ids).toEqual(['c08a-339c']);
	});

	test('is a number as well', async () => {
		expect(await known((response) => response.end('[{"request_id": 77}]'))).toEqual(['77']);
	});

	test.each(['{"data":{"request_id":"c08a', '{"data":{"request_id":', '{"request_id":""}', '""'])(
		'is none that is cut or empty: %s',
		async (text) => expect(await known((response) => response.end(text))).toBe('unclear'),
	);
});
