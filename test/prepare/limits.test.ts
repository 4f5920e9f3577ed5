/**
 * The chosen model's limits and features, checked before any file is sent.
 */
import type { INodeParameters } from 'n8n-workflow';
import type { FakeModel } from '../fake-deapi';
import { clockForTests } from '../support/clock';
import { errorOf, outputOf, runWorkflow } from '../support/engine';
import { Deapi } from '../support/deapi';
import { deapiWorkflow, file, NODE } from '../support/workflows';

const clock = clockForTests();
beforeEach(() => clock.leap());

const LTX = 'Ltx2_3_22B_Dist_INT8';
const STUDIO = 'LtxStudio_30B_Dist_FP8';
const LIP_SYNC = 'LtxLipSync_2B';
const PRICE = { resource: 'video', operation: 'estimatePrice' };

function video(model: string, rest: INodeParameters = {}): INodeParameters {
	return { prompt: 'A singer', model: { __rl: true, mode: 'id', value: model }, ...rest };
}

/** Runs both operations that check limits, and returns what each says. */
async function bothRefusals(deapi: Deapi, parameters: INodeParameters) {
	const submit = errorOf(await deapi.generate(parameters));
	const price = errorOf(await deapi.operate({ ...PRICE, ...parameters }));
	return [submit, price];
}

/** A service with one model, whose info is given. */
async function withModel(info: unknown, rest: Partial<FakeModel> = {}): Promise<Deapi> {
	const model = { name: 'Model One', slug: 'one', inference_types: ['audio2video'], info, ...rest };
	return await Deapi.open({ models: [model] });
}

describe('what is out of range', () => {
	it('is listed in one message, with label, value, allowed range and nearest allowed value', async () => {
		const deapi = await Deapi.open();
		const parameters = video(LTX, {
			width: 100,
			height: 2000,
			frames: 48,
			fps: 30,
			options: { steps: 7 },
		});
		for (const { message, description, data } of await bothRefusals(deapi, parameters)) {
			expect(message).toBe(
				"'Width', 'Height', 'Frames', 'FPS' and 'Steps' do not fit the model LTX-2.3 22B Distilled INT8",
			);
			expect(description.split('\n')).toEqual([
				"'Width' is 100; allowed are 512 to 1024; the nearest allowed value is 512.",
				"'Height' is 2000; allowed are 512 to 1024; the nearest allowed value is 1024.",
				"'Frames' is 48; allowed are 49 to 241; the nearest allowed value is 49.",
				"'FPS' is 30; the only allowed value is 24; the nearest allowed value is 24.",
				"'Steps' is 7; allowed are 8 or more; the nearest allowed value is 8.",
			]);
			expect(data.submitted).toBe('no');
		}
		expect(deapi.requestsTo('submit')).toEqual([]);
		expect(deapi.requestsTo('price')).toEqual([]);
	});

	it.each([
		['width', 500, 512],
		['width', 495, 480],
		['height', 257, 256],
		['height', 1023, 1024],
	])('is a %s of %d, which is no multiple: %d is', async (field, value, nearest) => {
		const deapi = await Deapi.open();
		const label = field === 'width' ? "'Width'" : "'Height'";
		for (const refusal of await bothRefusals(deapi, video(STUDIO, { [field]: value }))) {
			expect(refusal.message).toBe(`${label} does not fit the model LTX Studio 30B Distilled FP8`);
			expect(refusal.description).toContain(
				`${label} is ${value}; allowed are multiples of 32 from 256 to 1024; the nearest allowed value is ${nearest}.`,
			);
		}
	});

	it('is nothing at the ends of the ranges', async () => {
		const deapi = await Deapi.open();
		const ends = [
			{ width: 512, height: 1024, frames: 49, options: { steps: 8 } },
			{ width: 1024, height: 512, frames: 241, options: { steps: 99 } },
		];
		for (const values of ends) {
			expect((await bothRefusals(deapi, video(LTX, values))).map(({ message }) => message)).toEqual(
				['', ''],
			);
		}
		expect(deapi.fake.jobs).toHaveLength(2);
	});

	it('depends on the model', async () => {
		const deapi = await Deapi.open();
		const values = { width: 100, height: 64, frames: 9, fps: 12 };
		const [lipSync] = await bothRefusals(deapi, video(LIP_SYNC, values));
		expect(lipSync?.message).toBe('');
		const [other] = await bothRefusals(deapi, video(LTX, values));
		expect(other?.message).toContain("'Width', 'Height', 'Frames' and 'FPS' do not fit");
	});

	it('is told of each item where the node goes on', async () => {
		const deapi = await Deapi.open();
		const source = [100, 512, 5000].map((width) => ({
			json: { width },
			files: { data: file('song.mp3') },
		}));
		const parameters = video(LTX, { width: '={{ $json.width }}' });
		const run = await runWorkflow(
			deapiWorkflow(source, parameters, { onError: 'continueRegularOutput' }),
			{ credentials: deapi.credentials() },
		);
		const items = outputOf(run, NODE);
		expect(items.map(({ json }) => json.request_id !== undefined)).toEqual([false, true, false]);
		expect(items[0]?.json.message).toContain('the nearest allowed value is 512');
		expect(items[2]?.json.message).toContain('the nearest allowed value is 1024');
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([0, 1, 2].map((item) => ({ item })));
	});
});

describe.each(['v1', 'v2'] as const)(
	'on %s options that the model does not support',
	(apiVersion) => {
		const open = async (deapi = Deapi.open()) => (await deapi).with({ apiVersion });

		it('are sent all the same: deAPI decides, and says so by their labels', async () => {
			const deapi = await open();
			const parameters = video(LIP_SYNC, {
				frames: 121,
				options: { negativePrompt: 'blur', lastFrameBinaryProperty: 'last' },
			});
			const song = file('mp3-cbr-noheader.mp3');
			const source = [{ files: { data: song, last: file('frame.png') } }];
			const run = await runWorkflow(deapiWorkflow(source, parameters), {
				credentials: deapi.credentials(),
			});
			const { message, data } = errorOf(run);
			expect(message).toBe("deAPI did not accept 'Negative Prompt' and 'Last Frame Image Field'");
			expect(data).toMatchObject({ status: 422, submitted: 'no' });
			expect(deapi.requestsTo('submit')).toHaveLength(1);
		});

		it('do not hide what is out of range, which is refused before the upload', async () => {
			const deapi = await open();
			const parameters = video(LIP_SYNC, { width: 800, options: { negativePrompt: 'blur' } });
			const { message, description } = errorOf(await deapi.generate(parameters));
			expect(message).toBe("'Width' and 'Frames' do not fit the model LTX Lip Sync 2B");
			expect(description.split('\n')).toEqual([
				"'Width' is 800; allowed are 64 to 768; the nearest allowed value is 768.",
				"'Frames' is 241; allowed are 9 to 121; the nearest allowed value is 121.",
			]);
			expect(deapi.requestsTo('submit')).toEqual([]);
		});

		it('include guidance', async () => {
			const deapi = await open();
			const { message } = errorOf(await deapi.generate(video(LTX, { options: { guidance: 3 } })));
			expect(message).toBe("deAPI did not accept 'Guidance'");
			expect(deapi.requestsTo('submit')).toHaveLength(1);
		});

		it('include the first frame', async () => {
			const deapi = await open(withModel({ features: { supports_first_frame: '0' } }));
			const source = [{ files: { data: file('song.mp3'), first: file('frame.png') } }];
			const parameters = video('one', { options: { firstFrameBinaryProperty: 'first' } });
			const run = await runWorkflow(deapiWorkflow(source, parameters), {
				credentials: deapi.credentials(),
			});
			expect(errorOf(run).message).toBe("deAPI did not accept 'First Frame Image Field'");
		});

		it.each([
			['a range without it', { min_guidance: 1, max_guidance: 10 }],
			['no range', {}],
		])('guidance 0 is always sent: %s', async (_name, limits) => {
			const deapi = await open(withModel({ limits, features: { supports_guidance: true } }));
			const run = await deapi.generate(video('one', { options: { guidance: 0 } }));
			expect(errorOf(run).message).toBe('');
			expect(deapi.fake.jobs[0]?.fields.guidance).toBe('0');
		});

		it('are sent where the model supports them, or says nothing about them', async () => {
			const options = { guidance: 3, negativePrompt: 'blur' };
			const supporting = await open();
			expect(errorOf(await supporting.generate(video(STUDIO, { options }))).message).toBe('');
			for (const features of [[], null, {}, { supports_guidance: null }]) {
				const silent = await open(withModel({ features }));
				expect(errorOf(await silent.generate(video('one', { options }))).message).toBe('');
				expect(silent.fake.jobs[0]?.fields).toMatchObject({
					guidance: '3',
					negative_prompt: 'blur',
				});
			}
		});
	},
);

describe('where the limits are not known', () => {
	const wild = { width: 7, height: 9999, frames: 1, fps: 500 };

	it.each([
		['info is an empty list', []],
		['info is null', null],
		['there is no info', undefined],
		['its limits are an empty list', { limits: [], features: [], defaults: [] }],
		['its limits are no numbers', { limits: { min_width: '', max_width: 'many' } }],
		['its limits contradict each other', { limits: { min_frames: 100, max_frames: 50 } }],
	])('deAPI decides: %s', async (_name, info) => {
		const deapi = await withModel(info);
		await bothRefusals(deapi, video('one', wild));
		expect(deapi.requestsTo('submit')).toHaveLength(1);
		expect(deapi.requestsTo('price')).toHaveLength(1);
	});

	it('deAPI decides about any slug where the list is empty', async () => {
		const deapi = await Deapi.open({ models: [] });
		const [submit, price] = await bothRefusals(deapi, video('Sora_9', wild));
		expect(submit?.message).toBe("deAPI did not accept 'Model'");
		expect(price?.message).toBe("deAPI did not accept 'Model'");
		expect(submit?.data.status).toBe(422);
	});

	it('deAPI decides about a slug that is not in the list', async () => {
		const deapi = await Deapi.open();
		for (const refusal of await bothRefusals(deapi, video('Sora_9', wild))) {
			expect(refusal.message).toBe("deAPI did not accept 'Model'");
			expect(refusal.data).toMatchObject({ status: 422 });
		}
		expect(deapi.requestsTo('submit')).toHaveLength(1);
		expect(deapi.requestsTo('price')).toHaveLength(1);
	});

	it('a slug that no list shows makes a job where deAPI takes it', async () => {
		const hidden = { name: 'Hidden', slug: 'Hidden_1', inference_types: ['audio2video'], info: [] };
		const deapi = await Deapi.open({ unlistedModels: [hidden] });
		expect((await bothRefusals(deapi, video('Hidden_1'))).map(({ message }) => message)).toEqual([
			'',
			'',
		]);
		expect(deapi.fake.jobs[0]?.fields.model).toBe('Hidden_1');
	});

	it.each([
		[{ type: 'html' as const, status: 503 }],
		[{ type: 'status' as const, status: 404 }],
		[{ type: 'truncatedJson' as const }],
		[{ type: 'cutAfterBody' as const, accept: true }],
	])('deAPI decides where the models cannot be read: %j', async (fault) => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: 'models', times: 9, fault });
		const [submit, price] = await bothRefusals(deapi, video(LTX, { width: 100 }));
		// These are deAPI's own words.
		expect(submit?.description).toContain('The width field must be at least 512.');
		expect(price?.description).toContain('The width field must be at least 512.');
	});

	it('asks again in the next execution', async () => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: 'models', fault: { type: 'status', status: 404 } });
		expect(errorOf(await deapi.generate(video(LTX))).message).toBe('');
		const { message } = errorOf(await deapi.generate(video(LTX, { width: 100 })));
		expect(message).toContain("'Width' does not fit the model");
		expect(deapi.requestsTo('models')).toHaveLength(2);
	});
});

describe('the list of models', () => {
	it('is read once for all items, before any of them is sent', async () => {
		const deapi = await Deapi.open();
		await deapi.generate(video(LTX), { count: 20 });
		expect(deapi.fake.jobs).toHaveLength(20);
		const [models, ...more] = deapi.requestsTo('models');
		expect(more).toEqual([]);
		expect(models?.query).toEqual({
			limit: '50',
			page: '1',
			'filter[inference_types]': 'audio2video',
		});
		for (const { startedAt } of deapi.requestsTo('submit')) {
			expect(startedAt).toBeGreaterThanOrEqual(models?.startedAt ?? Infinity);
		}
	});

	it('is read once for all items also where it cannot be read', async () => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: 'models', times: 99, fault: { type: 'html', status: 503 } });
		await deapi.generate(video(LTX), { count: 20 });
		expect(deapi.fake.jobs).toHaveLength(20);
		// One read, tried three times.
		expect(deapi.requestsTo('models')).toHaveLength(3);
	});

	it('is shared by executions and operations for a minute, and then read again', async () => {
		const deapi = await Deapi.open();
		await deapi.generate(video(LTX));
		clock.skip(55_000);
		await deapi.operate({ ...PRICE, ...video(LTX) });
		expect(deapi.requestsTo('models')).toHaveLength(1);
		// What has changed meanwhile is seen after a minute.
		deapi.fake.settings.models = [];
		clock.skip(6_000);
		const { message } = errorOf(await deapi.generate(video(LTX, { width: 100 })));
		expect(deapi.requestsTo('models')).toHaveLength(2);
		expect(message).toBe("deAPI did not accept 'Model'");
	});

	it('is read for each account: another one may have other models', async () => {
		const deapi = await Deapi.open({ apiKeys: ['key-of-ann', 'key-of-bob'] });
		const bob = deapi.with({ apiKey: 'key-of-bob' });
		await deapi.generate(video(LTX));
		await bob.generate(video(LTX));
		await deapi.generate(video(LTX));
		expect(deapi.requestsTo('models').map(({ account }) => account)).toEqual([
			'key-of-ann',
			'key-of-bob',
		]);
	});

	it('is searched to its last page', async () => {
		const models = Array.from({ length: 120 }, (_, index): FakeModel => {
			const limits = { max_frames: 10 };
			return {
				name: `Model ${index}`,
				slug: `m${index}`,
				inference_types: ['audio2video'],
				info: { limits },
			};
		});
		const deapi = await Deapi.open({ models });
		const run = await deapi.generate(video('m119', { frames: 11 }));
		expect(errorOf(run).message).toBe("'Frames' does not fit the model Model 119");
		expect(deapi.requestsTo('models')).toHaveLength(3);
	});

	it('is not read for operations without a model', async () => {
		const deapi = await Deapi.open();
		await deapi.operate({ resource: 'account', operation: 'getBalance' });
		expect(deapi.requestsTo('models')).toEqual([]);
	});
});
