import type { INodeProperties } from 'n8n-workflow';
import { endpointExpression } from '../../shared/endpoints';
import { operation } from '../../shared/operation';
import { getManyFields, getManyModels } from './getMany';

export const modelProperties: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['model'] } },
		default: 'getMany',
		routing: { request: { url: endpointExpression('models') } },
		options: [
			{
				name: 'Get Many',
				value: 'getMany',
				action: 'Get many models',
				description: "List the account's models with their limits",
				routing: {
					request: { method: 'GET' },
					send: { paginate: true },
					operations: { pagination: operation(getManyModels) },
				},
			},
		],
	},
	...getManyFields,
];
