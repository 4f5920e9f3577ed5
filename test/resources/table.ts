/**
 * All operations that cost money, a line each: what the smallest workflow sends, what all options
 * together send, and what comes of it. The tests of the operations are generated from it.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { Operation, RecordedRequest, Route, Surface } from '../fake-deapi';
import type { SourceItem } from '../support/nodes';
import { file, fixture } from '../support/workflows';

/** What a request carried, and nothing else. */
export interface Sent {
	/** Texts of a form, or values of JSON. */
	fields: IDataObject;
	/** Files by deAPI's name: the content type, and the fixture that they are. */
	files?: { [name: string]: [contentType: string, fixture: string] };
}

/** A result in the output item. */
export interface Result {
	/** The file's name and type; none for texts. */
	file?: [name: string, mimeType: string];
	/** Fields of the item's JSON. */
	json?: IDataObject;
}

export interface Line {
	route: Route;
	operation: Operation;
	path: { [surface in Surface]: string };
	encoding: 'multipart' | 'json';
	/** `the speech`. */
	product: string;
	/** The item that goes in. */
	item: SourceItem;
	/** What a user has to enter. */
	parameters: INodeParameters;
	/** What of them alone is sent. */
	minimal: Sent;
	/** All options at once, and what they add. */
	every: {
		item?: SourceItem;
		parameters?: INodeParameters;
		options: INodeParameters;
		sends: Sent;
		/** Options that only v2 knows: with a v1 credential the whole request goes to v2. */
		needsV2?: true;
	};
	/** What the question for the price carries in the smallest workflow. */
	price: { encoding: 'multipart' | 'json' } & Sent;
	/** A field that deAPI may refuse, and its label. */
	refused: [field: string, label: string];
	result: Result;
	/** What the item says of a job that is not waited for, besides its ID. */
	says: IDataObject;
	/** Whether it waits unless told otherwise. */
	waits: boolean;
	/** Answers at once: no job, no waiting. */
	isInstant?: true;
}

const SEED = '7';
const song = { json: {}, files: { data: file('song.mp3') } };
const withReference = { json: {}, files: { reference: file('speech.mp3') } };
const withPicture = { json: {}, files: { image: file('frame.png') } };

export const TABLE: { [name: string]: Line } = {
	'Video > Generate From Audio': {
		route: 'submit',
		operation: 'audioToVideo',
		path: { v1: '/api/v1/client/aud2video', v2: '/api/v2/videos/audio-syncs' },
		encoding: 'multipart',
		product: 'the video',
		item: song,
		parameters: {
			...{ resource: 'video', operation: 'generateFromAudio' },
			...{ prompt: 'A singer', lengthMode: 'seconds', duration: 4, seed: 7 },
		},
		minimal: {
			fields: {
				...{ prompt: 'A singer', model: 'Ltx2_3_22B_Dist_INT8', seed: SEED },
				...{ width: '512', height: '512', frames: '96', fps: '24' },
			},
			files: { audio: ['audio/mpeg', 'song.mp3'] },
		},
		every: {
			item: { json: {}, files: { ...song.files, ...withPicture.files, last: file('frame.jpg') } },
			parameters: { model: { __rl: true, mode: 'id', value: 'Ltx2_19B_Dist_FP8' } },
			options: {
				...{ negativePrompt: 'fog', guidance: 3, steps: 9 },
				...{ firstFrameBinaryProperty: 'image', lastFrameBinaryProperty: 'last' },
			},
			sends: {
				fields: {
					...{ prompt: 'A singer', model: 'Ltx2_19B_Dist_FP8', seed: SEED },
					...{ width: '512', height: '512', frames: '96', fps: '24' },
					...{ negative_prompt: 'fog', guidance: '3', steps: '9' },
				},
				files: {
					audio: ['audio/mpeg', 'song.mp3'],
					first_frame_image: ['image/png', 'frame.png'],
					last_frame_image: ['image/jpeg', 'frame.jpg'],
				},
			},
		},
		price: {
			encoding: 'json',
			fields: { model: 'Ltx2_3_22B_Dist_INT8', width: 512, height: 512, frames: 96, fps: 24 },
		},
		refused: ['prompt', 'Prompt'],
		result: { file: ['song.mp4', 'video/mp4'] },
		says: {
			...{ model: 'Ltx2_3_22B_Dist_INT8', seed: 7, width: 512, height: 512, fps: 24 },
			...{ frames: 96, video_seconds: 4 },
		},
		waits: false,
	},
	'Audio > Generate Speech': {
		route: 'speech',
		operation: 'speech',
		path: { v1: '/api/v1/client/txt2audio', v2: '/api/v2/audio/speech' },
		encoding: 'multipart',
		product: 'the speech',
		item: { json: {} },
		parameters: { resource: 'audio', operation: 'generateSpeech', text: 'Good morning' },
		minimal: {
			fields: {
				...{ text: 'Good morning', model: 'Kokoro', lang: 'en-us', voice: 'af_sky' },
				...{ speed: '1', format: 'mp3', sample_rate: '24000' },
			},
		},
		every: {
			item: withReference,
			parameters: {
				...{ model: { __rl: true, mode: 'id', value: 'Qwen3_TTS_12Hz_1_7B_Base' } },
				...{ language: { __rl: true, mode: 'id', value: 'German' }, speed: 1.25 },
				...{ text: 'Guten Morgen!', format: 'mp3', sampleRate: 48000 },
			},
			options: {
				...{ mode: 'voice_clone', referenceBinaryProperty: 'reference' },
				...{ referenceText: 'Hello.' },
			},
			sends: {
				fields: {
					...{ text: 'Guten Morgen!', model: 'Qwen3_TTS_12Hz_1_7B_Base', lang: 'German' },
					...{ speed: '1.25', format: 'mp3', sample_rate: '48000' },
					...{ mode: 'voice_clone', ref_text: 'Hello.' },
				},
				files: { ref_audio: ['audio/mpeg', 'speech.mp3'] },
			},
		},
		price: {
			encoding: 'json',
			fields: {
				...{ text: 'Good morning', model: 'Kokoro', lang: 'en-us', voice: 'af_sky' },
				...{ speed: 1, format: 'mp3', sample_rate: 24000 },
			},
		},
		refused: ['lang', 'Language'],
		result: { file: ['speech.mp3', 'audio/mpeg'] },
		says: { model: 'Kokoro', voice: 'af_sky', language: 'en-us', speed: 1, format: 'mp3' },
		waits: true,
	},
	'Audio > Generate Music': {
		route: 'music',
		operation: 'music',
		path: { v1: '/api/v1/client/txt2music', v2: '/api/v2/audio/music' },
		encoding: 'multipart',
		product: 'the song',
		item: { json: {} },
		parameters: { resource: 'audio', operation: 'generateMusic', caption: 'slow waltz' },
		minimal: {
			fields: {
				...{ caption: 'slow waltz', lyrics: '[Instrumental]', model: 'AceStep_1_5_Turbo' },
				...{ duration: '30', seed: '-1', format: 'mp3' },
				...{ inference_steps: '8', guidance_scale: '1' },
			},
		},
		every: {
			item: withReference,
			parameters: {
				...{ model: { __rl: true, mode: 'id', value: 'AceStep_1_5_Base' } },
				...{ lyrics: '[Verse] La la', duration: 45.5, seed: 7 },
			},
			options: {
				...{ bpm: 90, keyScale: 'C major', timeSignature: 3, language: 'en' },
				...{ steps: 60, guidance: 7.5, format: 'mp3', referenceBinaryProperty: 'reference' },
			},
			sends: {
				fields: {
					...{ caption: 'slow waltz', lyrics: '[Verse] La la', model: 'AceStep_1_5_Base' },
					...{ duration: '45.5', seed: SEED, format: 'mp3' },
					...{ inference_steps: '60', guidance_scale: '7.5' },
					...{ bpm: '90', keyscale: 'C major', timesignature: '3', vocal_language: 'en' },
				},
				files: { reference_audio: ['audio/mpeg', 'speech.mp3'] },
			},
		},
		price: {
			encoding: 'json',
			fields: { model: 'AceStep_1_5_Turbo', duration: 30, inference_steps: 8 },
		},
		refused: ['guidance_scale', 'Guidance'],
		result: { file: ['song.mp3', 'audio/mpeg'] },
		says: { model: 'AceStep_1_5_Turbo', duration: 30, format: 'mp3' },
		waits: true,
	},
	'Audio > Transcribe': {
		route: 'transcription',
		operation: 'transcription',
		path: { v1: '/api/v1/client/transcribe', v2: '/api/v2/audio/transcriptions' },
		encoding: 'multipart',
		product: 'the transcript',
		item: song,
		parameters: { resource: 'audio', operation: 'transcribe' },
		minimal: {
			fields: { model: 'WhisperLargeV3', include_ts: '0', return_result_in_response: '1' },
			files: { source_file: ['audio/mpeg', 'song.mp3'] },
		},
		every: {
			options: {
				...{ includeTimestamps: true, timestampLevel: 'word', diarize: true },
				...{ language: 'en', includeMetadata: true },
			},
			sends: {
				fields: {
					...{ model: 'WhisperLargeV3', include_ts: '1', return_result_in_response: '1' },
					...{ ts_level: 'word', diarize: '1', lang: 'en', include_metadata: '1' },
				},
				files: { source_file: ['audio/mpeg', 'song.mp3'] },
			},
			needsV2: true,
		},
		price: {
			encoding: 'multipart',
			fields: {
				...{ model: 'WhisperLargeV3', include_ts: '0' },
				duration_seconds: expect.stringMatching(/^8\.\d+$/) as string,
			},
		},
		refused: ['source_file', 'Input Audio Field'],
		result: { json: { result: expect.stringContaining('a short spoken line') as string } },
		says: { model: 'WhisperLargeV3' },
		waits: true,
	},
	'Image > Generate': {
		route: 'picture',
		operation: 'picture',
		path: { v1: '/api/v1/client/txt2img', v2: '/api/v2/images/generations' },
		encoding: 'json',
		product: 'the picture',
		item: { json: {} },
		parameters: { resource: 'image', operation: 'generate', prompt: 'A lighthouse', seed: 7 },
		minimal: {
			fields: {
				...{ prompt: 'A lighthouse', model: 'Flux_2_Klein_4B_BF16', width: 512, height: 512 },
				...{ seed: 7, steps: 4, guidance: 0 },
			},
		},
		every: {
			parameters: {
				...{ model: { __rl: true, mode: 'id', value: 'Flux1schnell' } },
				...{ width: 768, height: 1024 },
			},
			options: { negativePrompt: 'fog', guidance: 3.5, steps: 6 },
			sends: {
				fields: {
					...{ prompt: 'A lighthouse', model: 'Flux1schnell', width: 768, height: 1024 },
					...{ seed: 7, steps: 6, guidance: 3.5, negative_prompt: 'fog' },
				},
			},
		},
		price: {
			encoding: 'json',
			fields: {
				...{ prompt: 'A lighthouse', model: 'Flux_2_Klein_4B_BF16', width: 512, height: 512 },
				...{ seed: 7, steps: 4, guidance: 0 },
			},
		},
		refused: ['width', 'Width'],
		result: { file: ['picture.png', 'image/png'] },
		says: { model: 'Flux_2_Klein_4B_BF16', width: 512, height: 512, seed: 7 },
		waits: true,
	},
	'Prompt > Enhance': {
		route: 'prompt',
		operation: 'prompt',
		path: { v1: '/api/v2/prompts/enhancements', v2: '/api/v2/prompts/enhancements' },
		encoding: 'multipart',
		product: 'the prompt',
		item: { json: {} },
		parameters: { resource: 'prompt', operation: 'enhance', prompt: 'a boat' },
		minimal: {
			fields: {
				...{ prompt: 'a boat', type: 'images.generations', model_slug: 'Flux_2_Klein_4B_BF16' },
			},
		},
		every: {
			item: withPicture,
			parameters: {
				...{ type: 'images.edits' },
				...{ model: { __rl: true, mode: 'id', value: 'QwenImageEdit_Plus_NF4' } },
			},
			options: { negativePrompt: 'fog', imageBinaryProperty: 'image' },
			sends: {
				fields: {
					...{ prompt: 'a boat', type: 'images.edits', model_slug: 'QwenImageEdit_Plus_NF4' },
					negative_prompt: 'fog',
				},
				files: { image: ['image/png', 'frame.png'] },
			},
		},
		price: {
			encoding: 'multipart',
			fields: {
				...{ prompt: 'a boat', type: 'images.generations', model_slug: 'Flux_2_Klein_4B_BF16' },
			},
		},
		refused: ['model_slug', 'Model'],
		result: {
			json: { prompt: expect.stringContaining('a boat') as string, negative_prompt: null },
		},
		says: {},
		waits: true,
		isInstant: true,
	},
	'Video > Upscale': {
		route: 'upscale',
		operation: 'upscale',
		path: { v1: '/api/v1/client/vid-upscale', v2: '/api/v2/videos/upscales' },
		encoding: 'multipart',
		product: 'the video',
		item: { json: {}, files: { data: file('result.mp4', { fileName: 'holiday.mp4' }) } },
		parameters: { resource: 'video', operation: 'upscale' },
		minimal: {
			fields: { model: 'RealESRGAN_Vid_x4' },
			files: { video: ['video/mp4', 'result.mp4'] },
		},
		every: {
			parameters: { model: { __rl: true, mode: 'id', value: 'FlashVSR_Tiny' } },
			options: { scale: 3 },
			sends: {
				fields: { model: 'FlashVSR_Tiny', scale: '3' },
				files: { video: ['video/mp4', 'result.mp4'] },
			},
		},
		price: {
			encoding: 'multipart',
			fields: { model: 'RealESRGAN_Vid_x4' },
			files: { video: ['video/mp4', 'result.mp4'] },
		},
		refused: ['video', 'Input Video Field'],
		result: { file: ['holiday.mp4', 'video/mp4'] },
		says: { model: 'RealESRGAN_Vid_x4' },
		waits: true,
	},
};

export const NAMES = Object.keys(TABLE);

/** A line of the table. */
export function lineOf(name: string): Line {
	const line = TABLE[name];
	if (line === undefined) throw new Error(`The table has no line ${name}`);
	return line;
}

/** What a request carried, in the table's terms; with the fixtures as the files' digests. */
export function sentBy(request: RecordedRequest | undefined): Sent & { encoding: string } {
	if (request === undefined) throw new Error('There was no request');
	if (request.parts.length === 0) {
		return { encoding: 'json', fields: request.json as IDataObject, files: {} };
	}
	const texts = request.parts.filter(({ kind }) => kind === 'field');
	const files = request.parts.filter(({ kind }) => kind === 'file');
	return {
		encoding: 'multipart',
		fields: Object.fromEntries(texts.map(({ name, value }) => [name, value])),
		files: Object.fromEntries(
			files.map(({ name, contentType, sha256 }) => [name, [contentType ?? '', sha256]]),
		),
	};
}

/** The same of a line of the table. */
export function expected(encoding: string, { fields, files = {} }: Sent): object {
	return {
		encoding,
		fields,
		files: Object.fromEntries(
			Object.entries(files).map(([name, [type, source]]) => [name, [type, digestOf(source)]]),
		),
	};
}

function digestOf(name: string): string {
	return createHash('sha256')
		.update(readFileSync(fixture(name)))
		.digest('hex');
}
