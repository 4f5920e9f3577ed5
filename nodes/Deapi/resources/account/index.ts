import type { INodeProperties } from 'n8n-workflow';
import { endpointExpression } from '../../shared/endpoints';
import { operation } from '../../shared/operation';
import { getBalance } from './getBalance';

export const accountProperties: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['account'] } },
		default: 'getBalance',
		routing: { request: { url: endpointExpression('balance') } },
		options: [
			{
				name: 'Get Balance',
				value: 'getBalance',
				action: 'Get the account balance',
				description: 'Read how much credit the account has',
				routing: {
					request: { method: 'GET' },
					send: { paginate: true },
					operations: { pagination: operation(getBalance) },
				},
			},
		],
	},
];
