/**
 * The default models: three that make video from audio, and enough others that the list has more
 * than one page. The others carry the oddities of PHP's JSON that a client has to survive.
 */
import type { FakeModel } from './types';

const AUDIO_TO_VIDEO: FakeModel[] = [
	{
		name: 'LTX-2.3 22B Distilled INT8',
		slug: 'Ltx2_3_22B_Dist_INT8',
		inference_types: ['audio2video', 'txt2video', 'img2video'],
		tags: ['new'],
		status: 'standard_model',
		info: {
			// Frames 49 to 241, default 120, and 24 fps only: the service's own specification.
			limits: {
				min_width: '256',
				max_width: '1280',
				min_height: 256,
				max_height: 1280,
				resolution_step: 32,
				min_frames: 49,
				max_frames: 241,
				min_fps: '24',
				max_fps: '24',
				min_steps: 1,
				max_steps: 50,
			},
			features: {
				supports_guidance: '0',
				supports_negative_prompt: '1',
				supports_first_frame: true,
				supports_last_frame: true,
			},
			defaults: { width: 512, height: 512, frames: '120', fps: 24, steps: 8 },
		},
	},
	{
		name: 'LTX-2 19B Distilled FP8',
		slug: 'Ltx2_19B_Dist_FP8',
		inference_types: ['audio2video', 'txt2video'],
		tags: [],
		status: 'standard_model',
		info: {
			limits: {
				min_width: 256,
				max_width: 1024,
				min_height: 256,
				max_height: 1024,
				resolution_step: 32,
				min_frames: 25,
				max_frames: 257,
				min_fps: 8,
				max_fps: 30,
				min_steps: 1,
				max_steps: 50,
			},
			features: {
				supports_guidance: true,
				supports_negative_prompt: true,
				supports_first_frame: true,
				supports_last_frame: true,
			},
			defaults: { width: 512, height: 512, frames: 97, fps: 24, steps: 20, guidance: '7.5' },
		},
	},
	{
		// An object keyed by type: the specification's schema says object, its examples say array.
		name: 'LTX Lip Sync 2B',
		slug: 'LtxLipSync_2B',
		inference_types: { audio2video: [] },
		tags: ['experimental'],
		status: 'test_model',
		info: {
			limits: {
				min_width: 64,
				max_width: 768,
				min_height: 64,
				max_height: 768,
				min_frames: 9,
				max_frames: 121,
				min_fps: 12,
				max_fps: 25,
			},
			features: {
				supports_guidance: '1',
				supports_negative_prompt: '0',
				supports_first_frame: '1',
				supports_last_frame: '0',
			},
			defaults: [],
		},
	},
];

const OTHER_TYPES = [
	'txt2img',
	'img2txt',
	'txt2audio',
	'txt2music',
	'txt2video',
	'img2video',
	'img2img',
	'video-replace',
	'img-upscale',
	'img-rmbg',
	'vid-upscale',
	'txt2embedding',
	'audio2text',
	'video2text',
	'audio_file2text',
	'video_file2text',
];

/** The shapes PHP gives to "nothing", and to numbers and flags that came out of a database. */
const ODD_INFOS: unknown[] = [
	[],
	null,
	undefined,
	{ limits: [], features: [], defaults: [] },
	{ limits: null, features: null, defaults: null },
	{ limits: { min_width: '512', max_width: '2048' }, features: { supports_lora: '1' } },
	{ features: { supports_negative_prompt: 1, supports_lora: '0' }, defaults: { steps: '20' } },
	{
		limits: { min_width: 64, max_width: 2048, min_steps: 1, max_steps: 150 },
		features: { supports_negative_prompt: true, supports_lora: false },
		defaults: { width: 512, height: 512, steps: 20, cfg_scale: 7.5 },
	},
];

/** @returns the default catalogue: 3 audio2video models among 61 others */
export function defaultCatalogue(): FakeModel[] {
	const others = Array.from({ length: 61 }, (_, index): FakeModel => {
		const type = OTHER_TYPES[index % OTHER_TYPES.length] ?? 'txt2img';
		const info = ODD_INFOS[index % ODD_INFOS.length];
		const model: FakeModel = {
			name: `Model ${index + 1} (${type})`,
			slug: `Model_${index + 1}_${type.replaceAll('-', '_')}`,
			inference_types: index % 7 === 3 ? { [type]: [] } : [type],
			tags: [],
			status: 'standard_model',
		};
		return info === undefined ? model : { ...model, info };
	});
	// The ones that matter stand apart, so that a client which stops at page one misses some.
	const [first, second, third] = structuredClone(AUDIO_TO_VIDEO);
	return [first, ...others.slice(0, 30), second, ...others.slice(30), third].filter(
		(model) => model !== undefined,
	);
}

/**
 * @param model a model of the catalogue
 * @returns the inference types it is listed under
 */
export function inferenceTypes(model: FakeModel): string[] {
	return Array.isArray(model.inference_types)
		? model.inference_types
		: Object.keys(model.inference_types);
}

/** @returns one section of a model's info, {} where PHP printed nothing */
function section(model: FakeModel, name: 'limits' | 'features'): Record<string, unknown> {
	const info = model.info;
	if (typeof info !== 'object' || info === null || !(name in info)) return {};
	const found: unknown = (info as Record<string, unknown>)[name];
	return typeof found === 'object' && found !== null ? (found as Record<string, unknown>) : {};
}

/**
 * @param model a model of the catalogue
 * @param name a limit, such as `min_width`
 * @returns the limit as a number, null where the model has none
 */
export function limitOf(model: FakeModel, name: string): number | null {
	const value = section(model, 'limits')[name];
	return value === undefined || value === null ? null : Number(value);
}

/**
 * @param model a model of the catalogue
 * @param name a feature, such as `supports_guidance`
 * @returns false only where the model says that it lacks it
 */
export function supports(model: FakeModel, name: string): boolean {
	const value = section(model, 'features')[name];
	return !(value === false || value === 0 || value === '0');
}
