/** What operations on pictures, and those that make videos of words and pictures, check and choose of their own. */
import { readFileSync } from 'node:fs';
import type { INodeParameters } from 'n8n-workflow';
import type { FakeDeapiOptions, FakeModel, Surface } from '../fake-deapi';
import { Deapi, expectGoodText, type Outcome } from '../support/deapi';
import type { SourceItem } from '../support/nodes';
import { deapiWorkflow, file, fixture } from '../support/workflows';
import { asText } from '../support/text';
import { lineOf, sentBy } from './table';

interface Setting {
	parameters?: INodeParameters;
	options?: INodeParameters;
	item?: SourceItem;
	surface?: Surface;
	fake?: FakeDeapiOptions;
	/** A service that is there already. */
	deapi?: Deapi;
}

async function run(name: string, setting: Setting = {}): Promise<{ deapi: Deapi } & Outcome> {
	const { parameters, options, item, surface = 'v1' } = setting;
	const deapi = setting.deapi ?? (await Deapi.open(setting.fake));
	const line = lineOf(name);
	const own = line.parameters.options as INodeParameters | undefined;
	const outcome = await deapi.runSaved(
		deapiWorkflow([item ?? line.item], {
			...{ ...line.parameters, ...parameters },
			options: { pollInterval: 0.01, ...own, ...options },
		}),
		{ credentials: deapi.credentials({ apiVersion: surface }) },
	);
	return Object.assign(outcome, { deapi });
}

/** Runs what is refused before anything is sent, and returns what it says. */
async function refusal(name: string, setting: Setting): Promise<string> {
	const { deapi, stop } = await run(name, setting);
	expect(deapi.submits).toEqual([]);
	expect(stop.data.submitted).toBe('no');
	expectGoodText(stop.message);
	expectGoodText(stop.description);
	return `${stop.message}. ${stop.description}`;
}

const byId = (value: string) => ({ __rl: true, mode: 'id', value });
const model = (slug: string, type: string, info: unknown): FakeModel => ({
	...{ name: slug, slug, inference_types: [type], info },
});

/** A PNG that says that it is so large. */
function pngOf(width: number, height: number) {
	const data = Buffer.from(readFileSync(fixture('sea.png')));
	data.writeUInt32BE(width, 16);
	data.writeUInt32BE(height, 20);
	return { data, fileName: 'sea.png' };
}

/** One that says nothing of its size in a way that the node would believe. */
function oddPng() {
	const data = Buffer.from(readFileSync(fixture('sea.png')));
	data.write('????', 12, 'latin1');
	return { data, fileName: 'odd.png' };
}

describe.each(['Video > Generate From Text', 'Video > Generate From Image'])('%s', (name) => {
	const type = name.endsWith('Text') ? 'txt2video' : 'img2video';

	test('sends what the model takes where the user gives no steps and no guidance', async () => {
		const info = {
			limits: { min_steps: 12, max_steps: 40 },
			features: { supports_guidance: true },
			defaults: { guidance: '4.5' },
		};
		const fake = { models: [model('Own', type, info)] };
		const { deapi } = await run(name, { parameters: { model: byId('Own') }, fake });
		const { steps, guidance } = sentBy(deapi.submits[0]).fields;
		expect([Number(steps), Number(guidance)]).toEqual([12, 4.5]);
	});

	test('sends something for both where the model says nothing of itself', async () => {
		const fake = { models: [model('Own', type, [])] };
		const { deapi } = await run(name, { parameters: { model: byId('Own') }, fake });
		const { steps, guidance } = sentBy(deapi.submits[0]).fields;
		expect([Number(steps), Number(guidance)]).toEqual([8, 0]);
	});

	test.each<[string, INodeParameters, string]>([
		[
			'a duration that is longer than the model makes',
			{ duration: 60 },
			"'Duration (Seconds)' is 60 seconds; the model LTX-2.3 22B Distilled INT8 makes videos of up to 10.042 seconds",
		],
		[
			'frames that are more than the model makes',
			{ lengthMode: 'frames', frames: 300 },
			"'Frames' is 300; allowed are 49 to 241; the nearest allowed value is 241",
		],
		['a size that the model does not make', { size: 'custom', width: 128 }, "'Width' is 128"],
		['no prompt', { prompt: '={{ "" }}' }, "'Prompt' is empty"],
		['no length', { duration: '={{ "" }}' }, "'Duration (Seconds)' is missing"],
	])('refuses %s', async (_what, parameters, expected) => {
		expect(await refusal(name, { parameters })).toContain(expected);
	});

	test('speaks of no field that it does not have where it is too long', async () => {
		const parameters = { duration: 60, whenTooLong: 'clips' };
		const said = await refusal(name, { parameters });
		expect(said).not.toContain('If Longer');
		expect(said).toContain("Enter a shorter duration, or choose another 'Model'.");
	});
});

describe.each(['Video > Generate From Text', 'Video > Generate From Image', 'Image > Edit'])(
	"'Enhance Prompt' of %s",
	(name) => {
		const options = { enhancePrompt: true };

		test.each<Surface>(['v1', 'v2'])(
			'goes to v2 with a credential of %s, and the item says what became of the prompt',
			async (surface) => {
				const { deapi, json } = await run(name, { options, surface });
				const { path, unexpectedFields } = deapi.submits[0] ?? {};
				expect([path, unexpectedFields]).toEqual([lineOf(name).path.v2, []]);
				const { prompt } = lineOf(name).parameters;
				expect(json.prompt_boosted).toBe(true);
				expect(json.prompt_boost).toMatchObject({
					prompt: expect.stringContaining(`${asText(prompt)}, `) as string,
					prompt_original: prompt,
				});
			},
		);

		test('sends nothing of it, and stays on v1, where it is off', async () => {
			const { deapi } = await run(name, { options: { enhancePrompt: false } });
			expect(deapi.submits[0]?.path).toBe(lineOf(name).path.v1);
			expect(sentBy(deapi.submits[0]).fields).not.toHaveProperty('enhance_prompt');
		});

		describe.each<Surface>(['v1', 'v2'])("with 'Max Price' and a credential of %s", (surface) => {
			const fake = { price: 0.1, prices: { prompt: 0.02 } };
			const priced = async (maxPrice: number) =>
				await run(name, {
					options: { ...options, maxPrice },
					surface,
					fake,
				});

			test('its fee is asked for as that of the same prompt by itself, and counts', async () => {
				const { deapi, json, items } = await priced(0.12);
				const [own, fee] = deapi.requestsTo('price');
				expect(own).toMatchObject({ path: `${lineOf(name).path.v2}/price`, status: 200 });
				expect(fee).toMatchObject({ path: '/api/v2/prompts/enhancements/price', status: 200 });
				expect([...(own?.unexpectedFields ?? []), ...(fee?.unexpectedFields ?? [])]).toEqual([]);
				const { prompt } = lineOf(name).parameters;
				const [{ model: model_slug } = {}] = items.map(({ json: item }) => item);
				expect(sentBy(fee).fields).toMatchObject({ prompt, model_slug });
				const hasPicture = name !== 'Video > Generate From Text';
				expect(Object.keys(sentBy(fee).files)).toEqual(hasPicture ? ['image'] : []);
				expect(json.request_id).toBe(deapi.requestIds[0]);
			});

			test('nothing is sent where both together are above it, and the sum is an estimate', async () => {
				const { deapi, stop } = await priced(0.11);
				expect(stop.message).toBe(
					"This job would cost 0.12 USD by deAPI's estimate; 'Max Price (USD)' is 0.11 USD",
				);
				expect(stop.data).toMatchObject({ price: 0.12, price_is_estimated: true });
				expect(deapi.requestIds).toEqual([]);
			});
		});

		test("'Max Price' without it asks for one price", async () => {
			const { deapi } = await run(name, { options: { maxPrice: 1 } });
			expect(deapi.requestsTo('price')).toHaveLength(1);
		});

		test('that deAPI refuses is called by its label', async () => {
			const deapi = await Deapi.open();
			const body = { message: 'Refused.', errors: { enhance_prompt: ['There is no guide.'] } };
			const fault = { type: 'status', status: 422, body } as const;
			deapi.fake.faults.add({ route: lineOf(name).route, fault });
			const { stop } = await run(name, { options, deapi });
			expect(stop.message).toBe("deAPI did not accept 'Enhance Prompt'");
		});
	},
);

test.each<[string, object]>([
	['fog', { negative_prompt: 'fog' }],
	['no', {}],
])(
	"of a negative prompt like '%s' the question for the fee has what deAPI takes",
	async (text, sent) => {
		const { deapi } = await run('Video > Generate From Text', {
			parameters: { model: byId('LtxStudio_30B_Dist_FP8'), fps: 25 },
			options: { enhancePrompt: true, maxPrice: 1, negativePrompt: text },
		});
		const [, fee] = deapi.requestsTo('price');
		expect(fee?.status).toBe(200);
		expect(sentBy(fee).fields).toEqual({
			...{
				prompt: 'A lighthouse',
				type: 'videos.generations',
				model_slug: 'LtxStudio_30B_Dist_FP8',
			},
			...sent,
		});
		expect(deapi.requestIds).toHaveLength(1);
	},
);

describe('Video > Replace Character', () => {
	const NAME = 'Video > Replace Character';

	test.each([
		['width', "'Width' is set without 'Height'. Set 'Height' too, or remove both."],
		['height', "'Height' is set without 'Width'. Set 'Width' too, or remove both."],
	])('refuses %s alone', async (side, expected) => {
		expect(await refusal(NAME, { options: { [side]: 512 } })).toContain(expected);
	});

	test.each<[string, INodeParameters, string]>([
		['a size out of range', { width: 512, height: 900 }, "'Height' is 900; allowed are 256 to 852"],
		['steps out of range', { steps: 20 }, "'Steps' is 20; allowed are 1 to 8"],
	])('refuses %s', async (_what, options, expected) => {
		expect(await refusal(NAME, { options })).toContain(expected);
	});

	test.each<[string, SourceItem['files'], string]>([
		[
			'a picture as the video',
			{ data: file('frame.png'), reference: file('frame.png') },
			'is not an MP4, MPEG, MOV, AVI, WMV or OGG video',
		],
		[
			'a character that is too small to see',
			{ data: file('result.mp4'), reference: file('tiny.png') },
			"The file in 'reference' ('Reference Image Field') is 32 × 32 pixels",
		],
		[
			'an item without a character',
			{ data: file('result.mp4') },
			"The item has no binary field 'reference' ('Reference Image Field')",
		],
	])('refuses %s', async (_what, files, expected) => {
		expect(await refusal(NAME, { item: { json: {}, files } })).toContain(expected);
	});

	test('asks for the price at the address that only v1 has, with the size', async () => {
		const { deapi } = await run(NAME, { options: { maxPrice: 1, width: 512, height: 288 } });
		const [question] = deapi.fake.requests.filter(({ route }) => route === 'price');
		expect(question).toMatchObject({ path: '/api/v1/client/videos/replace/price', status: 200 });
		expect(sentBy(question).fields).toEqual({
			...{ model: 'Wan2_2_Animate_14B_INT8', width: '512', height: '288' },
		});
	});

	test('draws a seed where nobody has one, and is not paid for twice by Retry On Fail', async () => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: 'status', fault: { type: 'status', status: 403 } });
		const { resource, operation } = lineOf(NAME).parameters;
		const saved = deapiWorkflow(
			[lineOf(NAME).item],
			{ resource, operation, options: { pollInterval: 0.01 } },
			{ retryOnFail: true, maxTries: 2, waitBetweenTries: 1 },
		);
		const { json } = await deapi.runSaved(saved);
		expect(deapi.submits.map(({ status }) => status)).toEqual([200]);
		expect(json.status).toBe('done');
		expect(json.seed).toBe(Number(sentBy(deapi.submits[0]).fields.seed));
		expect(json.seed).toBeGreaterThanOrEqual(0);
	});
});

describe('Image > Edit', () => {
	const NAME = 'Image > Edit';
	const files = { one: file('sea.png'), two: file('frame.jpg'), three: file('frame.webp') };
	const several = { json: { names: ['one', 'three'] }, files };

	test.each<[string, string, string[]]>([
		['names', 'one, two', ['sea.png', 'frame.jpg']],
		['a list', '={{ $json.names }}', ['sea.png', 'frame.webp']],
		['files', '={{ [$binary.three, $binary.one] }}', ['frame.webp', 'sea.png']],
	])('sends several pictures as a list, in the order of %s', async (_how, value, expected) => {
		const { deapi } = await run(NAME, {
			...{ item: several, parameters: { binaryPropertyName: value } },
		});
		const parts = deapi.submits[0]?.parts.filter(({ kind }) => kind === 'file') ?? [];
		expect(parts.map(({ name, filename }) => [name, filename])).toEqual(
			expected.map((name) => ['images[]', name]),
		);
	});

	test('names the job after the first picture', async () => {
		const parameters = { binaryPropertyName: 'two, one' };
		const { items } = await run(NAME, { item: several, parameters });
		expect(items[0]?.binary?.data?.fileName).toBe('frame.png');
	});

	test.each<[string, INodeParameters, string]>([
		[
			'more pictures than the model takes',
			{ binaryPropertyName: 'one, two', model: byId('QwenImageEdit_Plus_NF4') },
			"'Input Image Fields' names 2 pictures; the model Qwen Image Edit Plus NF4 takes 1",
		],
		[
			'a picture that is not there',
			{ binaryPropertyName: 'one, four' },
			"The item has no binary field 'four' ('Input Image Fields')",
		],
		['no picture', { binaryPropertyName: ' ' }, "'Input Image Fields' names no binary field"],
		['no prompt', { prompt: '={{ "" }}', binaryPropertyName: 'one' }, "'Prompt' is empty"],
	])('refuses %s', async (_what, parameters, expected) => {
		expect(await refusal(NAME, { item: several, parameters })).toContain(expected);
	});

	test('sends the steps that the model starts with, and no guidance that nobody gave', async () => {
		const parameters = { model: byId('QwenImageEdit_Plus_NF4') };
		const { deapi } = await run(NAME, { parameters });
		expect(sentBy(deapi.submits[0]).fields).toEqual({
			...{ prompt: 'At night', model: 'QwenImageEdit_Plus_NF4', seed: '7', steps: '40' },
		});
	});

	test('calls a picture of a list that deAPI refuses by its label', async () => {
		const deapi = await Deapi.open();
		const body = { message: 'Refused.', errors: { 'images.1': ['It is too dark.'] } };
		const fault = { type: 'status', status: 422, body } as const;
		deapi.fake.faults.add({ route: 'pictureEdit', fault });
		const { stop } = await run(NAME, { deapi });
		expect(stop.message).toBe("deAPI did not accept 'Input Image Fields'");
	});
});

describe.each(['Image > Upscale', 'Image > Remove Background'])('%s', (name) => {
	const prices = ({ fake }: Deapi) => fake.requests.filter(({ route }) => route === 'price');
	const item = (data: SourceItem['files']) => ({ json: {}, files: data });

	test.each<[string, number, number]>([
		['narrower', 127, 128],
		['higher', 128, 2049],
	])('refuses a picture that is %s than the model takes', async (_how, width, height) => {
		const said = await refusal(name, { item: item({ data: pngOf(width, height) }) });
		expect(said).toContain(`is ${width} × ${height} pixels, which does not fit the model`);
		expect(said).toContain('a width of 128 to 2048 and a height of 128 to 2048 pixels');
	});

	test('takes a picture of the largest size, and one whose size nobody can tell', async () => {
		for (const data of [pngOf(2048, 2048), oddPng()]) {
			const { json } = await run(name, {
				item: item({ data }),
				parameters: { waitForCompletion: false },
			});
			expect(json.request_id).toBeDefined();
		}
	});

	test('asks for the price with the size where it is known, else with the picture', async () => {
		const options = { maxPrice: 1 };
		const known = await run(name, { options });
		expect(prices(known.deapi).map((each) => sentBy(each).files)).toEqual([{}]);
		const unknown = await run(name, { options, item: item({ data: oddPng() }) });
		const [question] = prices(unknown.deapi);
		expect(question?.status).toBe(200);
		expect(Object.keys(sentBy(question).files)).toEqual(['image']);
		expect(sentBy(question).fields).toEqual({ model: lineOf(name).minimal.fields.model });
	});
});
