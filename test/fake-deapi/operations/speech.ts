/** Speech of a text. */
import { languagesOf, saysItSupports } from '../catalogue/lookup';
import type { Fields, Found } from '../rules/fields';
import type { Values } from '../rules/values';
import type { FakeLanguage, FakeModel } from '../types';
import { reference, required } from './common';
import type { OperationModel } from './operation';

function voices(...slugs: string[]): FakeLanguage['voices'] {
	return slugs.map((slug) => {
		const name = slug.replace(/^[a-z]{2}_/, '');
		return { name: name.charAt(0).toUpperCase() + name.slice(1), slug, gender: genderOf(slug) };
	});
}

/** Kokoro's voices say it in their second letter; others say nothing. */
function genderOf(slug: string): string | null {
	const letter = /^[a-z]([fm])_/.exec(slug)?.[1];
	return letter === undefined ? null : letter === 'f' ? 'female' : 'male';
}

const KOKORO_LANGUAGES: FakeLanguage[] = [
	{ name: 'American English', slug: 'en-us', voices: voices('af_sky', 'af_bella', 'am_adam') },
	{ name: 'British English', slug: 'en-gb', voices: voices('bf_emma', 'bm_george') },
	{ name: 'Spanish', slug: 'es', voices: voices('ef_dora', 'em_alex') },
	{ name: 'Japanese', slug: 'ja', voices: voices('jf_alpha') },
];

const QWEN_LANGUAGES: FakeLanguage[] = [
	{ name: 'English', slug: 'English', voices: voices('Vivian', 'Ryan') },
	{ name: 'German', slug: 'German', voices: voices('Vivian', 'Ryan') },
];

/** Languages of models that have no voices of their own. */
const QWEN_VOICELESS = QWEN_LANGUAGES.map((language) => ({ ...language, voices: [] }));

const QWEN_LIMITS = { min_text: '10', max_text: '5000', output_formats: ['mp3'] };

/** What a mode has no use for would be overlooked, and hide a slip. */
const USELESS: Readonly<Record<string, readonly string[]>> = {
	custom_voice: ['ref_audio', 'ref_text'],
	voice_clone: ['voice', 'instruct'],
	voice_design: ['voice', 'ref_audio', 'ref_text'],
};
const MODES = Object.keys(USELESS);

function modeOf(values: Values): string {
	return values.text('mode') ?? 'custom_voice';
}

const inMode = (mode: string) => (values: Values) => modeOf(values) === mode;

const COMMON: Fields = {
	model: required('string'),
	lang: required('string'),
	speed: required('number', { limit: 'speed' }),
	format: required('string', { choiceLimit: 'output_formats' }),
	sample_rate: required('number'),
	mode: { type: 'string', choices: MODES },
};

export const speech: OperationModel = {
	path: { v1: 'txt2audio', v2: 'audio/speech' },
	title: 'Text To Audio',
	types: ['txt2audio'],
	submit: {
		encoding: 'either',
		fields: {
			text: required('string', { limit: 'text' }),
			...COMMON,
			voice: { type: 'string', required: inMode('custom_voice') },
			ref_audio: {
				...{ ...reference, required: inMode('voice_clone'), limit: 'ref_audio_duration' },
			},
			ref_text: { type: 'string' },
			instruct: { type: 'string', required: inMode('voice_design') },
		},
		further: (found) => {
			checkVoice(found);
			const mode = modeOf(found.values);
			for (const field of USELESS[mode] ?? []) {
				if (found.values.has(field)) found.errors.add(field, `is prohibited in ${mode}.`);
			}
		},
	},
	price: {
		encoding: 'json',
		fields: {
			text: { type: 'string', limit: 'text', required: (values) => !values.has('count_text') },
			count_text: { type: 'integer' },
			...COMMON,
			voice: { type: 'string' },
			instruct: { type: 'string' },
		},
		further: (found) => {
			const { values, errors } = found;
			if (values.has('text') && values.has('count_text')) {
				errors.add('text', 'is prohibited beside count text.');
			}
			checkVoice(found);
		},
	},
	result: 'speech',
	basic: { perMinute: 5, perDay: 300 },
	models: [
		{
			name: 'Kokoro',
			slug: 'Kokoro',
			inference_types: ['txt2audio'],
			tags: [],
			status: 'standard_model',
			languages: KOKORO_LANGUAGES,
			info: {
				limits: {
					min_text: 3,
					max_text: 10001,
					min_speed: '0.5',
					max_speed: '2',
					output_formats: ['mp3'],
				},
				features: { supports_voice_presets: true, supports_custom_voice: '1' },
				defaults: { speed: '1', voice: 'af_sky', lang: 'en-us', format: 'mp3', sample_rate: 24000 },
			},
		},
		{
			name: 'Qwen3 TTS 1.7B CustomVoice',
			slug: 'Qwen3_TTS_12Hz_1_7B_CustomVoice',
			inference_types: ['txt2audio'],
			tags: ['new'],
			status: 'standard_model',
			languages: QWEN_LANGUAGES,
			info: {
				limits: QWEN_LIMITS,
				features: { supports_custom_voice: '1', supports_voice_clone: '0' },
				defaults: [],
			},
		},
		{
			name: 'Qwen3 TTS 1.7B Base',
			slug: 'Qwen3_TTS_12Hz_1_7B_Base',
			inference_types: ['txt2audio'],
			tags: [],
			status: 'standard_model',
			languages: QWEN_VOICELESS,
			info: {
				limits: { ...QWEN_LIMITS, min_ref_audio_duration: 3, max_ref_audio_duration: '10' },
				features: { supports_voice_clone: true, supports_custom_voice: false },
				defaults: { speed: 1 },
			},
		},
		{
			name: 'Qwen3 TTS 1.7B VoiceDesign',
			slug: 'Qwen3_TTS_12Hz_1_7B_VoiceDesign',
			inference_types: ['txt2audio'],
			tags: [],
			status: 'standard_model',
			languages: QWEN_VOICELESS,
			info: {
				limits: QWEN_LIMITS,
				features: { supports_voice_design: true, supports_custom_voice: '0' },
				defaults: null,
			},
		},
	],
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
	const named = MODES.filter((each) => saysItSupports(model, `supports_${each}`));
	return named.length === 0 || named.includes(mode);
}
