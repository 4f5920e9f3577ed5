/** One submit that ends before its answer: the test's own storage decides when. */
import type { Call } from '../../nodes/Deapi/engine/call';
import { Failure } from '../../nodes/Deapi/engine/failure';
import type { FilePart } from '../../nodes/Deapi/prepare/files';
import { MB } from '../../nodes/Deapi/prepare/files';
import { AUDIO_TO_VIDEO_ENDPOINT } from '../../nodes/Deapi/prepare/video';
import { Account } from '../../nodes/Deapi/service/account';
import { ledgerOf } from '../../nodes/Deapi/submit/ledger';
import type { Submit } from '../../nodes/Deapi/submit/send';
import { NOT_SENT, send } from '../../nodes/Deapi/submit/send';
import { settle } from '../../nodes/Deapi/submit/submit';
import { Deapi } from '../support/deapi';
import { openStream, partOf } from '../support/parts';
import { inNode } from '../support/probe';

function submitOf(file: FilePart): Submit {
	const request = { body: {}, files: [file], sent: {}, priced: {} };
	return {
		key: { item: 0 },
		endpoint: AUDIO_TO_VIDEO_ENDPOINT,
		request: async () => await Promise.resolve({ encoding: 'multipart', ...request }),
	};
}

/** Sends a file, and returns what was said. */
async function sendFile(call: Call, file: FilePart): Promise<unknown> {
	const ledger = ledgerOf(call.run);
	const said = await send(call, ledger, submitOf(file)).catch((error: unknown) =>
		error instanceof Failure ? error.facts : error,
	);
	expect(ledger.all).toEqual([]);
	return said;
}

test('a file that is gone says so, unless the execution was canceled meanwhile', async () => {
	const deapi = await Deapi.open();
	const gone = () => {
		throw new Error('ENOENT');
	};
	const said = await inNode(deapi, async (call) => {
		const canceled = Object.create(call, { isCanceled: { value: true } }) as Call;
		return [await sendFile(call, partOf(MB, gone)), await sendFile(canceled, partOf(MB, gone))];
	});
	expect(said).toMatchObject([
		{ message: 'The song can no longer be read', submitted: 'no' },
		{ message: 'The execution was canceled before this item was sent', submitted: 'no' },
	]);
	expect(deapi.submits).toEqual([]);
});

test('a credential that was deleted while the item waited says so', async () => {
	const said = await inNode(await Deapi.open(), async (call) => {
		const getCredentials = async () => await Promise.reject(new Error('It is gone'));
		const context = Object.create(call.context, {
			getCredentials: { value: getCredentials },
		}) as Call['context'];
		const without = Object.create(call, { context: { value: context } }) as Call;
		return await sendFile(
			without,
			partOf(3, () => Buffer.from('abc')),
		);
	});
	expect(said).toMatchObject({
		message: "The 'deAPI API' credential could not be read",
		description: expect.stringMatching(/Nothing was submitted for this item\.$/) as string,
		submitted: 'no',
	});
});

describe('a submit that a limit refuses', () => {
	const file = () => partOf(3, () => Buffer.from('abc'));
	const refuse = (deapi: Deapi, times: number, kind: 'minute' | 'daily' = 'minute') =>
		deapi.fake.faults.add({
			route: 'submit',
			times,
			fault: { type: 'rateLimit', kind, retryAfter: kind === 'daily' ? 7200 : 0 },
		});

	test('says which limit, and when it ends', async () => {
		const deapi = await Deapi.open();
		refuse(deapi, 1, 'daily');
		const before = Date.now();
		const said = await inNode(deapi, async (call) => await sendFile(call, file()));
		expect(said).toMatchObject({ limited: { kind: 'daily' } });
		const { limited } = said as { limited: { endsAt: number } };
		expect(limited.endsAt - before).toBeGreaterThanOrEqual(7_199_000);
		expect(limited.endsAt - before).toBeLessThan(7_300_000);
	});

	test.each<[number, 'minute' | 'daily', RegExp]>([
		[1, 'minute', /^This item was not submitted\. (?!It was refused)/],
		[3, 'minute', /^This item was not submitted\. It was refused 3 times in a row\. /],
		[1, 'daily', /^This item was not submitted\. (?!It was refused)/],
	])('is given up after refusal %d (%s), and says so', async (times, kind, description) => {
		const deapi = await Deapi.open();
		refuse(deapi, times, kind);
		const said = await inNode(deapi, async (call) => {
			const options = { rateLimitRetries: times - 1 };
			const patient = Object.create(call, { options: { value: options } }) as Call;
			const account = await Account.of(call.context);
			const turn = { order: 0, signal: call.signal, unsent: NOT_SENT };
			const ledger = ledgerOf(call.run);
			return await settle(patient, account, ledger, submitOf(file()), turn).catch(
				(error: unknown) => (error instanceof Failure ? error.facts : error),
			);
		});
		expect(said).toMatchObject({
			description: expect.stringMatching(description) as string,
			submitted: 'no',
		});
		expect(deapi.submits).toHaveLength(times);
	});
});

test('a node that stops while a file is opened sends nothing, and closes the file', async () => {
	const deapi = await Deapi.open();
	const stream = openStream();
	const said = await inNode(deapi, async (call) => {
		const open = () => {
			call.pass.stop(new Failure({ message: 'Another item', description: '' }));
			return stream;
		};
		return await sendFile(call, partOf(MB, open));
	});
	expect(said).toMatchObject({ message: 'The execution was canceled before this item was sent' });
	expect(stream.destroyed).toBe(true);
	expect(deapi.submits).toEqual([]);
});

test('an upload whose file ends early is broken off, also where the engine has no cancel', async () => {
	const deapi = await Deapi.open();
	const stream = openStream();
	const said = await inNode(deapi, async (call) => {
		const older = Object.create(call, { cancelSignal: { value: undefined } }) as Call;
		const sending = sendFile(
			older,
			partOf(MB, () => stream),
		);
		stream.push(Buffer.alloc(MB / 2));
		stream.push(null);
		return await sending;
	});
	expect(said).toMatchObject({
		message: 'The song is not as long as n8n says: only 0.5 MB of the 1 MB came',
		submitted: 'no',
	});
});
