/** A picture made of one or more, by words. */
import { limitOf } from '../catalogue/lookup';
import type { Fields, Found } from '../rules/fields';
import type { Values } from '../rules/values';
import { checkLoras, GUIDANCE, NEGATIVE, picture, required, STEPS } from './common';
import type { OperationModel } from './operation';

const COMMON: Fields = {
	prompt: required('string'),
	model: required('string'),
	steps: { ...STEPS, required: true },
	seed: required('integer', { min: 0 }),
	guidance: GUIDANCE,
	negative_prompt: NEGATIVE,
	loras: { type: 'list' },
	quality: { type: 'string', v2Only: true },
};

/** One picture as one, several as a list; how many, the model says, and else it is one. */
function checkPictures({ values, model, errors }: Found): void {
	const count = values.count('images[]');
	if (values.has('image') && count > 0) errors.add('images[]', 'is prohibited beside image.');
	const most = model === null ? null : (limitOf(model, 'max_input_images') ?? 1);
	if (most !== null && count > most) {
		errors.add('images[]', `must not have more than ${most} items.`);
	}
}

export const pictureEdit: OperationModel = {
	path: { v1: 'img2img', v2: 'images/edits' },
	title: 'Image To Image',
	types: ['img2img'],
	submit: {
		encoding: 'multipart',
		fields: {
			...COMMON,
			image: { ...picture, required: (values: Values) => !values.has('images[]') },
			'images[]': {
				...picture,
				type: 'files',
				required: (values: Values) => !values.has('image'),
			},
			width: {
				type: 'integer',
				limit: 'width',
				side: true,
				feature: 'supports_custom_output_size',
			},
			height: {
				type: 'integer',
				limit: 'height',
				side: true,
				feature: 'supports_custom_output_size',
			},
			enhance_prompt: { type: 'boolean', v2Only: true },
		},
		further: (found) => {
			checkPictures(found);
			checkLoras(found);
		},
	},
	price: { encoding: 'json', fields: COMMON, further: checkLoras },
	result: 'picture',
	basic: { perMinute: 1, perDay: 15 },
	models: [
		{
			name: 'Qwen Image Edit Plus NF4',
			slug: 'QwenImageEdit_Plus_NF4',
			inference_types: ['img2img'],
			tags: [],
			status: 'standard_model',
			info: {
				limits: {
					...{ min_width: 256, max_width: 2048, min_height: 256, max_height: 2048 },
					...{ min_steps: 1, max_steps: '50' },
				},
				features: { supports_custom_output_size: false, supports_guidance: true },
				defaults: { steps: '40' },
			},
		},
		{
			// deAPI has none like it: it can do all that others cannot.
			name: 'Picture Studio 12B',
			slug: 'PictureStudio_12B',
			inference_types: ['img2img'],
			tags: ['experimental'],
			status: 'standard_model',
			info: {
				limits: {
					...{ min_width: 256, max_width: 2048, min_height: 256, max_height: 2048 },
					...{ resolution_step: 16, min_steps: 10, max_steps: 50, max_input_images: 2 },
					...{ min_guidance: 1, max_guidance: '20' },
				},
				features: { supports_guidance: '1', supports_negative_prompt: '1' },
				defaults: [],
			},
		},
	],
};
