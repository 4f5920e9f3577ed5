/**
 * The models that make pictures, that write down what is said, and that enlarge videos.
 */
import type { FakeModel } from '../types';

const SIDES = { min_width: 256, max_width: 2048, min_height: 256, max_height: 2048 };

export const PICTURE_MODELS: FakeModel[] = [
	{
		name: 'FLUX.2 Klein 4B BF16',
		slug: 'Flux_2_Klein_4B_BF16',
		inference_types: ['txt2img', 'img2img'],
		tags: ['new'],
		status: 'standard_model',
		loras: [],
		info: {
			limits: { ...SIDES, max_width: '1536', resolution_step: 16, min_steps: '4', max_steps: 4 },
			features: { supports_guidance: '0', supports_negative_prompt: false, supports_steps: '1' },
			defaults: { width: 1024, height: 1024, steps: '4' },
		},
	},
	{
		name: 'Z-Image Turbo INT8',
		slug: 'ZImageTurbo_INT8',
		inference_types: ['txt2img'],
		tags: [],
		status: 'standard_model',
		loras: [{ display_name: 'Paper Cut', name: 'paper_cut' }],
		info: {
			limits: { ...SIDES, resolution_step: 8, min_steps: 4, max_steps: 50 },
			features: { supports_guidance: 0, supports_negative_prompt: '1', supports_lora: true },
			defaults: { width: 768, height: 768, steps: 8 },
		},
	},
	{
		name: 'FLUX.1 schnell',
		slug: 'Flux1schnell',
		inference_types: { txt2img: [] },
		tags: [],
		status: 'standard_model',
		info: {
			limits: {
				...SIDES,
				resolution_step: 128,
				min_steps: 1,
				max_steps: 10,
				min_guidance: '0',
				max_guidance: '20',
			},
			features: { supports_guidance: true, supports_negative_prompt: true },
			defaults: { steps: 4, guidance: '7.5' },
		},
	},
	{
		// For prompt enhancement with a picture: no operation of its own here.
		name: 'Qwen Image Edit Plus NF4',
		slug: 'QwenImageEdit_Plus_NF4',
		inference_types: ['img2img'],
		tags: [],
		status: 'standard_model',
		info: { limits: SIDES, features: [], defaults: [] },
	},
];

const SOURCES = ['audio2text', 'video2text', 'audio_file2text', 'video_file2text'];

export const TRANSCRIPTION_MODELS: FakeModel[] = [
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
		inference_types: Object.fromEntries(SOURCES.map((type) => [type, []])),
		tags: ['beta'],
		status: 'test_model',
		info: {
			limits: { timestamp_levels: ['segment'] },
			features: { supports_diarization: false },
			defaults: null,
		},
	},
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

export const UPSCALE_MODELS: FakeModel[] = [
	{
		name: 'RealESRGAN Video x4',
		slug: 'RealESRGAN_Vid_x4',
		inference_types: ['vid-upscale'],
		tags: [],
		status: 'standard_model',
		info: { limits: { max_duration: '60' }, features: [], defaults: [] },
	},
	{
		name: 'RealESRGAN Video x2',
		slug: 'RealESRGAN_Vid_x2',
		inference_types: ['vid-upscale'],
		tags: [],
		status: 'standard_model',
		info: [],
	},
	{
		name: 'FlashVSR Tiny',
		slug: 'FlashVSR_Tiny',
		inference_types: { 'vid-upscale': [] },
		tags: ['experimental'],
		status: 'standard_model',
		info: { limits: { min_scale: '2', max_scale: 4 }, features: null, defaults: { scale: 2 } },
	},
];
