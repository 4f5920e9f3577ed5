import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import { toNodeError } from '../shared/errors';
import { readCredentials } from '../shared/http';
import { AUDIO_TO_VIDEO, describeRange, rangeOf, readModels } from '../shared/models';
import type { Model } from '../shared/types';

/** The account's audio-to-video models for the model picker, each with its limits. */
export async function getModels(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	const result = await readModels(this, await readCredentials(this), AUDIO_TO_VIDEO);
	if ('failure' in result) {
		const { message, description } = result.failure;
		throw toNodeError(this.getNode(), {
			message: `The list of models could not be read: ${message}`,
			description: `${description} Meanwhile choose 'By ID' and enter the model's slug.`,
		});
	}
	const wanted = (filter ?? '').trim().toLowerCase();
	return {
		results: result.models
			.filter(({ name, slug }) => `${name} ${slug}`.toLowerCase().includes(wanted))
			.map((model) => ({
				name: model.name,
				value: model.slug,
				description: describeModel(model),
			})),
	};
}

function describeModel(model: Model): string {
	const fields = ['width', 'height', 'frames', 'fps', 'steps'];
	const ranges = fields.flatMap((field) => {
		const range = rangeOf(model, field);
		const isLimited = range.min !== undefined || range.max !== undefined;
		return isLimited ? [`${field}: ${describeRange(range)}`] : [];
	});
	return [model.slug, ...ranges].join('; ');
}
