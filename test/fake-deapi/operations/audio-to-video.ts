/** A video of a sound. */
import { GUIDANCE, LENGTH, NEGATIVE, picture, required, SIZE, sound, STEPS } from './common';
import type { OperationModel } from './operation';

export const audioToVideo: OperationModel = {
	path: { v1: 'aud2video', v2: 'videos/audio-syncs' },
	title: 'Audio To Video',
	types: ['audio2video'],
	submit: {
		encoding: 'multipart',
		fields: {
			prompt: required('string'),
			audio: { ...sound, required: true },
			...SIZE,
			...LENGTH,
			seed: required('integer'),
			model: required('string'),
			negative_prompt: NEGATIVE,
			guidance: GUIDANCE,
			steps: STEPS,
			first_frame_image: { ...picture, feature: 'supports_first_frame' },
			last_frame_image: { ...picture, feature: 'supports_last_frame' },
		},
	},
	price: {
		encoding: 'json',
		fields: { model: required('string'), ...SIZE, ...LENGTH, steps: STEPS },
	},
	result: 'film',
	basic: { perMinute: 1, perDay: 15 },
	models: [
		{
			name: 'LTX-2.3 22B Distilled INT8',
			slug: 'Ltx2_3_22B_Dist_INT8',
			inference_types: ['audio2video', 'txt2video', 'img2video'],
			tags: ['new'],
			status: 'standard_model',
			info: {
				// As clients found it in August 2026; how its range of the sound is called, nobody has told.
				limits: {
					...{ min_width: '512', max_width: '1024', min_height: 512, max_height: 1024 },
					...{ min_frames: 49, max_frames: 241, min_fps: '24', max_fps: '24', min_steps: 8 },
					...{ min_audio_duration: 1, max_audio_duration: '11' },
				},
				features: {
					...{ supports_guidance: '0', supports_negative_prompt: '0', supports_steps: false },
					...{ supports_first_frame: true, supports_last_frame: true },
				},
				defaults: { width: 768, height: 768, frames: '120', fps: 24, steps: 8 },
			},
		},
		{
			// deAPI has none like it: it can do all that others cannot, and has a step.
			name: 'LTX Studio 30B Distilled FP8',
			slug: 'LtxStudio_30B_Dist_FP8',
			inference_types: ['audio2video', 'txt2video'],
			tags: [],
			status: 'standard_model',
			info: {
				limits: {
					...{ min_width: 256, max_width: 1024, min_height: 256, max_height: 1024 },
					...{ resolution_step: 32, min_frames: 25, max_frames: 257, min_fps: 8, max_fps: 30 },
					...{ min_steps: 1, max_steps: 50 },
				},
				features: {
					...{ supports_guidance: true, supports_negative_prompt: true },
					...{ supports_first_frame: true, supports_last_frame: true },
				},
				defaults: { width: 512, height: 512, frames: 97, fps: 24, steps: 20, guidance: '7.5' },
			},
		},
		{
			// Nor like this one, which can do less.
			name: 'LTX Lip Sync 2B',
			slug: 'LtxLipSync_2B',
			inference_types: ['audio2video'],
			tags: ['experimental'],
			status: 'test_model',
			info: {
				limits: {
					...{ min_width: 64, max_width: 768, min_height: 64, max_height: 768 },
					...{ min_frames: 9, max_frames: 121, min_fps: 12, max_fps: 25 },
				},
				features: {
					...{ supports_guidance: '1', supports_negative_prompt: '0' },
					...{ supports_first_frame: '1', supports_last_frame: '0' },
				},
				defaults: [],
			},
		},
	],
};
