/** A video of a description, without a sound of the user's. */
import type { Fields } from '../rules/fields';
import { GUIDANCE, LENGTH, NEGATIVE, required, SIZE, STEPS } from './common';
import type { OperationModel } from './operation';

/** What makes a video has to be told, whatever it is made of. */
export const TOLD: Fields = {
	prompt: required('string'),
	model: required('string'),
	...SIZE,
	...LENGTH,
	steps: { ...STEPS, required: true },
	guidance: { ...GUIDANCE, required: true },
	seed: required('integer'),
	negative_prompt: NEGATIVE,
	enhance_prompt: { type: 'boolean', v2Only: true },
};

/** The question for its price. */
export const PRICED: OperationModel['price'] = {
	encoding: 'json',
	fields: {
		model: required('string'),
		...SIZE,
		...LENGTH,
		steps: { ...STEPS, required: true },
	},
};

export const textToVideo: OperationModel = {
	path: { v1: 'txt2video', v2: 'videos/generations' },
	title: 'Text To Video',
	types: ['txt2video'],
	submit: { encoding: 'json', fields: TOLD },
	price: PRICED,
	result: 'film',
	basic: { perMinute: 1, perDay: 15 },
	models: [
		{
			// As clients found it in autumn 2026: it publishes no steps and takes 8 only.
			name: 'MiniMax H3 33B Turbo INT8',
			slug: 'MiniMaxH3_33B_Turbo_INT8',
			inference_types: ['txt2video', 'img2video'],
			tags: ['new'],
			status: 'standard_model',
			info: {
				limits: {
					...{ min_width: 1344, max_width: 1344, min_height: 768, max_height: 768 },
					...{ min_frames: 56, max_frames: 243, min_fps: 24, max_fps: 24 },
				},
				features: { supports_guidance: false, supports_last_frame: true },
				defaults: { width: 1344, height: 768, frames: 120, fps: 24, steps: 8 },
			},
		},
	],
};
