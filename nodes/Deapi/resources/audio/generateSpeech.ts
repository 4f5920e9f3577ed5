import type { INodeProperties } from 'n8n-workflow';
import type { Call } from '../../engine/call';
import { amountOf, modelList } from '../lists/models';
import { languageList, TEXT_TO_SPEECH, voiceList } from '../lists/voices';
import { ValidationErrors } from '../../prepare/checks/validationErrors';
import { checkLimits, checkOffered } from '../../prepare/checks/limits';
import type { EarlierModels } from '../../prepare/checks/model';
import { chooseModel } from '../../prepare/checks/model';
import { Values } from '../../prepare/checks/values';
import { prepareFiles } from '../../prepare/files';
import { checkReference, wantedReference } from '../../prepare/reference';
import type { PreparedRequest } from '../../prepare/request';
import { readWebhook } from '../../prepare/webhookUrl';
import type { Account } from '../../service/account';
import { languagesOf } from '../../service/models';
import { submitOperation } from '../../submit/submitOperation';
import { optionsField, submitOptions, waitField, waitOptions } from '../fields/job';
import { listField, modelField } from '../fields/model';
import { textField } from '../fields/prompt';
import { formatField, referenceField } from '../fields/sound';

const MODES = {
	custom_voice: { name: 'Ready-Made Voice', needs: [], hasNoUseFor: ['ref_audio', 'ref_text'] },
	voice_clone: { name: 'Voice Clone', needs: ['ref_audio'], hasNoUseFor: ['instruct'] },
	voice_design: {
		name: 'Voice Design',
		needs: ['instruct'],
		hasNoUseFor: ['ref_audio', 'ref_text'],
	},
};
const MODE_NAMES = ['custom_voice', 'voice_clone', 'voice_design'] as const;

/** Source: deAPI's specification of `ref_audio`, in seconds; a model may have limits of its own. */
const REFERENCE_SECONDS = { min: 3, max: 10 };

const models = modelList(
	'getSpeechModels',
	TEXT_TO_SPEECH,
	(model) => {
		const languages = languagesOf(model);
		const voices = languages.flatMap((language) => language.voices.map(({ slug }) => slug));
		return [
			amountOf(new Set(voices).size, 'voice'),
			model.features.supports_voice_clone === true ? 'clones voices' : undefined,
			model.features.supports_voice_design === true ? 'designs voices' : undefined,
			amountOf(languages.length, 'language'),
		];
	},
	true,
);

const fields: INodeProperties[] = [
	textField('Text', 'text', {
		placeholder: 'e.g. Good morning! The sea is calm today.',
		description: 'The text to read aloud',
	}),
	waitField(true),
	modelField({
		types: TEXT_TO_SPEECH,
		list: models,
		description: 'The model that speaks. It decides which languages and voices there are.',
	}),
	listField({
		displayName: 'Language',
		field: 'language',
		slug: 'en-us',
		name: 'American English',
		list: languageList,
		property: 'lang',
		description: 'The language of the text, as the model calls it',
	}),
	listField({
		displayName: 'Voice',
		field: 'voice',
		slug: 'af_sky',
		name: 'Sky',
		list: voiceList,
		property: 'voice',
		description: 'Who speaks: a voice of the model for the language. Not sent in the other modes.',
	}),
	{
		displayName: 'Speed',
		name: 'speed',
		type: 'number',
		default: 1,
		required: true,
		typeOptions: { numberPrecision: 2 },
		description: 'How fast the text is read: 1 is the usual speed, 0.5 is half of it',
		routing: { send: { type: 'body', property: 'speed' } },
	},
	{ ...formatField(['FLAC', 'MP3', 'OGG', 'WAV']), required: true },
	{
		displayName: 'Sample Rate',
		name: 'sampleRate',
		type: 'number',
		default: 24000,
		required: true,
		description: 'Samples per second, in hertz',
		routing: { send: { type: 'body', property: 'sample_rate' } },
	},
	optionsField([
		...waitOptions(true),
		...submitOptions,
		{
			displayName: 'Instructions',
			name: 'instructions',
			type: 'string',
			default: '',
			typeOptions: { rows: 2 },
			placeholder: 'e.g. A warm, deep voice, in no hurry',
			description: 'The voice in words, for Voice Design; with a ready-made voice, how it speaks',
			routing: { send: { type: 'body', property: 'instruct' } },
		},
		{
			displayName: 'Mode',
			name: 'mode',
			type: 'options',
			default: 'custom_voice',
			description: 'Where the voice comes from. Not every model has every mode.',
			options: [
				{
					name: MODES.custom_voice.name,
					value: 'custom_voice',
					description: 'The voice chosen in the field Voice',
				},
				{
					name: MODES.voice_clone.name,
					value: 'voice_clone',
					description: 'A voice like that of a recording',
				},
				{
					name: MODES.voice_design.name,
					value: 'voice_design',
					description: 'A voice as the instructions describe it',
				},
			],
			routing: { send: { type: 'body', property: 'mode' } },
		},
		referenceField('The voice to clone, 3 to 10 seconds of it:'),
		{
			displayName: 'Reference Text',
			name: 'referenceText',
			type: 'string',
			default: '',
			placeholder: 'e.g. Hello, this is my voice.',
			description: 'What is said in the reference sound; it makes the clone better',
			routing: { send: { type: 'body', property: 'ref_text' } },
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

	const text = values.text('text', 'Enter the text to read aloud.');
	const wantedModel = values.model();
	const lang = values.text('lang', 'Choose a language from the list, or enter its code.');
	const speed = values.number('speed');
	const format = values.text('format', 'Choose a format.').trim().toLowerCase();
	const sampleRate = values.whole('sample_rate', 1);
	const mode = values.oneOf('mode', MODE_NAMES, 'custom_voice');
	const voice =
		mode === 'custom_voice'
			? values.text('voice', 'Choose a voice from the list, or enter its ID.')
			: undefined;
	const instruct = values.optionalText('instruct');
	const refText = values.optionalText('ref_text');
	const webhook = readWebhook(call.given.webhook_url, account, validationErrors);
	const wanted = wantedReference(call, 'ref_audio', account.apiVersion);
	complainOfMode(validationErrors, mode, { instruct, ref_text: refText, ref_audio: wanted[0] });
	const files = await prepareFiles(call, wanted, validationErrors);
	validationErrors.throwIfAny();

	const chosen = await chooseModel(call, account, TEXT_TO_SPEECH, wantedModel, earlier);
	const { slug: model, model: known } = chosen;
	if (known) {
		checkLimits(call.label, known, { text, speed });
		checkOffered(call.label, known, 'format', format, 'output_formats');
	}
	await checkReference(call, files[0], known, REFERENCE_SECONDS);
	const sent = { model, voice, lang, speed, format };
	const priced = {
		...{ text, ...sent, sample_rate: sampleRate },
		...{ mode: values.has('mode') ? mode : undefined, instruct },
	};
	return {
		encoding: 'multipart',
		body: { ...priced, ref_text: refText, ...webhook },
		files,
		sent: { model, ...(voice === undefined ? {} : { voice }), language: lang, speed, format },
		priced,
	};
}

/** What a mode lacks, and what it has no use for: that would be overlooked, and hide a slip. */
function complainOfMode(
	validationErrors: ValidationErrors,
	mode: keyof typeof MODES,
	given: { [field: string]: unknown },
): void {
	const { name, needs, hasNoUseFor } = MODES[mode];
	for (const field of needs) {
		if (given[field] === undefined) {
			validationErrors.add(field, 'is empty', `The mode '${name}' needs it.`);
		}
	}
	for (const field of hasNoUseFor) {
		if (given[field] !== undefined) {
			const advice = `Remove it, or choose another ${validationErrors.label('mode')}.`;
			validationErrors.add(field, `is not used by the mode '${name}'`, advice);
		}
	}
}

export const generateSpeech = submitOperation({
	name: 'generateSpeech',
	displayName: 'Generate Speech',
	action: 'Generate speech',
	description:
		'Read a text aloud, with a voice of the model, a cloned one or one that you describe',
	endpoint: { v1: '/api/v1/client/txt2audio', v2: '/api/v2/audio/speech' },
	product: 'the speech',
	fileName: 'speech',
	fields,
	lists: [models, languageList, voiceList],
	aliases: { ref_audio: 'referenceBinaryProperty' },
	prepare,
});
