/** A video in which another character stands in for a person. */
import type { Field, Found } from '../rules/fields';
import { film, picture, required } from './common';
import type { OperationModel } from './operation';

const SIDE = (name: string): Field => ({ type: 'integer', limit: name, side: true });

/** Both or neither. */
function checkSize({ values, errors }: Found): void {
	for (const [name, other] of [
		['width', 'height'],
		['height', 'width'],
	] as const) {
		if (values.has(other) && !values.has(name)) {
			errors.add(name, `is required when ${other} is present.`);
		}
	}
}

export const replacement: OperationModel = {
	path: { v1: 'videos/replace', v2: 'videos/replacements' },
	priceOnV1: '/price',
	title: 'Video Replace',
	types: ['video-replace'],
	submit: {
		encoding: 'multipart',
		fields: {
			video: { ...film, required: true },
			ref_image: { ...picture, required: true },
			model: required('string'),
			prompt: { type: 'string' },
			width: SIDE('width'),
			height: SIDE('height'),
			steps: { type: 'integer', limit: 'steps' },
			seed: { type: 'integer' },
		},
		further: checkSize,
	},
	price: {
		encoding: 'multipart',
		fields: {
			model: required('string'),
			video: film,
			duration: { type: 'number' },
			width: SIDE('width'),
			height: SIDE('height'),
		},
		further: (found) => {
			const { values, errors } = found;
			checkSize(found);
			if (!values.has('video') && !values.has('duration')) {
				errors.addText('video', 'The video field has to be there when duration is not present.');
			}
		},
	},
	result: 'video',
	basic: { perMinute: 1, perDay: 15 },
	models: [
		{
			name: 'Wan 2.2 Animate 14B INT8',
			slug: 'Wan2_2_Animate_14B_INT8',
			inference_types: ['video-replace'],
			tags: [],
			status: 'standard_model',
			info: {
				limits: {
					...{ min_width: 256, max_width: 852, min_height: 256, max_height: 852 },
					...{ min_steps: '1', max_steps: 8, max_video_duration_seconds: '8' },
				},
				features: [],
				defaults: { width: 768, height: 768, steps: 4 },
			},
		},
	],
};
