/** What each operation of *Prompt* sends, and what comes of it. */
import { file } from '../../support/workflows';
import type { Rows } from './line';

const withPicture = { json: {}, files: { image: file('frame.png') } };

export const PROMPT: Rows = {
	'Prompt > Enhance': {
		operation: 'prompt',
		product: 'the prompt',
		item: { json: {} },
		parameters: { resource: 'prompt', operation: 'enhance', prompt: 'a boat' },
		minimal: {
			fields: {
				...{ prompt: 'a boat', type: 'images.generations', model_slug: 'Flux_2_Klein_4B_BF16' },
			},
		},
		every: {
			item: withPicture,
			parameters: {
				...{ type: 'images.edits' },
				...{ model: { __rl: true, mode: 'id', value: 'QwenImageEdit_Plus_NF4' } },
			},
			options: { negativePrompt: 'fog', imageBinaryProperty: 'image' },
			sends: {
				fields: {
					...{ prompt: 'a boat', type: 'images.edits', model_slug: 'QwenImageEdit_Plus_NF4' },
					negative_prompt: 'fog',
				},
				files: { image: ['image/png', 'frame.png'] },
			},
		},
		price: {
			fields: {
				...{ prompt: 'a boat', type: 'images.generations', model_slug: 'Flux_2_Klein_4B_BF16' },
			},
		},
		refused: ['model_slug', 'Model'],
		result: {
			json: { prompt: /a boat/, negative_prompt: null, model: 'Flux_2_Klein_4B_BF16' },
		},
		says: {},
		waits: true,
	},
};
