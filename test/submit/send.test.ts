/** One submit that ends before its answer: the test's own storage decides when. */
import type { Call } from '../../nodes/Deapi/engine/call';
import { Failure } from '../../nodes/Deapi/engine/failure';
import type { FilePart } from '../../nodes/Deapi/prepare/files';
import { MB } from '../../nodes/Deapi/prepare/files';
import { ledgerOf } from '../../nodes/Deapi/submit/ledger';
import { send } from '../../nodes/Deapi/submit/send';
import { Deapi } from '../support/deapi';
import { openStream, partOf } from '../support/parts';
import { inNode } from '../support/probe';

const ENDPOINT = { v1: '/api/v1/client/aud2video', v2: '/api/v2/videos/audio-generations' };

/** Sends a file, and returns what was said. */
async function sendFile(call: Call, file: FilePart): Promise<unknown> {
	const request = { body: {}, files: [file], sent: {}, priced: {} };
	const ledger = ledgerOf(call.run);
	const submit = {
		key: { item: 0 },
		endpoint: ENDPOINT,
		request: async () => await Promise.resolve({ encoding: 'multipart' as const, ...request }),
	};
	const said = await send(call, ledger, submit).catch((error: unknown) =>
		error instanceof Failure ? error.facts : error,
	);
	expect(ledger.all).toEqual([]);
	return said;
}

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
