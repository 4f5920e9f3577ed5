/**
 * The rules of pictures, of upscaling and of prompt enhancement, and of their prices.
 */
import { limitOf, supports } from '../catalogue/lookup';
import { IMAGE_TYPES, VIDEO_TYPES } from '../http/media';
import type { Field, Found, Rules } from './fields';
import { MB } from './files';
import type { Values } from './values';

const PICTURE_COMMON: readonly Field[] = [
	{ name: 'prompt', type: 'string', required: true },
	{ name: 'model', type: 'string', required: true },
	{ name: 'width', type: 'integer', required: true, min: 1, limit: 'width', side: true },
	{ name: 'height', type: 'integer', required: true, min: 1, limit: 'height', side: true },
	{ name: 'guidance', type: 'number', required: true, min: 0 },
	{ name: 'steps', type: 'integer', required: true, min: 1, limit: 'steps' },
	// Nothing is said of -1 for "random" here, as there is for music: a client draws one.
	{ name: 'seed', type: 'integer', required: true, min: 0 },
	{ name: 'negative_prompt', type: 'string' },
	{ name: 'loras', type: 'list' },
	{ name: 'quality', type: 'string', v2Only: true },
];

const PICTURE = { title: 'Text To Image', types: () => ['txt2img'], encoding: 'json' as const };

export const PICTURE_RULES: Rules = {
	...PICTURE,
	webhook: true,
	fields: [...PICTURE_COMMON, { name: 'enhance_prompt', type: 'boolean', v2Only: true }],
	further: checkPicture,
};

export const PICTURE_PRICE_RULES: Rules = {
	...PICTURE,
	fields: PICTURE_COMMON,
	further: checkPicture,
};

function checkPicture(found: Found): void {
	const { values, model, errors } = found;
	checkLoras(found);
	if (!model) return;
	const guidance = Number(values.text('guidance') ?? 0);
	if (!supports(model, 'supports_guidance')) {
		// A page says to leave it out or to send 0, the specification that it is required: 0 is both.
		if (guidance !== 0) errors.add('guidance', 'is not supported by the selected model.');
	} else {
		const min = limitOf(model, 'min_guidance') ?? -Infinity;
		const max = limitOf(model, 'max_guidance') ?? Infinity;
		if (guidance < min) errors.add('guidance', `must be at least ${min}.`);
		if (guidance > max) errors.add('guidance', `must not be greater than ${max}.`);
	}
	if (values.has('negative_prompt') && !supports(model, 'supports_negative_prompt')) {
		errors.add('negative_prompt', 'is not supported by the selected model.');
	}
}

/** Each of `{ name, weight }`, the name one of the model's, the weight not below 0. */
function checkLoras({ values, model, errors }: Found): void {
	const value = values.byName.get('loras');
	if (value?.kind !== 'json' || !Array.isArray(value.json)) return;
	const known = model?.loras?.map(({ name }) => name) ?? null;
	value.json.forEach((lora: unknown, index) => {
		const { name, weight } = Object(lora) as { name?: unknown; weight?: unknown };
		const field = `loras.${index}`;
		if (typeof name !== 'string') errors.add(`${field}.name`, 'is required.');
		else if (known && !known.includes(name)) errors.add(`${field}.name`, 'is invalid.');
		if (typeof weight !== 'number') errors.add(`${field}.weight`, 'must be a number.');
		else if (weight < 0) errors.add(`${field}.weight`, 'must be at least 0.');
	});
}

const video = () => ({ types: VIDEO_TYPES, maxBytes: 50 * MB });

const SCALE: Field = { name: 'scale', type: 'integer', min: 1, max: 16, limit: 'scale' };

const UPSCALE = {
	title: 'Video Upscale',
	types: () => ['vid-upscale'],
	encoding: 'multipart' as const,
};

export const UPSCALE_RULES: Rules = {
	...UPSCALE,
	webhook: true,
	fields: [
		{ name: 'video', type: 'file', required: true, file: video },
		{ name: 'model', type: 'string', required: true },
		SCALE,
	],
	further: checkScale,
};

const SIDES = ['width', 'height'];

export const UPSCALE_PRICE_RULES: Rules = {
	...UPSCALE,
	fields: [
		{ name: 'video', type: 'file', file: video },
		...SIDES.map((name): Field => ({
			...{ name, type: 'integer', min: 1 },
			required: (values) => !values.has('video'),
		})),
		{ name: 'duration', type: 'number', min: 0.1, limit: 'duration' },
		{ name: 'model', type: 'string', required: true },
		SCALE,
	],
	further: (found) => {
		checkScale(found);
		const { values, errors } = found;
		for (const name of [...SIDES, 'duration']) {
			if (values.has('video') && values.has(name)) errors.add(name, 'is prohibited beside video.');
		}
	},
};

function checkScale({ values, model, errors }: Found): void {
	if (!model || !values.has('scale')) return;
	if (limitOf(model, 'min_scale') === null && limitOf(model, 'max_scale') === null) {
		errors.add('scale', 'is not supported by the selected model.');
	}
}

/** What is asked for in v2's words, and the inference type of the models that make it. */
const PROMPT_TYPES: Readonly<Record<string, string>> = {
	'images.generations': 'txt2img',
	'images.edits': 'img2img',
	'videos.generations': 'txt2video',
	'videos.animations': 'img2video',
	'audio.speech': 'txt2audio',
	'audio.music': 'txt2music',
};
const TYPES_WITH_IMAGE = ['images.edits', 'videos.animations'];

const takesImage = (values: Values) => TYPES_WITH_IMAGE.includes(values.text('type') ?? '');

const image = () => ({ types: IMAGE_TYPES, maxBytes: 10 * MB });

const PROMPT_COMMON: readonly Field[] = [
	{ name: 'prompt', type: 'string', required: true, min: 3 },
	{ name: 'type', type: 'string', required: true, choices: Object.keys(PROMPT_TYPES) },
	{ name: 'model_slug', type: 'string', required: true },
	{ name: 'negative_prompt', type: 'string', min: 3 },
];

const PROMPT = {
	title: 'this type',
	modelField: 'model_slug',
	encoding: 'multipart' as const,
	types: (values: Values) => {
		const type = PROMPT_TYPES[values.text('type') ?? ''];
		return type === undefined ? Object.values(PROMPT_TYPES) : [type];
	},
	further: ({ values, errors }: Found) => {
		if (values.has('image') && !takesImage(values)) {
			errors.add('image', 'is prohibited for this type.');
		}
	},
};

export const PROMPT_RULES: Rules = {
	...PROMPT,
	fields: [...PROMPT_COMMON, { name: 'image', type: 'file', required: takesImage, file: image }],
};

export const PROMPT_PRICE_RULES: Rules = {
	...PROMPT,
	fields: [...PROMPT_COMMON, { name: 'image', type: 'file', file: image }],
};
