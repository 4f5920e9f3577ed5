/**
 * Model > Get Many: the account's models, whatever PHP makes of them.
 */
import type { FakeModel } from '../fake-deapi';
import { clockForTests } from '../support/clock';
import { Deapi } from '../support/deapi';
import { errorOf, outputOf } from '../support/engine';
import { NODE } from '../support/workflows';

const clock = clockForTests();
const GET_MANY = { resource: 'model', operation: 'getMany' };
const ALL = { ...GET_MANY, returnAll: true, filters: {} };

async function slugs(deapi: Deapi, parameters = {}): Promise<unknown[]> {
	const run = await deapi.operate({ ...GET_MANY, ...parameters });
	expect(errorOf(run).message).toBe('');
	return outputOf(run, NODE).map(({ json }) => json.slug);
}

/** A model of which only what PHP does to it matters. */
function model(slug: string, rest: Partial<FakeModel> = {}): FakeModel {
	return { name: `Model ${slug}`, slug, inference_types: ['audio2video'], ...rest };
}

describe('Get Many', () => {
	it('lists the models that make video from sound, unless told otherwise', async () => {
		const deapi = await Deapi.open();
		expect(await slugs(deapi)).toEqual([
			'Ltx2_3_22B_Dist_INT8',
			'LtxStudio_30B_Dist_FP8',
			'LtxLipSync_2B',
		]);
		expect(deapi.requestsTo('models').map(({ query }) => query)).toEqual([
			{ limit: '50', page: '1', 'filter[inference_types]': 'audio2video' },
		]);
	});

	it('lists models that can do something else', async () => {
		const deapi = await Deapi.open();
		const found = await slugs(deapi, { filters: { inferenceType: ' img2txt ' } });
		expect(found).toHaveLength(4);
		for (const slug of found) expect(slug).toContain('img2txt');
	});

	it('lists all models over all pages where the filter is removed', async () => {
		const deapi = await Deapi.open();
		const found = await slugs(deapi, ALL);
		expect(found).toHaveLength(64);
		expect(found).toEqual(deapi.fake.settings.models.map(({ slug }) => slug));
		expect(deapi.requestsTo('models').map(({ query }) => query)).toEqual([
			{ limit: '50', page: '1' },
			{ limit: '50', page: '2' },
		]);
	});

	it.each([
		[{ filters: {} }, 50],
		[{ filters: {}, limit: 7 }, 7],
		[{ filters: {}, limit: 60 }, 60],
		[{ limit: 2 }, 2],
		[{ filters: {}, limit: 7, returnAll: true }, 64],
	])('gives out no more than asked for: %j', async (parameters, count) => {
		const deapi = await Deapi.open();
		expect(await slugs(deapi, parameters)).toHaveLength(count);
	});

	it('reads each page once where it ends with a full one', async () => {
		const models = Array.from({ length: 100 }, (_, index) => model(`m${index}`));
		const deapi = await Deapi.open({ models });
		expect(await slugs(deapi, ALL)).toHaveLength(100);
		expect(deapi.requestsTo('models')).toHaveLength(2);
	});

	it('gives out nothing where the account has no such model', async () => {
		const deapi = await Deapi.open({ models: [] });
		expect(await slugs(deapi, ALL)).toEqual([]);
	});

	it('reads them over the other API', async () => {
		const deapi = await Deapi.open();
		expect(await slugs(deapi.with({ apiVersion: 'v2' }))).toHaveLength(3);
		expect(deapi.requestsTo('models').map(({ path }) => path)).toEqual(['/api/v2/models']);
	});

	it('links each model to the input item that asked for it', async () => {
		const deapi = await Deapi.open();
		const parameters = { ...GET_MANY, filters: { inferenceType: '={{ $json.type }}' } };
		const run = await deapi.operate(parameters, {
			items: [{ type: 'img2txt' }, { type: 'audio2video' }],
		});
		const paired = outputOf(run, NODE).map(({ pairedItem }) => pairedItem);
		expect(paired).toEqual([0, 0, 0, 0, 1, 1, 1].map((item) => ({ item })));
	});

	it('gives out numbers as numbers and flags as flags', async () => {
		const deapi = await Deapi.open();
		const run = await deapi.operate(GET_MANY);
		expect(outputOf(run, NODE)[0]?.json).toEqual({
			name: 'LTX-2.3 22B Distilled INT8',
			slug: 'Ltx2_3_22B_Dist_INT8',
			inference_types: ['audio2video', 'txt2video', 'img2video'],
			tags: ['new'],
			status: 'standard_model',
			limits: {
				min_width: 512,
				max_width: 1024,
				min_height: 512,
				max_height: 1024,
				min_frames: 49,
				max_frames: 241,
				min_fps: 24,
				max_fps: 24,
				min_steps: 8,
				min_audio_duration: 1,
				max_audio_duration: 11,
			},
			features: {
				supports_guidance: false,
				supports_negative_prompt: false,
				supports_first_frame: true,
				supports_last_frame: true,
				supports_steps: false,
			},
			defaults: { width: 768, height: 768, frames: 120, fps: 24, steps: 8 },
		});
	});

	const NOTHING = { limits: {}, features: {}, defaults: {} };
	it.each<[string, Partial<FakeModel>, object]>([
		['info as an empty list', { info: [] }, NOTHING],
		['info as null', { info: null }, NOTHING],
		['no info', {}, NOTHING],
		['info as text', { info: 'none' }, NOTHING],
		['empty lists in it', { info: { limits: [], features: [], defaults: [] } }, NOTHING],
		['null in it', { info: { limits: null, features: null, defaults: null } }, NOTHING],
		[
			'some of it missing',
			{ info: { limits: { max_fps: '30' } } },
			{ ...NOTHING, limits: { max_fps: 30 } },
		],
		[
			'flags of all kinds',
			{ info: { features: { a: '1', b: '0', c: 1, d: 0, e: true, f: false, g: null, h: '' } } },
			{ features: { a: true, b: false, c: true, d: false, e: true, f: false, h: false } },
		],
		[
			'numbers of all kinds',
			{ info: { limits: { a: '512', b: '0.5', c: 7, d: '', e: 'many', f: null } } },
			{ limits: { a: 512, b: 0.5, c: 7, d: '', e: 'many', f: null } },
		],
		[
			'types as an object',
			{ inference_types: { audio2video: [], txt2video: { price: 1 } } },
			{ inference_types: ['audio2video', 'txt2video'] },
		],
	])('survives %s', async (_name, oddity, expected) => {
		const deapi = await Deapi.open({ models: [model('odd', oddity), model('even')] });
		const run = await deapi.operate(GET_MANY);
		expect(errorOf(run).message).toBe('');
		const [odd, even] = outputOf(run, NODE);
		expect(odd?.json).toMatchObject({ slug: 'odd', ...expected });
		for (const [part, value] of Object.entries(expected)) expect(odd?.json[part]).toEqual(value);
		expect(even?.json.slug).toBe('even');
	});

	it('survives entries that are no models, and a list without its count of pages', async () => {
		const deapi = await Deapi.open();
		const data = [null, 'text', [], { name: 'No slug' }, { slug: 'bare' }];
		deapi.fake.faults.add({
			route: 'models',
			fault: { type: 'status', status: 200, body: { data } },
		});
		const run = await deapi.operate(GET_MANY);
		expect(outputOf(run, NODE).map(({ json }) => json)).toEqual([
			{ name: 'bare', slug: 'bare', inference_types: [], limits: {}, features: {}, defaults: {} },
		]);
		expect(deapi.requestsTo('models')).toHaveLength(1);
	});

	it.each([
		[{ type: 'status' as const, status: 401 }, 'deAPI did not accept the API key'],
		[{ type: 'html' as const, status: 502 }, 'deAPI is not available at the moment (status 502)'],
		[{ type: 'html' as const, status: 200 }, 'deAPI gave an answer that could not be read'],
		[{ type: 'cutAfterBody' as const, accept: true }, 'deAPI could not be reached'],
	])('says what went wrong: %j', async (fault, text) => {
		clock.leap();
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: 'models', after: 1, times: 9, fault });
		// On the second page: a list that lacks its end is no list.
		expect(errorOf(await deapi.operate(ALL)).message).toContain(text);
	});
});
