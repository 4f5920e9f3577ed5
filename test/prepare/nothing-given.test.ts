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

const SPEECH = { resource: 'audio', operation: 'generateSpeech', text: 'Hello' };
const MUSIC = { resource: 'audio', operation: 'generateMusic', caption: 'A waltz' };
const FILM = { lengthMode: 'matchAudio', whenTooLong: 'clips' };
const ENHANCE = { resource: 'prompt', operation: 'enhance' };
const TRANSCRIBE = { resource: 'audio', operation: 'transcribe' };

test.each([
	['landscape', '1024', '576'],
	[' Landscape ', '1024', '576'],
	['PORTRAIT', '576', '1024'],
	['Square', '512', '512'],
	['Custom', '640', '640'],
])("'Size' by an expression that gives '%s' is %s × %s", async (size, width, height) => {
	const deapi = await Deapi.open();
	await deapi.run(undefined, { size: `={{ "${size}" }}`, width: 640, height: 640 });
	expect(fieldsOf(deapi.submits[0])).toMatchObject({ width, height });
});

describe.each<[string, INodeParameters]>([
	['Generate From Audio', {}],
	['Generate From Text', { operation: 'generateFromText', lengthMode: 'seconds' }],
	['Estimate Price', { operation: 'estimatePrice' }],
])("%s refuses a 'Size' that is none, and sends nothing", (_operation, parameters) => {
	test.each([
		['"16:9"', "'Size' is 16:9"],
		['"constructor"', "'Size' is constructor"],
		['({ a: 1 })', "'Size' is an object"],
		['7', "'Size' is 7"],
		['""', "'Size' is empty"],
		['" "', "'Size' is empty"],
		['null', "'Size' is empty"],
		['undefined', "'Size' is empty"],
	])('%s', async (value, message) => {
		const deapi = await Deapi.open();
		const { stop } = await deapi.run(undefined, { ...parameters, size: `={{ ${value} }}` });
		expect(stop.message).toBe(message);
		expect(stop.description).toContain('Enter custom, landscape, portrait or square.');
		expect(stop.data.submitted).toBe('no');
		expect(deapi.fake.requests).toEqual([]);
	});
});

describe('so is each other choice of the panel', () => {
	test.each<[string, INodeParameters, string]>([
		['For', { ...ENHANCE, type: '={{ "video" }}' }, 'is video'],
		['For', { ...ENHANCE, type: '={{ null }}' }, 'is empty'],
		['Format', { ...SPEECH, format: '={{ null }}' }, 'is empty'],
		['Mode', { ...SPEECH, options: { mode: '={{ "clone" }}' } }, 'is clone'],
		['Time Signature', { ...MUSIC, options: { timeSignature: '={{ 5 }}' } }, 'is 5'],
		['Timestamp Level', { ...TRANSCRIBE, options: { timestampLevel: '={{ 1 }}' } }, 'is 1'],
		['Cut At', { ...FILM, options: { cutAt: '={{ "beats" }}' } }, 'is beats'],
		['Keyframes', { ...FILM, options: { keyframes: '={{ "own" }}' } }, 'is own'],
		['Soundtrack', { ...FILM, options: { soundtrack: '={{ "mp3" }}' } }, 'is mp3'],
		['Length', { lengthMode: 'all' }, 'is all'],
		// n8n takes an expression for a text where the panel offers none.
		['Length', { lengthMode: '={{ "seconds" }}' }, 'is {{ "seconds" }}'],
		['Length', { operation: 'generateFromText', lengthMode: 'matchAudio' }, 'is matchAudio'],
		['If Longer Than the Model Allows', { ...FILM, whenTooLong: 'cut' }, 'is cut'],
		['Audio Source', { audioSource: 'file' }, 'is file'],
		['Audio Source', { ...TRANSCRIBE, audioSource: 'page' }, 'is page'],
	])('%s: %j', async (label, parameters, what) => {
		const deapi = await Deapi.open();
		const { stop } = await deapi.run(undefined, parameters);
		expect(`${stop.message}. ${stop.description}`).toContain(`'${label}' ${what}. `);
		expect(stop.data.submitted).toBe('no');
		expect(deapi.submits).toEqual([]);
	});

	test.each<[INodeParameters, { [field: string]: string }]>([
		[{ ...ENHANCE, type: '={{ "Audio.Music" }}' }, { type: 'audio.music' }],
		[{ ...SPEECH, format: '={{ " MP3 " }}' }, { format: 'mp3' }],
		[{ ...MUSIC, options: { format: '={{ "MP3" }}' } }, { format: 'mp3' }],
		[{ ...SPEECH, options: { mode: '={{ "Custom_Voice" }}' } }, { mode: 'custom_voice' }],
		[{ ...MUSIC, options: { timeSignature: '={{ " 3 " }}' } }, { timesignature: '3' }],
	])('in any case, with spaces around it: %j', async (parameters, sent) => {
		const deapi = await Deapi.open();
		await deapi.run(undefined, parameters);
		expect(fieldsOf(deapi.submits[0])).toMatchObject(sent);
	});
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
