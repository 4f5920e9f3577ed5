/** A song of a caption and its words. */
import { reference, required } from './common';
import type { OperationModel } from './operation';

const DURATION = required('number', { limit: 'duration' });
const STEPS = required('integer', { limit: 'steps' });

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

export const music: OperationModel = {
	path: { v1: 'txt2music', v2: 'audio/music' },
	title: 'Text To Music',
	types: ['txt2music'],
	submit: {
		encoding: 'either',
		fields: {
			caption: required('string'),
			model: required('string'),
			lyrics: required('string', { min: 1 }),
			duration: DURATION,
			inference_steps: STEPS,
			guidance_scale: required('number', { limit: 'guidance' }),
			seed: required('integer', { min: -1 }),
			format: required('string', {
				...{ choices: ['mp3', 'wav', 'flac'], choiceLimit: 'output_formats' },
			}),
			bpm: { type: 'integer', limit: 'bpm' },
			keyscale: { type: 'string' },
			timesignature: { type: 'integer', choices: ['2', '3', '4', '6'] },
			vocal_language: { type: 'string' },
			reference_audio: reference,
		},
	},
	price: {
		encoding: 'json',
		fields: { model: required('string'), duration: DURATION, inference_steps: STEPS },
	},
	result: 'song',
	basic: { perMinute: 1, perDay: 15 },
	models: [
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
	],
};
