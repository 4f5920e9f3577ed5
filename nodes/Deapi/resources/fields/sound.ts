import type { INodeProperties } from 'n8n-workflow';

const sourceField: INodeProperties = {
	displayName: 'Audio Source',
	name: 'audioSource',
	type: 'options',
	noDataExpression: true,
	default: 'binary',
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
			description: 'A public address; AI agents need this one',
		},
	],
};

/**
 * Where the sound comes from: a binary field, or a URL.
 *
 * @param kinds what deAPI takes there, as the end of "…: "
 */
export function soundFields(kinds: string): INodeProperties[] {
	return [
		{
			...sourceField,
			default: 'binary',
			displayOptions: { hide: { '@tool': [true] } },
		},
		// An agent cannot hand over files.
		{
			...sourceField,
			default: 'url',
			displayOptions: { show: { '@tool': [true] } },
		},
		{
			displayName: 'Input Audio Field',
			name: 'binaryPropertyName',
			type: 'string',
			default: 'data',
			required: true,
			displayOptions: { show: { audioSource: ['binary'] } },
			placeholder: 'e.g. data',
			description: `The binary field that holds the sound: ${kinds}`,
			hint: 'The name of the input field containing the sound file',
		},
		{
			displayName: 'Audio URL',
			name: 'audioUrl',
			type: 'string',
			default: '',
			required: true,
			displayOptions: { show: { audioSource: ['url'] } },
			placeholder: 'e.g. https://example.com/song.mp3',
			description: `Where the sound can be fetched without signing in: ${kinds}`,
		},
	];
}

/** The format of a sound that deAPI makes; others than these can be given by an expression. */
export function formatField(formats: string[]): INodeProperties {
	return {
		displayName: 'Format',
		name: 'format',
		type: 'options',
		default: 'mp3',
		description: 'The kind of sound file. Not every model makes every kind.',
		options: formats.map((name) => ({ name, value: name.toLowerCase() })),
		routing: { send: { type: 'body', property: 'format' } },
	};
}

/**
 * The option that names a sound for the model to follow.
 *
 * @param purpose its description, up to the kinds of files
 */
export function referenceField(purpose: string): INodeProperties {
	return {
		displayName: 'Reference Audio Field',
		name: 'referenceBinaryProperty',
		type: 'string',
		default: '',
		placeholder: 'e.g. reference',
		description: `The binary field that holds a sound. ${purpose} MP3, OGG or M4A, up to 10 MB.`,
	};
}
