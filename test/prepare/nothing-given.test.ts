/** Values that an expression gives where there is nothing, or nothing sensible: they are no choice. */
import type { INodeParameters } from 'n8n-workflow';
import { Deapi, expectGoodText, fieldsOf, PROMPT } from '../support/deapi';
import { songItem } from '../support/workflows';

const NOTHING_SENSIBLE = ['NaN', 'Infinity', '-Infinity', '{ a: 1 }', '["a"]', 'true'];

describe.each(['v1', 'v2'] as const)('on %s', (apiVersion) => {
	test.each(NOTHING_SENSIBLE)('a prompt that is %s is refused, and nothing sent', async (value) => {
		const deapi = (await Deapi.open()).with({ apiVersion });
		const { stop } = await deapi.run(undefined, { prompt: `={{ ${value} }}` });
		expect(stop.message).toMatch(/^'Prompt' is not a text: /);
		expect(stop.data.submitted).toBe('no');
		expect(deapi.fake.requests).toEqual([]);
	});
});

test.each<[string, string, INodeParameters]>([
	['Caption', 'caption', { resource: 'audio', operation: 'generateMusic', caption: 'A waltz' }],
	['Text', 'text', { resource: 'audio', operation: 'generateSpeech', text: 'Hello' }],
	['Prompt', 'prompt', { resource: 'image', operation: 'generate' }],
	['Prompt', 'prompt', { resource: 'prompt', operation: 'enhance' }],
])("so is '%s' (%s) of %j", async (label, field, parameters) => {
	for (const value of NOTHING_SENSIBLE) {
		const deapi = await Deapi.open();
		const { stop } = await deapi.run([{}], { ...parameters, [field]: `={{ ${value} }}` });
		expect(stop.message).toContain(`'${label}' is not a text: `);
		expect(deapi.fake.requests).toEqual([]);
	}
});

test('a negative prompt that is NaN is refused', async () => {
	const deapi = await Deapi.open();
	const { stop } = await deapi.run(undefined, { options: { negativePrompt: '={{ NaN }}' } });
	expect(stop.message).toBe("'Negative Prompt' is not a text: NaN");
	expect(deapi.fake.requests).toEqual([]);
});

test('a number is a prompt', async () => {
	const deapi = await Deapi.open();
	await deapi.run(undefined, { prompt: '={{ 1984 }}' });
	expect(fieldsOf(deapi.submits[0]).prompt).toBe('1984');
});

describe.each(['v1', 'v2'] as const)(
	"on %s 'Max Price' that is there and holds nothing is refused",
	(apiVersion) => {
		test.each(['={{ $json.nothing }}', '={{ undefined }}', '={{ null }}', '={{ "" }}', ''])(
			'%j',
			async (maxPrice) => {
				const deapi = (await Deapi.open()).with({ apiVersion });
				const { stop } = await deapi.run(undefined, { options: { maxPrice } });
				expect(stop.message).toBe("'Max Price (USD)' is empty");
				expect(stop.description).toContain('or 0 for no limit');
				expect(stop.data.submitted).toBe('no');
				expectGoodText(stop.description);
				expect(deapi.fake.requests).toEqual([]);
			},
		);

		test('for the item for which it gives nothing', async () => {
			const deapi = (await Deapi.open()).with({ apiVersion });
			const source = [songItem('song.mp3', { most: 1 }), songItem('song.mp3', {})];
			const { items } = await deapi.run(
				source,
				{ options: { maxPrice: '={{ $json.most }}' } },
				{ onError: 'continueRegularOutput' },
			);
			expect(items[0]?.json.request_id).toBe(deapi.requestIds[0]);
			expect(items[1]?.json.error).toBe("'Max Price (USD)' is empty [item 1]");
			expect(deapi.requestIds).toHaveLength(1);
		});

		test('and is no limit where it is 0, or not there', async () => {
			const deapi = (await Deapi.open()).with({ apiVersion });
			for (const options of [{}, { maxPrice: 0 }, { maxPrice: '={{ 0 }}' }, { seed: 1 }]) {
				await deapi.run(undefined, { options });
			}
			expect(deapi.requestIds).toHaveLength(4);
			expect(deapi.requestsTo('price')).toEqual([]);
		});
	},
);

describe.each(['v1', 'v2'] as const)('on %s a seed of -1 is drawn here, and told', (apiVersion) => {
	test.each<[INodeParameters]>([
		[{ prompt: PROMPT }],
		[{ resource: 'audio', operation: 'generateMusic', caption: 'A waltz' }],
		[{ resource: 'image', operation: 'generate', prompt: PROMPT }],
	])('%j', async (parameters) => {
		const deapi = (await Deapi.open()).with({ apiVersion });
		const given = { ...parameters, waitForCompletion: false };
		const { items } = await deapi.run([songItem(), songItem()], given);
		const told = items.map(({ json }) => json.seed);
		const sent = deapi.submits.map((each) => {
			const fields: { seed?: unknown } = each.json ?? fieldsOf(each);
			return Number(fields.seed);
		});
		expect(told).toEqual(sent);
		for (const seed of sent) {
			expect(Number.isInteger(seed)).toBe(true);
			expect(seed).toBeGreaterThanOrEqual(0);
		}
		expect(sent[0]).not.toBe(sent[1]);
	});
});
