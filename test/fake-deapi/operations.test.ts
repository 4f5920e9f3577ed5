/**
 * What the endpoints take and refuse beyond what `specification.test.ts` reads in their entries: the
 * ways of sending, the limits of models, rules about several fields, and prices.
 */
import type { Surface } from './index';
import { EVERYWHERE } from './strictness';
import { AUTH, get, start, submit, type Status } from './testing/plain-http';
import {
	ask,
	beyond,
	CLIP,
	file,
	type Fields,
	GOOD,
	type Making,
	PICTURE,
	post,
	refusedFields,
	send,
	SONG,
} from './testing/requests';

const LONG_TEXT = { text: 'A text that is long enough.' };
const CLONE = {
	...{ model: 'Qwen3_TTS_12Hz_1_7B_Base', lang: 'English', mode: 'voice_clone', voice: null },
	...LONG_TEXT,
};
const KLEIN = { model: 'Flux_2_Klein_4B_BF16', steps: 4 };
const page = (source_url: string) => ({ source_file: null, source_url });
const BY_URL = page('https://www.youtube.com/watch?v=abc');
const TIKTOK = page('https://www.tiktok.com/@a/video/1');
const M4A = file('results/red.m4a', 'audio/mp4');
const WAV = file('song.wav', 'audio/wav');

describe('takes', () => {
	it.each<[Making, Surface, string, Fields]>([
		['speech', 'v2', 'a cloned voice', { ...CLONE, ref_audio: SONG, ref_text: 'la la' }],
		['speech', 'v1', 'a model that says nothing of itself', { model: 'Model_3_txt2audio' }],
		['music', 'v1', 'a reference beyond 10 MB', { reference_audio: beyond(10, SONG) }],
		['transcription', 'v2', 'WAV', { source_file: WAV }],
		['transcription', 'v2', 'a language with its region', { lang: 'en-us' }],
		['transcription', 'v1', 'TikTok with its model', { ...TIKTOK, model: 'WhisperLargeV3Ct2' }],
		['picture', 'v1', 'guidance 0 where the model has none', { ...KLEIN, guidance: 0 }],
		['picture', 'v1', 'loras', { loras: [{ name: 'paper_cut', weight: 0.5 }] }],
	])('%s on %s: %s', async (making, surface, _what, changes) => {
		const fake = await start();
		const response = await post(fake, making, surface, { ...changes, webhook_url: 'https://a.b/' });
		expect(await response.json()).toEqual({ data: { request_id: fake.jobs[0]?.request_id } });
		expect(fake.jobs[0]).toMatchObject({ operation: making, surface, price: 0.15 });
		expect(fake.jobs[0]?.webhookUrl).toBe('https://a.b/');
		expect(fake.requests[0]).toMatchObject({ route: making, operation: making, surface });
		expect(fake.balanceOf('test-key')).toBe(99.85);
	});

	it('JSON too, where the pages show it', async () => {
		const fake = await start();
		const sent: Array<[string, Fields]> = [
			['audio/speech', { ...GOOD.speech.submit, speed: 1, sample_rate: 24000 }],
			['audio/music', { ...GOOD.music.submit, ...GOOD.music.price, guidance_scale: 1, seed: -1 }],
			['audio/transcriptions', { ...GOOD.transcription.submit, ...BY_URL, include_ts: false }],
		];
		for (const [path, fields] of sent) {
			expect((await send(fake, `/api/v2/${path}`, true, fields)).status).toBe(200);
		}
	});
});

describe('refuses', () => {
	it.each<[Making, Surface, string, Fields, string[]]>([
		['speech', 'v1', 'an unknown model', { model: 'Nope' }, ['model']],
		['speech', 'v1', 'a model of another kind', { model: 'Model_2_img2txt' }, ['model']],
		['speech', 'v1', EVERYWHERE.unknown, { prompt: 'x' }, ['prompt']],
		['speech', 'v2', EVERYWHERE.empty, { instruct: '' }, ['instruct']],
		['picture', 'v1', EVERYWHERE.quoted, { width: '512', guidance: '0' }, ['width', 'guidance']],
		['picture', 'v1', EVERYWHERE.lacking, { ...KLEIN, guidance: 3 }, ['guidance']],
		['picture', 'v1', 'a width off the step', { width: 516 }, ['width']],
		['picture', 'v2', 'a flag as text', { enhance_prompt: '1' }, ['enhance_prompt']],
		['picture', 'v1', 'what only v2 knows', { quality: 'high' }, ['quality']],
		[
			'picture',
			'v1',
			'odd loras',
			{ loras: [{ name: 'x', weight: -1 }] },
			['loras.0.name', 'loras.0.weight'],
		],
		[
			'speech',
			'v1',
			'a mode of another model',
			{ mode: 'voice_design', instruct: 'x', voice: null },
			['mode'],
		],
		['speech', 'v1', 'no reference to clone', CLONE, ['ref_audio']],
		['speech', 'v1', 'an unknown language', { lang: 'xx' }, ['lang']],
		['speech', 'v1', 'the voice of another language', { voice: 'bf_emma' }, ['voice']],
		['speech', 'v1', 'a text too short', { text: 'ab' }, ['text']],
		['speech', 'v2', 'a speed beyond the model', { speed: '2.5' }, ['speed']],
		['speech', 'v1', 'a format the model has not', { format: 'wav' }, ['format']],
		[
			'speech',
			'v1',
			'a voice beside a reference',
			{ ...CLONE, voice: 'x', ref_audio: SONG },
			['voice'],
		],
		['speech', 'v1', 'a reference in WAV', { ...CLONE, ref_audio: WAV }, ['ref_audio']],
		['speech', 'v2', 'one beyond 10 MB', { ...CLONE, ref_audio: beyond(10, SONG) }, ['ref_audio']],
		['speech', 'v1', 'one that is too short', { ...CLONE, ref_audio: M4A }, ['ref_audio']],
		['music', 'v1', 'other guidance than turbo has', { guidance_scale: '3' }, ['guidance_scale']],
		['music', 'v1', 'a time signature as written', { timesignature: '4/4' }, ['timesignature']],
		['transcription', 'v1', 'two sources', { source_url: BY_URL.source_url }, ['source_file']],
		['transcription', 'v1', 'no source', { source_file: null }, ['source_file']],
		['transcription', 'v1', 'a flag in words', { include_ts: 'true' }, ['include_ts']],
		['transcription', 'v1', 'WAV', { source_file: WAV }, ['source_file']],
		[
			'transcription',
			'v2',
			'a sound beyond 20 MB',
			{ source_file: beyond(20, SONG) },
			['source_file'],
		],
		['transcription', 'v1', 'TikTok with another model', TIKTOK, ['source_url']],
		['transcription', 'v1', 'a page of nobody', page('https://a.example/'), ['source_url']],
		[
			...(['transcription', 'v2', 'what the model has not'] as const),
			{ model: 'WhisperLargeV3Turbo', ts_level: 'word', diarize: '1' },
			['ts_level', 'diarize'],
		],
		['transcription', 'v2', 'an unknown language', { lang: 'xx-yy' }, ['lang']],
		['upscale', 'v1', 'a scale the model has not', { scale: '5' }, ['scale']],
		[
			'upscale',
			'v1',
			'a scale where there is one only',
			{ model: 'RealESRGAN_Vid_x4', scale: '4' },
			['scale'],
		],
		[
			'upscale',
			'v1',
			EVERYWHERE.untrue,
			{ video: [CLIP[0], 'a.mp4', 'application/octet-stream'] },
			['video'],
		],
	])('%s on %s: %s', async (making, surface, _what, changes, fields) => {
		const fake = await start();
		expect(await refusedFields(await post(fake, making, surface, changes))).toEqual(fields);
		expect(fake.jobs).toEqual([]);
		const unknown = fields.filter((name) => ['prompt', 'quality'].includes(name));
		expect(fake.requests[0]?.unexpectedFields).toEqual(unknown);
	});

	it('a form where JSON is wanted', async () => {
		const fake = await start();
		const { submit: fields } = GOOD.picture;
		const refused = await refusedFields(await send(fake, '/api/v1/client/txt2img', false, fields));
		expect(refused.sort()).toEqual(Object.keys(fields).sort());
	});
});

const priceOf = async (response: Response) =>
	((await response.json()) as { data: { price: number } }).data.price;

describe('prices', () => {
	it('are told on both surfaces, as estimates where asked to, and charged for a job', async () => {
		const fake = await start({ prices: { music: 0.42 } });
		expect(await (await ask(fake, 'music', 'v1')).json()).toEqual({ data: { price: 0.42 } });
		expect(fake.requests[0]).toMatchObject({ route: 'price', operation: 'music', surface: 'v1' });
		fake.settings.priceIsEstimated = true;
		const told = await (await ask(fake, 'music', 'v2')).json();
		expect(told).toEqual({ data: { price: 0.42, is_estimated: true } });
		expect([fake.jobs.length, fake.balanceOf('test-key')]).toEqual([0, 100]);
		await post(fake, 'music', 'v1');
		await submit(fake);
		expect(fake.jobs.map(({ price }) => price)).toEqual([0.42, 0.15]);
		expect(fake.balanceOf('test-key')).toBe(99.43);
	});

	it.each<[Making, Surface, string, Fields, string[]]>([
		['speech', 'v1', 'a text and its length', { count_text: 12 }, ['text']],
		['music', 'v1', EVERYWHERE.ranges, { duration: 5 }, ['duration']],
		['transcription', 'v1', 'two sources', { duration_seconds: '10' }, ['source_file']],
		['transcription', 'v2', 'a platform beside a file', { platform: 'kick' }, ['platform']],
		[
			...(['transcription', 'v2', 'TikTok with another model'] as const),
			{ source_file: null, duration_seconds: '10', platform: 'tiktok' },
			['platform'],
		],
		['upscale', 'v1', 'a file and its size', { width: '64', height: '64' }, ['width', 'height']],
	])('of %s on %s are refused for %s', async (making, surface, _what, changes, fields) => {
		const fake = await start();
		expect(await refusedFields(await ask(fake, making, surface, changes))).toEqual(fields);
	});

	it('of transcripts grow with what is asked for, and are those of the job', async () => {
		const fake = await start();
		const described = { ...page('https://youtu.be/abc'), include_metadata: '1' };
		const asked = async (changes: Fields) =>
			await priceOf(await ask(fake, 'transcription', 'v2', changes));
		expect(await asked({})).toBe(0.15);
		expect(await asked({ ts_level: 'word' })).toBe(0.16);
		expect(await asked(described)).toBe(0.155);
		expect(await asked({ include_metadata: '1' })).toBe(0.15);
		expect(await asked({ source_file: null, duration_seconds: '60', platform: 'kick' })).toBe(0.15);
		await post(fake, 'transcription', 'v2', described);
		expect(fake.jobs[0]?.price).toBe(0.155);
	});

	it('of upscaling are 0 where the length is not said, which is no price', async () => {
		const fake = await start();
		const size = { video: null, width: '512', height: '512' };
		const asked = async (changes: Fields) =>
			await priceOf(await ask(fake, 'upscale', 'v1', changes));
		expect(await asked({ video: CLIP })).toBe(0.15);
		expect(await asked({ ...size, duration: '10' })).toBe(0.15);
		expect(await asked(size)).toBe(0);
	});
});

describe('prompt enhancement', () => {
	it('answers at once, without data and without a job, and costs money', async () => {
		const fake = await start({ prices: { prompt: 0.01 } });
		expect(await (await ask(fake, 'prompt', 'v2')).json()).toEqual({ price: 0.01 });
		const response = await post(fake, 'prompt', 'v2');
		expect(await response.json()).toEqual({
			prompt: expect.stringMatching(/^a boat, .+/),
			negative_prompt: null,
		});
		expect(fake.jobs).toEqual([]);
		expect(fake.balanceOf('test-key')).toBe(99.99);
		const negative_prompt = 'x';
		fake.settings.enhancement = ({ prompt = '' }) => ({ prompt: `${prompt}!`, negative_prompt });
		const own = await post(fake, 'prompt', 'v2');
		expect(await own.json()).toEqual({ prompt: 'a boat!', negative_prompt });
	});

	it.each<[string, Fields, string[]]>([
		['a prompt of two letters', { prompt: 'ab' }, ['prompt']],
		['the wrong name of the model', { model_slug: null, model: 'x' }, ['model_slug', 'model']],
		['a model that is for something else', { model_slug: 'Kokoro' }, ['model_slug']],
		[
			...(['no picture to edit'] as const),
			{ type: 'images.edits', model_slug: 'QwenImageEdit_Plus_NF4' },
			['image'],
		],
		['a picture that nobody needs', { image: PICTURE }, ['image']],
		['a webhook', { webhook_url: 'https://a.example/' }, ['webhook_url']],
	])('refuses %s, in a list or by field', async (_what, changes, fields) => {
		const fake = await start();
		expect(await refusedFields(await post(fake, 'prompt', 'v2', changes))).toEqual(fields);
		fake.settings.promptErrors = 'object';
		const { errors } = (await (await post(fake, 'prompt', 'v2', changes)).json()) as {
			errors: object;
		};
		expect(Object.keys(errors)).toEqual(fields);
	});

	it.each(['image', 'video/price-calculation'])('is gone from v1: %s', async (path) => {
		const fake = await start();
		const url = `${fake.url}/api/v1/client/prompt/${path}`;
		const response = await fetch(url, { method: 'POST', headers: AUTH, body: new FormData() });
		expect(response.status).toBe(410);
		expect(response.headers.get('deprecation')).toBe('true');
		expect(response.headers.get('link')).toContain('/api/v2/prompts/enhancements');
		expect(fake.requests[0]).toMatchObject({ route: 'prompt', surface: 'v1' });
	});
});

test('a secret of a webhook is of v2 only, and a job’s status has its result on both', async () => {
	const fake = await start();
	const webhook = { webhook_url: 'https://a.b/', webhook_secret: 's'.repeat(32) };
	expect(await refusedFields(await post(fake, 'music', 'v1', webhook))).toEqual(['webhook_secret']);
	expect((await post(fake, 'music', 'v2', webhook)).status).toBe(200);
	const [job] = fake.jobs;
	expect(job?.webhookSecret).toBe(webhook.webhook_secret);
	fake.completeJob(job?.request_id ?? '');
	for (const path of ['v1/client/request-status', 'v2/jobs']) {
		const response = await get(fake, `/api/${path}/${job?.request_id}`);
		const { data } = (await response.json()) as { data: Status };
		expect([data.result, data.result_url]).toEqual([null, expect.stringContaining('output.mp3')]);
	}
});
