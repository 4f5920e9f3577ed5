/**
 * Video > Estimate Price and Account > Get Balance.
 */
import { errorOf, outputOf } from '../support/engine';
import { Deapi } from '../support/deapi';
import { NODE } from '../support/workflows';

const PRICE = { resource: 'video', operation: 'estimatePrice' };
const BALANCE = { resource: 'account', operation: 'getBalance' };
const SLUG = 'Ltx2_3_22B_Dist_INT8';

describe('Estimate Price', () => {
	it.each([
		['v1', '/api/v1/client/aud2video/price-calculation'],
		['v2', '/api/v2/videos/audio-syncs/price'],
	] as const)('asks what the video would cost over %s, as JSON', async (version, path) => {
		const deapi = await Deapi.open({ price: 0.225 });
		const run = await deapi.with({ apiVersion: version }).operate({ ...PRICE, frames: 97 });
		expect(outputOf(run, NODE)).toEqual([
			{
				json: {
					price: 0.225,
					currency: 'USD',
					model: SLUG,
					width: 512,
					height: 512,
					frames: 97,
					fps: 24,
				},
				pairedItem: { item: 0 },
			},
		]);
		const [request] = deapi.requestsTo('price');
		expect(request?.path).toBe(path);
		expect(request?.headers['content-type']).toBe('application/json');
		expect(request?.json).toEqual({ model: SLUG, width: 512, height: 512, frames: 97, fps: 24 });
		expect(deapi.fake.jobs).toEqual([]);
	});

	it('sends the values of each item, and steps where they are set', async () => {
		const deapi = await Deapi.open();
		const parameters = {
			...PRICE,
			model: { __rl: true, mode: 'list', value: 'LtxStudio_30B_Dist_FP8' },
			width: '={{ $json.width }}',
			frames: '={{ $json.frames }}',
			options: { steps: 20 },
		};
		const items = [
			{ width: '640', frames: 49 },
			{ width: 1024, frames: 241 },
		];
		const run = await deapi.operate(parameters, { items });
		const output = outputOf(run, NODE);
		expect(output.map(({ json }) => [json.width, json.frames, json.steps])).toEqual([
			[640, 49, 20],
			[1024, 241, 20],
		]);
		expect(output.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
		const sent = deapi.requestsTo('price').map(({ json }) => json);
		expect(sent).toHaveLength(2);
		expect(sent).toContainEqual({
			model: 'LtxStudio_30B_Dist_FP8',
			width: 640,
			height: 512,
			frames: 49,
			fps: 24,
			steps: 20,
		});
	});

	it('takes a price that came as text for a number', async () => {
		const deapi = await Deapi.open();
		const body = { data: { price: '0.15', discount: null } };
		deapi.fake.faults.add({ route: 'price', fault: { type: 'status', status: 200, body } });
		const [item] = outputOf(await deapi.operate(PRICE), NODE);
		expect(item?.json).toMatchObject({ price: 0.15, currency: 'USD', discount: null });
	});

	it('names the fields that deAPI refuses by their labels', async () => {
		const deapi = await Deapi.open({ models: [] });
		const { message, description } = errorOf(await deapi.operate(PRICE));
		expect(message).toBe("deAPI did not accept 'Model'");
		expect(description).toContain('The selected model is invalid.');
	});

	it.each([
		[{ type: 'status' as const, status: 401 }, 'deAPI did not accept the API key'],
		[{ type: 'html' as const, status: 500 }, 'deAPI is not available at the moment (status 500)'],
		[{ type: 'empty' as const, status: 200 }, 'deAPI gave an answer that could not be read'],
		[{ type: 'truncatedJson' as const }, 'deAPI gave an answer that could not be read'],
		[{ type: 'cutAfterBody' as const, accept: true }, 'deAPI could not be reached'],
	])('says what went wrong: %j', async (fault, text) => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: 'price', fault });
		expect(errorOf(await deapi.operate(PRICE)).message).toContain(text);
	});

	it('goes on with the other items where one is refused', async () => {
		const deapi = await Deapi.open();
		const parameters = { ...PRICE, frames: '={{ $json.frames }}' };
		const run = await deapi.operate(parameters, {
			items: [{ frames: 97 }, { frames: 1000 }, { frames: 121 }],
			onError: 'continueRegularOutput',
		});
		const output = outputOf(run, NODE);
		expect(output.map(({ json }) => json.price)).toEqual([0.15, undefined, 0.15]);
		expect(output[1]?.json.error).toContain("'Frames'");
		expect(output.map(({ pairedItem }) => pairedItem)).toEqual([0, 1, 2].map((item) => ({ item })));
	});
});

describe('Get Balance', () => {
	it.each([
		['v1', '/api/v1/client/balance'],
		['v2', '/api/v2/account/balance'],
	] as const)('reads the credit of the account over %s', async (version, path) => {
		const deapi = await Deapi.open({ balance: 19.72 });
		const run = await deapi.with({ apiVersion: version }).operate(BALANCE);
		expect(outputOf(run, NODE)).toEqual([
			{ json: { balance: 19.72, currency: 'USD' }, pairedItem: { item: 0 } },
		]);
		expect(deapi.requestsTo('balance').map((request) => request.path)).toEqual([path]);
	});

	it('takes a balance that came as text for a number, and zero for a balance', async () => {
		const deapi = await Deapi.open();
		for (const balance of ['7.5', 0]) {
			const body = { data: { balance } };
			deapi.fake.faults.add({ route: 'balance', fault: { type: 'status', status: 200, body } });
		}
		const [first] = outputOf(await deapi.operate(BALANCE), NODE);
		const [second] = outputOf(await deapi.operate(BALANCE), NODE);
		expect([first?.json.balance, second?.json.balance]).toEqual([7.5, 0]);
	});

	it('reads it for each item', async () => {
		const deapi = await Deapi.open();
		const run = await deapi.operate(BALANCE, { items: [{}, {}, {}] });
		expect(outputOf(run, NODE).map(({ pairedItem }) => pairedItem)).toEqual(
			[0, 1, 2].map((item) => ({ item })),
		);
	});

	it.each([
		[{ type: 'status' as const, status: 401 }, 'deAPI did not accept the API key'],
		[{ type: 'status' as const, status: 403 }, 'deAPI has denied this account access'],
		[{ type: 'status' as const, status: 404 }, 'deAPI does not know this address'],
		[{ type: 'html' as const, status: 200 }, 'deAPI gave an answer that could not be read'],
		[
			{ type: 'status' as const, status: 200, body: { data: [] } },
			'deAPI gave an answer that could not be read',
		],
	])('says what went wrong: %j', async (fault, text) => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: 'balance', fault });
		expect(errorOf(await deapi.operate(BALANCE)).message).toBe(text);
		// n8n repeats a request by itself on 401.
		expect(deapi.requestsTo('balance')).toHaveLength(1);
	});
});
