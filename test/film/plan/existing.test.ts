/** The field 'Existing Clips' takes what an earlier run said, and only jobs that fit are used again. */
import { matchExisting, readExistingClips } from '../../../nodes/Deapi/film/plan/existing';
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

	test('with their model, seed and scene, and without the address of a result, which does not last', () => {
		const result_url = 'https://example.com/1.mp4';
		const clip = { ...CLIPS[0], model: 'one', seed: 5, scene: 'A car' };
		expect(readExistingClips([{ ...clip, result_url }])).toEqual([clip]);
	});
});

describe('anything else is refused in words, for it would be paid for again', () => {
	const deep = '['.repeat(100_000) + ']'.repeat(100_000);
	const wrapped = (depth: number): unknown => (depth === 0 ? CLIPS : { json: wrapped(depth - 1) });
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
		['what lies too deep', wrapped(20), "'Existing Clips' does not contain a list of clips"],
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
