/** What each operation of *Video* sends, and what comes of it. */
import { file } from '../../support/workflows';
import type { Rows } from './line';

const song = { json: {}, files: { data: file('song.mp3') } };
const withPicture = { json: {}, files: { image: file('frame.png') } };
const SEED = '7';

export const VIDEO: Rows = {
	'Video > Generate From Audio': {
		operation: 'audioToVideo',
		product: 'the video',
		item: song,
		parameters: {
			...{ resource: 'video', operation: 'generateFromAudio' },
			...{ prompt: 'A singer', lengthMode: 'seconds', duration: 9, seed: 7 },
		},
		minimal: {
			fields: {
				...{ prompt: 'A singer', model: 'Ltx2_3_22B_Dist_INT8', seed: SEED },
				...{ width: '512', height: '512', frames: '217', fps: '24' },
			},
			files: { audio: ['audio/mpeg', 'song.mp3'] },
		},
		every: {
			item: { json: {}, files: { ...song.files, ...withPicture.files, last: file('frame.jpg') } },
			parameters: { model: { __rl: true, mode: 'id', value: 'LtxStudio_30B_Dist_FP8' } },
			options: {
				...{ negativePrompt: 'fog', guidance: 3, steps: 9 },
				...{ firstFrameBinaryProperty: 'image', lastFrameBinaryProperty: 'last' },
			},
			sends: {
				fields: {
					...{ prompt: 'A singer', model: 'LtxStudio_30B_Dist_FP8', seed: SEED },
					...{ width: '512', height: '512', frames: '217', fps: '24' },
					...{ negative_prompt: 'fog', guidance: '3', steps: '9' },
				},
				files: {
					audio: ['audio/mpeg', 'song.mp3'],
					first_frame_image: ['image/png', 'frame.png'],
					last_frame_image: ['image/jpeg', 'frame.jpg'],
				},
			},
		},
		price: {
			fields: { model: 'Ltx2_3_22B_Dist_INT8', width: 512, height: 512, frames: 217, fps: 24 },
		},
		refused: ['prompt', 'Prompt'],
		result: { file: ['song.mp4', 'video/mp4'] },
		says: {
			...{ model: 'Ltx2_3_22B_Dist_INT8', seed: 7, width: 512, height: 512, fps: 24 },
			...{ frames: 217, video_seconds: 9.042 },
		},
		waits: false,
	},
	'Video > Upscale': {
		operation: 'upscale',
		product: 'the video',
		item: { json: {}, files: { data: file('result.mp4', { fileName: 'holiday.mp4' }) } },
		parameters: { resource: 'video', operation: 'upscale' },
		minimal: {
			fields: { model: 'RealESRGAN_Vid_x4' },
			files: { video: ['video/mp4', 'result.mp4'] },
		},
		every: {
			parameters: { model: { __rl: true, mode: 'id', value: 'FlashVSR_Tiny' } },
			options: { scale: 3 },
			sends: {
				fields: { model: 'FlashVSR_Tiny', scale: '3' },
				files: { video: ['video/mp4', 'result.mp4'] },
			},
		},
		price: {
			fields: { model: 'RealESRGAN_Vid_x4' },
			files: { video: ['video/mp4', 'result.mp4'] },
		},
		refused: ['video', 'Input Video Field'],
		result: { file: ['holiday.mp4', 'video/mp4'] },
		says: { model: 'RealESRGAN_Vid_x4' },
		waits: true,
	},
	'Video > Generate From Text': {
		operation: 'textToVideo',
		product: 'the video',
		item: { json: {} },
		parameters: {
			...{ resource: 'video', operation: 'generateFromText', lengthMode: 'seconds' },
			...{ prompt: 'A lighthouse', seed: 7 },
		},
		minimal: {
			fields: {
				...{ prompt: 'A lighthouse', model: 'Ltx2_3_22B_Dist_INT8', seed: 7 },
				...{ width: 512, height: 512, frames: 121, fps: 24, steps: 8, guidance: 0 },
			},
		},
		every: {
			parameters: {
				...{ model: { __rl: true, mode: 'id', value: 'LtxStudio_30B_Dist_FP8' } },
				...{ lengthMode: 'frames', frames: 97, size: 'custom', width: 640, height: 352 },
				fps: 25,
			},
			options: { negativePrompt: 'fog', guidance: 3, steps: 9, enhancePrompt: true },
			sends: {
				fields: {
					...{ prompt: 'A lighthouse', model: 'LtxStudio_30B_Dist_FP8', seed: 7 },
					...{ width: 640, height: 352, frames: 97, fps: 25 },
					...{ negative_prompt: 'fog', guidance: 3, steps: 9, enhance_prompt: true },
				},
			},
			needsV2: true,
		},
		price: {
			fields: {
				...{ model: 'Ltx2_3_22B_Dist_INT8', width: 512, height: 512 },
				...{ frames: 121, fps: 24, steps: 8 },
			},
		},
		refused: ['prompt', 'Prompt'],
		result: { file: ['video.mp4', 'video/mp4'] },
		says: {
			...{ model: 'Ltx2_3_22B_Dist_INT8', seed: 7, width: 512, height: 512, fps: 24 },
			...{ frames: 121, video_seconds: 5.042 },
		},
		waits: true,
	},
	'Video > Generate From Image': {
		operation: 'imageToVideo',
		product: 'the video',
		item: { json: {}, files: { data: file('frame.png', { fileName: 'harbour.png' }) } },
		parameters: {
			...{ resource: 'video', operation: 'generateFromImage', lengthMode: 'seconds' },
			...{ prompt: 'Waves roll in', seed: 7 },
		},
		minimal: {
			fields: {
				...{ prompt: 'Waves roll in', model: 'Ltx2_3_22B_Dist_INT8', seed: SEED },
				...{ width: '512', height: '512', frames: '121', fps: '24', steps: '8', guidance: '0' },
			},
			files: { first_frame_image: ['image/png', 'frame.png'] },
		},
		every: {
			item: {
				json: {},
				files: { data: file('frame.png'), last: file('frame.jpg') },
			},
			parameters: {
				...{ model: { __rl: true, mode: 'id', value: 'Ltxv_13B_0_9_8_Distilled_FP8' } },
				...{ lengthMode: 'frames', frames: 60, fps: 30 },
			},
			options: {
				...{ negativePrompt: 'fog', guidance: 3, steps: 1, enhancePrompt: true },
				lastFrameBinaryProperty: 'last',
			},
			sends: {
				fields: {
					...{ prompt: 'Waves roll in', model: 'Ltxv_13B_0_9_8_Distilled_FP8', seed: SEED },
					...{ width: '512', height: '512', frames: '60', fps: '30' },
					...{ negative_prompt: 'fog', guidance: '3', steps: '1', enhance_prompt: '1' },
				},
				files: {
					first_frame_image: ['image/png', 'frame.png'],
					last_frame_image: ['image/jpeg', 'frame.jpg'],
				},
			},
			needsV2: true,
		},
		price: {
			fields: {
				...{ model: 'Ltx2_3_22B_Dist_INT8', width: 512, height: 512 },
				...{ frames: 121, fps: 24, steps: 8 },
			},
		},
		refused: ['first_frame_image', 'Input Image Field'],
		result: { file: ['harbour.mp4', 'video/mp4'] },
		says: {
			...{ model: 'Ltx2_3_22B_Dist_INT8', seed: 7, width: 512, height: 512, fps: 24 },
			...{ frames: 121, video_seconds: 5.042 },
		},
		waits: true,
	},
	'Video > Replace Character': {
		operation: 'replacement',
		product: 'the video',
		item: {
			json: {},
			files: {
				data: file('result.mp4', { fileName: 'dance.mp4' }),
				reference: file('frame.png'),
			},
		},
		parameters: { resource: 'video', operation: 'replaceCharacter', options: { seed: 7 } },
		minimal: {
			fields: { model: 'Wan2_2_Animate_14B_INT8', seed: SEED },
			files: { video: ['video/mp4', 'result.mp4'], ref_image: ['image/png', 'frame.png'] },
		},
		every: {
			parameters: { prompt: 'In a red coat' },
			options: { width: 512, height: 288, steps: 6, seed: 7 },
			sends: {
				fields: {
					...{ model: 'Wan2_2_Animate_14B_INT8', prompt: 'In a red coat', seed: SEED },
					...{ width: '512', height: '288', steps: '6' },
				},
				files: { video: ['video/mp4', 'result.mp4'], ref_image: ['image/png', 'frame.png'] },
			},
		},
		price: {
			fields: { model: 'Wan2_2_Animate_14B_INT8' },
			files: { video: ['video/mp4', 'result.mp4'] },
		},
		refused: ['ref_image', 'Reference Image Field'],
		result: { file: ['dance.mp4', 'video/mp4'] },
		says: { model: 'Wan2_2_Animate_14B_INT8', seed: 7 },
		waits: true,
	},
};
