import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { shown } from '../../basics/quote';
import { isObject, numberOf, textOf } from '../../basics/values';
import type { Call } from '../../engine/call';
import { Failure } from '../../engine/failure';
import { declareOperation } from '../../engine/operation';
import { Account } from '../../service/account';
import { ENDPOINTS, urlExpression } from '../../service/endpoints';
import { readModels } from '../../service/models';

const fields: INodeProperties[] = [
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		default: 50,
		typeOptions: { minValue: 1 },
		displayOptions: { show: { returnAll: [false] } },
		description: 'Max number of results to return',
	},
	{
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add filter',
		// Visible as a set filter, so that whoever wants all models sees what to remove.
		default: { inferenceType: 'audio2video' },
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

/** One item a model. */
async function getModels(call: Call): Promise<INodeExecutionData[]> {
	const isAll = call.parameter('returnAll', false) === true;
	const limit = numberOf(call.parameter('limit', 50)) ?? 50;
	if (!isAll && limit < 1) {
		throw new Failure({
			message: `'Limit' is ${shown(limit)}`,
			description: "Enter 1 or more, or turn on 'Return All'.",
		});
	}
	const account = await Account.of(call.context);
	const filters = call.parameter('filters', {});
	const inferenceType = isObject(filters) ? (textOf(filters.inferenceType)?.trim() ?? '') : '';
	const models = await readModels(call, account, inferenceType);
	const pairedItem = { item: call.item };
	return (isAll ? models : models.slice(0, limit)).map((json) => ({ json, pairedItem }));
}

export const getMany = declareOperation({
	name: 'getMany',
	displayName: 'Get Many',
	action: 'Get many models',
	description: "List the account's models with their limits",
	request: { method: 'GET', url: urlExpression(ENDPOINTS.models) },
	fields,
	work: getModels,
});
