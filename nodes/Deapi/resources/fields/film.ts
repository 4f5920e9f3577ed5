import type { INodeProperties } from 'n8n-workflow';
import { AUTOMATIC, usualModel } from '../../prepare/checks/model';
import { IMAGE_TO_IMAGE } from '../../prepare/picture/edit';
import { editModels } from '../lists/editModels';
import { listField } from './model';

/** Options that are shown where an item becomes several clips. */
export const whenClips = {
	displayOptions: { show: { '/lengthMode': ['matchAudio', 'seconds'], '/whenTooLong': ['clips'] } },
};

/** What the clips show, one scene per line. */
export const scenesOption: INodeProperties = {
	displayName: 'Scenes',
	name: 'scenes',
	type: 'string',
	default: '',
	typeOptions: { rows: 6 },
	placeholder: 'e.g. 0:00 A street at dawn',
	description:
		'What the film shows, one scene per line, added to the end of the prompt. A line may begin with a time such as 0:42; then there is a cut at exactly that time. Without times, the scenes are spread evenly over the clips.',
};

/** Where one clip ends and the next begins. */
export const cutAtOption: INodeProperties = {
	displayName: 'Cut At',
	name: 'cutAt',
	type: 'options',
	default: 'music',
	description: "Where one clip ends and the next begins, besides the times in 'Scenes'",
	options: [
		{
			name: 'Beats and Pauses',
			value: 'music',
			description:
				'On the beat, or where a voice pauses. At most one clip more than with equal lengths.',
		},
		{
			name: 'Beats, Pauses and Sections',
			value: 'sections',
			description:
				'Also where a verse, a chorus and the like begin. That can take more clips; each is a paid job.',
		},
		{
			name: 'Equal Lengths',
			value: 'equal',
			description: 'As few clips as possible, all of about the same length',
		},
	],
};

/** How the sound of a film ends. */
export const fadeOutOption: INodeProperties = {
	displayName: 'Fade Out (Seconds)',
	name: 'fadeOut',
	type: 'number',
	default: 0,
	typeOptions: { minValue: 0, numberPrecision: 2 },
	description:
		'Over how many seconds the sound fades out at the end, if it is made into AAC. 0 leaves it as it is.',
};

/** Options that belong to one of the ways to have keyframes. */
function whenKeyframes(way: 'fields' | 'made') {
	const { show } = whenClips.displayOptions;
	return { displayOptions: { show: { ...show, keyframes: [way] } } };
}

const imageModelField = {
	...listField({
		displayName: 'Image Model',
		field: 'imageModel',
		slug: AUTOMATIC.value,
		name: AUTOMATIC.name,
		example: usualModel(IMAGE_TO_IMAGE),
		list: editModels,
		description: 'The model that makes the pictures of the reference',
	}),
	...whenKeyframes('made'),
};

/** The options of a song as several clips. */
export const filmOptions: INodeProperties[] = [
	{ ...cutAtOption, ...whenClips },
	{
		displayName: 'Existing Clips',
		name: 'existingClips',
		type: 'json',
		default: '',
		...whenClips,
		placeholder: 'e.g. {{ $json.details.clips }}',
		description:
			'The clips of an earlier run of the same sound, from its output or from the details of its failed item. Clips that already have a job are neither submitted nor paid for again.',
	},
	{ ...fadeOutOption, ...whenClips },
	imageModelField,
	{
		displayName: 'Keyframe Image Fields',
		name: 'keyframeFields',
		type: 'string',
		default: '',
		...whenKeyframes('fields'),
		placeholder: 'e.g. start, chorus, end',
		description:
			'The binary fields that hold pictures, separated by commas. With one picture every clip begins and ends with it. Several are spread evenly over the cuts, the first at the start, the last at the end.',
	},
	{
		displayName: 'Keyframes',
		name: 'keyframes',
		type: 'options',
		default: 'none',
		...whenClips,
		description: 'Which pictures the clips begin with',
		options: [
			{
				name: 'Made From a Reference Picture',
				value: 'made',
				description:
					'Each clip begins with a picture of its own, the reference edited to prompt and scene: the same face in every clip. Each picture is a paid job.',
			},
			{
				name: 'None',
				value: 'none',
				description: 'The model decides',
			},
			{
				name: 'Pictures of My Own',
				value: 'fields',
				description: 'Pictures from binary fields, spread over the cuts',
			},
		],
	},
	{
		displayName: 'Max Clips',
		name: 'maxClips',
		type: 'number',
		default: 30,
		...whenClips,
		typeOptions: { minValue: 1 },
		description:
			'The most clips that one item may become. Each is a paid job. An item that would become more is stopped before anything is sent.',
	},
	{
		displayName: 'Reference Image Field',
		name: 'referenceBinaryProperty',
		type: 'string',
		default: 'reference',
		...whenKeyframes('made'),
		placeholder: 'e.g. reference',
		description:
			"The binary field that holds the picture of whoever is to be seen in every clip. It becomes each clip's first frame, edited to prompt and scene.",
	},
	{ ...scenesOption, ...whenClips },
	{
		displayName: 'Soundtrack',
		name: 'soundtrack',
		type: 'options',
		default: 'aac',
		...whenClips,
		description: 'What is heard in the film',
		options: [
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
			{
				name: 'Original, Bit for Bit',
				value: 'original',
				description:
					'The sound as it is; it must be an MP3, which Instagram and X refuse in a video',
			},
			{
				name: 'Original, Plays Everywhere',
				value: 'aac',
				description: 'The sound, whatever its kind, made into AAC (192 kbit/s)',
			},
		],
	},
];
