/** The question for a price that deAPI can only tell from the file itself. */
import { readFileSync } from 'node:fs';
import type { Call } from '../../nodes/Deapi/engine/call';
import { Failure } from '../../nodes/Deapi/engine/failure';
import type { FilePart } from '../../nodes/Deapi/prepare/files';
import { MB } from '../../nodes/Deapi/prepare/files';
import { Account } from '../../nodes/Deapi/service/account';
import { priceEndpoint } from '../../nodes/Deapi/service/endpoints';
import { ENHANCE_ENDPOINT } from '../../nodes/Deapi/prepare/checks/enhancement';
import { priceOf, wholePriceOf } from '../../nodes/Deapi/submit/priceCap';
import { timelessClock } from '../support/attacks';
import { Deapi, fieldsOf, filePart } from '../support/deapi';
import { openStream, outcomeOf, partOf } from '../support/parts';
import { inNode } from '../support/probe';
import { fixture } from '../support/workflows';

const ENDPOINT = { v1: '/api/v1/client/transcribe', v2: '/api/v2/audio/transcriptions' };
const VALUES = { model: 'WhisperLargeV3Ct2', include_ts: false };

/** Asks as an item does. */
async function ask(call: Call, pricedFiles?: FilePart[], needsV2?: boolean): Promise<number> {
	const account = await Account.of(call.context);
	// Where there is no file its length is told.
	const priced = pricedFiles === undefined ? { ...VALUES, duration_seconds: 7 } : VALUES;
	const request = { priced, pricedAs: 'multipart', pricedFiles, needsV2 } as const;
	return (await priceOf(call, account, ENDPOINT, request)).amount;
}

const sound = () => {
	const content = readFileSync(fixture('song.mp3'));
	return partOf(content.length, () => content, 'source_file');
};

describe('the question for a price', () => {
	test('has the values and the file', async () => {
		const deapi = await Deapi.open();
		const price = await inNode(deapi, async (call) => await outcomeOf(ask(call, [sound()])));
		expect(price).toBe(deapi.fake.settings.price);
		const [question] = deapi.requestsTo('price');
		expect(fieldsOf(question)).toEqual({ model: VALUES.model, include_ts: '0' });
		expect(filePart(question, 'source_file').size).toBe(sound().file.size);
	});

	test('is asked by each item with its own file; without files once for the same values', async () => {
		const deapi = await Deapi.open();
		await inNode(deapi, async (call) => {
			const other = Object.create(call, { item: { value: 1 } }) as Call;
			await Promise.all([ask(call, [sound()]), ask(other, [sound()])]);
			expect(deapi.requestsTo('price')).toHaveLength(2);
			return await Promise.all([ask(call), ask(other)]);
		});
		expect(deapi.requestsTo('price')).toHaveLength(3);
	});

	test.each([
		[undefined, 'v1'],
		[false, 'v1'],
		[true, 'v2'],
	] as const)('goes where the job goes: needs v2 %s, asked on %s', async (needsV2, version) => {
		const deapi = await Deapi.open();
		await inNode(deapi, async (call) => await ask(call, undefined, needsV2));
		expect(deapi.requestsTo('price').map(({ path }) => path)).toEqual([
			priceEndpoint(ENDPOINT)[version],
		]);
	});

	test('of a job that enhances its prompt is two: the sum is an estimate, the fee is told by v2', async () => {
		const deapi = await Deapi.open({ price: 0.2 });
		const fee = { prompt: 'A song', type: 'images.generations', model_slug: 'Flux1schnell' };
		const price = await inNode(deapi, async (call) => {
			const furtherPrice = { endpoint: ENHANCE_ENDPOINT, priced: fee };
			const request = {
				priced: { ...VALUES, duration_seconds: 7 },
				pricedAs: 'multipart',
			} as const;
			const account = await Account.of(call.context);
			return [
				await wholePriceOf(call, account, ENDPOINT, request),
				await wholePriceOf(call, account, ENDPOINT, { ...request, furtherPrice }),
			];
		});
		expect(price).toEqual([
			{ amount: 0.2, isEstimated: false },
			{ amount: 0.4, isEstimated: true },
		]);
		const asked = deapi.requestsTo('price').at(-1);
		expect(asked?.path).toBe(priceEndpoint(ENHANCE_ENDPOINT).v2);
		expect(fieldsOf(asked)).toEqual(fee);
	});

	test('is broken off where the file is not as long as n8n says, and says so', async () => {
		const deapi = await Deapi.open();
		const stream = openStream();
		const said = await inNode(deapi, async (call) => {
			const asking = outcomeOf(ask(call, [partOf(MB, () => stream, 'source_file')]));
			stream.push(Buffer.alloc(MB / 2));
			stream.push(null);
			return await asking;
		});
		expect(said).toMatchObject({
			message: 'The song is not as long as n8n says: only 0.5 MB of the 1 MB came',
		});
	});

	test('that gets no answer says so', async () => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: 'price', fault: { type: 'cutAfterBody', accept: false } });
		const said = await inNode(deapi, async (call) => await outcomeOf(ask(call, [sound()])));
		expect(said).toMatchObject({
			message: expect.stringContaining('connection was cut') as string,
		});
	});

	test('ends with the pass that asks, and closes its files', async () => {
		const deapi = await Deapi.open();
		const streams = [openStream(), openStream()];
		const said = await inNode(deapi, async (call) => {
			const parts = streams.map((stream) => partOf(MB, () => stream, 'source_file'));
			const asking = outcomeOf(ask(call, parts));
			await deapi.fake.waitFor(() => streams.every((stream) => stream.listenerCount('error') > 0));
			call.pass.stop(new Failure({ message: 'Another item', description: '' }));
			return await asking;
		});
		expect(said).toMatchObject({ message: expect.stringContaining('canceled') as string });
		expect(streams.map(({ destroyed }) => destroyed)).toEqual([true, true]);
	});

	test.each<[string, FilePart[] | undefined, number]>([
		['ten minutes with a file', [sound()], 600_000],
		['half a minute without one', undefined, 30_000],
	])('is waited for %s', async (_how, files, ms) => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: 'price', fault: { type: 'hang' } });
		const said = await inNode(deapi, async (call) => {
			const time = timelessClock();
			return [await outcomeOf(ask(call, files)), time()];
		});
		const reason = expect.stringContaining('no answer came within the time limit') as string;
		expect(said).toEqual([expect.objectContaining({ message: reason }), ms]);
	});
});
