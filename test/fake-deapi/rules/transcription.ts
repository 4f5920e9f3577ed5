/**
 * The rules of transcription and its price.
 */
import { choicesOf, saysItSupports } from '../catalogue/lookup';
import { VIDEO_TYPES } from '../http/media';
import type { MediaType, RecordedPart, Surface } from '../types';
import type { Field, Found, Rules } from './fields';
import { MB } from './files';
import type { Values } from './values';

const SOUND_TYPES: readonly MediaType[] = ['aac', 'mp3', 'ogg', 'webm'];
const MAX_SOUND_BYTES = 20 * MB;
const MAX_VIDEO_BYTES = 50 * MB;

/** The hosts of the platforms whose pages are fetched. */
const PLATFORMS: Readonly<Record<string, readonly string[]>> = {
	youtube: ['youtube.com', 'youtu.be'],
	twitter: ['x.com', 'twitter.com'],
	twitch: ['twitch.tv'],
	kick: ['kick.com'],
	tiktok: ['tiktok.com'],
};
const TIKTOK_SLUG = 'WhisperLargeV3Ct2';
const LEVELS = ['segment', 'word'];

const source = (surface: Surface) => {
	const more: readonly MediaType[] = surface === 'v2' ? ['wav', 'flac'] : [];
	const types = [...new Set([...SOUND_TYPES, ...more, ...VIDEO_TYPES])];
	return { types, maxBytes: MAX_VIDEO_BYTES };
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
export function transcriptionType(values: Values): string {
	const file = values.file('source_file');
	if (file) return isVideo(file) ? 'video_file2text' : 'audio_file2text';
	return /\/i\/spaces\//.test(values.text('source_url') ?? '') ? 'audio2text' : 'video2text';
}

const COMMON: readonly Field[] = [
	{ name: 'source_file', type: 'file', file: source },
	{ name: 'source_url', type: 'string' },
	{ name: 'include_ts', type: 'boolean', required: true },
	{ name: 'model', type: 'string', required: true },
	{ name: 'ts_level', type: 'string', v2Only: true, choices: LEVELS },
	{ name: 'diarize', type: 'boolean', v2Only: true },
	{ name: 'lang', type: 'string', v2Only: true, max: 16 },
	{ name: 'include_metadata', type: 'boolean', v2Only: true },
];

const TRANSCRIPTION = {
	title: 'Transcription',
	types: () => ['audio2text', 'video2text', 'audio_file2text', 'video_file2text'],
};

export const TRANSCRIPTION_RULES: Rules = {
	...TRANSCRIPTION,
	encoding: 'either',
	webhook: true,
	fields: [...COMMON, { name: 'return_result_in_response', type: 'boolean' }],
	further: (found) => {
		checkOneSource(found, ['source_file', 'source_url']);
		checkSource(found);
		checkModel(found);
	},
};

export const TRANSCRIPTION_PRICE_RULES: Rules = {
	...TRANSCRIPTION,
	encoding: 'multipart',
	fields: [
		...COMMON,
		{ name: 'duration_seconds', type: 'number', min: 0 },
		{ name: 'platform', type: 'string', v2Only: true, choices: Object.keys(PLATFORMS) },
	],
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
function checkModel({ values, model, errors }: Found): void {
	if (!model) return;
	const levels = choicesOf(model, 'timestamp_levels');
	const level = values.text('ts_level');
	if (level && levels && !levels.includes(level)) {
		errors.add('ts_level', 'is not supported by the selected model.');
	}
	if (values.isOn('diarize') && !saysItSupports(model, 'supports_diarization')) {
		errors.add('diarize', 'is not supported by the selected model.');
	}
	const languages = choicesOf(model, 'languages');
	// Region subtags are stripped, and `auto` is a language that nobody speaks.
	const lang = values.text('lang')?.toLowerCase().split(/[-_]/)[0];
	if (lang && lang !== 'auto' && languages && !languages.includes(lang)) {
		errors.add('lang', 'is not supported by the selected model.');
	}
}
