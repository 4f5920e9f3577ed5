/** 'Existing Clips': looked at before missing ones are paid for, and told as what they are. */
import type { INodeParameters } from 'n8n-workflow';
import type { FilmOptions } from '../../fake-deapi';
import { clockForTests } from '../../support/clock';
import type { Deapi, Outcome } from '../../support/deapi';
import { expectGoodText } from '../../support/deapi';
import type { ClipItem } from '../../support/songs';
import { clipsIn, film, openFilms } from '../../support/songs';
import { silence } from '../../support/wav';

const clock = clockForTests();
beforeEach(() => clock.leap());

/** Three clips long. */
const SONG = { json: {}, files: { data: { data: silence(24, 48_000), fileName: 'song.wav' } } };
const CLIPS = 3;

const existing = (clips: unknown, more: INodeParameters = {}, options: INodeParameters = {}) =>
	film({ existingClips: JSON.stringify(clips), ...options }, more);

/** A whole film, and its clips without the job of the last. */
async function earlier(parameters = film(), service?: Deapi) {
	const deapi = service ?? (await openFilms());
	const { json } = await deapi.run([SONG], parameters);
	const clips = clipsIn(json);
	expect(clips).toHaveLength(CLIPS);
	return { deapi, json, clips, missing: without(clips, 3), paid: deapi.requestIds.length };
}

const without = (clips: ClipItem[], number: number) =>
	clips.map((clip) => (clip.clip === number ? { ...clip, request_id: undefined } : clip));

/** Refused before anything was sent, in plain words. */
function expectUnsent(deapi: Deapi, paid: number, { stop }: Outcome) {
	expect(deapi.requestIds).toHaveLength(paid);
	expect(stop.description).toContain('Nothing was sent.');
	return stop;
}

describe('before a missing clip is paid for', () => {
	test('a job that deAPI does not know is named, and the way that the message says leads on', async () => {
		const { deapi, missing, paid } = await earlier();
		const lost = missing.map((clip) => (clip.clip === 2 ? { ...clip, request_id: 'gone' } : clip));
		const stop = expectUnsent(deapi, paid, await deapi.run([SONG], existing(lost)));
		expect(stop.message).toBe('Clip 2 of 3: deAPI does not know a job with the ID gone');
		expect(stop.description).toContain('remove its request_id there');
		expectGoodText(stop.description);
		const advised = without(stop.data.clips as ClipItem[], 2);
		const { json } = await deapi.run([SONG], existing(advised));
		expect(json.status).toBe('done');
		expect(deapi.requestIds).toHaveLength(paid + 2);
	});

	test.each(['error', 'canceled'])(
		'one whose status is %s is named, and made anew from the details',
		async (status) => {
			const { deapi, missing, paid } = await earlier();
			const data = { status, retryable: false };
			deapi.fake.faults.add({ route: 'status', fault: { type: 'overwrite', data } });
			const stop = expectUnsent(deapi, paid, await deapi.run([SONG], existing(missing)));
			expect(stop.message).toMatch(/^Clip 1 of 3: deAPI could not make it/);
			deapi.fake.faults.clear();
			const { json } = await deapi.run([SONG], existing(stop.data.clips));
			expect(json.status).toBe('done');
			expect(deapi.requestIds).toHaveLength(paid + 2);
		},
	);

	test('one of another size is named with both sizes', async () => {
		const { deapi, missing, paid } = await earlier(film({}, { size: 'landscape' }));
		const stop = expectUnsent(deapi, paid, await deapi.run([SONG], existing(missing)));
		expect(stop.message).toMatch(/^Clips 1 and 2 of 3: .*1024 × 576 pixels, and .* 512 × 512$/);
		expectGoodText(stop.description);
		const { json } = await deapi.run([SONG], existing(missing, { size: 'landscape' }));
		expect(json).toMatchObject({ status: 'done', width: 1024, height: 576 });
		expect(deapi.requestIds).toHaveLength(paid + 1);
	});

	test.each<[string, FilmOptions, RegExp]>([
		[
			'encoded otherwise',
			{ codec: 'other' },
			/encoded with different settings from those of Clip 1/,
		],
		['no MP4', { instead: Buffer.alloc(5000) }, /MP4/],
		['of another length', { extraFrames: -90 }, /frames, and \d+ were asked for/],
	])('one that is %s is named, and made anew as the message says', async (_what, odd, message) => {
		const deapi = await openFilms();
		const { missing, paid } = await earlier(film({}, { waitForCompletion: false }), deapi);
		for (const requestId of deapi.requestIds) deapi.fake.completeJob(requestId);
		const second = missing[1]?.request_id;
		deapi.fake.settings.film = (job) => (job.request_id === second ? odd : {});
		const stop = expectUnsent(deapi, paid, await deapi.run([SONG], existing(missing)));
		expect(stop.message).toMatch(/^Clip 2 of 3: /);
		expect(stop.message).toMatch(message);
		expect(stop.description).toMatch(/request_id there/);
		const advised = without(stop.data.clips as ClipItem[], 2);
		const { json } = await deapi.run([SONG], existing(advised));
		expect(json.status).toBe('done');
		expect(deapi.requestIds).toHaveLength(paid + 2);
	});

	test('a limit of deAPI is waited for, and as long as it says', async () => {
		const { deapi, missing, paid } = await earlier();
		deapi.fake.faults.add({
			route: 'status',
			times: 2,
			fault: { type: 'rateLimit', kind: 'minute', retryAfter: '7' },
		});
		const before = deapi.requestsTo('status').length;
		const { json } = await deapi.run([SONG], existing(missing));
		expect(json.status).toBe('done');
		expect(deapi.requestIds).toHaveLength(paid + 1);
		const [refused, again] = deapi.requestsTo('status').slice(before);
		const waited = (again?.startedAt ?? NaN) - (refused?.startedAt ?? NaN);
		expect(waited).toBeGreaterThanOrEqual(7000);
	});

	test('a limit that does not end stops the film, before anything is sent', async () => {
		const { deapi, missing, paid } = await earlier();
		deapi.fake.faults.add({
			route: 'status',
			times: Infinity,
			fault: { type: 'rateLimit', kind: 'minute', retryAfter: '1' },
		});
		const stop = expectUnsent(deapi, paid, await deapi.run([SONG], existing(missing)));
		expect(stop.message).toMatch(
			/^Clips 1 and 2 of 3: The limit per minute .* is reached for reading/,
		);
		expectGoodText(stop.description);
	});

	test('those that are in order are read and fetched once', async () => {
		const { deapi, missing, paid } = await earlier();
		const before = deapi.requestsTo('result').length;
		const { json } = await deapi.run([SONG], existing(missing));
		expect(json.status).toBe('done');
		expect(deapi.requestIds).toHaveLength(paid + 1);
		expect(deapi.requestsTo('result').length - before).toBe(CLIPS);
	});
});

describe('the option is refused', () => {
	test.each<[string, string]>([
		['an empty text', ''],
		['what is not there', '={{ $json.clips }}'],
		['null', '={{ null }}'],
		['null as text', 'null'],
	])('where it holds nothing: %s', async (_what, existingClips) => {
		const deapi = await openFilms();
		const { stop } = await deapi.run([SONG], film({ existingClips }));
		expect(stop.message).toBe("'Existing Clips' is set and empty");
		expect(stop.description).toContain('To submit all clips again, remove the option');
		expect(deapi.submits).toEqual([]);
	});

	test('where it has one job for several clips', async () => {
		const { deapi, clips, paid } = await earlier();
		const doubled = clips.map((clip) => ({ ...clip, request_id: clips[0]?.request_id }));
		const stop = expectUnsent(deapi, paid, await deapi.run([SONG], existing(doubled)));
		expect(stop.message).toMatch(/has the job .* doubled, for clips 1, 2 and 3$/);
		expectGoodText(stop.description);
	});

	test('but not for an empty list: then all clips are made', async () => {
		const { deapi, paid } = await earlier();
		const { json } = await deapi.run([SONG], existing([]));
		expect(json.status).toBe('done');
		expect(deapi.requestIds).toHaveLength(paid + CLIPS);
	});
});

test('where all clips have failed, their details make all anew, and the message says so', async () => {
	const deapi = await openFilms();
	deapi.fake.failJobs([0, 1, 2], { error_message: 'out of memory', retryable: false });
	const { stop } = await deapi.run([SONG], film());
	expect(stop.description).toContain('makes all of them, each as a new paid job');
	const { json } = await deapi.run([SONG], existing(stop.data.clips));
	expect(json.status).toBe('done');
	expect(deapi.requestIds).toHaveLength(2 * CLIPS);
});

test('a finished clip that is no MP4 is named with the way to have it made again', async () => {
	const deapi = await openFilms({
		film: (job) => (job.index === 1 ? { codec: 'other' } : {}),
	});
	const { stop } = await deapi.run([SONG], film());
	expect(stop.message).toMatch(/^Clip \d \(request ID .*\) cannot be joined: /);
	const number = Number(/^Clip (\d)/.exec(stop.message)?.[1]);
	expect(stop.description).toContain("without this clip's request_id there");
	const odd = deapi.requestIds[1];
	const advised = clipsIn(stop.data).map((clip) =>
		clip.request_id === odd ? { ...clip, request_id: undefined } : clip,
	);
	expect(number).toBeGreaterThan(1);
	const { json } = await deapi.run([SONG], existing(advised));
	expect(json.status).toBe('done');
});

describe('an item says of its clips what their jobs are', () => {
	test('the scene and the seed, and the missing clip takes the seed of the others', async () => {
		const { deapi, missing, json } = await earlier(film({ scenes: 'one\ntwo\nthree' }));
		const scenes = 'four\nfive\nsix';
		const later = await deapi.run([SONG], existing(missing, {}, { scenes }));
		expect(clipsIn(later.json).map(({ scene }) => scene)).toEqual(['one', 'two', 'six']);
		const seeds = deapi.fake.jobs.map(({ fields }) => Number(fields.seed));
		expect(new Set(seeds)).toEqual(new Set([json.seed]));
		expect(later.json.seed).toBe(json.seed);
		expect(clipsIn(later.json).map(({ seed }) => seed)).toEqual(Array(CLIPS).fill(json.seed));
	});

	test.each(['v1', 'v2'])(
		'on %s scene, seed, prompt and model are what was sent, also of what came from an earlier run',
		async (apiVersion) => {
			const deapi = (await openFilms()).with({ apiVersion });
			const { missing } = await earlier(film({ scenes: 'one\ntwo\nthree' }, { seed: 5 }), deapi);
			const now = { prompt: 'A dancer in the rain', seed: 7 };
			const last = await deapi.run(
				[SONG],
				existing(missing, now, { scenes: 'four\nfive\nsix', downloadResult: false }),
			);
			const sent = (json: object) =>
				clipsIn(json as never).map(({ request_id: id }) => {
					const { fields } = deapi.fake.jobs.find(({ request_id }) => request_id === id) ?? {};
					const { prompt, seed, model } = fields ?? {};
					return { scene: prompt?.split('\n')[1], seed: Number(seed), prompt, model };
				});
			const said = (json: object) =>
				clipsIn(json as never).map(({ scene, seed, prompt, model }) => ({
					...{ scene, seed, prompt, model },
				}));
			expect(said(last.json)).toEqual(sent(last.json));
			expect(said(last.json).map(({ prompt }) => prompt)).toEqual([
				'A singer on a rooftop\none',
				'A singer on a rooftop\ntwo',
				'A dancer in the rain\nsix',
			]);
			// And of a film that takes them all a third time.
			const again = await deapi.run([SONG], existing(clipsIn(last.json), { prompt: 'Snow' }));
			expect(said(again.json)).toEqual(sent(last.json));
		},
	);

	test('several seeds, where the missing one has a seed of its own', async () => {
		const { deapi, missing } = await earlier(film({}, { seed: 5 }));
		const { json } = await deapi.run([SONG], existing(missing, { seed: 7 }));
		expect(clipsIn(json).map(({ seed }) => seed)).toEqual([5, 5, 7]);
		expect(json).not.toHaveProperty('seed');
	});

	test('their size and their seed, where the node has others', async () => {
		const { deapi, clips, paid } = await earlier(film({}, { size: 'landscape', seed: 5 }));
		const { json } = await deapi.run([SONG], existing(clips, { seed: 7 }));
		expect(json).toMatchObject({ status: 'done', width: 1024, height: 576, seed: 5 });
		expect(deapi.requestIds).toHaveLength(paid);
	});
});

test('one clip that fits no place is told as one', async () => {
	const deapi = await openFilms();
	const clip = { clip: 1, start_seconds: 3, seconds: 4, frames: 97, request_id: 'id-1' };
	const { stop } = await deapi.run([SONG], existing([clip]));
	expect(stop.message).toBe("'Existing Clips' has 1 clip, and none of them fits this film");
	expect(deapi.submits).toEqual([]);
});

test("a clip without sound is told where the film has the clips' own", async () => {
	const deapi = await openFilms({ film: ({ index }) => (index === 1 ? { sound: false } : {}) });
	const { json } = await deapi.run([SONG], film());
	const silent = deapi.requestIds[1];
	for (const { request_id, has_sound } of clipsIn(json)) {
		expect(has_sound).toBe(request_id === silent ? false : undefined);
	}
});
