import type { INodeProperties } from 'n8n-workflow';

/**
 * The switch that every waiting operation has. Its text names no product: a field that is the same in several
 * operations is one, and n8n works through each for every item.
 */
export function waitField(waits: boolean, hint?: string): INodeProperties {
	return {
		displayName: 'Wait for Completion',
		name: 'waitForCompletion',
		type: 'boolean',
		default: false,
		description:
			'Whether to wait for the result and output it. If off, the node only outputs the request ID, and the deAPI Trigger or Job > Get fetches the result later.',
		...(waits ? { default: true } : {}),
		...(hint === undefined ? {} : { hint }),
	};
}

/**
 * The same switch, which starts turned off, and turned on in an AI agent's tool: an agent cannot come
 * back for the result.
 */
export function waitFields(hint: string): INodeProperties[] {
	return [
		{
			...waitField(false, hint),
			displayOptions: { hide: { '@tool': [true] } },
		},
		{
			...waitField(true, hint),
			displayOptions: { show: { '@tool': [true] } },
		},
	];
}

const whenWaiting = { displayOptions: { show: { '/waitForCompletion': [true] } } };

/**
 * How to wait and where the result goes.
 *
 * @param onlyWhenWaiting whether the result is fetched only after a wait; Job > Get fetches it anyway
 */
export function waitOptions(onlyWhenWaiting: boolean): INodeProperties[] {
	const forResult = onlyWhenWaiting ? whenWaiting : {};
	return [
		{
			displayName: 'Download Result',
			name: 'downloadResult',
			type: 'boolean',
			default: true,
			...forResult,
			description: 'Whether to fetch the result into a binary field when it is ready',
		},
		{
			displayName: 'Poll Interval (Seconds)',
			name: 'pollInterval',
			type: 'number',
			default: 5,
			...whenWaiting,
			typeOptions: { minValue: 1 },
			description:
				'Seconds until the first check of the job. Checks become less frequent during a long wait, down to one every 15 seconds.',
		},
		{
			displayName: 'Put Output File in Field',
			name: 'outputBinaryProperty',
			type: 'string',
			default: 'data',
			...forResult,
			placeholder: 'e.g. data',
			description: 'The binary field to put the result in',
			hint: 'The name of the output binary field to put the file in',
		},
		{
			displayName: 'Wait At Most (Seconds)',
			name: 'timeout',
			type: 'number',
			default: 600,
			...whenWaiting,
			typeOptions: { minValue: 1 },
			description:
				'Seconds after which the node stops waiting. The job itself goes on; its request ID is in the message.',
		},
	];
}

/** The options of every operation that makes a job. */
export const submitOptions: INodeProperties[] = [
	{
		displayName: 'Max Price (USD)',
		name: 'maxPrice',
		type: 'number',
		default: 0,
		typeOptions: { minValue: 0 },
		hint: '0 means no limit',
		description:
			'The most that one item may cost, all its jobs together. deAPI is asked for the price before anything is sent. 0 means no limit.',
	},
	{
		displayName: 'Rate Limit Retries',
		name: 'rateLimitRetries',
		type: 'number',
		default: 5,
		typeOptions: { minValue: 0 },
		description:
			'How many more times to send an item that the limit per minute of the account refused. Between them the node waits as long as deAPI asks for.',
	},
	{
		displayName: 'Webhook URL',
		name: 'webhookUrl',
		type: 'string',
		default: '',
		placeholder: 'e.g. https://n8n.example.com/webhook/…',
		description:
			'The https address that deAPI calls about this job: the Production URL of a deAPI Trigger node',
		routing: { send: { type: 'body', property: 'webhook_url' } },
	},
];

/** A collection of options, sorted by name as n8n's guidelines ask for. */
export function optionsField(options: INodeProperties[]): INodeProperties {
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [...options].sort((a, b) => a.displayName.localeCompare(b.displayName, 'en')),
	};
}
