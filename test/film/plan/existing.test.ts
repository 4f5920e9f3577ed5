/** The field 'Existing Clips' takes what an earlier run said, and only jobs that fit are used again. */
import {
	existingPictures,
	foreignClips,
	foreignText,
	matchExisting,
	modelOfExisting,
	readExistingClips,
} from '../../../nodes/Deapi/film/plan/existing';
import { planClips } from '../../../nodes/Deapi/film/plan/plan';
import { failureOf, FORBIDDEN } from './failing';

const CLIPS = [
	{ clip: 1, start_seconds: 0, seconds: 10, frames: 240, request_id: 'job-1', status: 'done' },
	{ clip: 2, start_seconds: 10, seconds: 10, frames: 240, request_id: 'job-2' },
];

const PLAN = planClips({
	seconds: 20,
	fps: 24,
	minFrames: 49,
	maxFrames: 241,
	scenes: [],
	pictures: 0,
	modelName: 'LTX-2.3',
});

describe('the clips are found', () => {
	test.each<[string, unknown]>([
		['in a list', CLIPS],
		['in JSON text', JSON.stringify(CLIPS)],
		['in JSON text with space around it', `\n ${JSON.stringify(CLIPS)} `],
		['in an output', { request_ids: [], clips: CLIPS }],
		['in an output as text', JSON.stringify({ clips: CLIPS })],
		['in an output whose clips are text', { clips: JSON.stringify(CLIPS) }],
		['in the details of a failed item', { error: 'x', message: 'y', details: { clips: CLIPS } }],
		['in a whole item', { json: { details: { clips: CLIPS } }, pairedItem: { item: 0 } }],
		['in what n8n copies from its output panel', JSON.stringify([{ details: { clips: CLIPS } }])],
	])('%s', (_where, value) => {
		expect(readExistingClips(value)).toEqual(CLIPS);
	});

	test.each([[[]], ['[]'], [{ clips: [] }]])('none in %j', (value) => {
		expect(readExistingClips(value)).toEqual([]);
	});

	test('with numbers as text, and without what else lies beside them', () => {
		const clip = { clip: '1', start_seconds: '0', seconds: '10.0', frames: '240' };
		const others = { request_id: ' job-1 ', status: null, cut: 'beat', result_url: '' };
		expect(readExistingClips([{ ...clip, ...others }])).toEqual([
			{ clip: 1, start_seconds: 0, seconds: 10, frames: 240, request_id: 'job-1' },
		]);
	});

	test('with the frames that were asked for, where they are more', () => {
		expect(readExistingClips([{ ...CLIPS[0], frames: 1, frames_asked: '1' }])).toEqual([
			{ ...CLIPS[0], frames: 1, frames_asked: 1 },
		]);
	});

	test('without a seed that is no number', () => {
		expect(readExistingClips([{ ...CLIPS[0], seed: 'any' }])).toEqual([CLIPS[0]]);
	});

	test('in seven layers around them, and not in ten', () => {
		expect(readExistingClips(nested(7))).toEqual(CLIPS);
		for (const tooDeep of [nested(10), nested(10, (inner) => [{ json: inner }])]) {
			const { message } = failureOf(() => readExistingClips(tooDeep));
			expect(message).toBe("'Existing Clips' does not contain a list of clips");
		}
	});

	test('with their model, seed and scene, and without the address of a result, which does not last', () => {
		const result_url = 'https://example.com/1.mp4';
		const clip = { ...CLIPS[0], model: 'one', seed: 5, scene: 'A car' };
		expect(readExistingClips([{ ...clip, result_url }])).toEqual([clip]);
	});
});

/** The clips in so many layers. */
function nested(count: number, wrap = (inner: unknown): unknown => ({ json: inner })): unknown {
	return count === 0 ? CLIPS : wrap(nested(count - 1, wrap));
}

describe('anything else is refused in words, for it would be paid for again', () => {
	const deep = '['.repeat(100_000) + ']'.repeat(100_000);
	test.each<[string, unknown, string]>([
		['text that is no JSON', '[object Object]', "'Existing Clips' holds text that is not JSON"],
		...[undefined, null, '', '  \n', 'null'].map((value): [string, unknown, string] => [
			`nothing: ${JSON.stringify(value)}`,
			value,
			"'Existing Clips' is set and empty",
		]),
		['a number', 7, "'Existing Clips' does not contain a list of clips"],
		['a word in JSON', 'true', "'Existing Clips' does not contain a list of clips"],
		[
			'an object without clips',
			{ request_id: 'x' },
			"'Existing Clips' does not contain a list of clips",
		],
		[
			'clips that are nothing',
			{ clips: null },
			"'Existing Clips' does not contain a list of clips",
		],
		['details without clips', { details: {} }, "'Existing Clips' does not contain a list of clips"],
		['what lies too deep', nested(20), "'Existing Clips' does not contain a list of clips"],
		['lists in lists', deep, "'Existing Clips' has no clip at place 1 of its list"],
		['words', ['job-1'], "'Existing Clips' has no clip at place 1 of its list"],
		[
			'several items',
			[{ clips: CLIPS }, { clips: CLIPS }],
			"'Existing Clips' holds 2 items; it takes the clips of only one",
		],
		...(
			[
				['clip', [undefined, 0, 1.5, 'one']],
				['start_seconds', [undefined, -1, NaN]],
				['seconds', [undefined, 0, '']],
				['frames', [undefined, 0, 24.5, null]],
				['frames_asked', [0, 'many', null]],
				['request_id', [7, {}, true]],
				['status', [7]],
				['model', [{}]],
			] as const
		).flatMap(([name, values]) =>
			values.map((value): [string, unknown, string] => [
				`${name} ${JSON.stringify(value)}`,
				[CLIPS[0], { ...CLIPS[1], [name]: value }],
				`'Existing Clips' has no usable ${name} at place 2 of its list`,
			]),
		),
	])('%s', (_what, value, message) => {
		const facts = failureOf(() => readExistingClips(value));
		expect(facts.message).toBe(message);
		expect(facts.submitted).toBe('no');
		expect(facts.description).toContain('{{ $json.details.clips }}');
		expect(`${facts.message} ${facts.description}`).not.toMatch(FORBIDDEN);
	});
});

test('one job for two clips is refused, and names both', () => {
	const clips = [
		...CLIPS,
		{ ...CLIPS[0], clip: 3 },
		{ ...CLIPS[0], clip: 4, request_id: undefined },
	];
	const { message, submitted } = failureOf(() => readExistingClips(clips));
	expect(message).toBe("'Existing Clips' has the job job-1 doubled, for clips 1 and 3");
	expect(submitted).toBe('no');
	// Clips that were never submitted have nothing in common.
	const unsent = CLIPS.map((clip) => ({ ...clip, request_id: undefined }));
	expect(readExistingClips(unsent)).toEqual(unsent);
});

describe('clips of another sound', () => {
	const clips = readExistingClips([
		{ ...CLIPS[0], sound_id: 'one' },
		{ ...CLIPS[1], sound_id: 'two', frames_asked: 264 },
		{ ...CLIPS[1], request_id: 'job-3', sound_id: 'three', status: 'error' },
		{ ...CLIPS[1], request_id: undefined, sound_id: 'four' },
		{ ...CLIPS[1], request_id: 'job-5' },
	]);

	test('are those that say another one of the same stretch; failed ones and those never sent do not count', () => {
		const asked: Array<[number, number]> = [];
		const foreign = foreignClips(clips, ({ from, to }) => {
			asked.push([from, to]);
			return from === 0 ? 'one' : 'another';
		});
		expect(foreign.map(({ request_id }) => request_id)).toEqual(['job-2']);
		// As long as what was sent to the model: 264 frames of 24 a second.
		expect(asked).toContainEqual([0, 10]);
		expect(asked).toContainEqual([10, 21]);
		expect(foreignClips(clips, () => 'one').map(({ clip }) => clip)).toEqual([2]);
	});

	test('are not used again', () => {
		const jobs = matchExisting(PLAN, clips, ['another', 'two']);
		expect([...jobs].map(([clip, { request_id }]) => [clip, request_id])).toEqual([[2, 'job-2']]);
		expect(matchExisting(PLAN, clips, ['one', 'another']).get(2)?.request_id).toBe('job-5');
	});

	test('are listed with their jobs, the first sixty', () => {
		const [job] = foreignClips(clips, () => '');
		if (job === undefined) throw new Error('No clip');
		const jobs = (count: number) =>
			Array.from({ length: count }, (_, index) => ({
				...job,
				clip: index + 1,
				request_id: `j${index + 1}`,
			}));
		expect(foreignText(jobs(2))).toBe('clip 1 (j1) and clip 2 (j2)');
		expect(foreignText(jobs(60))).toMatch(/ and clip 60 \(j60\)$/);
		expect(foreignText(jobs(63))).toMatch(/, clip 60 \(j60\) and 3 more$/);
	});
});

describe('pictures of an earlier run', () => {
	const [first, second] = CLIPS.map((clip, index) => ({
		...clip,
		request_id: undefined,
		picture_request_id: `picture-${index + 1}`,
	}));

	function found(...clips: Array<object | undefined>) {
		return [...existingPictures(PLAN, readExistingClips(clips), [])];
	}

	test('are used again where their clip was sent, whatever came of it', () => {
		expect(found({ ...first, request_id: 'job-1', status: 'error' }, second)).toEqual([
			[1, 'picture-1'],
			[2, 'picture-2'],
		]);
	});

	test('and where it was not, unless they ended badly themselves', () => {
		expect(found({ ...first, status: 'error' }, { ...second, status: 'done' })).toEqual([
			[2, 'picture-2'],
		]);
		expect(found(...CLIPS)).toEqual([]);
	});
});

test('the model of all clips that can be used again', () => {
	const modelOf = (...clips: object[]) => modelOfExisting(readExistingClips(clips));
	const [first, second] = CLIPS.map((clip) => ({ ...clip, model: 'one' }));
	expect(modelOf({ ...first }, { ...second })).toBe('one');
	expect(modelOf({ ...first }, { ...second, model: 'two' })).toBeUndefined();
	expect(modelOf({ ...first }, { ...second, model: 'two', status: 'error' })).toBe('one');
	expect(modelOf({ ...first }, { ...second, model: 'two', request_id: undefined })).toBe('one');
	expect(modelOf({ ...first }, { ...CLIPS[1] })).toBeUndefined();
	expect(modelOf()).toBeUndefined();
});

describe('a job is used again', () => {
	function found(...clips: object[]) {
		const jobs = matchExisting(PLAN, readExistingClips(clips));
		return [...jobs].map(([clip, { request_id }]) => [clip, request_id]);
	}

	test('at the same place with the same length, whatever its number and order', () => {
		expect(found(...CLIPS)).toEqual([
			[1, 'job-1'],
			[2, 'job-2'],
		]);
		expect(found({ ...CLIPS[1], clip: 7 })).toEqual([[2, 'job-2']]);
	});

	test('in a film that begins later in the sound', () => {
		const later = planClips({
			...{ start: 30, seconds: 20, fps: 24, minFrames: 49, maxFrames: 241 },
			...{ scenes: [], pictures: 0, modelName: 'LTX-2.3' },
		});
		const moved = CLIPS.map((clip) => ({ ...clip, start_seconds: 30 + clip.start_seconds }));
		expect([...matchExisting(later, moved).keys()]).toEqual([1, 2]);
		expect(matchExisting(later, CLIPS).size).toBe(0);
	});

	test('within half a frame of its place', () => {
		expect(found({ ...CLIPS[1], start_seconds: 10 + 0.45 / 24 })).toHaveLength(1);
		expect(found({ ...CLIPS[1], start_seconds: 10 - 0.45 / 24 })).toHaveLength(1);
		expect(found({ ...CLIPS[1], start_seconds: 10 + 0.55 / 24 })).toEqual([]);
		expect(found({ ...CLIPS[1], start_seconds: 10 - 0.55 / 24 })).toEqual([]);
	});

	test('but not with another length', () => {
		expect(found({ ...CLIPS[0], frames: 241, seconds: 241 / 24 })).toEqual([]);
	});

	test('but not at another frame rate', () => {
		expect(found({ ...CLIPS[0], seconds: 8 })).toEqual([]);
	});

	test('but not without a request ID', () => {
		expect(found({ ...CLIPS[0], request_id: undefined }, { ...CLIPS[1], request_id: '' })).toEqual(
			[],
		);
	});

	test('but not where it ended badly; a later one for the same clip is', () => {
		const bad = { ...CLIPS[0], status: 'error' };
		expect(found(bad)).toEqual([]);
		expect(found(bad, { ...CLIPS[0], request_id: 'again' })).toEqual([[1, 'again']]);
	});

	test('the first one where several fit', () => {
		expect(found(CLIPS[0] ?? {}, { ...CLIPS[0], request_id: 'second' })).toEqual([[1, 'job-1']]);
	});

	test.each(['pending', 'processing', 'done', 'unknown'])('where its state is %s', (status) => {
		expect(found({ ...CLIPS[0], status })).toHaveLength(1);
	});
});
