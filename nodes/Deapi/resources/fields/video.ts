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
	slug: 'Ltx2_3_22B_Dist_INT8',
	name: 'LTX-2.3 22B Distilled',
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
		description: 'Say how long the video is',
	},
	frames: {
		name: 'Frames',
		value: 'frames',
		description: 'Say how many frames the video has',
	},
};

const WHEN_TOO_LONG = {
	clips: {
		name: 'Make Several Clips and Join Them',
		value: 'clips',
		description: 'One video of any length. Each clip is a job of its own, and is paid for.',
	},
	fail: {
		name: 'Stop With a Message',
		value: 'fail',
		description: 'Send nothing and say what can be done, and how many jobs it takes',
	},
	shorten: {
		name: 'Shorten',
		value: 'shorten',
		description: 'Make the longest video that the model can, and say so in the item',
	},
};

function whenTooLong(length: string, choices: Array<keyof typeof WHEN_TOO_LONG>): INodeProperties {
	return {
		displayName: 'If Longer Than the Model Allows',
		name: 'whenTooLong',
		type: 'options',
		noDataExpression: true,
		default: 'fail',
		displayOptions: { show: { lengthMode: [length] } },
		description: 'What to do when the length is more than the model makes',
		options: choices.map((choice) => WHEN_TOO_LONG[choice]),
	};
}

/**
 * How long the video is.
 *
 * @param first the choice that the field starts with
 */
export function lengthFields(first: keyof typeof LENGTH_OPTIONS): INodeProperties[] {
	const showForLength = (mode: string) => ({ show: { lengthMode: [mode] } });
	return [
		{
			displayName: 'Length',
			name: 'lengthMode',
			type: 'options',
			noDataExpression: true,
			default: first,
			description: 'How the length of the video is decided',
			options: [LENGTH_OPTIONS.matchAudio, LENGTH_OPTIONS.seconds, LENGTH_OPTIONS.frames],
		},
		{
			displayName: 'Duration (Seconds)',
			name: 'duration',
			type: 'number',
			default: 4,
			required: true,
			displayOptions: showForLength('seconds'),
			description: 'Length of the video in seconds; decimals are allowed',
		},
		{
			displayName: 'Frames',
			name: 'frames',
			type: 'number',
			default: 97,
			required: true,
			displayOptions: showForLength('frames'),
			description: 'How many frames the video has. Divided by FPS this is its length.',
			hint: '97 frames at 24 FPS are 4 seconds',
			routing: { send: { type: 'body', property: 'frames' } },
		},
		whenTooLong('matchAudio', ['clips', 'fail', 'shorten']),
		whenTooLong('seconds', ['fail', 'shorten']),
	];
}

/** How large the video is. */
export const sizeFields: INodeProperties[] = [
	{
		displayName: 'Size',
		name: 'size',
		type: 'options',
		default: 'square',
		description: 'Width and height of the video, by where it goes',
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
				description: 'A post, and the cheapest to try with',
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

/** Inference steps: an option of submit and price alike. */
export const stepsOption: INodeProperties = {
	displayName: 'Steps',
	name: 'steps',
	type: 'number',
	default: 8,
	description: 'How many inference steps the model takes. More steps cost more.',
	routing: { send: { type: 'body', property: 'steps' } },
};
