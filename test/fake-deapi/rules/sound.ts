/**
 * The rules of speech and music, and of their prices.
 */
import { languagesOf, saysItSupports } from '../catalogue/lookup';
import { REFERENCE_TYPES } from '../http/media';
import type { FakeModel, Surface } from '../types';
import type { Field, Found, Rules } from './fields';
import { MB } from './files';
import type { Values } from './values';

const MODES = ['custom_voice', 'voice_clone', 'voice_design'];
const MODE_FEATURES = MODES.map((mode) => `supports_${mode}`);
const REFERENCE_SECONDS = { min: 3, max: 10 };

const MUSIC_FORMATS = ['mp3', 'wav', 'flac'];

/** 10 MB on v2; 15 on v1 by its specification and the page of quotas. */
const reference = (surface: Surface) => ({
	types: REFERENCE_TYPES,
	maxBytes: (surface === 'v2' ? 10 : 15) * MB,
});

function modeOf(values: Values): string {
	return values.text('mode') ?? 'custom_voice';
}

const inMode = (mode: string) => (values: Values) => modeOf(values) === mode;

const SPEECH_COMMON: readonly Field[] = [
	{ name: 'model', type: 'string', required: true },
	{ name: 'lang', type: 'string', required: true },
	{ name: 'speed', type: 'number', required: true, limit: 'speed' },
	{ name: 'format', type: 'string', required: true, choiceLimit: 'output_formats' },
	{ name: 'sample_rate', type: 'number', required: true, min: 1 },
	{ name: 'mode', type: 'string', choices: MODES },
];

const SPEECH = {
	title: 'Text To Audio',
	types: () => ['txt2audio'],
};

export const SPEECH_RULES: Rules = {
	...SPEECH,
	encoding: 'either',
	webhook: true,
	fields: [
		{ name: 'text', type: 'string', required: true, limit: 'text' },
		...SPEECH_COMMON,
		{ name: 'voice', type: 'string', required: inMode('custom_voice') },
		{ name: 'ref_audio', type: 'file', required: inMode('voice_clone'), file: reference },
		{ name: 'ref_text', type: 'string' },
		{ name: 'instruct', type: 'string', required: inMode('voice_design') },
	],
	further: (found) => {
		checkVoice(found);
		const { values, errors } = found;
		const mode = modeOf(values);
		// What a mode has no use for would be overlooked, and hide a slip.
		const useless = {
			custom_voice: ['ref_audio', 'ref_text'],
			voice_clone: ['voice', 'instruct'],
			voice_design: ['voice', 'ref_audio', 'ref_text'],
		};
		for (const [name, fields] of Object.entries(useless)) {
			for (const field of fields) {
				if (name === mode && values.has(field)) errors.add(field, `is prohibited in ${mode}.`);
			}
		}
		const seconds = values.file('ref_audio')?.seconds ?? null;
		const { min, max } = REFERENCE_SECONDS;
		if (seconds !== null && (seconds < min || seconds > max)) {
			errors.add('ref_audio', `must be between ${min} and ${max} seconds long.`);
		}
	},
};

export const SPEECH_PRICE_RULES: Rules = {
	...SPEECH,
	encoding: 'json',
	fields: [
		{ name: 'text', type: 'string', limit: 'text' },
		{ name: 'count_text', type: 'integer', min: 1 },
		...SPEECH_COMMON,
		{ name: 'voice', type: 'string' },
		{ name: 'instruct', type: 'string' },
	],
	further: (found) => {
		const { values, errors } = found;
		if (values.has('text') === values.has('count_text')) {
			errors.add('text', 'or the count text field, and one of them only, is required.');
		}
		checkVoice(found);
	},
};

/** The language is one of the model's, the voice one of that language's, and the mode possible. */
function checkVoice({ values, model, errors }: Found): void {
	if (!model) return;
	const mode = modeOf(values);
	if (!hasMode(model, mode)) errors.add('mode', 'is not supported by the selected model.');
	const languages = languagesOf(model);
	const lang = values.text('lang');
	if (languages.length === 0 || !lang) return;
	const language = languages.find(({ slug }) => slug === lang);
	if (!language) errors.addText('lang', 'The selected lang is invalid.');
	const voice = values.text('voice');
	if (!language || !voice || mode !== 'custom_voice') return;
	if (!language.voices.some(({ slug }) => slug === voice)) {
		errors.addText('voice', 'The selected voice is invalid.');
	}
}

/** A model that names none of the modes may have any of them. */
function hasMode(model: FakeModel, mode: string): boolean {
	const named = MODE_FEATURES.filter((feature) => saysItSupports(model, feature));
	return named.length === 0 || named.includes(`supports_${mode}`);
}

const DURATION: Field = { name: 'duration', type: 'number', required: true, limit: 'duration' };
const STEPS: Field = {
	...{ name: 'inference_steps', type: 'integer', required: true, min: 1, limit: 'steps' },
};

const MUSIC = { title: 'Text To Music', types: () => ['txt2music'] };

export const MUSIC_RULES: Rules = {
	...MUSIC,
	encoding: 'multipart',
	webhook: true,
	fields: [
		{ name: 'caption', type: 'string', required: true },
		{ name: 'model', type: 'string', required: true },
		{ name: 'lyrics', type: 'string', required: true },
		DURATION,
		STEPS,
		{ name: 'guidance_scale', type: 'number', required: true, limit: 'guidance' },
		{ name: 'seed', type: 'integer', required: true, min: -1 },
		{
			...{ name: 'format', type: 'string', required: true },
			choices: MUSIC_FORMATS,
			choiceLimit: 'output_formats',
		},
		{ name: 'bpm', type: 'integer', limit: 'bpm' },
		{ name: 'keyscale', type: 'string' },
		{ name: 'timesignature', type: 'integer', choices: ['2', '3', '4', '6'] },
		{ name: 'vocal_language', type: 'string' },
		{ name: 'reference_audio', type: 'file', file: reference },
	],
};

export const MUSIC_PRICE_RULES: Rules = {
	...MUSIC,
	encoding: 'json',
	fields: [{ name: 'model', type: 'string', required: true }, DURATION, STEPS],
};
