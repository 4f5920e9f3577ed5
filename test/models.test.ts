/**
 * Model > Get Many and the model picker: the account's models, whatever PHP makes of them.
 */
import { LoadOptionsContext } from 'n8n-core';
import type { INodeListSearchResult } from 'n8n-workflow';
import { Deapi } from '../nodes/Deapi/Deapi.node';
import type { FakeModel } from './fake-deapi';
import {
	additionalDataFor,
	errorOf,
	outputOf,
	TestCredentials,
	toWorkflow,
} from './support/engine';
import {
	closeAfterEach,
	generate,
	runOperation,
	startService,
	type Service,
} from './support/service';
import { deapiWorkflow, NODE } from './support/workflows';

closeAfterEach();

const GET_MANY = { resource: 'model', operation: 'getMany' };
const ALL = { ...GET_MANY, returnAll: true, filters: {} };

async function slugs(service: Service, parameters = {}): Promise<unknown[]> {
	const run = await runOperation(service, { ...GET_MANY, ...parameters });
	expect(errorOf(run).message).toBe('');
	return outputOf(run, NODE).map(({ json }) => json.slug);
}

/** A model of which only what PHP does to it matters. */
function model(slug: string, rest: Partial<FakeModel> = {}): FakeModel {
	return { name: `Model ${slug}`, slug, inference_types: ['audio2video'], ...rest };
}

describe('Get Many', () => {
	it('lists the models that make video from sound, unless told otherwise', async () => {
		const service = await startService();
		expect(await slugs(service)).toEqual([
			'Ltx2_3_22B_Dist_INT8',
			'Ltx2_19B_Dist_FP8',
			'LtxLipSync_2B',
		]);
		expect(service.requestsTo('models').map(({ query }) => query)).toEqual([
			{ limit: '50', page: '1', 'filter[inference_types]': 'audio2video' },
		]);
	});

	it('lists models that can do something else', async () => {
		const service = await startService();
		const found = await slugs(service, { filters: { inferenceType: ' img-upscale ' } });
		expect(found).toHaveLength(4);
		for (const slug of found) expect(slug).toContain('img_upscale');
	});

	it('lists all models over all pages where the filter is removed', async () => {
		const service = await startService();
		const found = await slugs(service, ALL);
		expect(found).toHaveLength(64);
		expect(found).toEqual(service.fake.settings.models.map(({ slug }) => slug));
		expect(service.requestsTo('models').map(({ query }) => query)).toEqual([
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
		const service = await startService();
		expect(await slugs(service, parameters)).toHaveLength(count);
	});

	it('reads each page once where it ends with a full one', async () => {
		const models = Array.from({ length: 100 }, (_, index) => model(`m${index}`));
		const service = await startService({ models });
		expect(await slugs(service, ALL)).toHaveLength(100);
		expect(service.requestsTo('models')).toHaveLength(2);
	});

	it('gives out nothing where the account has no such model', async () => {
		const service = await startService({ models: [] });
		expect(await slugs(service, ALL)).toEqual([]);
	});

	it('reads them over the other API', async () => {
		const service = await startService();
		const credentials = { ...service.credentials, apiVersion: 'v2' as const };
		expect(await slugs({ ...service, credentials })).toHaveLength(3);
		expect(service.requestsTo('models').map(({ path }) => path)).toEqual(['/api/v2/models']);
	});

	it('links each model to the input item that asked for it', async () => {
		const service = await startService();
		const parameters = { ...GET_MANY, filters: { inferenceType: '={{ $json.type }}' } };
		const run = await runOperation(service, parameters, {
			items: [{ type: 'img-upscale' }, { type: 'audio2video' }],
		});
		const paired = outputOf(run, NODE).map(({ pairedItem }) => pairedItem);
		expect(paired).toEqual([0, 0, 0, 0, 1, 1, 1].map((item) => ({ item })));
	});

	it('gives out numbers as numbers and flags as flags', async () => {
		const service = await startService();
		const run = await runOperation(service, GET_MANY);
		expect(outputOf(run, NODE)[0]?.json).toEqual({
			name: 'LTX-2.3 22B Distilled INT8',
			slug: 'Ltx2_3_22B_Dist_INT8',
			inference_types: ['audio2video', 'txt2video', 'img2video'],
			tags: ['new'],
			status: 'standard_model',
			limits: {
				min_width: 256,
				max_width: 1280,
				min_height: 256,
				max_height: 1280,
				resolution_step: 32,
				min_frames: 49,
				max_frames: 241,
				min_fps: 24,
				max_fps: 24,
				min_steps: 1,
				max_steps: 50,
			},
			features: {
				supports_guidance: false,
				supports_negative_prompt: true,
				supports_first_frame: true,
				supports_last_frame: true,
			},
			defaults: { width: 512, height: 512, frames: 120, fps: 24, steps: 8 },
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
		const service = await startService({ models: [model('odd', oddity), model('even')] });
		const run = await runOperation(service, GET_MANY);
		expect(errorOf(run).message).toBe('');
		const [odd, even] = outputOf(run, NODE);
		expect(odd?.json).toMatchObject({ slug: 'odd', ...expected });
		for (const [part, value] of Object.entries(expected)) expect(odd?.json[part]).toEqual(value);
		expect(even?.json.slug).toBe('even');
	});

	it('survives entries that are no models, and a list without its count of pages', async () => {
		const service = await startService();
		const data = [null, 'text', [], { name: 'No slug' }, { slug: 'bare' }];
		service.fake.faults.add({
			route: 'models',
			fault: { type: 'status', status: 200, body: { data } },
		});
		const run = await runOperation(service, GET_MANY);
		expect(outputOf(run, NODE).map(({ json }) => json)).toEqual([
			{ name: 'bare', slug: 'bare', inference_types: [], limits: {}, features: {}, defaults: {} },
		]);
		expect(service.requestsTo('models')).toHaveLength(1);
	});

	it.each([
		[{ type: 'status' as const, status: 401 }, 'deAPI did not accept the API key'],
		[{ type: 'html' as const, status: 502 }, 'deAPI is not available at the moment (status 502)'],
		[{ type: 'html' as const, status: 200 }, 'deAPI gave an answer that could not be read'],
		[{ type: 'cutAfterBody' as const, accept: true }, 'deAPI could not be reached'],
	])('says what went wrong: %j', async (fault, text) => {
		const service = await startService();
		service.fake.faults.add({ route: 'models', after: 1, fault });
		// On the second page: a list that lacks its end is no list.
		expect(errorOf(await runOperation(service, ALL)).message).toContain(text);
	});
});

describe('the model picker', () => {
	/** What n8n's editor does when the user opens or searches the list. */
	async function search(
		{ credentials }: Pick<Service, 'credentials'>,
		filter?: string,
	): Promise<INodeListSearchResult> {
		const { workflow, workflowData } = toWorkflow(deapiWorkflow([], {}));
		const additionalData = additionalDataFor(
			'internal',
			workflowData,
			new TestCredentials(credentials),
		);
		const node = workflow.getNode(NODE);
		if (!node) throw new Error('The workflow has no node');
		const context = new LoadOptionsContext(workflow, node, additionalData, 'parameters.model');
		const { getModels } = new Deapi().methods.listSearch;
		if (getModels === undefined) throw new Error('The node has no list of models');
		return await getModels.call(context, filter);
	}

	it('is the method that the field names', () => {
		const { properties } = new Deapi().description;
		const methods = properties
			.filter(({ name }) => name === 'model')
			.flatMap(({ modes }) => modes ?? [])
			.flatMap(({ typeOptions }) => typeOptions?.searchListMethod ?? []);
		expect(new Set(methods)).toEqual(new Set(Object.keys(new Deapi().methods.listSearch)));
	});

	it('lists the models that make video from sound, and says in their names what matters', async () => {
		const service = await startService();
		const { results } = await search(service);
		expect(results).toEqual([
			{
				name: 'LTX-2.3 22B Distilled INT8 · 256–1280 px · up to 10 s',
				value: 'Ltx2_3_22B_Dist_INT8',
			},
			expect.objectContaining({ value: 'Ltx2_19B_Dist_FP8' }),
			{ name: 'LTX Lip Sync 2B · 64–768 px · up to 4.8 s', value: 'LtxLipSync_2B' },
		]);
	});

	it.each([
		['lip sync', ['LtxLipSync_2B']],
		['DIST', ['Ltx2_3_22B_Dist_INT8', 'Ltx2_19B_Dist_FP8']],
		['_2b', ['LtxLipSync_2B']],
		['  ', ['Ltx2_3_22B_Dist_INT8', 'Ltx2_19B_Dist_FP8', 'LtxLipSync_2B']],
		['Sora', []],
	])("finds models by name and slug: '%s'", async (filter, expected) => {
		const service = await startService();
		const { results } = await search(service, filter);
		expect(results.map(({ value }) => value)).toEqual(expected);
	});

	it('lists models of which nothing is known', async () => {
		const service = await startService({ models: [model('bare', { info: [] })] });
		expect((await search(service)).results).toEqual([{ name: 'Model bare', value: 'bare' }]);
	});

	it('shows models beyond the first page', async () => {
		const models = Array.from({ length: 120 }, (_, index) => model(`m${index}`));
		const service = await startService({ models });
		expect((await search(service)).results).toHaveLength(120);
		expect((await search(service, 'm119')).results).toHaveLength(1);
	});

	it.each([
		[{ type: 'status' as const, status: 401 }, 'deAPI did not accept the API key'],
		[{ type: 'html' as const, status: 503 }, 'deAPI is not available at the moment (status 503)'],
		[{ type: 'cutBeforeBody' as const }, 'deAPI could not be reached: the connection was cut'],
	])('says why the list cannot be read, and how to go on: %j', async (fault, reason) => {
		const service = await startService();
		service.fake.faults.add({ route: 'models', fault });
		await expect(search(service)).rejects.toMatchObject({
			message: `The list of models could not be read: ${reason}`,
			description: expect.stringContaining("choose 'By ID' and enter the model's slug"),
		});
	});

	it('is not needed: a slug works while the list cannot be read', async () => {
		const service = await startService();
		service.fake.faults.add({ route: 'models', times: 9, fault: { type: 'html', status: 503 } });
		await expect(search(service)).rejects.toThrow('could not be read');
		const run = await generate(service, {
			prompt: 'A singer',
			model: { __rl: true, mode: 'id', value: 'LtxLipSync_2B' },
		});
		expect(outputOf(run, NODE)[0]?.json.model).toBe('LtxLipSync_2B');
		expect(service.fake.jobs[0]?.fields.model).toBe('LtxLipSync_2B');
	});
});
