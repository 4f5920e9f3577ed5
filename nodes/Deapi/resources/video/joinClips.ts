import type { INodeProperties } from 'n8n-workflow';
import { declareOperation } from '../../engine/operation';
import { joinItems } from '../../film/production/joinItems';
import { fadeOutOption } from '../fields/film';
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
		{ ...fadeOutOption, displayOptions: { show: { soundtrack: ['binary'] } } },
		{
			displayName: 'Put Output File in Field',
			name: 'outputBinaryProperty',
			type: 'string',
			default: 'data',
			placeholder: 'e.g. data',
			description: 'The binary field to put the film in',
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
					name: 'Binary Field, Bit for Bit',
					value: 'binaryOriginal',
					description:
						'A sound from a binary field, as it is; it must be an MP3, which Instagram and X refuse in a video',
				},
				{
					name: 'Binary Field, Plays Everywhere',
					value: 'binary',
					description: 'A sound from a binary field, whatever its kind, made into AAC',
				},
				{
					name: "Clips' Own",
					value: 'clips',
					description: 'The sound that came with the clips. It clicks softly at each seam.',
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
			displayOptions: { show: { soundtrack: ['binary', 'binaryOriginal'] } },
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
		'Join the clips of all items, one after another, into one MP4. Sends nothing and costs nothing.',
	fields,
	work: joinItems,
});
