/** A video made larger. */
import type { Field, Found } from '../rules/fields';
import type { Values } from '../rules/values';
import { film, required } from './common';
import type { OperationModel } from './operation';

const SCALE: Field = { type: 'integer', min: 1, max: 16, limit: 'scale', needsLimit: true };

/** In place of the file. */
const SIDE: Field = { type: 'integer', required: (values: Values) => !values.has('video') };

export const upscale: OperationModel = {
	path: { v1: 'vid-upscale', v2: 'videos/upscales' },
	title: 'Video Upscale',
	types: ['vid-upscale'],
	submit: {
		encoding: 'multipart',
		fields: { video: { ...film, required: true }, model: required('string'), scale: SCALE },
	},
	price: {
		encoding: 'multipart',
		fields: {
			video: film,
			width: SIDE,
			height: SIDE,
			duration: { type: 'number', min: 0.1, limit: 'duration' },
			model: required('string'),
			scale: SCALE,
		},
		further: ({ values, errors }: Found) => {
			for (const name of ['width', 'height', 'duration']) {
				if (values.has('video') && values.has(name))
					errors.add(name, 'is prohibited beside video.');
			}
		},
	},
	cost: (values, base) => (values.has('video') || values.has('duration') ? base : 0),
	result: 'video',
	basic: { perMinute: 1, perDay: 15 },
	models: [
		{
			name: 'RealESRGAN Video x4',
			slug: 'RealESRGAN_Vid_x4',
			inference_types: ['vid-upscale'],
			tags: [],
			status: 'standard_model',
			info: { limits: { max_duration: '60' }, features: [], defaults: [] },
		},
		{
			name: 'RealESRGAN Video x2',
			slug: 'RealESRGAN_Vid_x2',
			inference_types: ['vid-upscale'],
			tags: [],
			status: 'standard_model',
			info: [],
		},
		{
			name: 'FlashVSR Tiny',
			slug: 'FlashVSR_Tiny',
			inference_types: ['vid-upscale'],
			tags: ['experimental'],
			status: 'standard_model',
			info: { limits: { min_scale: '2', max_scale: 4 }, features: null, defaults: { scale: 2 } },
		},
	],
};
