/** What n8n's log says of a job while it is waited for. */
import { logStatus } from '../../nodes/Deapi/result/wait';
import { Deapi } from '../support/deapi';
import { inNode } from '../support/probe';

test.each([
	[undefined, 'deAPI clip 3 of 18: processing'],
	[null, 'deAPI clip 3 of 18: processing'],
	[0, 'deAPI clip 3 of 18: processing 0 %'],
	[45.5, 'deAPI clip 3 of 18: processing 45.5 %'],
	['9'.repeat(30), `deAPI clip 3 of 18: processing ${'9'.repeat(20)}… %`],
])('it has the progress where deAPI tells one: %j', async (progress, expected) => {
	const said = await inNode(await Deapi.open(), async (call) => {
		const debug = jest.spyOn(call.context.logger, 'debug');
		logStatus(call, 'clip 3 of 18', { status: 'processing', progress });
		const texts = debug.mock.calls.map(([text]) => text);
		debug.mockRestore();
		return await Promise.resolve(texts);
	});
	expect(said).toEqual([expected]);
});
