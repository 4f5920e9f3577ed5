import type {
	IDataObject,
	IExecutePaginationFunctions,
	INodeExecutionData,
	INodeProperties,
} from 'n8n-workflow';
import { DeapiFailure } from '../../shared/errors';
import { readCredentials } from '../../shared/http';
import { settingsOf } from '../../shared/jobs';
import { readModels } from '../../shared/models';
import type { RoutingRequest } from '../../shared/operation';
import { numberOf, textOf } from '../../basics/values';
import { showFor } from '../descriptions';

const displayOptions = showFor('model', 'getMany');

export const getManyFields: INodeProperties[] = [
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		displayOptions,
		description: 'Whether to return all results or only up to a given limit',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		default: 50,
		typeOptions: { minValue: 1 },
		displayOptions: { show: { ...displayOptions.show, returnAll: [false] } },
		description: 'Max number of results to return',
	},
	{
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add filter',
		// Visible as a set filter, so that whoever wants all models sees what to remove.
		default: { inferenceType: 'audio2video' },
		displayOptions,
		options: [
			{
				displayName: 'Inference Type',
				name: 'inferenceType',
				type: 'string',
				default: 'audio2video',
				placeholder: 'e.g. audio2video',
				description:
					'What the models can do, as deAPI calls it: audio2video, txt2video, img2video and so on. Remove the filter to list all models.',
			},
		],
	},
];

/** The operation's work: one item a model. */
export async function getManyModels(
	context: IExecutePaginationFunctions,
	request: RoutingRequest,
): Promise<INodeExecutionData[]> {
	const credentials = await readCredentials(context);
	const filters = context.getNodeParameter('filters', {}) as IDataObject;
	const inferenceType = textOf(filters.inferenceType)?.trim() ?? '';
	const result = await readModels(context, credentials, inferenceType, settingsOf(request));
	if ('failure' in result) throw new DeapiFailure(result.failure);

	const isAll = context.getNodeParameter('returnAll', false) === true;
	const limit = numberOf(context.getNodeParameter('limit', 50)) ?? 50;
	const models = isAll ? result.models : result.models.slice(0, limit);
	const pairedItem = { item: context.getItemIndex() };
	return models.map((json) => ({ json, pairedItem }));
}
