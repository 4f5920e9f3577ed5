/**
 * A good request for each operation that has rules of its own, and the way to send it with changes.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { pathOf } from '../endpoints/routes';
import type { FakeDeapi, Surface } from '../index';
import { OPERATIONS } from '../operations';
import { AUTH } from './plain-http';

/** A file part: its bytes, name and content type. */
export type File = [bytes: Buffer, name: string, type: string];

/** Fields by name: texts and files in forms, any value in JSON; null takes one out. */
export type Fields = Record<string, unknown>;

/** @returns a file of the fixtures */
export function file(name: string, type: string): File {
	return [readFileSync(join(__dirname, '..', '..', 'fixtures', name)), name, type];
}

/** @returns a file of so many megabytes, and one byte more, that begins like another */
export function beyond(megabytes: number, [bytes, name, type]: File): File {
	const rest = Buffer.alloc(megabytes * 1024 * 1024 - 999);
	return [Buffer.concat([bytes.subarray(0, 1000), rest]), name, type];
}

export const SONG = file('mp3-cbr-noheader.mp3', 'audio/mpeg');
export const CLIP = file('result.mp4', 'video/mp4');
export const PICTURE = file('frame.png', 'image/png');

const SPOKEN = { text: 'Good morning', model: 'Kokoro', lang: 'en-us', format: 'mp3' };
const TRANSCRIBED = { source_file: SONG, include_ts: '1', model: 'WhisperLargeV3' };
const PAINTED = {
	...{ prompt: 'A lighthouse', model: 'ZImageTurbo_INT8', width: 512, height: 512 },
	...{ steps: 8, guidance: 0, seed: 7 },
};
const ENHANCED = { prompt: 'a boat', type: 'images.generations', model_slug: 'Flux1schnell' };

export const GOOD = {
	speech: {
		submit: { ...SPOKEN, voice: 'af_sky', speed: '1', sample_rate: '24000' },
		price: { ...SPOKEN, speed: 1, sample_rate: 24000 },
	},
	music: {
		submit: {
			...{ caption: 'slow waltz', model: 'AceStep_1_5_Turbo', lyrics: '[Instrumental]' },
			...{ duration: '30', inference_steps: '8', guidance_scale: '1', seed: '-1', format: 'mp3' },
		},
		price: { model: 'AceStep_1_5_Turbo', duration: 30, inference_steps: 8 },
	},
	transcription: { submit: { ...TRANSCRIBED, include_ts: '0' }, price: TRANSCRIBED },
	picture: { submit: PAINTED, price: PAINTED },
	upscale: {
		submit: { video: CLIP, model: 'FlashVSR_Tiny' },
		price: { video: CLIP, model: 'FlashVSR_Tiny' },
	},
	prompt: { submit: ENHANCED, price: ENHANCED },
};

export type Making = keyof typeof GOOD;

/** Posts an operation's good fields with changes. */
export async function post(
	fake: FakeDeapi,
	making: Making,
	surface: Surface,
	changes: Fields = {},
): Promise<Response> {
	const isJson = OPERATIONS[making].submit.encoding === 'json';
	const path = pathOf(making, surface) ?? '';
	return await send(fake, path, isJson, { ...GOOD[making].submit, ...changes });
}

/** Asks for an operation's price with its good fields, changed. */
export async function ask(
	fake: FakeDeapi,
	making: Making,
	surface: Surface,
	changes: Fields = {},
): Promise<Response> {
	const isJson = OPERATIONS[making].price.encoding === 'json';
	const path = `${pathOf(making, surface)}${surface === 'v1' ? '/price-calculation' : '/price'}`;
	return await send(fake, path, isJson, { ...GOOD[making].price, ...changes });
}

/** Posts fields as JSON or as a form. */
export async function send(
	fake: FakeDeapi,
	path: string,
	isJson: boolean,
	fields: Fields,
): Promise<Response> {
	const sent = Object.entries(fields).filter(([, value]) => value !== null);
	const body = isJson ? JSON.stringify(Object.fromEntries(sent)) : formOf(sent);
	const headers = { ...AUTH, ...(isJson ? { 'Content-Type': 'application/json' } : {}) };
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
