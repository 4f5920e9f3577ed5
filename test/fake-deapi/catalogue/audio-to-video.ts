/**
 * The models that make video from audio.
 */
import type { FakeModel } from '../types';

export const AUDIO_TO_VIDEO: FakeModel[] = [
	{
		name: 'LTX-2.3 22B Distilled INT8',
		slug: 'Ltx2_3_22B_Dist_INT8',
		inference_types: ['audio2video', 'txt2video', 'img2video'],
		tags: ['new'],
		status: 'standard_model',
		info: {
			// Frames 49 to 241, default 120, and 24 fps only: the service's own specification.
			limits: {
				min_width: '256',
				max_width: '1280',
				min_height: 256,
				max_height: 1280,
				resolution_step: 32,
				min_frames: 49,
				max_frames: 241,
				min_fps: '24',
				max_fps: '24',
				min_steps: 1,
				max_steps: 50,
			},
			features: {
				supports_guidance: '0',
				supports_negative_prompt: '1',
				supports_first_frame: true,
				supports_last_frame: true,
			},
			defaults: { width: 512, height: 512, frames: '120', fps: 24, steps: 8 },
		},
	},
	{
		name: 'LTX-2 19B Distilled FP8',
		slug: 'Ltx2_19B_Dist_FP8',
		inference_types: ['audio2video', 'txt2video'],
		tags: [],
		status: 'standard_model',
		info: {
			limits: {
				min_width: 256,
				max_width: 1024,
				min_height: 256,
				max_height: 1024,
				resolution_step: 32,
				min_frames: 25,
				max_frames: 257,
				min_fps: 8,
				max_fps: 30,
				min_steps: 1,
				max_steps: 50,
			},
			features: {
				supports_guidance: true,
				supports_negative_prompt: true,
				supports_first_frame: true,
				supports_last_frame: true,
			},
			defaults: { width: 512, height: 512, frames: 97, fps: 24, steps: 20, guidance: '7.5' },
		},
	},
	{
		// An object keyed by type: the specification's schema says object, its examples say array.
		name: 'LTX Lip Sync 2B',
		slug: 'LtxLipSync_2B',
		inference_types: { audio2video: [] },
		tags: ['experimental'],
		status: 'test_model',
		info: {
			limits: {
				min_width: 64,
				max_width: 768,
				min_height: 64,
				max_height: 768,
				min_frames: 9,
				max_frames: 121,
				min_fps: 12,
				max_fps: 25,
			},
			features: {
				supports_guidance: '1',
				supports_negative_prompt: '0',
				supports_first_frame: '1',
				supports_last_frame: '0',
			},
			defaults: [],
		},
	},
];
