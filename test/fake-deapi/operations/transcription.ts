/** What is said in a sound, a video or a page. */
import { choicesOf } from '../catalogue/lookup';
import { VIDEO_TYPES } from '../http/media';
import { checkSaid, type Field, type Fields, type Found } from '../rules/fields';
import { MB } from '../rules/files';
import type { Values } from '../rules/values';
import type { FakeModel, MediaType, RecordedPart, Surface } from '../types';
import { required } from './common';
import type { OperationModel } from './operation';

const SOUND_TYPES: readonly MediaType[] = ['aac', 'mp3', 'ogg', 'webm'];
const MAX_SOUND_BYTES = 20 * MB;

/** Surcharges in USD: that of metadata is documented, the other made up. */
const METADATA_PRICE = 0.005;
const TIMING_PRICE = 0.01;

/** The hosts of the platforms whose pages are fetched. */
const PLATFORMS: Readonly<Record<string, readonly string[]>> = {
	youtube: ['youtube.com', 'youtu.be'],
	twitter: ['x.com', 'twitter.com'],
	twitch: ['twitch.tv'],
	kick: ['kick.com'],
	tiktok: ['tiktok.com'],
};
const TIKTOK_SLUG = 'WhisperLargeV3Ct2';

const source: Field = {
	type: 'file',
	file: (surface: Surface) => {
		const more: readonly MediaType[] = surface === 'v2' ? ['wav', 'flac'] : [];
		return { types: [...new Set([...SOUND_TYPES, ...more, ...VIDEO_TYPES])], maxBytes: 50 * MB };
	},
};

/** OGG and WebM may be both: their Content-Type tells. */
function isVideo({ mediaType, contentType }: RecordedPart): boolean {
	if (mediaType === 'ogg') return /^video\//i.test(contentType ?? '');
	return mediaType !== null && VIDEO_TYPES.includes(mediaType);
}

/** @returns the platform of a page, null where none is known */
function platformOf(url: string): string | null {
	if (!URL.canParse(url) || !/^https?:/i.test(url)) return null;
	const { hostname } = new URL(url);
	const isOf = (host: string) => hostname === host || hostname.endsWith(`.${host}`);
	return Object.keys(PLATFORMS).find((name) => PLATFORMS[name]?.some(isOf)) ?? null;
}

/** @returns the inference type that a source makes of the job */
function jobType(values: Values): string {
	const file = values.file('source_file');
	if (file) return isVideo(file) ? 'video_file2text' : 'audio_file2text';
	return /\/i\/spaces\//.test(values.text('source_url') ?? '') ? 'audio2text' : 'video2text';
}

const COMMON: Fields = {
	source_file: source,
	source_url: { type: 'string' },
	include_ts: required('boolean'),
	model: required('string'),
	ts_level: { type: 'string', v2Only: true, choices: ['segment', 'word'] },
	diarize: { type: 'boolean', v2Only: true },
	lang: { type: 'string', v2Only: true, max: 16 },
	include_metadata: { type: 'boolean', v2Only: true },
};

const SOURCES: OperationModel['types'] = [
	...(['audio2text', 'video2text', 'audio_file2text', 'video_file2text'] as const),
];

/** The only one for TikTok; v1's list does not show it, though v1 takes it. */
export const TIKTOK_MODEL: FakeModel = {
	name: 'Whisper Large V3 CTranslate2',
	slug: 'WhisperLargeV3Ct2',
	inference_types: SOURCES,
	tags: [],
	status: 'standard_model',
	info: { limits: { timestamp_levels: ['segment', 'word'] }, features: [], defaults: [] },
};

export const transcription: OperationModel = {
	path: { v1: 'transcribe', v2: 'audio/transcriptions' },
	title: 'Transcription',
	types: SOURCES,
	jobType,
	submit: {
		encoding: 'either',
		fields: { ...COMMON, return_result_in_response: { type: 'boolean' } },
		further: (found) => {
			checkOneSource(found, ['source_file', 'source_url']);
			checkSource(found);
			checkModel(found);
		},
	},
	price: {
		encoding: 'either',
		fields: {
			...COMMON,
			duration_seconds: { type: 'number' },
			platform: { type: 'string', v2Only: true, choices: Object.keys(PLATFORMS) },
		},
		further: (found) => {
			const { values, errors } = found;
			checkOneSource(found, ['source_file', 'source_url', 'duration_seconds']);
			checkSource(found);
			checkModel(found);
			if (values.has('platform') && !values.has('duration_seconds')) {
				errors.add('platform', 'is prohibited unless duration seconds is present.');
			}
			if (values.text('platform') === 'tiktok') checkTikTok(found, 'platform');
		},
	},
	cost: (values, base) => {
		const isByWord = values.text('ts_level') === 'word';
		const timed = values.isOn('diarize') || (values.isOn('include_ts') && isByWord);
		const described = values.isOn('include_metadata') && values.has('source_url');
		const sum = base + (timed ? TIMING_PRICE : 0) + (described ? METADATA_PRICE : 0);
		return Math.round(sum * 1e6) / 1e6;
	},
	result: 'text',
	basic: { perMinute: 1, perDay: 10 },
	models: [
		{
			name: 'Whisper Large V3',
			slug: 'WhisperLargeV3',
			inference_types: SOURCES,
			tags: [],
			status: 'standard_model',
			info: {
				limits: { timestamp_levels: ['segment', 'word'], languages: ['en', 'de', 'pl', 'ja'] },
				features: { supports_diarization: '1' },
				defaults: [],
			},
		},
		{
			name: 'Whisper Large V3 Turbo',
			slug: 'WhisperLargeV3Turbo',
			inference_types: SOURCES,
			tags: ['beta'],
			status: 'test_model',
			info: {
				limits: { timestamp_levels: ['segment'] },
				features: { supports_diarization: false },
				defaults: null,
			},
		},
	],
};

function checkOneSource({ values, errors }: Found, names: readonly [string, ...string[]]): void {
	const sent = names.filter((name) => values.has(name));
	if (sent.length === 0)
		errors.add(names[0], `is required when none of ${names.join(', ')} is present.`);
	if (sent.length > 1) errors.add(names[0], `is prohibited beside another of ${names.join(', ')}.`);
}

function checkSource(found: Found): void {
	const { values, errors } = found;
	const file = values.file('source_file');
	if (file && !isVideo(file) && file.size > MAX_SOUND_BYTES) {
		errors.add('source_file', `must not be greater than ${MAX_SOUND_BYTES / 1024} kilobytes.`);
	}
	const url = values.text('source_url');
	if (!url) return;
	const platform = platformOf(url);
	if (platform === null) errors.add('source_url', 'must be a page of a supported platform.');
	if (platform === 'tiktok') checkTikTok(found, 'source_url');
}

function checkTikTok({ values, errors }: Found, field: string): void {
	if (values.text('model') === TIKTOK_SLUG) return;
	errors.add(field, `is of TikTok, which the model ${TIKTOK_SLUG} transcribes only.`);
}

/** What a model does not say that it can is not asked of it. */
function checkModel(found: Found): void {
	const { values, model, errors } = found;
	if (!model) return;
	const levels = choicesOf(model, 'timestamp_levels');
	const level = values.text('ts_level');
	if (level && levels && !levels.includes(level)) {
		errors.add('ts_level', 'is not supported by the selected model.');
	}
	checkSaid('diarize', 'supports_diarization', found);
	const languages = choicesOf(model, 'languages');
	// Region subtags are stripped, and `auto` is a language that nobody speaks.
	const lang = values.text('lang')?.toLowerCase().split(/[-_]/)[0];
	if (lang && lang !== 'auto' && languages && !languages.includes(lang)) {
		errors.add('lang', 'is not supported by the selected model.');
	}
}
