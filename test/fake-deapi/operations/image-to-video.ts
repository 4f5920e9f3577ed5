/** A video that a picture begins. */
import { picture } from './common';
import type { OperationModel } from './operation';
import { PRICED, TOLD } from './text-to-video';

export const imageToVideo: OperationModel = {
	path: { v1: 'img2video', v2: 'videos/animations' },
	title: 'Image To Video',
	types: ['img2video'],
	submit: {
		encoding: 'multipart',
		fields: {
			...TOLD,
			first_frame_image: { ...picture, required: true },
			last_frame_image: { ...picture, feature: 'supports_last_frame' },
		},
	},
	price: PRICED,
	result: 'film',
	basic: { perMinute: 1, perDay: 15 },
	models: [
		{
			name: 'LTXV 13B 0.9.8 Distilled FP8',
			slug: 'Ltxv_13B_0_9_8_Distilled_FP8',
			inference_types: ['txt2video', 'img2video'],
			tags: [],
			status: 'standard_model',
			info: {
				limits: {
					...{ min_width: 256, max_width: '768', min_height: 256, max_height: '768' },
					...{ min_frames: 30, max_frames: 120, min_fps: 30, max_fps: 30 },
					...{ min_steps: '1', max_steps: '1' },
				},
				features: {
					...{ supports_guidance: 1, supports_negative_prompt: true, supports_last_frame: '1' },
				},
				defaults: { width: 512, height: 512, frames: 120, fps: 30, steps: 1, guidance: '3.5' },
			},
		},
	],
};
