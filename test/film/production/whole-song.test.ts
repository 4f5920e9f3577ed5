/** A song as one film, in one node: from the sound to the joined MP4, through the real engine. */
import { readFileSync } from 'node:fs';
import type { INodeParameters } from 'n8n-workflow';
import { useBinaryMode, readBinary } from '../../support/engine';
import { readFilm, shownAt } from '../../support/films';
import { CLIPS, clipsIn, film, openFilms, shortSong, type ClipItem } from '../../support/songs';
import { expectGoodText, fieldsOf, filePart } from '../../support/deapi';
import { silence } from '../../support/wav';
import { file, fixture, songItem } from '../../support/workflows';

/** So many frames a film may go on behind its song. */
const GRID = 8;

const wav = { data: silence(42, 48_000), fileName: 'long.wav' };

/** What it is made of, in frames, and how many clips of 241 frames at most it needs. */
test.each([
	['three minutes of MP3', file('songs/three-minutes.mp3'), 'default', 183 * 24, 19],
	['forty seconds of FLAC', file('music/clicks-128.flac'), 'filesystem', 964, 4],
	['forty seconds of OGG', file('music/clicks-128-opus.ogg'), 'filesystem', 965, 4],
	['42 seconds of WAV', wav, 'default', 42 * 24, 5],
] as const)('%s become one film', async (kind, song, mode, songFrames, fewest) => {
	await useBinaryMode(mode);
	const deapi = await openFilms();
	const soundtrack = kind.endsWith('MP3') ? 'original' : 'clips';
	const outcome = await deapi.run([{ json: {}, files: { data: song } }], film({ soundtrack }));
	const { json, items } = outcome;

	expect(json).toMatchObject({
		status: 'done',
		fps: 24,
		video_seconds: Math.round((Number(json.frames) / 24) * 1000) / 1000,
	});
	const frames = Number(json.frames);
	expect(frames - songFrames).toBeGreaterThanOrEqual(0);
	expect(frames - songFrames).toBeLessThan(GRID);
	const { length: count } = clipsIn(json);
	// On its beats it may take one more.
	expect([fewest, fewest + 1]).toContain(count);
	expect(json.request_ids).toEqual(clipsIn(json).map(({ request_id }) => request_id));
	expect([...(json.request_ids as string[])].sort()).toEqual([...deapi.requestIds].sort());
	expect(json.request_id).toBeUndefined();
	expect(clipsIn(json).reduce((sum, clip) => sum + clip.frames, 0)).toBe(frames);
	expect(clipsIn(json).map(({ clip }) => clip)).toEqual(
		Array.from({ length: count }, (_, index) => index + 1),
	);
	// Each piece of the song is as long as its clip, in the song's own format.
	expect(deapi.submits).toHaveLength(count);
	for (const submit of deapi.submits) expect(filePart(submit).filename).toMatch(/-\d\d\./);

	const binary = items[0]?.binary?.data;
	expect(binary?.fileName).toMatch(/-film\.mp4$/);
	const made = await readFilm(await readBinary(binary));
	const times = shownAt(made.pictures);
	const received = clipsIn(json).map(({ frames: place, frames_asked = place }) => frames_asked);
	expect(times).toHaveLength(received.reduce((sum, each) => sum + each, 0));
	let first = 0;
	for (const [index, { start_seconds }] of clipsIn(json).entries()) {
		expect(Math.abs((times[first] ?? NaN) - start_seconds)).toBeLessThan(0.001);
		first += received[index] ?? 0;
	}
	expect(made.boxes.indexOf('moov')).toBeLessThan(made.boxes.indexOf('mdat'));
	expect(made.boxes).not.toContain('moof');
	expect(made.sound).toBeDefined();
});

test('scenes are put behind the prompt, and a cut falls exactly at their times', async () => {
	const deapi = await openFilms();
	const scenes = '0:00 A street at dawn\n0:12.5 The chorus\n0:30 Rain';
	const { json } = await deapi.run([shortSong()], film({ scenes }));
	const starts = clipsIn(json).map(({ start_seconds }) => start_seconds);
	expect(starts).toEqual(expect.arrayContaining([0, 12.5, 30]));
	for (const { start_seconds, scene } of clipsIn(json)) {
		const expected =
			start_seconds < 12.5 ? 'A street at dawn' : start_seconds < 30 ? 'The chorus' : 'Rain';
		expect(scene).toBe(expected);
	}
	const prompts = new Set(deapi.submits.map((submit) => fieldsOf(submit).prompt));
	expect(prompts).toEqual(
		new Set(
			['A street at dawn', 'The chorus', 'Rain'].map((scene) => `A singer on a rooftop\n${scene}`),
		),
	);
});

test('keyframes stand at the start, at the cuts and at the end', async () => {
	const deapi = await openFilms();
	const source = [shortSong({}, { one: file('frame.png'), two: file('frame.jpg') })];
	const outcome = await deapi.run(
		source,
		film({ keyframes: 'fields', keyframeFields: 'one, two' }),
	);
	expect(outcome.json.status).toBe('done');
	const names = (index: number) =>
		(deapi.submits[index]?.parts ?? [])
			.filter(({ kind }) => kind === 'file')
			.map(({ name }) => name);
	const inOrder = deapi.submits.map((submit) => filePart(submit).filename);
	const first = inOrder.findIndex((name) => name?.includes('-01.'));
	const last = inOrder.findIndex((name) => name?.includes(`-0${CLIPS}.`));
	expect(names(first)).toEqual(['audio', 'first_frame_image']);
	expect(names(last)).toEqual(['audio', 'last_frame_image']);
	expect(names(inOrder.findIndex((name) => name?.includes('-03.')))).toEqual(['audio']);
});

test.each<[string, INodeParameters, string[], string[]]>([
	['both', { firstFrameBinaryProperty: 'one', lastFrameBinaryProperty: 'two' }, ['one'], ['two']],
	['the first', { firstFrameBinaryProperty: 'one' }, ['one'], []],
	['the last', { lastFrameBinaryProperty: 'two' }, [], ['two']],
])('first and last frame are those of the film: %s', async (_name, options, ofFirst, ofLast) => {
	const deapi = await openFilms();
	const pictures = { one: file('frame.png'), two: file('frame.jpg') };
	const { json } = await deapi.run([shortSong({}, pictures)], film(options));
	expect(json.status).toBe('done');
	const fields = { one: 'first_frame_image', two: 'last_frame_image' } as const;
	for (const submit of deapi.submits) {
		const clip = Number(/-(\d+)\./.exec(filePart(submit).filename ?? '')?.[1]);
		const pictures = submit.parts.filter(({ kind, name }) => kind === 'file' && name !== 'audio');
		const expected = clip === 1 ? ofFirst : clip === CLIPS ? ofLast : [];
		expect(pictures.map(({ name }) => name)).toEqual(
			expected.map((name) => fields[name as keyof typeof fields]),
		);
	}
	expect(deapi.submits).toHaveLength(CLIPS);
});

test('a sound that fits into one clip is one job, with its request ID', async () => {
	const deapi = await openFilms();
	const { json } = await deapi.run([songItem()], film());
	expect(json).toMatchObject({ request_id: deapi.requestIds[0], request_ids: deapi.requestIds });
	expect(clipsIn(json)).toHaveLength(1);
	expect(filePart(deapi.submits[0]).size).toBe(readFileSync(fixture('song.mp3')).length);
});

test('without waiting the clips are submitted, and named', async () => {
	const deapi = await openFilms();
	const outcome = await deapi.run([shortSong()], film({}, { waitForCompletion: false }));
	expect(outcome.items[0]?.binary).toBeUndefined();
	expect(outcome.json.status).toBeUndefined();
	expect(outcome.json.request_ids).toHaveLength(CLIPS);
	expect(clipsIn(outcome.json)[1]).toEqual({
		clip: 2,
		request_id: expect.any(String),
		start_seconds: expect.any(Number),
		seconds: expect.any(Number),
		frames: expect.any(Number),
		cut: 'even',
		model: 'Ltx2_3_22B_Dist_INT8',
		seed: outcome.json.seed,
		prompt: 'A singer on a rooftop',
		sound_id: expect.stringMatching(/^[0-9a-f]{8}$/),
	});
});

describe('before anything is sent', () => {
	const song = [shortSong()];

	test.each<[string, INodeParameters, RegExp]>([
		['more clips than allowed', film({ maxClips: 3 }), /would have 5 clips; 'Max Clips' is 3/],
		[
			'a higher price than allowed',
			film({ maxPrice: 0.1 }),
			/would cost [\d.]+ USD; 'Max Price \(USD\)' is 0.1 USD/,
		],
		['a scene past the end', film({ scenes: '0:00 A\n9:00 B' }), /9:00/],
		['a soundtrack that cannot be', film({ soundtrack: 'loud' }), /'Soundtrack' is loud/],
		[
			'a soundtrack that no MP4 can have',
			film({ soundtrack: 'original' }),
			/^'Soundtrack' is 'Original, Bit for Bit', and the sound is WAV/,
		],
		['a fade-out of less than nothing', film({ fadeOut: -1 }), /'Fade Out [^']*' is -1/],
		[
			'clips of another film',
			film({
				existingClips: [
					{ clip: 1, start_seconds: 0, seconds: 3, frames: 72, request_id: 'x' },
				] as never,
			}),
			/none of them fits/,
		],
	])('%s stops the item', async (_name, parameters, message) => {
		const deapi = await openFilms();
		const { stop } = await deapi.run(song, parameters);
		expect(stop.message).toMatch(message);
		expect(deapi.submits.filter(({ route }) => route === 'submit')).toEqual([]);
	});

	test('an MP3 of several sampling rates stops it, where it is to be the soundtrack as it is', async () => {
		const deapi = await openFilms();
		const item = { json: {}, files: { data: file('damaged/mp3-48k-44k.mp3') } };
		const { stop } = await deapi.run([item], film({ soundtrack: 'original' }));
		expect(stop.message).toBe(
			"'Soundtrack' is 'Original, Bit for Bit', and the sound is MP3 with several sampling rates",
		);
		expect(stop.description).toMatch(/Nothing was sent\.$/);
		expectGoodText(stop.description);
		expect(deapi.submits).toEqual([]);
	});

	test('every item is checked', async () => {
		const deapi = await openFilms();
		const { stop } = await deapi.run(
			[...song, { json: {}, files: { data: file('not-audio.mp3') } }],
			film(),
		);
		expect(stop.message).toContain('[item 1]');
		expect(deapi.submits).toEqual([]);
	});

	test('the price is asked once for each length of clip', async () => {
		const deapi = await openFilms();
		await deapi.run([...song, ...song], film({ maxPrice: 100 }));
		const prices = deapi.fake.requests.filter(({ route }) => route === 'price');
		expect(prices.length).toBeLessThanOrEqual(2);
	});
});

describe('a clip that fails', () => {
	const song = [shortSong()];

	test('does not stop the others; the item fails and names every clip', async () => {
		const deapi = await openFilms();
		deapi.fake.failJobs([4], { error_message: 'out of memory', retryable: false });
		const { stop } = await deapi.run(song, film());
		expect(stop.message).toMatch(/^Clip 5 of 5: deAPI could not make it: out of memory/);
		for (const id of deapi.requestIds) expect(stop.description).toContain(id);
		const details = stop.data.clips as ClipItem[];
		expect(details).toHaveLength(CLIPS);
		expect(details.filter(({ status }) => status === 'done')).toHaveLength(CLIPS - 1);
		expect(details[4]).toMatchObject({ clip: 5, status: 'error' });
		expect(deapi.requestIds).toHaveLength(CLIPS);
	});

	test("is all that is paid for when the details' clips are put into 'Existing Clips'", async () => {
		const deapi = await openFilms();
		deapi.fake.failJobs([4], { error_message: 'out of memory', retryable: false });
		const { stop } = await deapi.run(song, film());
		const repeat = await deapi.run(
			song,
			film({ existingClips: JSON.stringify(stop.data.clips), maxPrice: 0.3 }),
		);
		expect(repeat.json.status).toBe('done');
		expect(deapi.requestIds).toHaveLength(CLIPS + 1);
		expect(clipsIn(repeat.json)).toHaveLength(CLIPS);
	});

	test('is made again by Retry On Fail where deAPI says that it may help', async () => {
		const deapi = await openFilms();
		deapi.fake.failJobs([4], { error_message: 'no worker', retryable: true });
		const outcome = await deapi.run(song, film(), {
			retryOnFail: true,
			maxTries: 2,
			waitBetweenTries: 1,
		});
		expect(outcome.json.status).toBe('done');
		expect(deapi.requestIds).toHaveLength(CLIPS + 1);
	});
});

test('a 429 in the middle of a song is waited for, and nothing is sent twice', async () => {
	const deapi = await openFilms();
	deapi.fake.faults.add({
		route: 'submit',
		after: 2,
		fault: { type: 'rateLimit', kind: 'minute', retryAfter: '0.05' },
	} as never);
	const { json } = await deapi.run([shortSong()], film());
	expect(json.status).toBe('done');
	expect(deapi.requestIds).toHaveLength(CLIPS);
});
