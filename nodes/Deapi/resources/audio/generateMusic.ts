import type { INodeProperties } from 'n8n-workflow';
import type { Call } from '../../engine/call';
import { longestOf, modelList } from '../lists/models';
import { ValidationErrors } from '../../prepare/checks/validationErrors';
import { givenOrDefault } from '../../prepare/checks/defaults';
import { checkLimits, checkOffered } from '../../prepare/checks/limits';
import type { EarlierModels } from '../../prepare/checks/model';
import { chooseModel } from '../../prepare/checks/model';
import { Values } from '../../prepare/checks/values';
import { prepareFiles } from '../../prepare/files';
import { checkReference, wantedReference } from '../../prepare/reference';
import type { PreparedRequest } from '../../prepare/request';
import { seedOf } from '../../prepare/video';
import { readWebhook } from '../../prepare/webhookUrl';
import type { Account } from '../../service/account';
import { submitOperation } from '../../submit/submitOperation';
import { optionsField, submitOptions, waitField, waitOptions } from '../fields/job';
import { modelField } from '../fields/model';
import { seedField, textField } from '../fields/prompt';
import { formatField, referenceField } from '../fields/sound';

const TEXT_TO_MUSIC = 'txt2music';

/** What turbo models take; sent where the model says nothing of itself. */
const USUAL = { steps: 8, guidance: 1 };

/** Beats per bar. Source: deAPI's specification of `timesignature`. */
const TIME_SIGNATURES = ['2', '3', '4', '6'] as const;

const models = modelList('getMusicModels', TEXT_TO_MUSIC, (model) => [longestOf(model)]);

const fields: INodeProperties[] = [
	{
		displayName: 'Caption',
		name: 'caption',
		type: 'string',
		default: '',
		required: true,
		typeOptions: { rows: 3 },
		placeholder: 'e.g. Slow waltz with piano and strings, wistful',
		description: 'What the music is like: style, instruments, mood',
		routing: { send: { type: 'body', property: 'caption' } },
	},
	textField('Lyrics', 'lyrics', {
		default: '[Instrumental]',
		placeholder: 'e.g. [Instrumental]',
		description: 'What is sung. Enter [Instrumental] for music without singing.',
	}),
	waitField(true),
	modelField({
		types: TEXT_TO_MUSIC,
		list: models,
		description: 'The model that makes the music. It decides which lengths are allowed.',
	}),
	{
		displayName: 'Duration (Seconds)',
		name: 'duration',
		type: 'number',
		default: 30,
		required: true,
		description: 'Length of the song in seconds',
		routing: { send: { type: 'body', property: 'duration' } },
	},
	seedField,
	optionsField([
		...waitOptions(true),
		...submitOptions,
		{
			displayName: 'BPM',
			name: 'bpm',
			type: 'number',
			default: 120,
			description: 'The tempo in beats per minute. Without it, the model chooses one.',
			routing: { send: { type: 'body', property: 'bpm' } },
		},
		formatField(['FLAC', 'MP3', 'WAV']),
		{
			displayName: 'Guidance',
			name: 'guidance',
			type: 'number',
			default: 1,
			description: 'How closely the music follows the caption. Turbo models take 1 only.',
			routing: { send: { type: 'body', property: 'guidance_scale' } },
		},
		{
			displayName: 'Key and Scale',
			name: 'keyScale',
			type: 'string',
			default: '',
			placeholder: 'e.g. C major',
			description: 'A hint for the model',
			routing: { send: { type: 'body', property: 'keyscale' } },
		},
		{
			displayName: 'Language',
			name: 'language',
			type: 'string',
			default: '',
			placeholder: 'e.g. en',
			description: 'The language of the lyrics, a hint for the model',
			routing: { send: { type: 'body', property: 'vocal_language' } },
		},
		referenceField('Music whose style the result follows:'),
		{
			displayName: 'Steps',
			name: 'steps',
			type: 'number',
			default: 8,
			description: 'How many inference steps the model takes. Turbo models take 8 only.',
			routing: { send: { type: 'body', property: 'inference_steps' } },
		},
		{
			displayName: 'Time Signature',
			name: 'timeSignature',
			type: 'options',
			default: 4,
			description: 'Beats per bar. Without it, the model chooses.',
			options: [
				{ name: '2/4', value: 2 },
				{ name: '3/4', value: 3 },
				{ name: '4/4', value: 4 },
				{ name: '6/8', value: 6 },
			],
			routing: { send: { type: 'body', property: 'timesignature' } },
		},
	]),
];

/** Checks one item's values and files, the model's limits included. */
async function prepare(
	call: Call,
	account: Account,
	earlier: EarlierModels,
): Promise<PreparedRequest> {
	const validationErrors = new ValidationErrors(call.label);
	const values = new Values(call.given, validationErrors);

	const caption = values.text('caption', 'Describe the music in it.');
	const lyrics = values.text('lyrics', 'Enter [Instrumental] for music without singing.');
	const wantedModel = values.model();
	const duration = values.number('duration');
	const seed = seedOf(values.whole('seed', -1));
	const bpm = values.optionalWhole('bpm', 1);
	const steps = values.optionalWhole('inference_steps', 1);
	const guidance = values.optionalNumber('guidance_scale');
	const format = (values.optionalText('format') ?? 'mp3').trim().toLowerCase();
	const timeSignature = values.has('timesignature')
		? values.oneOf('timesignature', TIME_SIGNATURES, '4')
		: undefined;
	const hints = {
		keyscale: values.optionalText('keyscale'),
		vocal_language: values.optionalText('vocal_language'),
	};
	const webhook = readWebhook(call.given.webhook_url, account, validationErrors);
	const wanted = wantedReference(call, 'reference_audio', account.apiVersion);
	const files = await prepareFiles(call, wanted, validationErrors);
	validationErrors.throwIfAny();

	const chosen = await chooseModel(call, account, TEXT_TO_MUSIC, wantedModel, earlier);
	const { slug: model, model: known } = chosen;
	if (known) {
		checkLimits(call.label, known, { duration, bpm, steps, guidance });
		checkOffered(call.label, known, 'format', format, 'output_formats');
	}
	await checkReference(call, files[0], known);
	const priced = {
		...{ model, duration },
		inference_steps: givenOrDefault(steps, known, 'steps', USUAL.steps),
	};
	return {
		encoding: 'multipart',
		body: {
			...{ caption, lyrics, ...priced, seed, format, bpm, timesignature: timeSignature, ...hints },
			guidance_scale: givenOrDefault(guidance, known, 'guidance', USUAL.guidance),
			...webhook,
		},
		files,
		sent: { model, duration, format, seed },
		priced,
	};
}

export const generateMusic = submitOperation({
	name: 'generateMusic',
	displayName: 'Generate Music',
	action: 'Generate music',
	description: 'Make a song from a description and lyrics, or music without singing',
	endpoint: { v1: '/api/v1/client/txt2music', v2: '/api/v2/audio/music' },
	product: 'the song',
	fileName: 'song',
	fields,
	lists: [models],
	aliases: { reference_audio: 'referenceBinaryProperty' },
	prepare,
});
