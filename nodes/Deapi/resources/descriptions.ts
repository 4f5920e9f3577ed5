import type { INodeProperties } from 'n8n-workflow';

/** Shows a field for some operations of a resource. */
export function showFor(resource: string, ...operations: string[]) {
	return { show: { resource: [resource], operation: operations } };
}

const LENGTH_OPTIONS = {
	frames: {
		name: 'Frames',
		value: 'frames',
		description: 'Say how many pictures the video has',
	},
	seconds: {
		name: 'Seconds',
		value: 'seconds',
		description: 'Say how long the video is',
	},
	matchAudio: {
		name: 'Match Audio',
		value: 'matchAudio',
		description: 'Make the video as long as the sound',
	},
};

/**
 * The job's own values: sent under deAPI's names by their routing.
 *
 * @param lengths how the operation lets the user choose the video's length
 */
export function videoFields(
	operation: string,
	lengths: Array<keyof typeof LENGTH_OPTIONS>,
): INodeProperties[] {
	const displayOptions = showFor('video', operation);
	const showForLength = (mode: string) => ({
		show: { ...displayOptions.show, lengthMode: [mode] },
	});
	return [
		{
			displayName: 'Model',
			name: 'model',
			type: 'resourceLocator',
			default: { mode: 'id', value: 'Ltx2_3_22B_Dist_INT8' },
			required: true,
			displayOptions,
			description:
				'The model that makes the video. It decides which sizes and lengths are allowed.',
			modes: [
				{
					displayName: 'From List',
					name: 'list',
					type: 'list',
					placeholder: 'Select a model...',
					typeOptions: { searchListMethod: 'getModels', searchable: true },
				},
				{
					displayName: 'By ID',
					name: 'id',
					type: 'string',
					placeholder: 'e.g. Ltx2_3_22B_Dist_INT8',
				},
			],
			routing: { send: { type: 'body', property: 'model' } },
		},
		{
			displayName: 'Width',
			name: 'width',
			type: 'number',
			default: 512,
			required: true,
			displayOptions,
			description: 'Width of the video in pixels',
			routing: { send: { type: 'body', property: 'width' } },
		},
		{
			displayName: 'Height',
			name: 'height',
			type: 'number',
			default: 512,
			required: true,
			displayOptions,
			description: 'Height of the video in pixels',
			routing: { send: { type: 'body', property: 'height' } },
		},
		{
			displayName: 'Length',
			name: 'lengthMode',
			type: 'options',
			noDataExpression: true,
			default: 'frames',
			displayOptions,
			description: 'How the length of the video is decided',
			options: lengths.map((length) => LENGTH_OPTIONS[length]),
		},
		{
			displayName: 'Frames',
			name: 'frames',
			type: 'number',
			default: 97,
			required: true,
			displayOptions: showForLength('frames'),
			description:
				'How many pictures the video has. Divided by FPS this is its length: 97 frames at 24 FPS are 4 seconds.',
			routing: { send: { type: 'body', property: 'frames' } },
		},
		{
			displayName: 'Duration',
			name: 'duration',
			type: 'number',
			default: 4,
			required: true,
			typeOptions: { numberPrecision: 3 },
			displayOptions: showForLength('seconds'),
			description: 'Length of the video in seconds',
		},
		{
			displayName: 'FPS',
			name: 'fps',
			type: 'number',
			default: 24,
			required: true,
			displayOptions,
			description: 'Pictures per second. Many models allow a single value only.',
			routing: { send: { type: 'body', property: 'fps' } },
		},
	];
}

/** Inference steps: an option of submit and price alike. */
export const stepsOption: INodeProperties = {
	displayName: 'Steps',
	name: 'steps',
	type: 'number',
	default: 8,
	description: 'How many inference steps the model takes. More steps cost more.',
	routing: { send: { type: 'body', property: 'steps' } },
};

/** The switch that every waiting operation has. */
export function waitField(resource: string, operation: string): INodeProperties {
	return {
		displayName: 'Wait for Completion',
		name: 'waitForCompletion',
		type: 'boolean',
		default: false,
		displayOptions: showFor(resource, operation),
		description:
			'Whether to wait until the video is ready and give it out as a file. Without it the node only gives the request ID, and the deAPI Trigger or a Get later fetches the video.',
	};
}

/**
 * How to wait and where the video goes.
 *
 * @param onlyWhenWaiting whether the result is fetched only after a wait; a Get fetches it anyway
 */
export function waitOptions(onlyWhenWaiting: boolean): INodeProperties[] {
	const whenWaiting = { displayOptions: { show: { '/waitForCompletion': [true] } } };
	const forResult = onlyWhenWaiting ? whenWaiting : {};
	return [
		{
			displayName: 'Download Result',
			name: 'downloadResult',
			type: 'boolean',
			default: true,
			...forResult,
			description: 'Whether to fetch the finished video into a binary field',
		},
		{
			displayName: 'Put Output File in Field',
			name: 'outputBinaryProperty',
			type: 'string',
			default: 'data',
			...forResult,
			placeholder: 'e.g. data',
			description: 'The binary field that the finished video is put in',
			hint: 'The name of the output binary field to put the file in',
		},
		{
			displayName: 'Poll Interval',
			name: 'pollInterval',
			type: 'number',
			default: 5,
			...whenWaiting,
			typeOptions: { minValue: 1 },
			description:
				'Seconds until the first look at the job. Looks become rarer during a long wait, down to one every 15 seconds.',
		},
		{
			displayName: 'Timeout',
			name: 'timeout',
			type: 'number',
			default: 600,
			...whenWaiting,
			typeOptions: { minValue: 1 },
			description:
				'Seconds until the wait is given up. The job itself goes on; its request ID is in the message.',
		},
	];
}

/** What to do when the wanted length is more than the model makes. */
export function whenTooLongOption(lengths: string[]): INodeProperties {
	return {
		displayName: 'When Too Long',
		name: 'whenTooLong',
		type: 'options',
		default: 'shorten',
		displayOptions: { show: { '/lengthMode': lengths } },
		description: 'What to do when the length is more than the model makes',
		options: [
			{
				name: 'Shorten',
				value: 'shorten',
				description: 'Make the longest video that the model can, and say so in the item',
			},
			{
				name: 'Stop With a Message',
				value: 'fail',
				description: 'Send nothing and say how long it may be',
			},
		],
	};
}
