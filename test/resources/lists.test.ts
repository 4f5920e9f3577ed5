/** The lists of the panel: models with what matters in their names, languages and voices. */
import { LoadOptionsContext } from 'n8n-core';
import type { INodeListSearchItems, INodeParameters } from 'n8n-workflow';
// With its ending: beside it lies Deapi.node.json, which Node would take first.
import { Deapi as DeapiNode } from '../../nodes/Deapi/Deapi.node.ts';
import { clockForTests } from '../support/clock';
import { additionalDataFor, TestCredentials, toWorkflow } from '../support/engine';
import { Deapi } from '../support/deapi';
import { deapiWorkflow, NODE } from '../support/workflows';
import { asText } from '../support/text';
import { lineOf, NAMES } from './table';

const clock = clockForTests();

/** What n8n's editor does when the user opens or searches a list. */
async function search(
	deapi: Deapi,
	field: string,
	parameters: INodeParameters,
	filter?: string,
): Promise<INodeListSearchItems[]> {
	const { description, methods } = new DeapiNode();
	const { workflow, workflowData } = toWorkflow(deapiWorkflow([], parameters));
	const credentials = new TestCredentials(deapi.credentials());
	const additionalData = additionalDataFor('internal', workflowData, credentials);
	const node = workflow.getNode(NODE);
	if (!node) throw new Error('The workflow has no node');
	additionalData.currentNodeParameters = node.parameters;
	const property = description.properties.find(
		({ name, displayOptions: { show } = {} }) =>
			name === field &&
			show?.resource?.includes(asText(node.parameters.resource)) === true &&
			show.operation?.includes(asText(node.parameters.operation)) === true,
	);
	const method = property?.modes?.[0]?.typeOptions?.searchListMethod ?? '';
	const list = methods.listSearch[method];
	if (!list) throw new Error(`${field} has no list`);
	const path = `parameters.${field}`;
	return (await list.call(new LoadOptionsContext(workflow, node, additionalData, path), filter))
		.results;
}

const SPEECH = { resource: 'audio', operation: 'generateSpeech' };
const byId = (value: string) => ({ __rl: true, mode: 'id', value });

test('every list that a field names is there', () => {
	const { description, methods } = new DeapiNode();
	const named = description.properties
		.flatMap(({ modes = [] }) => modes)
		.flatMap(({ typeOptions }) => typeOptions?.searchListMethod ?? []);
	expect(new Set(named)).toEqual(new Set(Object.keys(methods.listSearch)));
});

test.each(NAMES)(
	"%s: 'Model' offers the models of its inference types, and no others",
	async (name) => {
		const { model, parameters } = lineOf(name);
		const deapi = await Deapi.open();
		const offered = (await search(deapi, 'model', parameters)).map(({ value }) => value);
		const types: readonly string[] = model.types;
		const wanted = deapi.fake.settings.models
			.filter(
				({ inference_types: own }) =>
					Array.isArray(own) && own.some((type) => types.includes(asText(type))),
			)
			.map(({ slug }) => slug);
		expect(offered).toContain('auto');
		expect(offered.length).toBeGreaterThan(1);
		expect(offered.filter((slug) => slug !== 'auto' && !wanted.includes(asText(slug)))).toEqual([]);
		// Prompts have no models of their own.
		for (const { slug } of model.models.slice(0, 1)) expect(offered).toContain(slug);
	},
);

test.each<[string, INodeParameters, string[]]>([
	[
		'videos',
		{ resource: 'video', operation: 'generateFromAudio' },
		[
			'LTX-2.3 22B Distilled INT8 · 512–1024 px · up to 10 s',
			'LTX Studio 30B Distilled FP8 · 256–1024 px · up to 8.6 s',
			'LTX Lip Sync 2B · experimental · 64–768 px · up to 4.8 s',
		],
	],
	[
		'speech',
		SPEECH,
		[
			'Kokoro · 8 voices · 4 languages',
			'Qwen3 TTS 1.7B CustomVoice · 2 voices · 2 languages',
			'Qwen3 TTS 1.7B Base · clones voices · 2 languages',
			'Qwen3 TTS 1.7B VoiceDesign · designs voices · 2 languages',
		],
	],
	[
		'music',
		{ resource: 'audio', operation: 'generateMusic' },
		[
			'ACE-Step 1.5 Turbo · up to 300 s',
			'ACE-Step 1.5 XL Turbo INT8 · up to 300 s',
			'ACE-Step 1.5 Base · up to 300 s',
		],
	],
	[
		'transcripts',
		{ resource: 'audio', operation: 'transcribe' },
		[
			'Whisper Large V3 · times of words · tells speakers apart',
			'Whisper Large V3 Turbo · experimental',
		],
	],
	[
		'pictures',
		{ resource: 'image', operation: 'generate' },
		[
			'FLUX.2 Klein 4B BF16 · 256–2048 px',
			'Z-Image Turbo INT8 · 256–2048 px',
			'FLUX.1 schnell · 256–2048 px',
		],
	],
	[
		'larger videos',
		{ resource: 'video', operation: 'upscale' },
		[
			'RealESRGAN Video x4 · up to 60 s',
			'RealESRGAN Video x2',
			'FlashVSR Tiny · experimental · scale 2–4',
		],
	],
])('of models for %s says what matters in their names', async (_what, parameters, names) => {
	const deapi = await Deapi.open();
	const results = await search(deapi, 'model', parameters);
	// The others are fillers, of which nothing is known.
	const shown = results.map(({ name }) => name).filter((name) => !/^Model \d+ /.test(name));
	expect(shown).toEqual(['Automatic', ...names]);
});

test('of models for a prompt follows what the prompt is for', async () => {
	const deapi = await Deapi.open();
	const slugs = async (type: string) => {
		const parameters = { resource: 'prompt', operation: 'enhance', type };
		return (await search(deapi, 'model', parameters)).map(({ value }) => value);
	};
	expect(await slugs('audio.speech')).toContain('Kokoro');
	expect(await slugs('images.edits')).toContain('QwenImageEdit_Plus_NF4');
	expect(await slugs('images.edits')).not.toContain('Kokoro');
});

test('of models for a film is that of the video', async () => {
	const deapi = await Deapi.open();
	const parameters = { resource: 'audio', operation: 'splitIntoClips' };
	expect(await search(deapi, 'model', parameters)).toHaveLength(4);
});

describe('of the chosen model', () => {
	test('has its languages', async () => {
		const deapi = await Deapi.open();
		expect(await search(deapi, 'language', SPEECH)).toEqual([
			{ name: 'American English', value: 'en-us' },
			{ name: 'British English · en-gb', value: 'en-gb' },
			{ name: 'Spanish · es', value: 'es' },
			{ name: 'Japanese · ja', value: 'ja' },
		]);
		const parameters = { ...SPEECH, model: byId('Qwen3_TTS_12Hz_1_7B_CustomVoice') };
		const values = (await search(deapi, 'language', parameters)).map(({ value }) => value);
		expect(values).toEqual(['English', 'German']);
	});

	test.each([
		['en-us', undefined, ['af_sky', 'af_bella', 'am_adam']],
		['en-gb', undefined, ['bf_emma', 'bm_george']],
		['en-us', 'female', ['af_sky', 'af_bella']],
		['en-us', 'ADAM', ['am_adam']],
		['xx', 'bella', ['af_bella']],
	])('has the voices of the language %s, searched for %s', async (language, filter, values) => {
		const deapi = await Deapi.open();
		const parameters = { ...SPEECH, language: byId(language) };
		const results = await search(deapi, 'voice', parameters, filter);
		expect(results.map(({ value }) => value)).toEqual(values);
	});

	test('says which language a voice is of where the chosen one is none', async () => {
		const deapi = await Deapi.open();
		const parameters = { ...SPEECH, language: byId('xx') };
		expect(await search(deapi, 'voice', parameters, 'sky')).toEqual([
			{ name: 'Sky · female · American English', value: 'af_sky' },
		]);
	});

	test('keep the name under which the panel shows the chosen one', async () => {
		const deapi = await Deapi.open();
		const shown = (value: string, cachedResultName: string) => ({
			...{ __rl: true, mode: 'list', value },
			cachedResultName,
		});
		const parameters = {
			...SPEECH,
			model: shown('Kokoro', 'The old Kokoro'),
			language: shown('en-us', 'English'),
			voice: shown('af_bella', 'Bella, who sings'),
		};
		const names = async (field: string, filter?: string) =>
			(await search(deapi, field, parameters, filter)).map(({ name }) => name);
		expect(await names('model')).toContain('The old Kokoro');
		expect(await names('language')).toContain('English');
		expect(await names('voice')).toEqual(['Sky · female', 'Bella, who sings', 'Adam · male']);
		expect(await names('voice', 'bella')).toEqual(['Bella · female']);
	});

	test('is empty where the model has none, or is not known', async () => {
		const deapi = await Deapi.open();
		const voiceless = { ...SPEECH, model: byId('Qwen3_TTS_12Hz_1_7B_Base') };
		expect(await search(deapi, 'voice', voiceless)).toEqual([]);
		expect(await search(deapi, 'voice', { ...SPEECH, model: byId('Nobody') })).toEqual([]);
	});

	test('says why there is none, and how to go on', async () => {
		clock.leap();
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: 'models', times: 9, fault: { type: 'html', status: 503 } });
		await expect(search(deapi, 'voice', SPEECH)).rejects.toMatchObject({
			message:
				'The list of voices could not be read: deAPI is not available at the moment (status 503)',
			description: expect.stringContaining("choose 'By ID' and enter the voice's ID") as string,
		});
	});
});
