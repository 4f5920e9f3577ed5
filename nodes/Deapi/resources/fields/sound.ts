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
			description: 'A public address, also the way for AI agents',
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
			hint: 'The name of the input field containing the audio file',
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
