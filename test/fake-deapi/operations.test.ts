/**
 * Speech, music, transcripts, pictures, upscaling and prompts: what each endpoint takes and refuses.
 */
import type { FakeJob, Surface } from './index';
import {
	CLIP,
	file,
	JOBS,
	JOBS_AND_SURFACES,
	PICTURE,
	post,
	refusedFields,
	send,
	SONG,
	TABLE,
	type Fields,
	type Making,
} from './testing/operations-table';
import { AUTH, get, SECRET, start } from './testing/plain-http';

const MB = 1024 * 1024;

/** A file of so many bytes that begins like another. */
function sized([bytes, name, type]: typeof SONG, size: number): typeof SONG {
	return [Buffer.concat([bytes.subarray(0, 1000), Buffer.alloc(size - 1000)]), name, type];
}

const fileNames = (job: FakeJob | undefined) => job?.files.map(({ name }) => name);

describe.each(JOBS_AND_SURFACES)('%s on %s', (making, surface) => {
	const line = TABLE[making];

	it('takes what must be sent and no more, and makes one job', async () => {
		const fake = await start();
		const response = await post(fake, making, surface);
		expect(await response.json()).toEqual({ data: { request_id: fake.jobs[0]?.request_id } });
		expect(fake.jobs).toHaveLength(1);
		expect(fake.jobs[0]).toMatchObject({ job_type: line.jobType, surface, price: 0.15, index: 0 });
		expect(fake.requests[0]).toMatchObject({ route: making, operation: making, surface });
		expect(fake.requests[0]?.unexpectedFields).toEqual([]);
		expect(fake.balanceOf('test-key')).toBe(99.85);
	});

	it('takes every option, and keeps what was sent', async () => {
		const fake = await start();
		const webhook_url = 'https://a.example/';
		const own = surface === 'v2' ? { ...line.v2Options, webhook_secret: SECRET } : {};
		const options: Fields = { ...line.options, ...own, webhook_url };
		expect((await post(fake, making, surface, options)).status).toBe(200);
		const [job] = fake.jobs;
		expect(job).toMatchObject({ webhookUrl: webhook_url });
		expect(job?.webhookSecret).toBe(surface === 'v2' ? SECRET : null);
		const names = Object.keys({ ...line.fields, ...options });
		expect([...Object.keys(job?.fields ?? {}), ...(fileNames(job) ?? [])].sort()).toEqual(
			names.sort(),
		);
	});

	it('names every field that is missing', async () => {
		const fake = await start();
		const path = (surface === 'v1' ? line.v1 : line.v2) ?? '';
		const refused = await refusedFields(await send(fake, path, line.encoding, {}));
		expect(refused.sort()).toEqual(Object.keys(line.fields).sort());
		expect(fake.jobs).toEqual([]);
	});

	it('refuses and records what it does not know, also what only v2 knows', async () => {
		const fake = await start();
		const unknown = surface === 'v1' ? { ...line.v2Options, webhook_secret: SECRET } : {};
		const refused = { ...unknown, prompt_strength: 'x' };
		const changes = { ...refused, webhook_url: 'https://a.example/' };
		const names = await refusedFields(await post(fake, making, surface, changes));
		expect(names.sort()).toEqual(Object.keys(refused).sort());
		expect(fake.requests[0]?.unexpectedFields.sort()).toEqual(names);
	});

	it('refuses an unknown model, one of another kind and a webhook that is not https', async () => {
		const fake = await start({ requireHttpsWebhooks: true });
		const refused = async (changes: Fields) =>
			await refusedFields(await post(fake, making, surface, changes));
		expect(await refused({ model: 'Nope' })).toEqual(['model']);
		expect(await refused({ model: 'Model_2_img2txt' })).toContain('model');
		expect(await refused({ webhook_url: 'http://a.example/' })).toEqual(['webhook_url']);
		expect(fake.jobs).toEqual([]);
	});

	it('has its own result behind a link that needs no key', async () => {
		const fake = await start();
		await post(fake, making, surface);
		const [job] = fake.jobs;
		fake.completeJob(job?.request_id ?? '');
		const status = (await (await get(fake, `/api/v2/jobs/${job?.request_id}`)).json()) as {
			data: { result_url: string; result: unknown };
		};
		expect(status.data.result).toBeNull();
		const result = await get(fake, status.data.result_url, {});
		expect(result.status).toBe(200);
		expect(result.headers.get('content-type')).toBe(line.result);
		expect((await result.arrayBuffer()).byteLength).toBeGreaterThan(50);
	});
});

const CLONE = { model: 'Qwen3_TTS_12Hz_1_7B_Base', lang: 'English', mode: 'voice_clone' };
const DESIGN = { model: 'Qwen3_TTS_12Hz_1_7B_VoiceDesign', lang: 'English', mode: 'voice_design' };
const CUSTOM = { model: 'Qwen3_TTS_12Hz_1_7B_CustomVoice', lang: 'English', voice: 'Ryan' };
const LONG_TEXT = { text: 'A text that is long enough.' };
const BASE_MUSIC = {
	...{ model: 'AceStep_1_5_Base', duration: '30', inference_steps: '50', guidance_scale: '7' },
};
const KLEIN = { model: 'Flux_2_Klein_4B_BF16', steps: 4 };
const BY_URL = { source_file: null, source_url: 'https://www.youtube.com/watch?v=abc' };
const TIKTOK = { source_file: null, source_url: 'https://www.tiktok.com/@a/video/1' };
const M4A = file('results/red.m4a', 'audio/mp4');
const WAV = file('song.wav', 'audio/wav');

describe('takes', () => {
	it.each<[Making, Surface, string, Fields]>([
		['speech', 'v1', 'a cloned voice', { ...CLONE, ...LONG_TEXT, voice: null, ref_audio: SONG }],
		[
			...(['speech', 'v2', 'a cloned voice with its text'] as const),
			{ ...CLONE, ...LONG_TEXT, voice: null, ref_audio: SONG, ref_text: 'la la' },
		],
		[
			'speech',
			'v2',
			'a designed voice',
			{ ...DESIGN, ...LONG_TEXT, voice: null, instruct: 'warm' },
		],
		['speech', 'v1', 'the voice of another model', { ...CUSTOM, ...LONG_TEXT }],
		['speech', 'v2', 'other formats where the model has them', { format: 'flac' }],
		['speech', 'v1', 'a model that says nothing of itself', { model: 'Model_3_txt2audio' }],
		['music', 'v1', 'a base model', BASE_MUSIC],
		['music', 'v2', 'WAV', { format: 'wav' }],
		['music', 'v1', 'a reference of 15 MB', { reference_audio: sized(SONG, 15 * MB) }],
		['music', 'v2', 'a reference in M4A', { reference_audio: M4A }],
		['transcription', 'v1', 'a page', BY_URL],
		['transcription', 'v1', 'a video of 50 MB', { source_file: sized(CLIP, 50 * MB) }],
		['transcription', 'v2', 'WAV', { source_file: WAV }],
		['transcription', 'v1', 'TikTok with its model', { ...TIKTOK, model: 'WhisperLargeV3Ct2' }],
		['transcription', 'v2', 'any language of a model without a list', { model: 'WhisperLargeV3' }],
		['picture', 'v1', 'four steps of a model that knows no others', KLEIN],
		['picture', 'v2', 'guidance where the model has it', { model: 'Flux1schnell', guidance: 3.5 }],
		['upscale', 'v1', 'a model of fixed scale', { model: 'RealESRGAN_Vid_x4' }],
	])('%s on %s: %s', async (making, surface, _what, changes) => {
		const fake = await start();
		const response = await post(fake, making, surface, changes);
		expect(await response.json()).toEqual({ data: { request_id: expect.any(String) } });
	});

	it('speech and transcripts of pages as JSON too, as the pages show them', async () => {
		const fake = await start();
		const speech = await send(fake, '/api/v2/audio/speech', 'json', TABLE.speech.fields);
		const text = { ...TABLE.transcription.fields, ...BY_URL, include_ts: 1 };
		const transcript = await send(fake, '/api/v2/audio/transcriptions', 'json', text);
		expect([speech.status, transcript.status]).toEqual([200, 200]);
	});
});

describe('refuses', () => {
	it.each<[Making, Surface, string, Fields, string[]]>([
		['speech', 'v1', 'no voice in custom_voice', { voice: null }, ['voice']],
		[
			'speech',
			'v1',
			'no reference to clone',
			{ ...CLONE, ...LONG_TEXT, voice: null },
			['ref_audio'],
		],
		['speech', 'v2', 'no words to design', { ...DESIGN, ...LONG_TEXT, voice: null }, ['instruct']],
		[
			'speech',
			'v1',
			'a mode of another model',
			{ mode: 'voice_design', instruct: 'x', voice: null },
			['mode'],
		],
		['speech', 'v1', 'an unknown mode', { mode: 'sing' }, ['mode']],
		['speech', 'v1', 'an unknown language', { lang: 'xx' }, ['lang']],
		['speech', 'v1', 'the voice of another language', { voice: 'bf_emma' }, ['voice']],
		['speech', 'v1', 'a text too short', { text: 'ab' }, ['text']],
		['speech', 'v1', 'a text too long', { text: 'a'.repeat(10_002) }, ['text']],
		['speech', 'v2', 'a speed beyond the model', { speed: '2.5' }, ['speed']],
		['speech', 'v2', 'a speed in words', { speed: 'fast' }, ['speed']],
		['speech', 'v1', 'a format the model has not', { format: 'aac' }, ['format']],
		[
			'speech',
			'v1',
			'a voice sent beside a reference',
			{ ...CLONE, ...LONG_TEXT, ref_audio: SONG },
			['voice'],
		],
		['speech', 'v1', 'a reference that nobody needs', { ref_audio: SONG }, ['ref_audio']],
		[
			'speech',
			'v1',
			'a reference in WAV',
			{ ...CLONE, ...LONG_TEXT, voice: null, ref_audio: WAV },
			['ref_audio'],
		],
		[
			...(['speech', 'v2', 'a reference beyond 10 MB'] as const),
			{ ...CLONE, ...LONG_TEXT, voice: null, ref_audio: sized(SONG, 10 * MB + 1) },
			['ref_audio'],
		],
		[
			...(['speech', 'v1', 'a reference that is too short'] as const),
			{ ...CLONE, ...LONG_TEXT, voice: null, ref_audio: file('results/red.m4a', 'audio/mp4') },
			['ref_audio'],
		],
		['speech', 'v2', 'an option sent empty', { instruct: '' }, ['instruct']],
		['music', 'v1', 'no lyrics', { lyrics: '' }, ['lyrics']],
		['music', 'v1', 'no steps', { inference_steps: null }, ['inference_steps']],
		['music', 'v1', 'no guidance', { guidance_scale: null }, ['guidance_scale']],
		['music', 'v1', 'other steps than turbo has', { inference_steps: '9' }, ['inference_steps']],
		['music', 'v1', 'other guidance than turbo has', { guidance_scale: '3' }, ['guidance_scale']],
		[
			'music',
			'v2',
			'a length below the base model',
			{ ...BASE_MUSIC, duration: '29' },
			['duration'],
		],
		['music', 'v2', 'a length beyond the model', { duration: '301' }, ['duration']],
		['music', 'v2', 'a format nobody has', { format: 'ogg' }, ['format']],
		['music', 'v2', 'a format the model has not', { ...BASE_MUSIC, format: 'wav' }, ['format']],
		['music', 'v1', 'too slow', { bpm: '49' }, ['bpm']],
		['music', 'v1', 'a time signature as written', { timesignature: '4/4' }, ['timesignature']],
		['music', 'v1', 'five beats', { timesignature: '5' }, ['timesignature']],
		['music', 'v1', 'a seed below -1', { seed: '-2' }, ['seed']],
		[
			'music',
			'v2',
			'a reference beyond 10 MB',
			{ reference_audio: sized(SONG, 10 * MB + 1) },
			['reference_audio'],
		],
		['transcription', 'v1', 'two sources', { source_url: BY_URL.source_url }, ['source_file']],
		['transcription', 'v1', 'no source', { source_file: null }, ['source_file']],
		['transcription', 'v1', 'a flag in words', { include_ts: 'true' }, ['include_ts']],
		['transcription', 'v1', 'no flag', { include_ts: null }, ['include_ts']],
		['transcription', 'v1', 'WAV', { source_file: WAV }, ['source_file']],
		['transcription', 'v1', 'a picture', { source_file: PICTURE }, ['source_file']],
		[
			'transcription',
			'v2',
			'a sound beyond 20 MB',
			{ source_file: sized(SONG, 20 * MB + 1) },
			['source_file'],
		],
		[
			'transcription',
			'v1',
			'a video beyond 50 MB',
			{ source_file: sized(CLIP, 50 * MB + 1) },
			['source_file'],
		],
		['transcription', 'v1', 'TikTok with another model', TIKTOK, ['source_url']],
		[
			'transcription',
			'v1',
			'a page of nobody',
			{ ...BY_URL, source_url: 'https://a.example/' },
			['source_url'],
		],
		['transcription', 'v2', 'another level', { ts_level: 'letter' }, ['ts_level']],
		[
			...(['transcription', 'v2', 'what the model has not'] as const),
			{ model: 'WhisperLargeV3Turbo', ts_level: 'word', diarize: '1' },
			['ts_level', 'diarize'],
		],
		['transcription', 'v2', 'an unknown language', { lang: 'xx-yy' }, ['lang']],
		[
			'transcription',
			'v2',
			'a language beyond 16 characters',
			{ lang: 'en-abcdefghijklmn' },
			['lang'],
		],
		['picture', 'v1', 'no guidance', { guidance: null }, ['guidance']],
		['picture', 'v1', 'no steps', { steps: null }, ['steps']],
		['picture', 'v1', 'guidance where the model has none', { guidance: 3 }, ['guidance']],
		['picture', 'v1', 'a random seed', { seed: -1 }, ['seed']],
		['picture', 'v1', 'numbers in quotes', { width: '512', guidance: '0' }, ['width', 'guidance']],
		['picture', 'v1', 'half a step', { steps: 8.5 }, ['steps']],
		['picture', 'v1', 'other steps than the model has', { ...KLEIN, steps: 5 }, ['steps']],
		['picture', 'v1', 'a width that does not fit', { width: 516 }, ['width']],
		['picture', 'v1', 'a height beyond the model', { height: 4096 }, ['height']],
		['picture', 'v1', 'an option sent empty', { negative_prompt: '' }, ['negative_prompt']],
		['picture', 'v2', 'a flag as text', { enhance_prompt: '1' }, ['enhance_prompt']],
		[
			'picture',
			'v1',
			'negative words where the model has none',
			{ ...KLEIN, negative_prompt: 'x' },
			['negative_prompt'],
		],
		[
			'picture',
			'v1',
			'unknown loras',
			{ loras: [{ name: 'x', weight: -1 }] },
			['loras.0.name', 'loras.0.weight'],
		],
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
			'v2',
			'a scale of a model that says nothing',
			{ model: 'RealESRGAN_Vid_x2', scale: '2' },
			['scale'],
		],
		['upscale', 'v1', 'half a scale', { scale: '2.5' }, ['scale']],
		['upscale', 'v1', 'a sound', { video: SONG }, ['video']],
		['upscale', 'v1', 'a video beyond 50 MB', { video: sized(CLIP, 50 * MB + 1) }, ['video']],
		[
			'upscale',
			'v1',
			'an untrue content type',
			{ video: [CLIP[0], 'a.mp4', 'application/octet-stream'] },
			['video'],
		],
	])('%s on %s: %s', async (making, surface, _what, changes, fields) => {
		const fake = await start();
		expect(await refusedFields(await post(fake, making, surface, changes))).toEqual(fields);
		expect(fake.jobs).toEqual([]);
	});

	it.each(JOBS.filter((making) => TABLE[making].encoding === 'json'))(
		'a form for %s, which is JSON',
		async (making) => {
			const fake = await start();
			const { v1, fields } = TABLE[making];
			const refused = await refusedFields(await send(fake, v1 ?? '', 'form', fields));
			expect(refused.sort()).toEqual(Object.keys(fields).sort());
		},
	);
});

describe('prompt enhancement', () => {
	const GENERATE = { type: 'images.generations', model_slug: 'Flux1schnell', image: null };

	it('answers at once, without data and without a job, and costs money', async () => {
		const fake = await start({ prices: { prompt: 0.01 } });
		const response = await post(fake, 'prompt', 'v2', GENERATE);
		expect(await response.json()).toEqual({
			prompt: expect.stringMatching(/^a boat, .+/),
			negative_prompt: null,
		});
		expect(fake.jobs).toEqual([]);
		expect(fake.balanceOf('test-key')).toBe(99.99);
		fake.settings.enhancement = ({ prompt = '' }) => ({
			prompt: `${prompt}!`,
			negative_prompt: 'x',
		});
		const own = await post(fake, 'prompt', 'v2', GENERATE);
		expect(await own.json()).toEqual({ prompt: 'a boat!', negative_prompt: 'x' });
	});

	it.each<[string, Fields, string[]]>([
		['a prompt of two letters', { ...GENERATE, prompt: 'ab' }, ['prompt']],
		[
			'the wrong name of the model',
			{ ...GENERATE, model_slug: null, model: 'x' },
			['model_slug', 'model'],
		],
		['an unknown type', { ...GENERATE, type: 'txt2img' }, ['type']],
		['a model that is for something else', { ...GENERATE, model_slug: 'Kokoro' }, ['model_slug']],
		['no picture to edit', { image: null }, ['image']],
		['a picture that nobody needs', { ...GENERATE, image: PICTURE }, ['image']],
		['a webhook', { ...GENERATE, webhook_url: 'https://a.example/' }, ['webhook_url']],
	])('refuses %s, in a list or by field', async (_what, changes, fields) => {
		const fake = await start();
		const listed = await post(fake, 'prompt', 'v2', changes);
		expect(await refusedFields(listed)).toEqual(fields);
		fake.settings.promptErrors = 'object';
		const byField = (await (await post(fake, 'prompt', 'v2', changes)).json()) as {
			errors: object;
		};
		expect(Object.keys(byField.errors)).toEqual(fields);
	});

	it.each(['image', 'video/price-calculation'])(
		'is gone from v1 (%s), and says where to',
		async (path) => {
			const fake = await start();
			const url = `${fake.url}/api/v1/client/prompt/${path}`;
			const response = await fetch(url, { method: 'POST', headers: AUTH, body: new FormData() });
			expect(response.status).toBe(410);
			expect(response.headers.get('deprecation')).toBe('true');
			expect(response.headers.get('link')).toContain('/api/v2/prompts/enhancements');
			expect(fake.requests[0]).toMatchObject({ route: 'prompt', surface: 'v1' });
		},
	);
});
