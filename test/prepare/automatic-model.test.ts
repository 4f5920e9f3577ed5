/** 'Automatic' in the field 'Model': which model an item gets, and that it keeps it. */
import type { INodeParameters } from 'n8n-workflow';
import { asFailure } from '../../nodes/Deapi/engine/nodeErrors';
import { chooseModel } from '../../nodes/Deapi/prepare/checks/model';
import { Account } from '../../nodes/Deapi/service/account';
import type { FakeModel } from '../fake-deapi';
import { clockForTests } from '../support/clock';
import { Deapi, fieldsOf, PROMPT } from '../support/deapi';
import { outputOf } from '../support/engine';
import { inNode } from '../support/probe';
import { file, NODE } from '../support/workflows';

const clock = clockForTests();

const USUAL = 'Ltx2_3_22B_Dist_INT8';
const NEW = 'Ltx2_5_22B_Dist_INT8';

function model(slug: string, rest: Partial<FakeModel> = {}): FakeModel {
	const info = {
		limits: { min_frames: 49, max_frames: 241, min_fps: 24, max_fps: 24 },
		features: [],
		defaults: [],
	};
	return { name: `Model ${slug}`, slug, inference_types: ['audio2video'], info, ...rest };
}
const experimental = { tags: ['experimental'], status: 'standard_model' };
const inTest = { tags: [], status: 'test_model' };

describe.each(['v1', 'v2'] as const)('on %s Automatic is', (apiVersion) => {
	/** The model that was sent, and the one that the item names. */
	async function chosen(models: FakeModel[], parameters: INodeParameters = {}) {
		const deapi = (await Deapi.open({ models })).with({ apiVersion });
		const { json } = await deapi.run(undefined, parameters);
		expect(fieldsOf(deapi.requestsTo('submit')[0]).model).toBe(json.model);
		return json.model;
	}

	test.each<[string, FakeModel[], string]>([
		['the usual model, wherever the list has it', [model(NEW), model(USUAL)], USUAL],
		['the usual model, also where it is experimental', [model(NEW), model(USUAL, inTest)], USUAL],
		['else the first of the list', [model(NEW), model('other')], NEW],
		[
			'else the first that is not experimental',
			[model('a', experimental), model('b', inTest), model(NEW)],
			NEW,
		],
		['the first where all are experimental', [model('a', experimental), model('b', inTest)], 'a'],
	])('%s', async (_what, models, expected) => {
		expect(await chosen(models)).toBe(expected);
	});

	test('what counts where n8n has emptied the field, as it does with another credential', async () => {
		const emptied = { __rl: true, mode: 'list', value: '' };
		expect(await chosen([model('other'), model(USUAL)], { model: emptied })).toBe(USUAL);
	});

	test('what a workflow gets that names no model, or says so in its own way', async () => {
		for (const value of ['auto', ' Auto ', '={{ "auto" }}']) {
			const parameters = { model: { __rl: true, mode: 'id', value } };
			expect(await chosen([model(NEW)], parameters)).toBe(NEW);
		}
	});

	test('the usual model where the list cannot be read', async () => {
		clock.leap();
		const deapi = (await Deapi.open()).with({ apiVersion });
		deapi.fake.faults.add({ route: 'models', times: 9, fault: { type: 'html', status: 503 } });
		expect((await deapi.run()).json.model).toBe(USUAL);
	});
});

test.each<[string, INodeParameters, string, string, string]>([
	['audio', { operation: 'generateSpeech', text: 'Good morning' }, 'txt2audio', 'model', 'speech'],
	['audio', { operation: 'generateMusic', caption: 'A waltz' }, 'txt2music', 'model', 'music'],
	['audio', { operation: 'transcribe' }, 'audio2text', 'model', 'transcription'],
	['image', { operation: 'generate', prompt: PROMPT }, 'txt2img', 'model', 'picture'],
	['video', { operation: 'upscale' }, 'vid-upscale', 'model', 'upscale'],
	[
		'prompt',
		{ operation: 'enhance', prompt: PROMPT, type: 'audio.music' },
		'txt2music',
		'model_slug',
		'prompt',
	],
])(
	'%s %j takes another model where its usual one is gone',
	async (resource, more, type, field, route) => {
		const models = [model('next', { inference_types: [type], info: [] })];
		const deapi = await Deapi.open({ models });
		const source = [{ files: { data: file(resource === 'video' ? 'result.mp4' : 'song.mp3') } }];
		const waiting = { waitForCompletion: false };
		const { json } = await deapi.run(source, { resource, ...more, ...waiting });
		const [request] = deapi.fake.requests.filter((each) => each.route === route);
		const sent = request?.json ?? fieldsOf(request);
		expect((sent as { [name: string]: unknown })[field]).toBe('next');
		expect(json.model).toBe('next');
	},
);

test.each([
	['cannot be read', 503, 'deAPI is not available at the moment (status 503)'],
	['is empty', 200, "deAPI's list has no model for this operation"],
])(
	'an operation without a usual model stops before it sends anything where the list %s',
	async (_what, status, expected) => {
		clock.leap();
		const deapi = await Deapi.open({ models: [] });
		if (status !== 200) {
			deapi.fake.faults.add({ route: 'models', times: 9, fault: { type: 'html', status } });
		}
		const failure = await inNode(deapi, async (call) => {
			const account = await Account.of(call.context);
			return await chooseModel(call, account, 'vid-rmbg', 'auto').catch(asFailure);
		});
		expect(failure).toMatchObject({ facts: { message: expect.stringContaining(expected) } });
	},
);

describe('a prompt gets the usual model of what it is for', () => {
	test.each([
		['images.generations', 'Flux_2_Klein_4B_BF16'],
		['audio.speech', 'Kokoro'],
		['audio.music', 'AceStep_1_5_Turbo'],
	])('%s', async (type, expected) => {
		const deapi = await Deapi.open();
		const { json } = await deapi.run([{}], {
			...{ resource: 'prompt', operation: 'enhance', type },
		});
		expect(json.model).toBe(expected);
	});
});

test('the price that is asked for, the limits and the estimate are those of the model', async () => {
	const tight = model(NEW);
	tight.info = { limits: { max_width: 600 } };
	const deapi = await Deapi.open({ models: [tight] });
	const estimate = await deapi.operate({ resource: 'video', operation: 'estimatePrice' });
	expect(outputOf(estimate, NODE)[0]?.json.model).toBe(NEW);
	const { json } = await deapi.run(undefined, { options: { maxPrice: 1 } });
	expect(json.model).toBe(NEW);
	expect(deapi.requestsTo('price').map(({ json: asked }) => asked)).toEqual([
		expect.objectContaining({ model: NEW }),
		expect.objectContaining({ model: NEW }),
	]);
	const { stop } = await deapi.run(undefined, { width: 700 });
	expect(stop.message).toBe(`'Width' does not fit the model Model ${NEW}`);
});

test('Retry On Fail keeps the model, whatever the list says by then', async () => {
	clock.leap();
	const deapi: Deapi = await Deapi.open({
		models: [model(NEW), model('later')],
		onRequest: ({ route }) => {
			if (route !== 'submit') return;
			deapi.fake.settings.models = [model('later')];
			// Longer than a list is remembered.
			clock.skip(120_000);
		},
	});
	const body = { message: 'Not now.' };
	deapi.fake.faults.add({ route: 'submit', fault: { type: 'status', status: 422, body } });
	const retry = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };
	await deapi.run(undefined, {}, retry);
	const sent = deapi.requestsTo('submit').map((request) => fieldsOf(request).model);
	expect(sent).toEqual([NEW, NEW]);
	// Another run decides anew.
	const { json } = await deapi.run();
	expect(json.model).toBe('later');
});

test('a model that an expression does not give is asked for: another one may cost more', async () => {
	const deapi = await Deapi.open();
	const { stop } = await deapi.run(undefined, { model: '={{ $json.nothing }}' });
	expect(stop.message).toBe("'Model' is empty");
	expect(deapi.submits).toEqual([]);
});
