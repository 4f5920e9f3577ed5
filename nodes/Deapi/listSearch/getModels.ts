import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import { callerOf } from '../engine/call';
import { asFailure, toNodeError } from '../engine/nodeErrors';
import { AUDIO_TO_VIDEO } from '../prepare/video';
import { Account } from '../service/account';
import type { Model } from '../service/models';
import { describeRange, rangeOf, readModels } from '../service/models';

/** The account's audio-to-video models for the model picker, each with its limits. */
export async function getModels(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	const models = await readForPicker(this, AUDIO_TO_VIDEO);
	const wanted = (filter ?? '').trim().toLowerCase();
	return {
		results: models
			.filter(({ name, slug }) => `${name} ${slug}`.toLowerCase().includes(wanted))
			.map((model) => ({
				name: model.name,
				value: model.slug,
				description: describeModel(model),
			})),
	};
}

async function readForPicker(
	context: ILoadOptionsFunctions,
	inferenceTypes: string,
): Promise<Model[]> {
	try {
		const account = await Account.of(context);
		return await readModels(callerOf(context), account, inferenceTypes);
	} catch (error) {
		const failure = asFailure(error);
		const { message, description } = failure.facts;
		throw toNodeError(
			context.getNode(),
			failure.with({
				message: `The list of models could not be read: ${message}`,
				description: `${description} Meanwhile choose 'By ID' and enter the model's slug.`,
			}),
		);
	}
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
