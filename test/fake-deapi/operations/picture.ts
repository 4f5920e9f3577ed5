/** A picture of a description. */
import type { Fields } from '../rules/fields';
import { checkLoras, GUIDANCE, NEGATIVE, required, SIZE, STEPS } from './common';
import type { OperationModel } from './operation';

const COMMON: Fields = {
	prompt: required('string'),
	model: required('string'),
	...SIZE,
	guidance: { ...GUIDANCE, required: true },
	steps: { ...STEPS, required: true },
	seed: required('integer', { min: 0 }),
	negative_prompt: NEGATIVE,
	loras: { type: 'list' },
	quality: { type: 'string', v2Only: true },
};

const SIDES = { min_width: 256, max_width: 2048, min_height: 256, max_height: 2048 };

export const picture: OperationModel = {
	path: { v1: 'txt2img', v2: 'images/generations' },
	title: 'Text To Image',
	types: ['txt2img'],
	submit: {
		encoding: 'json',
		fields: { ...COMMON, enhance_prompt: { type: 'boolean', v2Only: true } },
		further: checkLoras,
	},
	price: { encoding: 'json', fields: COMMON, further: checkLoras },
	result: 'picture',
	basic: { perMinute: 3, perDay: 100 },
	models: [
		{
			name: 'FLUX.2 Klein 4B BF16',
			slug: 'Flux_2_Klein_4B_BF16',
			inference_types: ['txt2img', 'img2img'],
			tags: ['new'],
			status: 'standard_model',
			loras: [],
			info: {
				limits: {
					...{ ...SIDES, max_width: '1536', resolution_step: 16, min_steps: '4', max_steps: 4 },
					max_input_images: '3',
				},
				features: { supports_guidance: '0', supports_negative_prompt: false, supports_steps: '1' },
				defaults: { width: 1024, height: 1024, steps: '4' },
			},
		},
		{
			name: 'Z-Image Turbo INT8',
			slug: 'ZImageTurbo_INT8',
			inference_types: ['txt2img'],
			tags: [],
			status: 'standard_model',
			loras: [{ display_name: 'Paper Cut', name: 'paper_cut' }],
			info: {
				limits: { ...SIDES, resolution_step: 8, min_steps: 4, max_steps: 50 },
				features: { supports_guidance: 0, supports_negative_prompt: '1', supports_lora: true },
				defaults: { width: 768, height: 768, steps: 8 },
			},
		},
		{
			name: 'FLUX.1 schnell',
			slug: 'Flux1schnell',
			inference_types: ['txt2img'],
			tags: [],
			status: 'standard_model',
			info: {
				limits: {
					...SIDES,
					resolution_step: 128,
					min_steps: 1,
					max_steps: 10,
					min_guidance: '0',
					max_guidance: '20',
				},
				features: { supports_guidance: true, supports_negative_prompt: true },
				defaults: { steps: 4, guidance: '7.5' },
			},
		},
	],
};
