/** What a model of the catalogue says of itself, whatever PHP has made of it. */
import {
	describeRange,
	isExperimental,
	languagesOf,
	nearestAllowed,
	offeredBy,
	rangeOf,
	soundRangeOf,
	toModel,
	type Model,
	type Range,
	videoRangeOf,
} from '../../nodes/Deapi/service/models';

const modelOf = (entry: object): Model => {
	const model = toModel({ slug: 'm', ...entry });
	if (model === undefined) throw new Error('The entry is no model');
	return model;
};

describe('an entry of the catalogue', () => {
	test.each([undefined, null, 'm', [], {}, { slug: '' }, { slug: 7 }])(
		'is no model without a slug: %j',
		(entry) => {
			expect(toModel(entry)).toBeUndefined();
		},
	);

	test('has a name, or is called by its slug', () => {
		expect(modelOf({ name: 'LTX' })).toMatchObject({ name: 'LTX', slug: 'm' });
		expect(modelOf({ name: ' ' })).toMatchObject({ name: 'm', slug: 'm' });
	});

	test('is the same with numbers and flags as text, and with empty lists for empty objects', () => {
		const { limits, defaults, features } = modelOf({
			info: {
				limits: { min_fps: '24', formats: ['mp3'] },
				defaults: { steps: '8', format: 'mp3' },
				features: { a: '1', b: 0, c: 'true', d: 'false', e: '', f: 'perhaps', g: true, h: null },
			},
		});
		expect(limits).toEqual({ min_fps: 24, formats: ['mp3'] });
		expect(defaults).toEqual({ steps: 8, format: 'mp3' });
		expect(features).toEqual({ a: true, b: false, c: true, d: false, e: false, g: true });
		for (const info of [undefined, [], { limits: [], defaults: [], features: [] }]) {
			expect(modelOf({ info })).toMatchObject({ limits: {}, defaults: {}, features: {} });
		}
	});

	test('keeps what is not known today, and not what was made of it', () => {
		expect(modelOf({ new: 1, info: {} })).toEqual({
			...{ name: 'm', slug: 'm', new: 1, inference_types: [] },
			...{ limits: {}, features: {}, defaults: {} },
		});
	});

	test.each([
		[['txt2img', 7, null], ['txt2img']],
		[{ txt2img: {}, img2img: [] }, ['txt2img', 'img2img']],
		[undefined, []],
		['txt2img', []],
	])('names what it can do, in any shape: %j', (inference_types, expected) => {
		expect(modelOf({ inference_types }).inference_types).toEqual(expected);
	});

	test('names its languages and their voices, as far as they have slugs', () => {
		const voices = [
			{ slug: 'af_sky', name: 'Sky', gender: 'female' },
			{ slug: 'am_x', name: '', gender: 1 },
			{ name: 'without' },
			null,
		];
		const languages = [{ slug: 'en-us', name: 'English', voices }, { slug: 'de' }, {}, 'fr'];
		expect(languagesOf(modelOf({ languages }))).toEqual([
			{
				name: 'English',
				slug: 'en-us',
				voices: [
					{ name: 'Sky', slug: 'af_sky', gender: 'female' },
					{ name: 'am_x', slug: 'am_x', gender: undefined },
				],
			},
			{ name: 'de', slug: 'de', voices: [] },
		]);
		expect(languagesOf(modelOf({ languages: { slug: 'en' } }))).toEqual([]);
	});

	test('says what it offers for a field, or nothing', () => {
		const limits = { formats: ['mp3', 44100], none: [], text: 'mp3' };
		const model = modelOf({ info: { limits } });
		expect(offeredBy(model, 'formats')).toEqual(['mp3', '44100']);
		for (const field of ['none', 'text', 'unknown'])
			expect(offeredBy(model, field)).toBeUndefined();
	});

	test('limits sizes to multiples of a step, and nothing else', () => {
		const range = (resolution_step: number, field: string) =>
			rangeOf(
				modelOf({ info: { limits: { resolution_step, min_width: '64', max_fps: 30 } } }),
				field,
			);
		expect(range(32, 'width')).toEqual({ min: 64, max: undefined, step: 32 });
		expect(range(32, 'height')).toEqual({ min: undefined, max: undefined, step: 32 });
		expect(range(32, 'fps')).toEqual({ min: undefined, max: 30 });
		for (const step of [1, 0, -8]) expect(range(step, 'width')).not.toHaveProperty('step');
	});
});

test.each([
	[{}, false],
	[{ tags: [], status: 'active' }, false],
	[{ tags: ['new', 'experimental'], status: 'active' }, true],
	[{ tags: ['test_model', 'new'] }, true],
	[{ tags: 'experimental' }, true],
	[{ tags: null, status: 'test_model' }, true],
	[{ tags: { experimental: true }, status: 1 }, false],
])('%j is called an experiment: %p', (entry, expected) => {
	expect(isExperimental(modelOf(entry))).toBe(expected);
});

describe('the lengths that a model allows', () => {
	const limits = {
		...{ min_frames: 9, max_fps: 30, no_min_duration: 1, max_duration_frames: 2 },
		...{ no_max_audio_seconds: 3, max_audio_duration_frames: 4 },
	};

	test.each<[object, sound: Range, video: Range]>([
		[{}, {}, {}],
		[{ min_audio_duration: '2', max_ref_audio_seconds: 20.5 }, { min: 2, max: 20.5 }, {}],
		[{ max_input_audio_clip_length_s: 30 }, { max: 30 }, {}],
		[{ min_duration: 1, max_video_duration_seconds: '60' }, {}, { min: 1, max: 60 }],
		[{ max_audio_duration: 'long', max_duration_sec: 5 }, {}, { max: 5 }],
	])('are found under their names: %j', (lengths, sound, video) => {
		const model = modelOf({ info: { limits: { ...limits, ...lengths } } });
		expect(soundRangeOf(model)).toEqual(sound);
		expect(videoRangeOf(model)).toEqual(video);
	});
});

describe('ranges', () => {
	it.each<[Range, number, number]>([
		[{}, 17, 17],
		[{ min: 5 }, 4, 5],
		[{ max: 5 }, 6, 5],
		[{ min: 5, max: 9 }, 7, 7],
		[{ step: 32 }, 48, 32],
		[{ step: 32 }, 49, 64],
		[{ min: 100, step: 32 }, 1, 128],
		[{ max: 100, step: 32 }, 1000, 96],
		[{ min: 100, max: 300, step: 32 }, 290, 288],
		// No multiple lies in the range: its own ends are the best there is.
		[{ min: 33, max: 40, step: 32 }, 64, 40],
		[{ min: 9, max: 5 }, 7, 7],
	])('nearest in %j to %d is %d', (range, value, nearest) => {
		expect(nearestAllowed(value, range)).toBe(nearest);
	});

	it.each<[Range, string]>([
		[{ min: 24, max: 24 }, 'the only allowed value is 24'],
		[{ min: 49, max: 241 }, 'allowed are 49 to 241'],
		[{ min: 100, max: 1280, step: 32 }, 'allowed are multiples of 32 from 100 to 1280'],
		[{ min: 64 }, 'allowed are 64 or more'],
		[{ min: 64, step: 8 }, 'allowed are multiples of 8 from 64 on'],
		[{ max: 768 }, 'allowed are up to 768'],
		[{ max: 768, step: 8 }, 'allowed are multiples of 8 up to 768'],
		[{ step: 8 }, 'allowed are multiples of 8'],
		[{}, 'all values are allowed'],
	])('%j reads: %s', (range, words) => {
		expect(describeRange(range)).toBe(words);
	});
});
