/** A picture without its background. */
import { OF_A_PICTURE } from './common';
import type { OperationModel } from './operation';

export const backgroundRemoval: OperationModel = {
	path: { v1: 'img-rmbg', v2: 'images/background-removals' },
	title: 'Image Background Removal',
	types: ['img-rmbg'],
	...OF_A_PICTURE,
	result: 'png',
	basic: { perMinute: 5, perDay: 100 },
	models: [
		{
			name: 'BEN2',
			slug: 'Ben2',
			inference_types: ['img-rmbg'],
			tags: [],
			status: 'standard_model',
			info: {
				limits: { min_width: 128, max_width: 2048, min_height: 128, max_height: 2048 },
				features: [],
				defaults: [],
			},
		},
	],
};
