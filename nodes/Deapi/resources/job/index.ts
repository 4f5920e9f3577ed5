import type { INodeProperties } from 'n8n-workflow';
import { endpointExpression } from '../../shared/endpoints';
import { operation } from '../../shared/operation';
import { getFields, getJob } from './get';

export const jobProperties: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['job'] } },
		default: 'get',
		routing: { request: { url: endpointExpression('job') } },
		options: [
			{
				name: 'Get',
				value: 'get',
				action: 'Get a job',
				description: 'Read how far a job is, and fetch its video when it is done',
				routing: {
					request: { method: 'GET' },
					send: { paginate: true },
					operations: { pagination: operation(getJob) },
				},
			},
		],
	},
	...getFields,
];
