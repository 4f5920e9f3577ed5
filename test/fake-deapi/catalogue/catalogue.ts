/**
 * The default models: three that make video from audio, some of every other operation, and enough
 * others that the list has more than one page. The others carry the oddities of PHP's JSON that a
 * client has to survive.
 */
import type { FakeModel } from '../types';
import { OPERATION_NAMES, OPERATIONS } from '../operations';

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

/** Types of which one odd model is enough: the named models take the places of the others. */
const MANY = [
	...['txt2img', 'txt2audio', 'txt2music', 'vid-upscale', 'txt2embedding', 'video-replace'],
	...['audio2text', 'video2text', 'audio_file2text', 'video_file2text'],
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

const COUNT = 61;

/** @returns the default catalogue: 3 audio2video models among 61 others */
export function defaultCatalogue(): FakeModel[] {
	const [main = [], ...others] = OPERATION_NAMES.map((name) => OPERATIONS[name].models);
	const named = others.flat();
	const all = Array.from({ length: COUNT }, (_, index): FakeModel => {
		const type = OTHER_TYPES[index % OTHER_TYPES.length] ?? 'txt2img';
		// The first model of each type is an odd one: it stays.
		const model = index < OTHER_TYPES.length || !MANY.includes(type) ? undefined : named.shift();
		return model ? structuredClone(model) : oddModel(index, type);
	});
	if (named.length > 0) throw new Error(`No place in the catalogue: ${named[0]?.slug}`);
	// The ones that matter stand apart, so that a client which stops at page one misses some.
	const [first, second, third] = structuredClone(main);
	return [first, ...all.slice(0, 30), second, ...all.slice(30), third].filter(
		(model) => model !== undefined,
	);
}

/** A model of which little is known, and that little oddly printed. */
function oddModel(index: number, type: string): FakeModel {
	const info = ODD_INFOS[index % ODD_INFOS.length];
	const model: FakeModel = {
		name: `Model ${index + 1} (${type})`,
		slug: `Model_${index + 1}_${type.replaceAll('-', '_')}`,
		inference_types: [type],
		tags: [],
		status: 'standard_model',
	};
	return info === undefined ? model : { ...model, info };
}
