/** What each operation of *Audio* sends, and what comes of it. */
import { file } from '../../support/workflows';
import type { Rows } from './line';

const song = { json: {}, files: { data: file('song.mp3') } };
const withReference = { json: {}, files: { reference: file('speech.mp3') } };
const SEED = '7';

export const AUDIO: Rows = {
	'Audio > Generate Speech': {
		operation: 'speech',
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
		operation: 'music',
		product: 'the song',
		item: { json: {} },
		parameters: {
			...{ resource: 'audio', operation: 'generateMusic', caption: 'slow waltz', seed: 7 },
		},
		minimal: {
			fields: {
				...{ caption: 'slow waltz', lyrics: '[Instrumental]', model: 'AceStep_1_5_Turbo' },
				...{ duration: '30', seed: SEED, format: 'mp3' },
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
			fields: { model: 'AceStep_1_5_Turbo', duration: 30, inference_steps: 8 },
		},
		refused: ['guidance_scale', 'Guidance'],
		result: { file: ['song.mp3', 'audio/mpeg'] },
		says: { model: 'AceStep_1_5_Turbo', duration: 30, format: 'mp3', seed: 7 },
		waits: true,
	},
	'Audio > Transcribe': {
		operation: 'transcription',
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
			fields: {
				...{ model: 'WhisperLargeV3', include_ts: '0' },
				duration_seconds: /^8\.\d+$/,
			},
		},
		refused: ['source_file', 'Input Audio Field'],
		result: { json: { result: /a short spoken line/ } },
		says: { model: 'WhisperLargeV3' },
		waits: true,
	},
};
