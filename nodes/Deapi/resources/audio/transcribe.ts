import type { INodeProperties } from 'n8n-workflow';
import type { Call } from '../../engine/call';
import type { MediaType } from '../../files/kinds';
import { AAC, AVI, FLAC, MOV, MP3, MP4, MPEG, OGG, WAV, WEBM, WMV } from '../../files/kinds';
import { stemOf } from '../../files/name';
import { modelList } from '../lists/models';
import { ValidationErrors } from '../../prepare/checks/validationErrors';
import { checkOffered } from '../../prepare/checks/limits';
import type { EarlierModels } from '../../prepare/checks/model';
import { chooseModel } from '../../prepare/checks/model';
import { chosenWord, Values } from '../../prepare/checks/values';
import type { FilePart, FileRule } from '../../prepare/files';
import { MB, prepareFiles } from '../../prepare/files';
import { knownLength } from '../../prepare/sound';
import { wantedSound } from '../../prepare/media';
import type { PreparedRequest } from '../../prepare/request';
import { readWebhook } from '../../prepare/webhookUrl';
import type { Account } from '../../service/account';
import { offeredBy } from '../../service/models';
import { submitOperation } from '../../submit/submitOperation';
import { optionsField, submitOptions, waitField, waitOptions } from '../fields/job';
import { modelField } from '../fields/model';
import { soundFields } from '../fields/sound';

/** By page and by file, of sound and of video. */
const TO_TEXT = 'audio2text,video2text,audio_file2text,video_file2text';

const SOUNDS: MediaType[] = [AAC, MP3, OGG, WEBM, WAV, FLAC];
/** Sounds that only v2 of the API takes. */
const ONLY_V2: MediaType[] = [WAV, FLAC];

/** Source: deAPI's specification of `source_file`. */
const SOURCE: FileRule = {
	name: 'source_file',
	kinds: [...SOUNDS, MP4, MPEG, MOV, AVI, WMV],
	kindsText:
		'an MP3, WAV, OGG, FLAC, AAC or WebM sound, or an MP4, MPEG, MOV, AVI, WMV or OGG video',
	limit: 50 * MB,
	limitOf: (kind) => (SOUNDS.includes(kind) ? 20 : 50) * MB,
	advice: { tooLarge: 'Shorten it, or save its sound as MP3.', wrongKind: 'Convert it to MP3.' },
};

const LEVELS = ['segment', 'word'] as const;
const SOURCES = ['binary', 'url', 'sourceUrl'] as const;

const models = modelList('getTranscriptionModels', TO_TEXT, (model) => [
	offeredBy(model, 'timestamp_levels')?.includes('word') === true ? 'times of words' : undefined,
	model.features.supports_diarization === true ? 'tells speakers apart' : undefined,
]);

const KINDS = 'a sound (MP3, WAV, OGG, FLAC, AAC, WebM) up to 20 MB, or a video up to 50 MB';

/** The fields for the sound, with a page as a third source. */
const sourceFields: INodeProperties[] = [
	...soundFields(KINDS).map((field) =>
		field.name !== 'audioSource'
			? field
			: {
					...field,
					options: [
						...(field.options ?? []),
						{
							name: 'Web Page',
							value: 'sourceUrl',
							description: 'A page from which deAPI fetches the sound itself: YouTube, X, TikTok …',
						},
					],
				},
	),
	{
		displayName: 'Page URL',
		name: 'sourceUrl',
		type: 'string',
		default: '',
		required: true,
		displayOptions: { show: { audioSource: ['sourceUrl'] } },
		placeholder: 'e.g. https://www.youtube.com/watch?v=…',
		description:
			'A video on YouTube, X, Twitch, Kick or TikTok, or a Space on X. TikTok needs the model WhisperLargeV3Ct2.',
		routing: { send: { type: 'body', property: 'source_url' } },
	},
];

const fields: INodeProperties[] = [
	...sourceFields,
	waitField(true),
	modelField({
		types: TO_TEXT,
		list: models,
		description: 'The model that writes down what is said',
	}),
	optionsField([
		...waitOptions(true),
		...submitOptions,
		{
			displayName: 'Diarize',
			name: 'diarize',
			type: 'boolean',
			default: false,
			description: 'Whether to tell speakers apart. It adds timestamps too, and may cost more.',
			routing: { send: { type: 'body', property: 'diarize' } },
		},
		{
			displayName: 'Include Metadata',
			name: 'includeMetadata',
			type: 'boolean',
			default: false,
			description:
				'Whether to add what the page says about the video, such as its title. It costs a little.',
			routing: { send: { type: 'body', property: 'include_metadata' } },
		},
		{
			displayName: 'Include Timestamps',
			name: 'includeTimestamps',
			type: 'boolean',
			default: false,
			description: 'Whether to add the time of each part',
			routing: { send: { type: 'body', property: 'include_ts' } },
		},
		{
			displayName: 'Language',
			name: 'language',
			type: 'string',
			default: '',
			placeholder: 'e.g. en',
			description: 'The language that is spoken. Without it, the model finds out.',
			routing: { send: { type: 'body', property: 'lang' } },
		},
		{
			displayName: 'Timestamp Level',
			name: 'timestampLevel',
			type: 'options',
			default: 'segment',
			description: 'What gets a timestamp of its own. Timestamps of words may cost more.',
			options: [
				{ name: 'Segment', value: 'segment' },
				{ name: 'Word', value: 'word' },
			],
			routing: { send: { type: 'body', property: 'ts_level' } },
		},
	]),
];

/** Checks one item's values and its file. */
async function prepare(
	call: Call,
	account: Account,
	earlier: EarlierModels,
): Promise<PreparedRequest> {
	const validationErrors = new ValidationErrors(call.label);
	const values = new Values(call.given, validationErrors);

	const isPage = chosenWord(call, 'audioSource', SOURCES, 'binary') === 'sourceUrl';
	const page = isPage ? readPage(values, validationErrors) : undefined;
	const wantedModel = values.model();
	const include_ts = values.flag('include_ts') ?? false;
	const diarize = values.flag('diarize');
	const onlyV2 = {
		ts_level: values.has('ts_level') ? values.oneOf('ts_level', LEVELS, 'segment') : undefined,
		diarize,
		lang: values.optionalText('lang')?.trim(),
		include_metadata: values.flag('include_metadata'),
	};
	if (onlyV2.ts_level !== undefined && !include_ts && diarize !== true) {
		const advice = `Turn on ${call.label('include_ts')}, or remove ${call.label('ts_level')}.`;
		validationErrors.add('ts_level', 'is set without timestamps', advice);
	}
	const files = await prepareFiles(
		call,
		isPage ? [] : [wantedSound(call, SOURCE)],
		validationErrors,
	);
	const [file] = files;
	const isOnlyV2 = Object.values(onlyV2).some((value) => value !== undefined);
	const needsV2 = isOnlyV2 || (file !== undefined && ONLY_V2.includes(file.type));
	const asked = needsV2 ? account.onV2() : account;
	const webhook = readWebhook(call.given.webhook_url, asked, validationErrors);
	validationErrors.throwIfAny();

	const { slug: model, model: known } = await chooseModel(
		call,
		asked,
		TO_TEXT,
		wantedModel,
		earlier,
	);
	if (known) checkOffered(call.label, known, 'ts_level', onlyV2.ts_level, 'timestamp_levels');
	const common = { model, include_ts, ...onlyV2 };
	return {
		encoding: 'multipart',
		body: { source_url: page, ...common, return_result_in_response: true, ...webhook },
		files,
		sent: { model },
		...(await pricedBy(call, file, { source_url: page, ...common })),
		pricedAs: 'multipart',
		fileName: stemOf(file?.file.fileName) ?? 'transcript',
		needsV2,
	};
}

/** The length is enough for a price; where it cannot be told, deAPI gets the file to look at. */
async function pricedBy(
	call: Call,
	file: FilePart | undefined,
	common: PreparedRequest['priced'],
): Promise<Pick<PreparedRequest, 'priced' | 'pricedFiles'>> {
	if (file === undefined) return { priced: common };
	const seconds = await knownLength(call, file);
	if (seconds === undefined) return { priced: common, pricedFiles: [file] };
	// What is paid for is never less than what was asked about.
	return { priced: { ...common, duration_seconds: Math.ceil(seconds * 1000) / 1000 } };
}

function readPage(values: Values, validationErrors: ValidationErrors): string {
	const page = values.text('source_url', 'Enter the address of the page.').trim();
	if (page !== '' && (!/^https?:\/\/[^\s/]+/i.test(page) || /\s/.test(page))) {
		validationErrors.add(
			'source_url',
			'is not a web address',
			'Enter the whole address of one page.',
		);
	}
	return page;
}

export const transcribe = submitOperation({
	name: 'transcribe',
	displayName: 'Transcribe',
	action: 'Transcribe audio or video',
	description: 'Write down what is said or sung in a sound, a video or a page such as YouTube',
	endpoint: { v1: '/api/v1/client/transcribe', v2: '/api/v2/audio/transcriptions' },
	product: 'the transcript',
	hasFile: false,
	fields,
	lists: [models],
	aliases: { source_file: 'binaryPropertyName' },
	prepare,
});
