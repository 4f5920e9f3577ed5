import type { INodeProperties } from 'n8n-workflow';
import { declareOperation } from '../../engine/operation';
import { splitSong } from '../../film/production/splitSong';
import { optionsField } from '../fields/job';
import { cutAtOption, scenesOption } from '../fields/film';
import { soundFields } from '../fields/sound';
import { fpsField, startAtOption, videoModelField, videoModels } from '../fields/video';

const fields: INodeProperties[] = [
	...soundFields('MP3, WAV, OGG or FLAC, of any length'),
	videoModelField,
	fpsField,
	optionsField([
		cutAtOption,
		scenesOption,
		startAtOption,
		{
			displayName: 'Put Output File in Field',
			name: 'outputBinaryProperty',
			type: 'string',
			default: 'data',
			placeholder: 'e.g. data',
			description: 'The binary field to put each piece in',
			hint: 'The name of the output binary field to put the file in',
		},
	]),
];

export const splitIntoClips = declareOperation({
	name: 'splitIntoClips',
	displayName: 'Split Into Clips',
	action: 'Split a sound into clips',
	description:
		'Cut a sound into pieces that a model can make clips of, one item per piece. Costs nothing.',
	fields,
	lists: [videoModels],
	aliases: { audio: 'binaryPropertyName' },
	work: splitSong,
});
