/**
 * The models that speak and that make music, with the limits of the service's specification.
 */
import type { FakeLanguage, FakeModel } from '../types';

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

export const SPEECH_MODELS: FakeModel[] = [
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
				output_formats: ['mp3', 'wav', 'flac', 'ogg'],
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
		inference_types: { txt2audio: [] },
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
];

const MUSIC_LIMITS = { max_duration: 300, min_bpm: 50, max_bpm: 200 };

/** Turbo models take 8 steps and guidance 1, nothing else. */
const TURBO = {
	limits: {
		...MUSIC_LIMITS,
		min_duration: 10,
		min_steps: '8',
		max_steps: '8',
		min_guidance: 1,
		max_guidance: 1,
		output_formats: ['mp3', 'wav', 'flac'],
	},
	features: { supports_guidance: '1', supports_steps: '1' },
	defaults: { steps: 8, guidance: '1', duration: 30, format: 'mp3' },
};

export const MUSIC_MODELS: FakeModel[] = [
	{
		name: 'ACE-Step 1.5 Turbo',
		slug: 'AceStep_1_5_Turbo',
		inference_types: ['txt2music'],
		tags: [],
		status: 'standard_model',
		info: TURBO,
	},
	{
		name: 'ACE-Step 1.5 XL Turbo INT8',
		slug: 'AceStep_1_5_XL_Turbo_INT8',
		inference_types: ['txt2music'],
		tags: ['new'],
		status: 'standard_model',
		info: { ...TURBO, defaults: [] },
	},
	{
		// Makes MP3 only, as a page says of all music models; the specification lists three formats.
		name: 'ACE-Step 1.5 Base',
		slug: 'AceStep_1_5_Base',
		inference_types: ['txt2music'],
		tags: [],
		status: 'standard_model',
		info: {
			limits: {
				...MUSIC_LIMITS,
				min_duration: 30,
				min_steps: 5,
				max_steps: 100,
				min_guidance: 3,
				max_guidance: '20',
				output_formats: ['mp3'],
			},
			features: { supports_guidance: true },
			defaults: { steps: '50', guidance: 7 },
		},
	},
];
