/** The file of a submit on its way: the test's own storage decides what becomes of it. */
import type { Call } from '../../nodes/Deapi/engine/call';
import { CANCELED, Failure } from '../../nodes/Deapi/engine/failure';
import type { FilePart } from '../../nodes/Deapi/prepare/files';
import { MB } from '../../nodes/Deapi/prepare/files';
import { ledgerOf } from '../../nodes/Deapi/submit/ledger';
import { send } from '../../nodes/Deapi/submit/send';
import { Deapi } from '../support/deapi';
import { openStream, outcomeOf, partOf, submitOf } from '../support/parts';
import { changed, inNode } from '../support/probe';

const ANOTHER = new Failure({ message: 'Another item', description: '' });

/** Sends a file, and returns what was said. */
async function sendFile(call: Call, file?: FilePart): Promise<unknown> {
	return await outcomeOf(send(call, ledgerOf(call.run), submitOf(file)));
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

describe('a submit is not sent', () => {
	test('where its file is gone, and says so unless the execution was canceled meanwhile', async () => {
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
			{ message: 'The execution was canceled', submitted: 'no' },
		]);
		expect(deapi.submits).toEqual([]);
	});

	test('where its node stops while the file is opened; the file is closed', async () => {
		const deapi = await Deapi.open();
		const stream = openStream();
		const said = await inNode(deapi, async (call) => {
			const open = () => {
				call.pass.stop(ANOTHER);
				return stream;
			};
			return await sendFile(call, partOf(MB, open));
		});
		expect(said).toEqual(CANCELED.facts);
		expect(stream.destroyed).toBe(true);
		expect(deapi.submits).toEqual([]);
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
});
