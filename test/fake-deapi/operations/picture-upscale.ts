/** A picture made larger. */
import { OF_A_PICTURE } from './common';
import type { OperationModel } from './operation';

export const pictureUpscale: OperationModel = {
	path: { v1: 'img-upscale', v2: 'images/upscales' },
	title: 'Image Upscale',
	types: ['img-upscale'],
	...OF_A_PICTURE,
	result: 'png',
	basic: { perMinute: 5, perDay: 100 },
	models: [
		{
			name: 'RealESRGAN x4',
			slug: 'RealESRGAN_x4',
			inference_types: ['img-upscale'],
			tags: [],
			status: 'standard_model',
			info: {
				limits: { min_width: '128', max_width: '2048', min_height: 128, max_height: 2048 },
				features: null,
				defaults: null,
			},
		},
	],
};
