import type { INodeProperties } from 'n8n-workflow';
import {
	showFor,
	stepsOption,
	videoFields,
	waitField,
	waitOptions,
	whenTooLongOption,
} from '../descriptions';

const displayOptions = showFor('video', 'generateFromAudio');

export const generateFromAudioFields: INodeProperties[] = [
	{
		displayName: 'Audio Source',
		name: 'audioSource',
		type: 'options',
		noDataExpression: true,
		default: 'binary',
		displayOptions,
		description: 'Where the sound comes from',
		options: [
			{
				name: 'Binary Field',
				value: 'binary',
				description: 'A file that an earlier node has read or fetched',
			},
			{
				name: 'URL',
				value: 'url',
				description: 'A public address, also the way for AI agents',
			},
		],
	},
	{
		displayName: 'Input Audio Field',
		name: 'binaryPropertyName',
		type: 'string',
		default: 'data',
		required: true,
		displayOptions: { show: { ...displayOptions.show, audioSource: ['binary'] } },
		placeholder: 'e.g. data',
		description: 'The binary field that holds the sound: MP3, WAV, OGG or FLAC, up to 20 MB',
		hint: 'The name of the input field containing the audio file',
	},
	{
		displayName: 'Audio URL',
		name: 'audioUrl',
		type: 'string',
		default: '',
		required: true,
		displayOptions: { show: { ...displayOptions.show, audioSource: ['url'] } },
		placeholder: 'e.g. https://example.com/song.mp3',
		description:
			'Where the sound can be fetched without signing in: MP3, WAV, OGG or FLAC, up to 20 MB',
	},
	{
		displayName: 'Prompt',
		name: 'prompt',
		type: 'string',
		default: '',
		required: true,
		typeOptions: { rows: 4 },
		displayOptions,
		placeholder: 'e.g. A singer on a rooftop at sunset, slow camera move',
		description: 'What the video shows',
		routing: { send: { type: 'body', property: 'prompt' } },
	},
	...videoFields('generateFromAudio', ['frames', 'seconds', 'matchAudio']),
	{
		displayName: 'Seed',
		name: 'seed',
		type: 'number',
		default: -1,
		displayOptions,
		description:
			'The same seed with the same values gives the same video. -1 draws one at random for each item; the output says which.',
		routing: { send: { type: 'body', property: 'seed' } },
	},
	waitField('video', 'generateFromAudio'),
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		displayOptions,
		options: [
			...waitOptions(true),
			{
				displayName: 'First Frame Image Field',
				name: 'firstFrameBinaryProperty',
				type: 'string',
				default: '',
				placeholder: 'e.g. image',
				description:
					'The binary field that holds the picture the video starts with: JPG, PNG, GIF, BMP or WebP, up to 10 MB',
			},
			{
				displayName: 'First Frame Image URL',
				name: 'firstFrameUrl',
				type: 'string',
				default: '',
				placeholder: 'e.g. https://example.com/start.png',
				description:
					'Where the picture that the video starts with can be fetched without signing in',
			},
			{
				displayName: 'Guidance',
				name: 'guidance',
				type: 'number',
				default: 7.5,
				typeOptions: { numberPrecision: 2 },
				description: 'How closely the video follows the prompt. Not all models support it.',
				routing: { send: { type: 'body', property: 'guidance' } },
			},
			{
				displayName: 'Last Frame Image Field',
				name: 'lastFrameBinaryProperty',
				type: 'string',
				default: '',
				placeholder: 'e.g. image',
				description:
					'The binary field that holds the picture the video ends with: JPG, PNG, GIF, BMP or WebP, up to 10 MB',
			},
			{
				displayName: 'Last Frame Image URL',
				name: 'lastFrameUrl',
				type: 'string',
				default: '',
				placeholder: 'e.g. https://example.com/end.png',
				description: 'Where the picture that the video ends with can be fetched without signing in',
			},
			{
				displayName: 'Negative Prompt',
				name: 'negativePrompt',
				type: 'string',
				default: '',
				placeholder: 'e.g. blur, darkness, noise',
				description: 'What the video should not show',
				routing: { send: { type: 'body', property: 'negative_prompt' } },
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
			stepsOption,
			{
				displayName: 'Webhook URL',
				name: 'webhookUrl',
				type: 'string',
				default: '',
				placeholder: 'e.g. https://n8n.example.com/webhook/…',
				description:
					'The https address that deAPI calls about this job: the production URL of a deAPI Trigger node',
				routing: { send: { type: 'body', property: 'webhook_url' } },
			},
			whenTooLongOption(['seconds', 'matchAudio']),
		],
	},
];
