/** One submit on its way: what ends it before its answer, and what keeps it from being sent. */
import type { Call } from '../../nodes/Deapi/engine/call';
import { Failure } from '../../nodes/Deapi/engine/failure';
import type { FilePart } from '../../nodes/Deapi/prepare/files';
import { MB } from '../../nodes/Deapi/prepare/files';
import { AUDIO_TO_VIDEO_ENDPOINT } from '../../nodes/Deapi/prepare/video';
import { ledgerOf } from '../../nodes/Deapi/submit/ledger';
import { NOT_SENT, send } from '../../nodes/Deapi/submit/send';
import { timelessClock } from '../support/attacks';
import { Deapi } from '../support/deapi';
import { openStream, outcomeOf, partOf, submitOf } from '../support/parts';
import { changed, inNode } from '../support/probe';

const ANOTHER = new Failure({ message: 'Another item', description: '' });

/** Sends a file, and returns what was said. */
async function sendFile(call: Call, file?: FilePart, request = {}): Promise<unknown> {
	return await outcomeOf(send(call, ledgerOf(call.run), submitOf(file, request)));
}

/** Sends a file of which half comes, and returns what was said. */
async function sendHalf(call: Call): Promise<unknown> {
	const stream = openStream();
	const sending = sendFile(
		call,
		partOf(MB, () => stream),
	);
	stream.push(Buffer.alloc(MB / 2));
	stream.push(null);
	return await sending;
}

describe('what keeps a submit from being sent', () => {
	test('a file that is gone, unless the execution was canceled meanwhile', async () => {
		const deapi = await Deapi.open();
		const gone = () => {
			throw new Error('ENOENT');
		};
		const said = await inNode(deapi, async (call) => [
			await sendFile(call, partOf(MB, gone)),
			await sendFile(changed(call, { isCanceled: true }), partOf(MB, gone)),
		]);
		expect(said).toMatchObject([
			{ message: 'The song can no longer be read', submitted: 'no' },
			{ message: 'The execution was canceled before this item was sent', submitted: 'no' },
		]);
		expect(deapi.submits).toEqual([]);
	});

	test('a credential that was deleted while the item waited', async () => {
		const said = await inNode(await Deapi.open(), async (call) => {
			const value = async () => await Promise.reject(new Error('It is gone'));
			const context: unknown = Object.create(call.context, { getCredentials: { value } });
			return await sendFile(changed(call, { context }));
		});
		expect(said).toMatchObject({
			message: "The 'deAPI API' credential could not be read",
			description: expect.stringMatching(/Nothing was submitted for this item\.$/) as string,
			submitted: 'no',
		});
	});

	test('a node that stops while the file is opened; the file is closed', async () => {
		const deapi = await Deapi.open();
		const stream = openStream();
		const said = await inNode(deapi, async (call) => {
			const open = () => {
				call.pass.stop(ANOTHER);
				return stream;
			};
			return await sendFile(call, partOf(MB, open));
		});
		expect(said).toEqual(NOT_SENT.facts);
		expect(stream.destroyed).toBe(true);
		expect(deapi.submits).toEqual([]);
	});

	test('a node that has stopped before: the request is not even made', async () => {
		let made = 0;
		const said = await inNode(await Deapi.open(), async (call) => {
			call.pass.stop(ANOTHER);
			const request = async () => await Promise.reject(new Error(`Made ${++made} times`));
			const submit = submitOf(undefined, {}, { request });
			return await outcomeOf(send(call, ledgerOf(call.run), submit));
		});
		expect(said).toEqual(NOT_SENT.facts);
		expect(made).toBe(0);
	});

	test('a service that nobody can reach: tried three times, by the other items once', async () => {
		const deapi = (await Deapi.open()).with({ baseUrl: 'http://127.0.0.1:1' });
		const tries = await inNode(deapi, async (call) => {
			timelessClock();
			const connect = jest.spyOn(call.context.helpers, 'httpRequestWithAuthentication');
			const first = await sendFile(call);
			const count = connect.mock.calls.length;
			const second = await sendFile(call);
			expect([first, second]).toMatchObject([{ submitted: 'no' }, { submitted: 'no' }]);
			expect(ledgerOf(call.run).all).toEqual([]);
			return [count, connect.mock.calls.length - count];
		});
		expect(tries).toEqual([3, 1]);
	});
});

describe('an upload that gets no answer', () => {
	test.each<[string, object]>([
		['as n8n runs it', {}],
		['on an engine without a signal for a cancel', { cancelSignal: undefined }],
	])('is broken off where its file ends early, and is no doubt: %s', async (_where, changes) => {
		const said = await inNode(await Deapi.open(), async (call) => {
			const facts = await sendHalf(changed(call, changes));
			expect(ledgerOf(call.run).all).toEqual([]);
			return facts;
		});
		expect(said).toMatchObject({
			message: 'The song is not as long as n8n says: only 0.5 MB of the 1 MB came',
			submitted: 'no',
		});
	});

	test('ends with its execution, and may have made a job', async () => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: 'submit', fault: { type: 'hang' } });
		const said = await inNode(deapi, async (call) => {
			const cancel = new AbortController();
			const sending = sendFile(changed(call, { cancelSignal: cancel.signal }));
			await deapi.fake.waitFor(() => deapi.submits.length === 1);
			cancel.abort();
			return await sending;
		});
		expect(said).toMatchObject({
			message: expect.stringContaining('(the execution was canceled)') as string,
			submitted: 'unknown',
		});
		expect(said).not.toHaveProperty('status');
	});

	test('goes on where only its node stops', async () => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({
			route: 'submit',
			fault: { type: 'status', status: 200, body: { data: { request_id: 'id-a' } } },
		});
		const ids = await inNode(deapi, async (call) => {
			const sending = sendFile(call);
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
			return [await sendFile(patient), time()] as const;
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
		await inNode(deapi, async (call) => [await sendFile(call, undefined, { needsV2 })]);
		expect(deapi.submits.map(({ path }) => path)).toEqual([AUDIO_TO_VIDEO_ENDPOINT[version]]);
	},
);

test('a submit that a limit refuses says which, and when it ends', async () => {
	const deapi = await Deapi.open();
	const fault = { type: 'rateLimit', kind: 'daily', retryAfter: 7200 } as const;
	deapi.fake.faults.add({ route: 'submit', fault });
	const before = Date.now();
	const said = await inNode(deapi, async (call) => await sendFile(call));
	expect(said).toMatchObject({ limited: { kind: 'daily' } });
	const { limited } = said as { limited: { endsAt: number } };
	expect(limited.endsAt - before).toBeGreaterThanOrEqual(7_199_000);
	expect(limited.endsAt - before).toBeLessThan(7_300_000);
});
