/** What single operations check and choose beyond what all of them do. */
import { readFileSync } from 'node:fs';
import type { INodeParameters } from 'n8n-workflow';
import type { FakeDeapiOptions, FakeModel, Surface } from '../fake-deapi';
import { clockForTests } from '../support/clock';
import type { RunOptions } from '../support/engine';
import type { SourceItem } from '../support/nodes';
import { Deapi, expectGoodText, fieldsOf, filePart, type Outcome } from '../support/deapi';
import { deapiWorkflow, file, fixture } from '../support/workflows';
import { lineOf } from './table';
import { asText } from '../support/text';

const clock = clockForTests();

interface Setting {
	parameters?: INodeParameters;
	options?: INodeParameters;
	item?: SourceItem;
	surface?: Surface;
	run?: Partial<RunOptions>;
}

async function run(deapi: Deapi, name: string, setting: Setting = {}): Promise<Outcome> {
	const { parameters, options = {}, item, surface = 'v1' } = setting;
	const line = lineOf(name);
	const waiting = { options: { pollInterval: 0.05, ...options } };
	return await deapi.runSaved(
		deapiWorkflow([item ?? line.item], { ...line.parameters, ...parameters, ...waiting }),
		{ credentials: deapi.credentials({ apiVersion: surface }), ...setting.run },
	);
}

/** Runs what is refused before anything is sent, and returns what it says. */
async function refusal(name: string, setting: Setting): Promise<string> {
	const deapi = await Deapi.open();
	const { stop } = await run(deapi, name, setting);
	expect(deapi.submits).toEqual([]);
	expect(stop.data.submitted).toBe('no');
	expectGoodText(stop.message);
	expectGoodText(stop.description);
	return `${stop.message}. ${stop.description}`;
}

const byId = (value: string) => ({ __rl: true, mode: 'id', value });
const inField = (field: string, name: string, data?: Buffer): SourceItem => ({
	json: {},
	files: { [field]: data ? { data, fileName: name } : file(name) },
});
const ofSize = (start: string, megabytes: number) =>
	Buffer.concat([Buffer.from(start, 'latin1'), Buffer.alloc(megabytes * 1024 * 1024)]);

const MP4_HEAD = '\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41';
const OGG_HEAD = 'OggS';

describe('Audio > Generate Speech', () => {
	const NAME = 'Audio > Generate Speech';
	const design = { model: byId('Qwen3_TTS_12Hz_1_7B_VoiceDesign'), language: byId('English') };
	const clone = { model: byId('Qwen3_TTS_12Hz_1_7B_Base'), language: byId('English') };
	const LONG = { text: 'Hello, this is a text that is long enough.' };

	test('takes language and voice from expressions that give plain text', async () => {
		const deapi = await Deapi.open();
		const item = { json: { lang: 'en-gb', who: 'bf_emma' } };
		const parameters = { language: '={{ $json.lang }}', voice: '={{ $json.who }}' };
		await run(deapi, NAME, { parameters, item });
		expect(fieldsOf(deapi.submits[0])).toMatchObject({ lang: 'en-gb', voice: 'bf_emma' });
	});

	test('designs a voice: its instructions are sent, the voice is not', async () => {
		const deapi = await Deapi.open();
		const options = { mode: 'voice_design', instructions: 'A warm voice' };
		const { items } = await run(deapi, NAME, { parameters: { ...design, ...LONG }, options });
		const fields = fieldsOf(deapi.submits[0]);
		expect(fields).toMatchObject({ mode: 'voice_design', instruct: 'A warm voice' });
		expect(fields).not.toHaveProperty('voice');
		expect(items[0]?.json).not.toHaveProperty('voice');
	});

	test('gives a ready-made voice a style', async () => {
		const deapi = await Deapi.open();
		await run(deapi, NAME, { options: { instructions: 'cheerful' } });
		expect(fieldsOf(deapi.submits[0])).toMatchObject({ voice: 'af_sky', instruct: 'cheerful' });
	});

	test.each<[string, INodeParameters, INodeParameters, string]>([
		[
			'cloning without a sound',
			{ ...clone, ...LONG },
			{ mode: 'voice_clone' },
			"'Reference Audio Field' is empty. The mode 'Voice Clone' needs it.",
		],
		[
			'designing without words for it',
			{ ...design, ...LONG },
			{ mode: 'voice_design' },
			"'Instructions' is empty. The mode 'Voice Design' needs it.",
		],
		[
			'a text that is too short for the model',
			{ text: 'Hi' },
			{},
			"'Text' has 2 characters; allowed are 3 to 10001",
		],
		['a speed out of range', { speed: 3 }, {}, "'Speed' is 3; allowed are 0.5 to 2"],
		[
			'a format that the model does not make',
			{ ...clone, ...LONG, format: 'wav' },
			{ mode: 'voice_clone', referenceBinaryProperty: 'reference' },
			"'Format' is wav; this model has mp3.",
		],
		['an empty voice', { voice: byId('={{ "" }}') }, {}, "'Voice' is empty"],
		['an empty text', { text: ' ' }, {}, "'Text' is empty"],
	])('refuses %s', async (_what, parameters, options, expected) => {
		const item = inField('reference', 'speech.mp3');
		expect(await refusal(NAME, { parameters, options, item })).toContain(expected);
	});

	test('does not overlook a reference that the mode has no use for', async () => {
		const said = await refusal(NAME, {
			options: { referenceBinaryProperty: 'reference' },
			item: inField('reference', 'speech.mp3'),
		});
		expect(said).toContain("'Reference Audio Field' is not used by the mode 'Ready-Made Voice'");
	});

	describe('with a reference', () => {
		const parameters = { ...clone, ...LONG };
		const options = { mode: 'voice_clone', referenceBinaryProperty: 'reference' };

		test.each([
			['lengths/mp3-48k-cbr.mp3', '2.019'],
			['lengths/ogg-opus-voice.ogg', '2.023'],
		])('refuses one of less than 3 seconds: %s', async (name, seconds) => {
			const item = inField('reference', name);
			const said = await refusal(NAME, { parameters, options, item });
			expect(said).toContain(`The sound in 'Reference Audio Field' is ${seconds} seconds long`);
			expect(said).toContain('deAPI takes 3 to 10 seconds.');
		});

		test.each(['speech.mp3', 'ogg-vorbis.ogg', 'ogg-opus.ogg'])('takes %s', async (name) => {
			const deapi = await Deapi.open();
			const item = inField('reference', name);
			await run(deapi, NAME, { parameters, options, item });
			expect(deapi.submits[0]?.status).toBe(200);
		});

		test('leaves the length of M4A to deAPI', async () => {
			const deapi = await Deapi.open();
			const item = inField('reference', 'results/yellow.m4a');
			const { stop } = await run(deapi, NAME, { parameters, options, item });
			expect(stop.message).toBe("deAPI did not accept 'Reference Audio Field'");
			expect(deapi.submits).toHaveLength(1);
			expect(filePart(deapi.submits[0], 'ref_audio').contentType).toBe('audio/mp4');
		});

		test.each<[Surface, number, boolean]>([
			['v1', 12, true],
			['v1', 16, false],
			['v2', 9, true],
			['v2', 12, false],
		])('on %s of %s MB: taken %s', async (surface, megabytes, isTaken) => {
			const deapi = await Deapi.open();
			const voice = readFileSync(fixture('speech.mp3'));
			const padded = Buffer.concat([voice, Buffer.alloc(megabytes * 1024 * 1024)]);
			const item = inField('reference', 'voice.mp3', padded);
			const { run: result } = await run(deapi, NAME, { parameters, options, item, surface });
			expect(result.data.resultData.error === undefined).toBe(isTaken);
			expect(deapi.submits.map(({ status }) => status)).toEqual(isTaken ? [200] : []);
		});

		test('refuses other kinds of files', async () => {
			const item = inField('reference', 'song.wav');
			const said = await refusal(NAME, { parameters, options, item });
			expect(said).toContain('is not an MP3, OGG or M4A file');
		});
	});
});

describe('Audio > Generate Music', () => {
	const NAME = 'Audio > Generate Music';

	async function stepsOf(setting: Setting, options: FakeDeapiOptions = {}) {
		const deapi = await Deapi.open(options);
		await run(deapi, NAME, setting);
		const { inference_steps, guidance_scale } = fieldsOf(deapi.submits[0]);
		return [inference_steps, guidance_scale];
	}

	const model = (info: unknown): FakeModel => ({
		...{ name: 'Own', slug: 'Own', inference_types: ['txt2music'], info },
	});
	const own = { model: byId('Own') };

	test('sends the model’s own steps and guidance where the user gives none', async () => {
		const base = { model: byId('AceStep_1_5_Base') };
		expect(await stepsOf({ parameters: base })).toEqual(['50', '7']);
	});

	test('sends the least that the model takes where it has no defaults', async () => {
		const limits = { min_steps: '5', max_steps: 9, min_guidance: 3, max_guidance: 4 };
		const models = [model({ limits, defaults: [] })];
		expect(await stepsOf({ parameters: own }, { models })).toEqual(['5', '3']);
	});

	test.each([[[]], [null], [undefined]])(
		'sends 8 and 1 where it says nothing: %j',
		async (info) => {
			expect(await stepsOf({ parameters: own }, { models: [model(info)] })).toEqual(['8', '1']);
		},
	);

	test('sends 8 and 1 where the list cannot be read', async () => {
		clock.leap();
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: 'models', times: 9, fault: { type: 'html', status: 503 } });
		await run(deapi, NAME);
		expect(fieldsOf(deapi.submits[0])).toMatchObject({ inference_steps: '8', guidance_scale: '1' });
	});

	test.each<[string, INodeParameters, INodeParameters, string]>([
		[
			'too long a song',
			{ duration: 301 },
			{},
			"'Duration (Seconds)' is 301; allowed are 10 to 300",
		],
		['steps of another model', {}, { steps: 50 }, "'Steps' is 50; the only allowed value is 8"],
		['guidance of another', {}, { guidance: 7 }, "'Guidance' is 7; the only allowed value is 1"],
		['a tempo out of range', {}, { bpm: 20 }, "'BPM' is 20; allowed are 50 to 200"],
		['4/4', {}, { timeSignature: '={{ "4/4" }}' }, "'Time Signature' is 4/4. Enter 2, 3, 4 or 6."],
		['no lyrics', { lyrics: ' ' }, {}, "'Lyrics' is empty. Enter [Instrumental] for"],
	])('refuses %s', async (_what, parameters, options, expected) => {
		expect(await refusal(NAME, { parameters, options })).toContain(expected);
	});
});

describe('Image > Generate', () => {
	const NAME = 'Image > Generate';

	test('draws a seed for -1, and says which', async () => {
		const deapi = await Deapi.open();
		const { json } = await run(deapi, NAME, { parameters: { seed: -1 } });
		const { seed } = deapi.submits[0]?.json as { seed: number };
		expect(seed).toBeGreaterThanOrEqual(0);
		expect(json.seed).toBe(seed);
	});

	test('sends guidance 0 to a model that has none, and takes a 0 from the user', async () => {
		const deapi = await Deapi.open();
		const { items } = await run(deapi, NAME, { options: { guidance: 0 } });
		expect(items).toHaveLength(1);
		expect(deapi.submits[0]?.json).toMatchObject({ guidance: 0, steps: 4 });
	});

	test('sends the model’s own guidance and steps', async () => {
		const deapi = await Deapi.open();
		await run(deapi, NAME, { parameters: { model: byId('Flux1schnell') } });
		expect(deapi.submits[0]?.json).toMatchObject({ guidance: 7.5, steps: 4 });
	});

	test('works with its own model where the list cannot be read', async () => {
		clock.leap();
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: 'models', times: 9, fault: { type: 'html', status: 503 } });
		const { items } = await run(deapi, NAME);
		expect(items[0]?.json.status).toBe('done');
	});

	test.each<[string, INodeParameters, INodeParameters, string]>([
		['too wide a picture', { width: 1600 }, {}, "'Width' is 1600; allowed are multiples of 16"],
		['an odd height', { height: 500 }, {}, 'the nearest allowed value is 496'],
	])('refuses %s where the model does', async (_what, parameters, options, expected) => {
		expect(await refusal(NAME, { parameters, options })).toContain(expected);
	});
});

describe('Video > Upscale', () => {
	const NAME = 'Video > Upscale';

	test('refuses a scale where the model has one only', async () => {
		const said = await refusal(NAME, { options: { scale: 2 } });
		expect(said).toContain("'Scale' does not fit the model RealESRGAN Video x4");
	});

	test('refuses a scale that the model does not have', async () => {
		const parameters = { model: byId('FlashVSR_Tiny') };
		const said = await refusal(NAME, { parameters, options: { scale: 8 } });
		expect(said).toContain("'Scale' is 8; allowed are 2 to 4; the nearest allowed value is 4");
	});

	test.each([
		['a sound', 'song.mp3', 'is not an MP4, MPEG, MOV, AVI, WMV or OGG video'],
		['a picture', 'frame.png', 'It looks like a PNG file.'],
	])('refuses %s', async (_what, name, expected) => {
		expect(await refusal(NAME, { item: inField('data', name) })).toContain(expected);
	});

	test('takes videos of up to 50 MB', async () => {
		const deapi = await Deapi.open();
		const item = inField('data', 'film.mp4', ofSize(MP4_HEAD, 49));
		await run(deapi, NAME, { item });
		expect(deapi.submits[0]?.status).toBe(200);
		const large = inField('data', 'film.mp4', ofSize(MP4_HEAD, 50));
		expect(await refusal(NAME, { item: large })).toContain('deAPI takes up to 50 MB.');
	});
});

describe('Audio > Transcribe', () => {
	const NAME = 'Audio > Transcribe';
	const page = (sourceUrl: string) => ({ audioSource: 'sourceUrl', sourceUrl });
	const YOUTUBE = page('https://www.youtube.com/watch?v=1');

	test('passes a page on for deAPI to fetch, without a file', async () => {
		const deapi = await Deapi.open();
		const { json } = await run(deapi, NAME, { parameters: YOUTUBE, item: { json: {} } });
		const [request] = deapi.submits;
		expect(fieldsOf(request)).toEqual({
			...{ source_url: 'https://www.youtube.com/watch?v=1', model: 'WhisperLargeV3' },
			...{ include_ts: '0', return_result_in_response: '1' },
		});
		expect(request?.parts.filter(({ kind }) => kind === 'file')).toEqual([]);
		expect(json).toMatchObject({ status: 'done', result: expect.any(String) as string });
	});

	test('takes a model that no list shows: TikTok needs one', async () => {
		const deapi = await Deapi.open();
		const parameters = { ...page('https://www.tiktok.com/@a/1'), model: byId('WhisperLargeV3Ct2') };
		const { json } = await run(deapi, NAME, { parameters, item: { json: {} } });
		expect(json.status).toBe('done');
	});

	test.each<[string, INodeParameters]>([
		['timestampLevel', { includeTimestamps: true, timestampLevel: 'segment' }],
		['diarize', { diarize: true }],
		['language', { language: 'de' }],
		['includeMetadata', { includeMetadata: true }],
	])('goes to v2 with %s, also with a v1 credential, price and all', async (_name, options) => {
		const deapi = await Deapi.open();
		await run(deapi, NAME, { options: { ...options, maxPrice: 5 } });
		expect(deapi.submits.map(({ path, status }) => [path, status])).toEqual([
			['/api/v2/audio/transcriptions/price', 200],
			['/api/v2/audio/transcriptions', 200],
		]);
	});

	test.each(['song.wav', 'song.flac'])(
		'goes to v2 with %s, which v1 does not take',
		async (name) => {
			const deapi = await Deapi.open();
			await run(deapi, NAME, { item: inField('data', name) });
			expect(deapi.submits.map(({ path, status }) => [path, status])).toEqual([
				['/api/v2/audio/transcriptions', 200],
			]);
		},
	);

	test('sends the webhook’s secret along where v2 gets the job of a v1 credential', async () => {
		const deapi = await Deapi.open();
		const webhookSecret = 'a-webhook-secret-of-40-characters-012345';
		const options = { diarize: true, webhookUrl: 'https://n8n.example.com/webhook/1' };
		const credentials = deapi.credentials({ webhookSecret });
		await run(deapi, NAME, { options, run: { credentials } });
		expect(deapi.fake.jobs[0]).toMatchObject({ webhookSecret });
	});

	test.each(['ogg-opus.ogg', 'song.ogg', 'result.mp4'])('takes %s', async (name) => {
		const deapi = await Deapi.open();
		const { json } = await run(deapi, NAME, { item: inField('data', name) });
		expect(json.status).toBe('done');
	});

	test('takes videos of up to 50 MB and sounds of up to 20 MB', async () => {
		const deapi = await Deapi.open();
		await run(deapi, NAME, { item: inField('data', 'film.mp4', ofSize(MP4_HEAD, 49)) });
		expect(deapi.submits[0]?.status).toBe(200);
		const film = inField('data', 'film.mp4', ofSize(MP4_HEAD, 50));
		expect(await refusal(NAME, { item: film })).toContain('deAPI takes up to 50 MB.');
		const sound = inField('data', 'song.ogg', ofSize(OGG_HEAD, 20));
		expect(await refusal(NAME, { item: sound })).toContain('deAPI takes up to 20 MB.');
	});

	test('asks for the price with the file where its length cannot be told', async () => {
		const deapi = await Deapi.open();
		await run(deapi, NAME, { item: inField('data', 'result.mp4'), options: { maxPrice: 5 } });
		const [question] = deapi.submits;
		expect(fieldsOf(question)).toEqual({ model: 'WhisperLargeV3', include_ts: '0' });
		expect(filePart(question, 'source_file').mediaType).toBe('mp4');
	});

	test('asks for the price of a page by its address', async () => {
		const deapi = await Deapi.open();
		const options = { maxPrice: 5, includeMetadata: true };
		await run(deapi, NAME, { parameters: YOUTUBE, item: { json: {} }, options });
		expect(fieldsOf(deapi.submits[0])).toEqual({
			...{ source_url: YOUTUBE.sourceUrl, model: 'WhisperLargeV3' },
			...{ include_ts: '0', include_metadata: '1' },
		});
	});

	test('accepts an empty transcript, for a sound without speech', async () => {
		const deapi = await Deapi.open({ transcript: '' });
		const { items } = await run(deapi, NAME);
		expect(items[0]?.json).toMatchObject({ status: 'done', result: '' });
		expect(items[0]?.binary).toBeUndefined();
	});

	test('takes a text that PHP has made null of for no fault either', async () => {
		const deapi = await Deapi.open({ transcript: '', pendingMs: 0, processingMs: 0 });
		const fault = { type: 'overwrite' as const, data: { result: null, result_url: null } };
		deapi.fake.faults.add({ route: 'status', times: 9, fault });
		const { items } = await run(deapi, NAME);
		expect(items[0]?.json).toMatchObject({ status: 'done' });
	});

	test.each<[string, INodeParameters, INodeParameters, string]>([
		['an empty page', page(' '), {}, "'Page URL' is empty"],
		['a page that is none', page('youtube'), {}, "'Page URL' is not a web address"],
		[
			'a level without timestamps',
			{},
			{ timestampLevel: 'word' },
			"'Timestamp Level' is set without timestamps. Turn on 'Include Timestamps'",
		],
		[
			'a level that the model does not have',
			{ model: byId('WhisperLargeV3Turbo') },
			{ includeTimestamps: true, timestampLevel: 'word' },
			"'Timestamp Level' is word; this model has segment.",
		],
	])('refuses %s', async (_what, parameters, options, expected) => {
		expect(await refusal(NAME, { parameters, options })).toContain(expected);
	});

	test('refuses a text file', async () => {
		const said = await refusal(NAME, { item: inField('data', 'not-audio.mp3') });
		expect(said).toContain('is not an MP3, WAV, OGG, FLAC, AAC or WebM sound, or an MP4');
	});
});

describe('Prompt > Enhance', () => {
	const NAME = 'Prompt > Enhance';
	const edits = { type: 'images.edits', model: byId('QwenImageEdit_Plus_NF4') };

	test('works with a v1 credential also after v1 is gone', async () => {
		const deapi = await Deapi.open({ v1Removed: true });
		const { json } = await run(deapi, NAME, { surface: 'v1' });
		expect(json.prompt).toContain('a boat');
	});

	test('gives out the negative prompt that deAPI makes', async () => {
		const enhancement = () => ({ prompt: 'A boat at dawn', negative_prompt: 'fog, haze' });
		const deapi = await Deapi.open({ enhancement });
		const { json } = await run(deapi, NAME, { options: { negativePrompt: 'fog' } });
		expect(json).toEqual({
			...{ prompt: 'A boat at dawn', negative_prompt: 'fog, haze' },
			model: 'Flux_2_Klein_4B_BF16',
		});
	});

	test.each([
		['beside data', { prompt: 'A boat at dawn' }],
		['in data, where other answers have theirs', { data: { prompt: 'A boat at dawn' } }],
		['in data, with none beside it', { prompt: null, data: { prompt: 'A boat at dawn' } }],
		['beside data that PHP left empty', { prompt: 'A boat at dawn', data: [] }],
	])('reads a prompt that is %s', async (_where, body) => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: 'prompt', fault: { type: 'status', status: 200, body } });
		const { json } = await run(deapi, NAME);
		expect(json).toMatchObject({ prompt: 'A boat at dawn', negative_prompt: null });
	});

	test('reads the negative prompt beside the prompt', async () => {
		const deapi = await Deapi.open();
		const body = { data: { prompt: 'A boat at dawn', negative_prompt: 'fog' } };
		deapi.fake.faults.add({ route: 'prompt', fault: { type: 'status', status: 200, body } });
		const { json } = await run(deapi, NAME);
		expect(json).toMatchObject({ negative_prompt: 'fog' });
	});

	test.each(['list', 'object'] as const)('reads refusals that come as %s', async (promptErrors) => {
		clock.leap();
		const deapi = await Deapi.open({ promptErrors });
		deapi.fake.faults.add({ route: 'models', times: 9, fault: { type: 'html', status: 503 } });
		const { stop } = await run(deapi, NAME, { parameters: { model: byId('Nobody') } });
		expect(stop.message).toBe("deAPI did not accept 'Model'");
	});

	test.each([
		['an answer without a prompt', { negative_prompt: 'fog' }],
		['an empty answer', {}],
		['a prompt that is none', { prompt: null }],
		['data without a prompt', { data: { negative_prompt: 'fog' } }],
	])('does not take %s for a result, nor ask again', async (_what, body) => {
		const deapi = await Deapi.open();
		const fault = { type: 'status' as const, status: 200, body };
		deapi.fake.faults.add({ route: 'prompt', times: 3, fault });
		const { stop } = await run(deapi, NAME);
		expect(stop.message).toBe(
			'deAPI took the request but gave no result, so it may have been charged',
		);
		expect(stop.data.submitted).toBe('unknown');
		expect(stop.description).not.toContain('job');
		expect(deapi.submits).toHaveLength(1);
	});

	test('is not paid for twice when a later item stops the node and Retry On Fail runs it again', async () => {
		const deapi = await Deapi.open();
		const fault = { type: 'status' as const, status: 403, body: {} };
		deapi.fake.faults.add({ route: 'prompt', after: 1, fault });
		const saved = deapiWorkflow(
			[{ json: {} }, { json: {} }],
			{ ...lineOf(NAME).parameters, prompt: '=a boat {{ $itemIndex }}' },
			{ retryOnFail: true, maxTries: 2, waitBetweenTries: 1 },
		);
		const { items } = await deapi.runSaved(saved);
		expect(items.map(({ json }) => asText(json.prompt).slice(0, 8)).sort()).toEqual([
			'a boat 0',
			'a boat 1',
		]);
		expect(deapi.submits.map(({ status }) => status)).toEqual([200, 403, 200]);
	});

	test('keeps what was answered when another item stops the node', async () => {
		const deapi = await Deapi.open();
		const fault = { type: 'status' as const, status: 403, body: {} };
		deapi.fake.faults.add({ route: 'prompt', after: 1, fault });
		const saved = deapiWorkflow([{ json: {} }, { json: {} }], lineOf(NAME).parameters);
		const { stop } = await deapi.runSaved(saved);
		expect(stop.description).toMatch(/What deAPI answered for \[item [01]\] is in the details\./);
		expect(stop.data.answers).toEqual([
			expect.objectContaining({ prompt: expect.stringContaining('a boat') as string }),
		]);
	});

	test.each<[string, INodeParameters, INodeParameters, string]>([
		['no prompt', { prompt: '={{ "" }}' }, {}, "'Prompt' is empty"],
		['two letters', { prompt: 'ab' }, {}, "'Prompt' is too short. deAPI takes 3 characters"],
		['two letters more', {}, { negativePrompt: 'ab' }, "'Negative Prompt' is too short"],
		['no picture to edit', edits, {}, "'Image Field' is empty. 'Image From an Image' needs"],
		[
			'a picture where there is no use for it',
			{},
			{ imageBinaryProperty: 'image' },
			"'Image Field' is not used for 'Image'",
		],
		['a type that there is not', { type: '={{ "films" }}' }, {}, "'For' is films"],
		['a sound as a picture', edits, { imageBinaryProperty: 'song' }, 'is not a JPG, PNG'],
	])('refuses %s', async (_what, parameters, options, expected) => {
		const item = { json: {}, files: { image: file('frame.png'), song: file('song.mp3') } };
		expect(await refusal(NAME, { parameters, options, item })).toContain(expected);
	});
});
