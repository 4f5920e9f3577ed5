/** Values that no field should have: each is told by its label, before anything is sent. */
import type { IBinaryData, IDataObject, INodeParameters } from 'n8n-workflow';
import { changedWorkflow } from '../../support/changed-items';
import { Deapi, expectGoodText } from '../../support/deapi';
import { songItem } from '../../support/workflows';

const asExpression = (code: string) => `={{ ${code} }}`;
const ODD = ['NaN', 'Infinity', '-Infinity', '1e300', '"1e300"', '[]', '({})', '"abc"', 'true'];
const NUMBERS: Array<[label: string, (value: string) => INodeParameters]> = [
	['Width', (value) => ({ size: 'custom', width: value })],
	['Height', (value) => ({ size: 'custom', height: value })],
	['Frames', (value) => ({ lengthMode: 'frames', frames: value })],
	['FPS', (value) => ({ fps: value })],
	['Seed', (value) => ({ seed: value })],
	['Duration (Seconds)', (value) => ({ lengthMode: 'seconds', duration: value })],
	['Steps', (value) => ({ options: { steps: value } })],
	['Guidance', (value) => ({ options: { guidance: value } })],
	['Max Price (USD)', (value) => ({ options: { maxPrice: value } })],
];

describe.each(NUMBERS)('%s', (label, parameters) => {
	test.each(ODD)('of %s', async (code) => {
		const deapi = await Deapi.open();
		const outcome = await deapi.run(undefined, parameters(asExpression(code)));
		const { stop } = outcome;
		expect(stop.message).toContain(`'${label}'`);
		expect(deapi.submits).toEqual([]);
		expect(stop.data.submitted).toBe('no');
		expect(stop.message + stop.description).not.toMatch(/\[object|undefined|defect/);
		expect(stop.description).not.toBe('');
	});
});

test.each<[string, string, INodeParameters]>([
	['a sound’s URL', 'Audio URL', { audioSource: 'url', audioUrl: 'https://example.com/a b.mp3' }],
	['a webhook’s URL', 'Webhook URL', { options: { webhookUrl: 'https://example.com/a b' } }],
	[
		'a picture’s URL',
		'First Frame Image URL',
		{ options: { firstFrameUrl: 'https://exa mple.com/a' } },
	],
])('spaces in %s', async (_name, label, parameters) => {
	const deapi = await Deapi.open();
	const { stop } = await deapi.run(undefined, parameters);
	expect(stop.message).toContain(`'${label}'`);
	expect(deapi.submits).toEqual([]);
	expectGoodText(stop.message);
	expectGoodText(stop.description);
});

test.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'])(
	'%s as a field, a model, a size, a kind of model and an output field',
	async (word) => {
		const deapi = await Deapi.open();
		const field = await deapi.run(undefined, { binaryPropertyName: word });
		expect(field.stop.message).toContain(`'${word}' ('Input Audio Field')`);
		const model = await deapi.run(undefined, { model: { __rl: true, mode: 'id', value: word } });
		expect(model.stop.message).toBe("deAPI did not accept 'Model'");
		const size = await deapi.run(undefined, { size: asExpression(`"${word}"`) });
		if (size.run.status === 'error') expect(size.stop.message).toMatch(/'(Width|Size)/);
		const many = await deapi.run([{}], {
			resource: 'model',
			operation: 'getMany',
			filters: { inferenceType: word },
		});
		expect(many.run.status).toBe('success');
		const output = await deapi.run(undefined, {
			waitForCompletion: true,
			options: { pollInterval: 0.02, outputBinaryProperty: word },
		});
		expect(Object.keys(output.items[0]?.binary ?? {})).toHaveLength(1);
	},
);

test('a refusal and an item that speak of them', async () => {
	const deapi = await Deapi.open();
	const body = JSON.parse(
		'{"message":"No.","errors":{"__proto__":["a"],"constructor":["b"],"toString":"c"}}',
	) as IDataObject;
	deapi.fake.faults.add({ route: 'submit', fault: { type: 'status', status: 422, body } });
	const { stop } = await deapi.run();
	expect(stop.message).toContain("'constructor'");
	const item = {
		...songItem(),
		json: JSON.parse('{"__proto__":{"x":1},"constructor":1}') as IDataObject,
	};
	expect((await deapi.run([item])).items).toHaveLength(1);
	expect(({} as { x?: number }).x).toBeUndefined();
});

test('an ID as a number is asked for as it is', async () => {
	const deapi = await Deapi.open();
	await deapi.run([{}], { resource: 'job', operation: 'get', requestId: asExpression('12345') });
	expect(deapi.requestsTo('status')[0]?.path).toMatch(/\/12345$/);
});

test.each([
	'..',
	'../balance',
	'a/../b',
	'a%2f..',
	'x?y=1',
	'x#y',
	'a b',
	'.',
	'é',
	'\u0000',
	'-1',
	'{}',
])('%p is no ID, and is not sent', async (requestId) => {
	const deapi = await Deapi.open();
	const { stop } = await deapi.run([{}], { resource: 'job', operation: 'get', requestId });
	expect(stop.message).toMatch(/^'Request ID' is not a deAPI ID/);
	expect(deapi.fake.requests).toEqual([]);
	expectGoodText(stop.description);
});

test.each([-1, 0, 1.5, 'NaN', '"abc"', '1e300'])('a limit of %s', async (value) => {
	const deapi = await Deapi.open();
	const limit = typeof value === 'number' ? value : asExpression(value);
	const { run } = await deapi.run([{}], {
		resource: 'model',
		operation: 'getMany',
		returnAll: false,
		limit,
	});
	if (run.status === 'error') expect(run.data.resultData.error?.message).toContain("'Limit'");
	else expect(run.data.resultData.runData.deAPI?.[0]?.data?.main?.[0]?.length).toBeGreaterThan(0);
});

test.each([5, 0, true, [], {}])('a file that is called %p', async (fileName) => {
	const deapi = await Deapi.open();
	const parameters = { waitForCompletion: true, options: { pollInterval: 0.02 } };
	const { saved, nodeTypes } = changedWorkflow(
		[songItem()],
		(item) => {
			const file: object = { ...item.binary?.data, fileName };
			return { ...item, binary: { data: file as IBinaryData } };
		},
		parameters,
	);
	const { json } = await deapi.runSaved(saved, { nodeTypes });
	expect(json.status).toBe('done');
});
