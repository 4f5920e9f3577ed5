/** What each operation of *Image* sends, and what comes of it. */
import { file } from '../../support/workflows';
import type { Rows } from './line';

const sea = { json: {}, files: { data: file('sea.png') } };

export const IMAGE: Rows = {
	'Image > Generate': {
		operation: 'picture',
		product: 'the picture',
		item: { json: {} },
		parameters: { resource: 'image', operation: 'generate', prompt: 'A lighthouse', seed: 7 },
		minimal: {
			fields: {
				...{ prompt: 'A lighthouse', model: 'Flux_2_Klein_4B_BF16', width: 512, height: 512 },
				...{ seed: 7, steps: 4, guidance: 0 },
			},
		},
		every: {
			parameters: {
				...{ model: { __rl: true, mode: 'id', value: 'Flux1schnell' } },
				...{ width: 768, height: 1024 },
			},
			options: { negativePrompt: 'fog', guidance: 3.5, steps: 6 },
			sends: {
				fields: {
					...{ prompt: 'A lighthouse', model: 'Flux1schnell', width: 768, height: 1024 },
					...{ seed: 7, steps: 6, guidance: 3.5, negative_prompt: 'fog' },
				},
			},
		},
		price: {
			fields: {
				...{ prompt: 'A lighthouse', model: 'Flux_2_Klein_4B_BF16', width: 512, height: 512 },
				...{ seed: 7, steps: 4, guidance: 0 },
			},
		},
		refused: ['width', 'Width'],
		result: { file: ['picture.png', 'image/png'] },
		says: { model: 'Flux_2_Klein_4B_BF16', width: 512, height: 512, seed: 7 },
		waits: true,
	},
	'Image > Edit': {
		operation: 'pictureEdit',
		product: 'the picture',
		item: sea,
		parameters: { resource: 'image', operation: 'edit', prompt: 'At night', seed: 7 },
		minimal: {
			fields: { prompt: 'At night', model: 'Flux_2_Klein_4B_BF16', seed: '7', steps: '4' },
			files: { image: ['image/png', 'sea.png'] },
		},
		every: {
			item: { json: {}, files: { ...sea.files, boat: file('frame.jpg') } },
			parameters: {
				binaryPropertyName: 'data, boat',
				model: { __rl: true, mode: 'id', value: 'PictureStudio_12B' },
			},
			options: {
				...{ width: 512, height: 384, guidance: 3.5, steps: 20, negativePrompt: 'fog' },
				enhancePrompt: true,
			},
			sends: {
				fields: {
					...{ prompt: 'At night', model: 'PictureStudio_12B', seed: '7', steps: '20' },
					...{ width: '512', height: '384', guidance: '3.5', negative_prompt: 'fog' },
					enhance_prompt: '1',
				},
				files: {
					'images[]': [
						['image/png', 'sea.png'],
						['image/jpeg', 'frame.jpg'],
					],
				},
			},
			needsV2: true,
		},
		price: {
			fields: { prompt: 'At night', model: 'Flux_2_Klein_4B_BF16', seed: 7, steps: 4 },
		},
		refused: ['images.0', 'Input Image Fields'],
		result: { file: ['sea.png', 'image/png'] },
		says: { model: 'Flux_2_Klein_4B_BF16', seed: 7 },
		waits: true,
	},
	'Image > Upscale': {
		operation: 'pictureUpscale',
		product: 'the picture',
		item: sea,
		parameters: { resource: 'image', operation: 'upscale' },
		minimal: {
			fields: { model: 'RealESRGAN_x4' },
			files: { image: ['image/png', 'sea.png'] },
		},
		every: {
			options: {},
			sends: {
				fields: { model: 'RealESRGAN_x4' },
				files: { image: ['image/png', 'sea.png'] },
			},
		},
		price: { fields: { model: 'RealESRGAN_x4', width: '200', height: '150' } },
		refused: ['image', 'Input Image Field'],
		result: { file: ['sea.png', 'image/png'] },
		says: { model: 'RealESRGAN_x4' },
		waits: true,
	},
	'Image > Remove Background': {
		operation: 'backgroundRemoval',
		product: 'the picture',
		item: sea,
		parameters: { resource: 'image', operation: 'removeBackground' },
		minimal: {
			fields: { model: 'Ben2' },
			files: { image: ['image/png', 'sea.png'] },
		},
		every: {
			options: {},
			sends: { fields: { model: 'Ben2' }, files: { image: ['image/png', 'sea.png'] } },
		},
		price: { fields: { model: 'Ben2', width: '200', height: '150' } },
		refused: ['image', 'Input Image Field'],
		result: { file: ['sea.png', 'image/png'] },
		says: { model: 'Ben2' },
		waits: true,
	},
};
