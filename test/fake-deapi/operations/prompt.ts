/** A prompt put into better words, answered at once. */
import type { Fields, Found } from '../rules/fields';
import type { Values } from '../rules/values';
import { picture, required } from './common';
import type { OperationModel } from './operation';

/** What is asked for in v2's words, and the inference type of the models that make it. */
const TYPES: Readonly<Record<string, string>> = {
	'images.generations': 'txt2img',
	'images.edits': 'img2img',
	'videos.generations': 'txt2video',
	'videos.animations': 'img2video',
	'audio.speech': 'txt2audio',
	'audio.music': 'txt2music',
};

const takesImage = (values: Values) =>
	['images.edits', 'videos.animations'].includes(values.text('type') ?? '');

const COMMON: Fields = {
	prompt: required('string', { min: 3 }),
	type: required('string', { choices: Object.keys(TYPES) }),
	model_slug: required('string'),
	negative_prompt: { type: 'string', min: 3 },
};

function checkImage({ values, errors }: Found): void {
	if (values.has('image') && !takesImage(values)) {
		errors.add('image', 'is prohibited for this type.');
	}
}

export const prompt: OperationModel = {
	path: { v1: null, v2: 'prompts/enhancements' },
	// Four boosters, one for each kind of work, and their prices: the service's pages.
	removed: 'prompt/[^/]+(?:/price-calculation)?',
	title: 'this type',
	types: ['txt2img', 'img2img', 'txt2video', 'img2video', 'txt2audio', 'txt2music'],
	typesFor: (values) => {
		const type = TYPES[values.text('type') ?? ''];
		return type === undefined ? Object.values(TYPES) : [type];
	},
	modelField: 'model_slug',
	submit: {
		encoding: 'multipart',
		fields: { ...COMMON, image: { ...picture, required: takesImage } },
		further: checkImage,
	},
	price: { encoding: 'multipart', fields: { ...COMMON, image: picture }, further: checkImage },
	result: null,
	models: [],
};
