/**
 * Video > Estimate Price and Account > Get Balance.
 */
import { errorOf, outputOf } from './support/engine';
import { closeAfterEach, runOperation, startService, type Service } from './support/service';
import { NODE } from './support/workflows';

closeAfterEach();

const PRICE = { resource: 'video', operation: 'estimatePrice' };
const BALANCE = { resource: 'account', operation: 'getBalance' };
const SLUG = 'Ltx2_3_22B_Dist_INT8';

function over(service: Service, apiVersion: 'v1' | 'v2'): Service {
	return { ...service, credentials: { ...service.credentials, apiVersion } };
}

describe('Estimate Price', () => {
	it.each([
		['v1', '/api/v1/client/aud2video/price-calculation'],
		['v2', '/api/v2/videos/audio-syncs/price'],
	] as const)('asks what the video would cost over %s, as JSON', async (version, path) => {
		const service = await startService({ price: 0.225 });
		const run = await runOperation(over(service, version), PRICE);
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
		const [request] = service.requestsTo('price');
		expect(request?.path).toBe(path);
		expect(request?.headers['content-type']).toBe('application/json');
		expect(request?.json).toEqual({ model: SLUG, width: 512, height: 512, frames: 97, fps: 24 });
		expect(service.fake.jobs).toEqual([]);
	});

	it('sends the values of each item, and steps where they are set', async () => {
		const service = await startService();
		const parameters = {
			...PRICE,
			model: { __rl: true, mode: 'list', value: 'Ltx2_19B_Dist_FP8' },
			width: '={{ $json.width }}',
			frames: '={{ $json.frames }}',
			options: { steps: 20 },
		};
		const items = [
			{ width: '640', frames: 49 },
			{ width: 1024, frames: 241 },
		];
		const run = await runOperation(service, parameters, { items });
		const output = outputOf(run, NODE);
		expect(output.map(({ json }) => [json.width, json.frames, json.steps])).toEqual([
			[640, 49, 20],
			[1024, 241, 20],
		]);
		expect(output.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
		const sent = service.requestsTo('price').map(({ json }) => json);
		expect(sent).toHaveLength(2);
		expect(sent).toContainEqual({
			model: 'Ltx2_19B_Dist_FP8',
			width: 640,
			height: 512,
			frames: 49,
			fps: 24,
			steps: 20,
		});
	});

	it('takes a price that came as text for a number', async () => {
		const service = await startService();
		const body = { data: { price: '0.15', discount: null } };
		service.fake.faults.add({ route: 'price', fault: { type: 'status', status: 200, body } });
		const [item] = outputOf(await runOperation(service, PRICE), NODE);
		expect(item?.json).toMatchObject({ price: 0.15, currency: 'USD', discount: null });
	});

	it('names the fields that deAPI refuses by their labels', async () => {
		const service = await startService({ models: [] });
		const { message, description } = errorOf(await runOperation(service, PRICE));
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
		const service = await startService();
		service.fake.faults.add({ route: 'price', fault });
		expect(errorOf(await runOperation(service, PRICE)).message).toContain(text);
	});

	it('goes on with the other items where one is refused', async () => {
		const service = await startService();
		const parameters = { ...PRICE, frames: '={{ $json.frames }}' };
		const run = await runOperation(service, parameters, {
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
		const service = await startService({ balance: 19.72 });
		const run = await runOperation(over(service, version), BALANCE);
		expect(outputOf(run, NODE)).toEqual([
			{ json: { balance: 19.72, currency: 'USD' }, pairedItem: { item: 0 } },
		]);
		expect(service.requestsTo('balance').map((request) => request.path)).toEqual([path]);
	});

	it('takes a balance that came as text for a number, and zero for a balance', async () => {
		const service = await startService();
		for (const balance of ['7.5', 0]) {
			const body = { data: { balance } };
			service.fake.faults.add({ route: 'balance', fault: { type: 'status', status: 200, body } });
		}
		const [first] = outputOf(await runOperation(service, BALANCE), NODE);
		const [second] = outputOf(await runOperation(service, BALANCE), NODE);
		expect([first?.json.balance, second?.json.balance]).toEqual([7.5, 0]);
	});

	it('reads it for each item', async () => {
		const service = await startService();
		const run = await runOperation(service, BALANCE, { items: [{}, {}, {}] });
		expect(outputOf(run, NODE).map(({ pairedItem }) => pairedItem)).toEqual(
			[0, 1, 2].map((item) => ({ item })),
		);
	});

	it.each([
		[{ type: 'status' as const, status: 401 }, 'deAPI did not accept the API key'],
		[{ type: 'status' as const, status: 403 }, 'deAPI does not let this account in'],
		[{ type: 'status' as const, status: 404 }, 'deAPI does not know this address'],
		[{ type: 'html' as const, status: 200 }, 'deAPI gave an answer that could not be read'],
		[
			{ type: 'status' as const, status: 200, body: { data: [] } },
			'deAPI gave an answer that could not be read',
		],
	])('says what went wrong: %j', async (fault, text) => {
		const service = await startService();
		service.fake.faults.add({ route: 'balance', fault });
		expect(errorOf(await runOperation(service, BALANCE)).message).toBe(text);
		// n8n repeats a request by itself on 401.
		expect(service.requestsTo('balance')).toHaveLength(1);
	});
});
