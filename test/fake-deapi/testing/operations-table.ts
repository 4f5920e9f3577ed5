/**
 * A good request for each operation, and the way to send it with changes: the tests of the
 * endpoints are tables over these.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { FakeDeapi, Operation, Surface } from '../index';
import { AUTH } from './plain-http';

/** A file part: its bytes, name and content type. */
export type File = [bytes: Buffer, name: string, type: string];

/** Fields by name: texts and files in forms, any value in JSON; null takes one out. */
export type Fields = Record<string, unknown>;

interface Line {
	v1: string | null;
	v2: string;
	encoding: 'form' | 'json';
	/** What must be sent, and no more. */
	fields: Fields;
	/** What may be sent too, all at once, on both surfaces. */
	options: Fields;
	/** What only v2 knows. */
	v2Options: Fields;
	price: { encoding: 'form' | 'json'; fields: Fields; options: Fields };
	jobType: string;
	/** The content type of the result. */
	result: string;
}

/** @returns a file of the fixtures, or other bytes under its name */
export function file(name: string, type: string, bytes?: Buffer): File {
	return [bytes ?? readFileSync(join(__dirname, '..', '..', 'fixtures', name)), name, type];
}

export const SONG = file('mp3-cbr-noheader.mp3', 'audio/mpeg');
export const CLIP = file('result.mp4', 'video/mp4');
export const PICTURE = file('frame.png', 'image/png');

const SPEECH = { model: 'Kokoro', lang: 'en-us', speed: '1', format: 'mp3', sample_rate: '24000' };
const PICTURE_FIELDS = {
	...{ prompt: 'A lighthouse', model: 'ZImageTurbo_INT8', width: 512, height: 512 },
	...{ steps: 8, guidance: 0, seed: 7 },
};
const PICTURE_OPTIONS = { negative_prompt: 'fog', loras: [{ name: 'paper_cut', weight: 0.5 }] };

export const TABLE: Readonly<Record<Exclude<Operation, 'audioToVideo'>, Line>> = {
	speech: {
		v1: '/api/v1/client/txt2audio',
		v2: '/api/v2/audio/speech',
		encoding: 'form',
		fields: { text: 'Good morning', voice: 'af_sky', ...SPEECH },
		options: { mode: 'custom_voice', instruct: 'cheerful' },
		v2Options: {},
		price: {
			encoding: 'json',
			fields: { ...SPEECH, speed: 1, sample_rate: 24000, text: 'Good morning' },
			options: { mode: 'custom_voice', voice: 'af_sky', instruct: 'cheerful' },
		},
		jobType: 'txt2audio',
		result: 'audio/mpeg',
	},
	music: {
		v1: '/api/v1/client/txt2music',
		v2: '/api/v2/audio/music',
		encoding: 'form',
		fields: {
			...{ caption: 'slow waltz', model: 'AceStep_1_5_Turbo', lyrics: '[Instrumental]' },
			...{ duration: '30', inference_steps: '8', guidance_scale: '1', seed: '-1', format: 'mp3' },
		},
		options: {
			...{ bpm: '90', keyscale: 'C major', timesignature: '3', vocal_language: 'en' },
			reference_audio: SONG,
		},
		v2Options: {},
		price: {
			encoding: 'json',
			fields: { model: 'AceStep_1_5_Turbo', duration: 30, inference_steps: 8 },
			options: {},
		},
		jobType: 'txt2music',
		result: 'audio/mpeg',
	},
	transcription: {
		v1: '/api/v1/client/transcribe',
		v2: '/api/v2/audio/transcriptions',
		encoding: 'form',
		fields: { source_file: SONG, include_ts: '0', model: 'WhisperLargeV3' },
		options: { return_result_in_response: '0' },
		v2Options: { ts_level: 'word', diarize: '1', lang: 'en-us', include_metadata: '1' },
		price: {
			encoding: 'form',
			fields: { source_file: SONG, include_ts: '1', model: 'WhisperLargeV3' },
			options: {},
		},
		jobType: 'audio_file2text',
		result: 'text/plain; charset=utf-8',
	},
	picture: {
		v1: '/api/v1/client/txt2img',
		v2: '/api/v2/images/generations',
		encoding: 'json',
		fields: PICTURE_FIELDS,
		options: PICTURE_OPTIONS,
		v2Options: { quality: 'high', enhance_prompt: true },
		price: { encoding: 'json', fields: PICTURE_FIELDS, options: PICTURE_OPTIONS },
		jobType: 'txt2img',
		result: 'image/png',
	},
	upscale: {
		v1: '/api/v1/client/vid-upscale',
		v2: '/api/v2/videos/upscales',
		encoding: 'form',
		fields: { video: CLIP, model: 'FlashVSR_Tiny' },
		options: { scale: '4' },
		v2Options: {},
		price: {
			encoding: 'form',
			fields: { video: CLIP, model: 'FlashVSR_Tiny' },
			options: { scale: '2' },
		},
		jobType: 'vid-upscale',
		result: 'video/mp4',
	},
	prompt: {
		v1: null,
		v2: '/api/v2/prompts/enhancements',
		encoding: 'form',
		fields: { prompt: 'a boat', type: 'images.edits', model_slug: 'QwenImageEdit_Plus_NF4' },
		options: { negative_prompt: 'fog', image: PICTURE },
		v2Options: {},
		price: {
			encoding: 'form',
			fields: { prompt: 'a boat', type: 'images.generations', model_slug: 'Flux1schnell' },
			options: { negative_prompt: 'fog' },
		},
		jobType: '',
		result: '',
	},
};
// Editing needs its picture: what must be sent is one field more there.
TABLE.prompt.fields.image = PICTURE;

export type Making = keyof typeof TABLE;

/** The operations that make a job. */
export const JOBS: readonly Making[] = ['speech', 'music', 'transcription', 'picture', 'upscale'];

/** Both surfaces for each operation that makes a job. */
export const JOBS_AND_SURFACES = JOBS.flatMap((making): Array<[Making, Surface]> => [
	[making, 'v1'],
	[making, 'v2'],
]);

/** Posts an operation's good fields with changes. */
export async function post(
	fake: FakeDeapi,
	making: Making,
	surface: Surface,
	changes: Fields = {},
): Promise<Response> {
	const line = TABLE[making];
	const path = surface === 'v1' ? (line.v1 ?? '') : line.v2;
	return await send(fake, path, line.encoding, { ...line.fields, ...changes });
}

/** Asks for an operation's price with its good fields, changed. */
export async function ask(
	fake: FakeDeapi,
	making: Making,
	surface: Surface,
	changes: Fields = {},
): Promise<Response> {
	const { v1, v2, price } = TABLE[making];
	const path = surface === 'v1' ? `${v1 ?? ''}/price-calculation` : `${v2}/price`;
	return await send(fake, path, price.encoding, { ...price.fields, ...changes });
}

/** Posts fields as a form or as JSON. */
export async function send(
	fake: FakeDeapi,
	path: string,
	encoding: 'form' | 'json',
	fields: Fields,
): Promise<Response> {
	const sent = Object.entries(fields).filter(([, value]) => value !== null);
	const body = encoding === 'json' ? JSON.stringify(Object.fromEntries(sent)) : formOf(sent);
	const headers: Record<string, string> = { ...AUTH };
	if (encoding === 'json') headers['Content-Type'] = 'application/json';
	return await fetch(fake.url + path, { method: 'POST', headers, body });
}

/** The fields that a 422 names, whether its errors are an object or a list. */
export async function refusedFields(response: Response): Promise<string[]> {
	if (response.status !== 422) throw new Error(`422 was expected, not ${response.status}.`);
	const { errors } = (await response.json()) as {
		errors: { [field: string]: string[] } | Array<{ field: string }>;
	};
	return Array.isArray(errors) ? errors.map(({ field }) => field) : Object.keys(errors);
}

function formOf(fields: Array<[string, unknown]>): FormData {
	const form = new FormData();
	for (const [name, value] of fields) {
		if (isFile(value)) form.append(name, new Blob([value[0]], { type: value[2] }), value[1]);
		else form.append(name, String(value));
	}
	return form;
}

function isFile(value: unknown): value is File {
	return Array.isArray(value) && Buffer.isBuffer(value[0]);
}
