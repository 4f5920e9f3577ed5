/** What a model is told besides files and sizes. */
import type { INodeProperties } from 'n8n-workflow';

/**
 * A text of several rows that has to be there, sent under the name of the field.
 *
 * @param name also deAPI's name of it
 */
export function textField(
	displayName: string,
	name: string,
	texts: { placeholder: string; description: string; default?: string },
): INodeProperties {
	return {
		...{ displayName, name, type: 'string', default: '', required: true },
		typeOptions: { rows: 4 },
		...texts,
		routing: { send: { type: 'body', property: name } },
	};
}

/** What a video shows. */
export const videoPromptField = textField('Prompt', 'prompt', {
	placeholder: 'e.g. A singer on a rooftop at sunset, slow camera move',
	description: 'What the video shows',
});

/** The start of what is left to chance. */
export const seedField: INodeProperties = {
	displayName: 'Seed',
	name: 'seed',
	type: 'number',
	default: -1,
	description:
		'The same seed with the same values gives the same result. -1 draws one at random for each item; the output says which.',
	routing: { send: { type: 'body', property: 'seed' } },
};

/** What a model may be told to leave out. */
export const negativePromptOption: INodeProperties = {
	displayName: 'Negative Prompt',
	name: 'negativePrompt',
	type: 'string',
	default: '',
	placeholder: 'e.g. blur, darkness, noise',
	description: 'What should not be in the result. Not all models support it.',
	routing: { send: { type: 'body', property: 'negative_prompt' } },
};

/** How closely a model follows the prompt. */
export const guidanceOption: INodeProperties = {
	displayName: 'Guidance',
	name: 'guidance',
	type: 'number',
	default: 7.5,
	description: 'How closely the result follows the prompt. Not all models support it.',
	routing: { send: { type: 'body', property: 'guidance' } },
};

const steps: INodeProperties = {
	displayName: 'Steps',
	name: 'steps',
	type: 'number',
	default: 8,
	description: 'How many inference steps the model takes. More steps cost more.',
	routing: { send: { type: 'body', property: 'steps' } },
};

/**
 * Inference steps.
 *
 * @param usual the number that the option starts with
 */
export function stepsOption(usual: number): INodeProperties {
	return { ...steps, default: usual };
}

/** Has deAPI put the prompt into better words first. */
export const enhancePromptOption: INodeProperties = {
	displayName: 'Enhance Prompt',
	name: 'enhancePrompt',
	type: 'boolean',
	default: false,
	description:
		'Whether deAPI improves the prompt first, for an additional fee, which Max Price counts. The output says in prompt_boost what became of it. Not all models support it.',
	routing: { send: { type: 'body', property: 'enhance_prompt' } },
};
