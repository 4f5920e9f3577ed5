import type { INodeProperties } from 'n8n-workflow';
import { longestOf, modelList, sidesOf } from '../lists/models';
import { AUDIO_TO_VIDEO } from '../../prepare/video';
import { modelField } from './model';

/** The account's models that make a video from a sound. */
export const videoModels = modelList('getModels', AUDIO_TO_VIDEO, (model) => [
	sidesOf(model),
	longestOf(model),
]);

/** The model that makes a video from a sound. */
export const videoModelField = modelField({
	types: AUDIO_TO_VIDEO,
	list: videoModels,
	description: 'The model that makes the video. It decides which sizes and lengths are allowed.',
});

/** Frames per second. */
export const fpsField: INodeProperties = {
	displayName: 'FPS',
	name: 'fps',
	type: 'number',
	default: 24,
	required: true,
	description: 'Frames per second. Many models allow a single value only.',
	routing: { send: { type: 'body', property: 'fps' } },
};

const LENGTH_OPTIONS = {
	matchAudio: {
		name: 'Match Audio',
		value: 'matchAudio',
		description: 'Make the video as long as the sound',
	},
	seconds: {
		name: 'Seconds',
		value: 'seconds',
		description: 'Enter how long the video is',
	},
	frames: {
		name: 'Frames',
		value: 'frames',
		description: 'Enter how many frames the video has',
	},
};

const lengthField: INodeProperties = {
	displayName: 'Length',
	name: 'lengthMode',
	type: 'options',
	noDataExpression: true,
	default: 'seconds',
	description: 'How the length of the video is decided',
	options: [],
};

const durationField: INodeProperties = {
	displayName: 'Duration (Seconds)',
	name: 'duration',
	type: 'number',
	default: 4,
	required: true,
	displayOptions: { show: { lengthMode: ['seconds'] } },
	description: 'Length of the video in seconds; decimals are allowed',
};

const framesField: INodeProperties = {
	displayName: 'Frames',
	name: 'frames',
	type: 'number',
	default: 97,
	required: true,
	displayOptions: { show: { lengthMode: ['frames'] } },
	description: 'How many frames the video has. Divided by FPS this is its length.',
	hint: '97 frames at 24 FPS are 4 seconds',
	routing: { send: { type: 'body', property: 'frames' } },
};

const whenTooLong: INodeProperties = {
	displayName: 'If Longer Than the Model Allows',
	name: 'whenTooLong',
	type: 'options',
	noDataExpression: true,
	default: 'fail',
	displayOptions: { show: { lengthMode: ['matchAudio', 'seconds'] } },
	description: 'What to do if the video would be longer than the model allows',
	options: [
		{
			name: 'Make Several Clips and Join Them',
			value: 'clips',
			description: 'One video of any length. Each clip is a paid job of its own.',
		},
		{
			name: 'Shorten',
			value: 'shorten',
			description: 'Make the longest video that the model can, and say so in the item',
		},
		{
			name: 'Stop With a Message',
			value: 'fail',
			description: 'Send nothing, and list the choices with their number of jobs',
		},
	],
};

/** Where in the sound the video begins. */
export const startAtOption: INodeProperties = {
	displayName: 'Start At (Seconds)',
	name: 'startAt',
	type: 'number',
	default: 0,
	typeOptions: { minValue: 0, numberPrecision: 3 },
	description:
		'Where in the sound the video begins, e.g. 42.5 for the chorus. What comes before is left out.',
};

/**
 * How long the video is.
 *
 * @param first the choice that the field starts with
 */
export function lengthFields(first: keyof typeof LENGTH_OPTIONS): INodeProperties[] {
	const { matchAudio, seconds, frames } = LENGTH_OPTIONS;
	return [
		{ ...lengthField, default: first, options: [matchAudio, seconds, frames] },
		durationField,
		framesField,
		whenTooLong,
	];
}

/** How long a video without a sound of the user's is. */
export const ownLengthFields: INodeProperties[] = [
	{ ...lengthField, options: [LENGTH_OPTIONS.seconds, LENGTH_OPTIONS.frames] },
	{ ...durationField, default: 5 },
	framesField,
];

/** How large the video is. */
export const sizeFields: INodeProperties[] = [
	{
		displayName: 'Size',
		name: 'size',
		type: 'options',
		default: 'square',
		description: 'Width and height of the video, by where it will be shown',
		options: [
			{
				name: 'Custom',
				value: 'custom',
				description: 'Enter width and height',
			},
			{
				name: 'Landscape 1024 × 576 (16:9)',
				value: 'landscape',
				description: 'YouTube, a television, a presentation',
			},
			{
				name: 'Portrait 576 × 1024 (9:16)',
				value: 'portrait',
				description: 'Reels, Shorts, TikTok, stories',
			},
			{
				name: 'Square 512 × 512 (1:1)',
				value: 'square',
				description: 'A post; the cheapest for a first try',
			},
		],
	},
	...(['Width', 'Height'] as const).map((displayName): INodeProperties => {
		const name = displayName.toLowerCase();
		return {
			displayName,
			name,
			type: 'number',
			default: 512,
			required: true,
			displayOptions: { show: { size: ['custom'] } },
			description: `${displayName} of the video in pixels`,
			hint: 'A multiple of 32 suits most models; the list of models says what each allows',
			routing: { send: { type: 'body', property: name } },
		};
	}),
];
