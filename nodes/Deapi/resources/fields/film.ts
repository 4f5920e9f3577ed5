import type { INodeProperties } from 'n8n-workflow';

const whenClips = {
	displayOptions: { show: { '/lengthMode': ['matchAudio'], '/whenTooLong': ['clips'] } },
};

/** What the clips show, a line a scene. */
export const scenesOption: INodeProperties = {
	displayName: 'Scenes',
	name: 'scenes',
	type: 'string',
	default: '',
	typeOptions: { rows: 6 },
	placeholder: 'e.g. 0:00 A street at dawn',
	description:
		'What the film shows, a line a scene, put behind the prompt. A line may begin with a time such as 0:42: then a cut falls exactly there. Without times the scenes are spread evenly over the clips.',
};

/** The options of a song as several clips. */
export const filmOptions: INodeProperties[] = [
	{
		displayName: 'Existing Clips',
		name: 'existingClips',
		type: 'json',
		default: '',
		...whenClips,
		placeholder: 'e.g. {{ $json.details.clips }}',
		description:
			'The clips of an earlier run of the same sound, from its output or from the details of its failed item. Clips that have a job there are not submitted, and not paid for, again.',
	},
	{
		displayName: 'Keyframe Image Fields',
		name: 'keyframeFields',
		type: 'string',
		default: '',
		...whenClips,
		placeholder: 'e.g. start, chorus, end',
		description:
			'The binary fields that hold pictures, separated by commas. With one picture every clip begins and ends with it. Several are spread evenly over the cuts, the first at the start, the last at the end.',
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
	{ ...scenesOption, ...whenClips },
	{
		displayName: 'Soundtrack',
		name: 'soundtrack',
		type: 'options',
		default: 'auto',
		...whenClips,
		description: 'What is heard in the film',
		options: [
			{
				name: 'Automatic',
				value: 'auto',
				description: "The original sound where it is an MP3, else the clips' own",
			},
			{
				name: "Clips' Own",
				value: 'clips',
				description: 'The sound that came with the clips: AAC, which every network takes',
			},
			{
				name: 'None',
				value: 'none',
				description: 'A silent film',
			},
			{
				name: 'Original',
				value: 'original',
				description: 'The sound as it is, bit for bit; it must be an MP3',
			},
		],
	},
];
