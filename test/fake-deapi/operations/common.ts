/** Fields that several operations take, and the files that go with them. */
import { AUDIO_TYPES, IMAGE_TYPES, REFERENCE_TYPES, VIDEO_TYPES } from '../http/media';
import type { Field, Fields, Found } from '../rules/fields';
import { MB } from '../rules/files';
import type { Values } from '../rules/values';
import type { Surface } from '../types';
import type { OperationModel } from './operation';

/** A field that must be sent. */
export function required(type: Field['type'], more: Omit<Field, 'type'> = {}): Field {
	return { type, required: true, ...more };
}

export const sound: Field = {
	...{ type: 'file', limit: 'audio_duration' },
	file: () => ({ types: AUDIO_TYPES, maxBytes: 20 * MB }),
};

/** 10 MB on v2; 15 on v1 by its specification and the page of quotas. */
export const reference: Field = {
	type: 'file',
	file: (surface: Surface) => ({
		types: REFERENCE_TYPES,
		maxBytes: (surface === 'v2' ? 10 : 15) * MB,
	}),
};

export const picture: Field = {
	...{ type: 'file', file: () => ({ types: IMAGE_TYPES, maxBytes: 10 * MB }) },
};

/** In place of a picture in the question for a price. */
const SIDE: Field = { type: 'integer', required: (values: Values) => !values.has('image') };

/** Of what makes one picture of another, as large as the model takes it. */
export const OF_A_PICTURE: Pick<OperationModel, 'submit' | 'price'> = {
	submit: {
		encoding: 'multipart',
		fields: {
			image: { ...picture, required: true, pictureSides: true },
			model: required('string'),
		},
	},
	price: {
		encoding: 'multipart',
		fields: {
			image: { ...picture, pictureSides: true },
			width: SIDE,
			height: SIDE,
			model: required('string'),
		},
		further: ({ values, errors }: Found) => {
			for (const name of ['width', 'height']) {
				if (values.has('image') && values.has(name))
					errors.add(name, 'is prohibited beside image.');
			}
		},
	},
};

export const film: Field = {
	...{ type: 'file', file: () => ({ types: VIDEO_TYPES, maxBytes: 50 * MB }) },
};

export const SIZE: Fields = {
	width: required('integer', { limit: 'width', side: true }),
	height: required('integer', { limit: 'height', side: true }),
};

export const LENGTH: Fields = {
	frames: required('integer', { min: 1, limit: 'frames' }),
	fps: required('integer', { min: 1, limit: 'fps' }),
};

export const STEPS: Field = { type: 'integer', min: 1, limit: 'steps' };

/** A page says to leave it out or to send 0 where the model has none: 0 is always taken. */
export const GUIDANCE: Field = {
	...{ type: 'number', limit: 'guidance', zero: true, feature: 'supports_guidance' },
};

export const NEGATIVE: Field = { type: 'string', feature: 'supports_negative_prompt' };

/** Each of `{ name, weight }`, the name one of the model's, the weight not below 0. */
export function checkLoras({ values, model, errors }: Found): void {
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
