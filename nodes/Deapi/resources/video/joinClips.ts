import type { INodeProperties } from 'n8n-workflow';
import { declareOperation } from '../../engine/operation';
import { joinItems } from '../../film/production/joinItems';
import { optionsField } from '../fields/job';

const fields: INodeProperties[] = [
	{
		displayName: 'Clip Field',
		name: 'binaryPropertyName',
		type: 'string',
		default: 'data',
		required: true,
		placeholder: 'e.g. data',
		description: 'The binary field that holds a clip in each item: MP4 with H.264 pictures',
		hint: 'The name of the input field containing the clip',
	},
	optionsField([
		{
			displayName: 'Put Output File in Field',
			name: 'outputBinaryProperty',
			type: 'string',
			default: 'data',
			placeholder: 'e.g. data',
			description: 'The binary field that the film is put in',
			hint: 'The name of the output binary field to put the file in',
		},
		{
			displayName: 'Soundtrack',
			name: 'soundtrack',
			type: 'options',
			default: 'clips',
			description: 'What is heard in the film',
			options: [
				{
					name: 'Binary Field',
					value: 'binary',
					description: 'A sound from a binary field, as it is; it must be an MP3',
				},
				{
					name: "Clips' Own",
					value: 'clips',
					description: 'The sound that came with the clips',
				},
				{
					name: 'None',
					value: 'none',
					description: 'A silent film',
				},
			],
		},
		{
			displayName: 'Soundtrack Field',
			name: 'soundtrackBinaryProperty',
			type: 'string',
			default: 'song',
			displayOptions: { show: { soundtrack: ['binary'] } },
			placeholder: 'e.g. song',
			description:
				'The binary field that holds the sound; the first item that has it counts. A longer sound ends with the film.',
		},
	]),
];

export const joinClips = declareOperation({
	name: 'joinClips',
	displayName: 'Join Clips',
	action: 'Join clips into one film',
	description:
		'Put the clips of all items behind each other, in one MP4. Sends nothing and costs nothing.',
	fields,
	work: joinItems,
});
