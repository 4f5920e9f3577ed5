import type { INodeProperties } from 'n8n-workflow';
import { endpointByValue } from '../../shared/endpoints';
import { operation } from '../../shared/operation';
import { generateFromAudio } from '../../shared/submission';
import { estimatePrice, estimatePriceFields } from './estimatePrice';
import { generateFromAudioFields } from './generateFromAudio';

export const videoProperties: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['video'] } },
		default: 'generateFromAudio',
		routing: {
			request: { url: endpointByValue({ estimatePrice: 'price', generateFromAudio: 'submit' }) },
		},
		options: [
			{
				name: 'Estimate Price',
				value: 'estimatePrice',
				action: 'Estimate the price of a video',
				description: 'Ask what a video would cost, without generating it',
				routing: {
					request: { method: 'POST' },
					send: { paginate: true },
					operations: { pagination: operation(estimatePrice) },
				},
			},
			{
				name: 'Generate From Audio',
				value: 'generateFromAudio',
				action: 'Generate video from audio',
				description: 'Make a video from a song, speech or any sound (aud2video)',
				routing: {
					request: { method: 'POST' },
					send: { paginate: true },
					operations: { pagination: operation(generateFromAudio) },
				},
			},
		],
	},
	...generateFromAudioFields,
	...estimatePriceFields,
];
