/**
 * What can be made: the rules of each operation and of its price, its job's type and what it costs.
 */
import type { Errors } from '../http/answers';
import { audioToVideoErrors, audioToVideoPriceErrors } from '../rules/audio-to-video';
import { checkFields, type Rules } from '../rules/fields';
import {
	PICTURE_PRICE_RULES,
	PICTURE_RULES,
	PROMPT_PRICE_RULES,
	PROMPT_RULES,
	UPSCALE_PRICE_RULES,
	UPSCALE_RULES,
} from '../rules/pictures';
import { MUSIC_PRICE_RULES, MUSIC_RULES, SPEECH_PRICE_RULES, SPEECH_RULES } from '../rules/sound';
import {
	TRANSCRIPTION_PRICE_RULES,
	TRANSCRIPTION_RULES,
	transcriptionType,
} from '../rules/transcription';
import type { Encoding, Values } from '../rules/values';
import type { FakeSettings, Operation, RecordedPart, Surface } from '../types';

/** What a request brings to its check. */
export interface Asked {
	values: Values;
	parts: readonly RecordedPart[];
	json: unknown;
	surface: Surface;
	settings: FakeSettings;
}

interface Endpoint {
	encoding: Encoding;
	errors: (asked: Asked) => Errors;
}

interface Making {
	submit: Endpoint;
	price: Endpoint;
	/** The inference type of the job. */
	jobType: (values: Values) => string;
}

/** Surcharges of a transcription in USD: that of metadata is documented, the other made up. */
const METADATA_PRICE = 0.005;
const TIMING_PRICE = 0.01;

export const OPERATIONS: Readonly<Record<Operation, Making>> = {
	audioToVideo: {
		submit: {
			encoding: 'multipart',
			errors: ({ parts, surface, settings }) => audioToVideoErrors(parts, surface, settings),
		},
		price: {
			encoding: 'json',
			errors: ({ json, settings }) => audioToVideoPriceErrors(json, settings),
		},
		jobType: () => 'audio2video',
	},
	speech: making(SPEECH_RULES, SPEECH_PRICE_RULES, () => 'txt2audio'),
	music: making(MUSIC_RULES, MUSIC_PRICE_RULES, () => 'txt2music'),
	transcription: making(TRANSCRIPTION_RULES, TRANSCRIPTION_PRICE_RULES, transcriptionType),
	picture: making(PICTURE_RULES, PICTURE_PRICE_RULES, () => 'txt2img'),
	upscale: making(UPSCALE_RULES, UPSCALE_PRICE_RULES, () => 'vid-upscale'),
	prompt: making(PROMPT_RULES, PROMPT_PRICE_RULES, () => ''),
};

/**
 * @param operation what is made
 * @param values the fields of the request, or of the question for its price
 * @param settings the prices
 * @returns USD
 */
export function priceOf(operation: Operation, values: Values, settings: FakeSettings): number {
	const base = settings.prices[operation] ?? settings.price;
	if (operation === 'upscale' && !values.has('video') && !values.has('duration')) return 0;
	if (operation !== 'transcription') return base;
	const timed = values.isOn('diarize') || (values.isOn('include_ts') && isByWord(values));
	const described = values.isOn('include_metadata') && values.has('source_url');
	const sum = base + (timed ? TIMING_PRICE : 0) + (described ? METADATA_PRICE : 0);
	return Math.round(sum * 1e6) / 1e6;
}

function isByWord(values: Values): boolean {
	return values.text('ts_level') === 'word';
}

function making(submit: Rules, price: Rules, jobType: (values: Values) => string): Making {
	const endpoint = (rules: Rules): Endpoint => ({
		encoding: rules.encoding,
		errors: ({ values, surface, settings }) => checkFields(rules, values, surface, settings),
	});
	return { submit: endpoint(submit), price: endpoint(price), jobType };
}
