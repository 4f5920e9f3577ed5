/** Join Clips and Split Into Clips, the two operations that send nothing, and what can be built of them. */
import type { INodeParameters } from 'n8n-workflow';
import { DEAPI_NODE, outputOf, readBinary, useBinaryMode } from '../../support/engine';
import { contents, readFilm, shownAt } from '../../support/films';
import { registerSource, type SourceItem } from '../../support/nodes';
import { CLIPS, FRAMES, openFilms, shortSong } from '../../support/songs';
import { Deapi, expectGoodText, filePart } from '../../support/deapi';
import { silence } from '../../support/wav';
import { chain, deapiWorkflow, file, NODE, node } from '../../support/workflows';

const clip = (name: string, json = {}, more: SourceItem['files'] = {}): SourceItem => ({
	json,
	files: { data: file(`clips/${name}.mp4`), ...more },
});
const join = (options: INodeParameters = {}): INodeParameters => ({
	resource: 'video',
	operation: 'joinClips',
	options,
});
const split = (options: INodeParameters = {}): INodeParameters => ({
	resource: 'audio',
	operation: 'splitIntoClips',
	options,
});

/** The pictures of a file, each as text. */
async function picturesOf(name: string): Promise<string[]> {
	const { data } = file(`clips/${name}.mp4`);
	const { readFileSync } = await import('node:fs');
	return contents((await readFilm(readFileSync(String(data)))).pictures.packets);
}

describe.each(['default', 'filesystem'] as const)('Join Clips (%s)', (mode) => {
	beforeEach(async () => await useBinaryMode(mode));
	afterEach(async () => await useBinaryMode('default'));

	test('makes one item of all, and asks nobody for anything', async () => {
		const deapi = await openFilms();
		const { json, items } = await deapi.run([clip('red'), clip('green'), clip('blue')], join());
		expect(json).toEqual({
			clips: 3,
			frames: expect.any(Number),
			fps: 24,
			width: expect.any(Number),
			height: expect.any(Number),
			video_seconds: expect.any(Number),
		});
		expect(items[0]?.pairedItem).toEqual([{ item: 0 }, { item: 1 }, { item: 2 }]);
		expect(items[0]?.binary?.data).toMatchObject({
			fileName: 'film.mp4',
			mimeType: 'video/mp4',
		});
		const made = await readFilm(await readBinary(items[0]?.binary?.data));
		expect(made.sound).toBeDefined();
		expect(shownAt(made.pictures)).toHaveLength(Number(json.frames));
		expect(deapi.fake.requests).toEqual([]);
	});

	test.each<[string, Array<number | undefined>, string[]]>([
		["the items' field `clip` where all have one", [3, 1, 2], ['green', 'blue', 'red']],
		['as they come where one has none', [3, undefined, 2], ['red', 'green', 'blue']],
	])('orders them by %s', async (_name, numbers, expected) => {
		const deapi = await openFilms();
		const [red, green, blue] = ['red', 'green', 'blue'].map((name, index) =>
			clip(name, numbers[index] === undefined ? {} : { clip: numbers[index] }),
		);
		const source = [red, green, blue].flatMap((item) => item ?? []);
		const { items } = await deapi.run(source, join());
		const made = await readFilm(await readBinary(items[0]?.binary?.data));
		const wanted = (await Promise.all(expected.map(picturesOf))).flat();
		expect(contents(made.pictures.packets)).toEqual(wanted);
	});

	test('takes the song from the first item that has it, and ends it with the film', async () => {
		const deapi = await openFilms();
		const song = file('songs/three-minutes.mp3');
		const source = [clip('red'), clip('green', {}, { song }), clip('blue')];
		const options = { soundtrack: 'binary', outputBinaryProperty: 'film' };
		const { json, items } = await deapi.run(source, join(options));
		const made = await readFilm(await readBinary(items[0]?.binary?.film));
		const last = made.sound?.packets.at(-1);
		const seconds = (last?.timestamp ?? 0) + (last?.duration ?? 0);
		expect(Math.abs(seconds - Number(json.video_seconds))).toBeLessThan(0.06);
	});

	test('makes a silent film', async () => {
		const deapi = await openFilms();
		const { items } = await deapi.run([clip('red'), clip('green')], join({ soundtrack: 'none' }));
		const made = await readFilm(await readBinary(items[0]?.binary?.data));
		expect(made.sound).toBeUndefined();
	});
});

describe('Join Clips cannot', () => {
	const bare: SourceItem = { json: {}, files: { other: file('frame.png') } };

	test.each<[string, SourceItem[], INodeParameters, RegExp, RegExp]>([
		[
			'find the field',
			[clip('red'), bare],
			join(),
			/^Item 1 has no binary field 'data' \('Clip Field'\)/,
			/Its files are in 'other'/,
		],
		[
			'find a song',
			[clip('red')],
			join({ soundtrack: 'binary' }),
			/^No item has a binary field 'song' \('Soundtrack Field'\)/,
			/Merge node/,
		],
		[
			'use a picture as the song',
			[clip('red', {}, { song: file('frame.png') })],
			join({ soundtrack: 'binary' }),
			/^The file in 'song' \('Soundtrack Field'\) is not a sound/,
			/MP3/,
		],
		[
			'use a FLAC as the song',
			[clip('red', {}, { song: file('song.flac') })],
			join({ soundtrack: 'binary' }),
			/FLAC/,
			/MP3/,
		],
		[
			'join other sizes',
			[clip('red'), clip('yellow-portrait')],
			join(),
			/^The clip of item 1 cannot be joined: it has .* pixels/,
			/same model and size/,
		],
		[
			'join other settings',
			[clip('red'), clip('green'), clip('yellow-baseline')],
			join(),
			/^The clip of item 2 cannot be joined: its pictures are encoded with other settings/,
			/not changed/,
		],
		[
			'join what is no MP4',
			[{ json: {}, files: { data: file('frame.png') } }],
			join(),
			/^The clip of item 0 cannot be joined: it is not an MP4 file/,
			/H\.264/,
		],
	])('%s', async (_name, source, parameters, message, description) => {
		const deapi = await openFilms();
		const { stop } = await deapi.run(source, parameters);
		expect(stop.message).toMatch(message);
		expect(stop.description).toMatch(description);
		expectGoodText(stop.message);
		expectGoodText(stop.description);
	});

	test.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
		'and says it once, not for every item (%s)',
		async (onError) => {
			const deapi = await openFilms();
			const saved = deapiWorkflow([clip('red'), bare, clip('blue')], join(), { onError });
			const { run } = await deapi.runSaved(saved);
			const output = onError === 'continueErrorOutput' ? 1 : 0;
			const items = outputOf(run, NODE, output);
			expect(items).toHaveLength(1);
			expect(items[0]?.json.error).toMatch(/^Item 1 has no binary field 'data'/);
			if (output === 1) expect(outputOf(run, NODE, 0)).toEqual([]);
		},
	);
});

describe('Split Into Clips', () => {
	test('gives an item a piece, and asks for the limits of the model only', async () => {
		const deapi = await openFilms();
		const { items } = await deapi.run([shortSong()], split());
		expect(items.map(({ json }) => json)).toEqual(
			items.map((_item, index) => ({
				clip: index + 1,
				clips: CLIPS,
				start_seconds: expect.any(Number),
				audio_seconds: expect.any(Number),
				frames: expect.any(Number),
				fps: 24,
			})),
		);
		expect(items).toHaveLength(CLIPS);
		expect(items.reduce((sum, { json }) => sum + Number(json.frames), 0)).toBe(FRAMES);
		expect(items.map(({ binary }) => binary?.data?.fileName)).toEqual(
			[1, 2, 3, 4, 5].map((number) => `song-0${number}.wav`),
		);
		const bytes = await Promise.all(
			items.map(async ({ binary }) => (await readBinary(binary?.data)).length - 44),
		);
		expect(bytes.reduce((sum, each) => sum + each, 0)).toBe(42 * 8000);
		for (const { pairedItem } of items) expect(pairedItem).toEqual({ item: 0 });
		expect(deapi.fake.requests.map(({ route }) => route)).toEqual(['models']);
	});

	test('cuts at the times of scenes, and names them', async () => {
		const deapi = await openFilms();
		const scenes = '0:00 A street\n0:12.5 The chorus';
		const { items } = await deapi.run(
			[shortSong()],
			split({ scenes, outputBinaryProperty: 'piece' }),
		);
		const second = items.find(({ json }) => json.scene === 'The chorus');
		expect(second?.json.start_seconds).toBe(12.5);
		expect(items.every(({ binary }) => binary?.piece !== undefined)).toBe(true);
	});

	test('gives the sound as one piece where it is shorter than any clip', async () => {
		const deapi = await openFilms();
		const short = { data: silence(1), fileName: 'short.wav' };
		const { items } = await deapi.run([{ json: {}, files: { data: short } }], split());
		expect(items.map(({ json }) => json)).toMatchObject([{ clip: 1, clips: 1, frames: 49 }]);
	});

	test('refuses a sound whose pieces deAPI would not take', async () => {
		const deapi = await openFilms();
		const loud = { data: silence(20, 2_500_000), fileName: 'loud.wav' };
		const { stop } = await deapi.run([{ json: {}, files: { data: loud } }], split());
		expect(stop.message).toMatch(/cut into 2 pieces of up to 23.9 MB/);
	});
});

test('split → submit each → read the jobs → join: the long way round to the same film', async () => {
	const deapi = await openFilms();
	const credentials = { deapiApi: { id: '1', name: 'deAPI account' } };
	const step = (name: string, parameters: INodeParameters) =>
		node(name, DEAPI_NODE, parameters, { credentials });
	const saved = chain(
		node('Start', 'n8n-nodes-base.manualTrigger'),
		node('Items', 'test.source', { key: registerSource([shortSong()]) }),
		step('Split', split()),
		step('Generate', {
			prompt: 'A singer',
			lengthMode: 'frames',
			frames: '={{ $json.frames }}',
			fps: '={{ $json.fps }}',
		}),
		step('Get', {
			resource: 'job',
			operation: 'get',
			requestId: '={{ $json.request_id }}',
			waitForCompletion: true,
			options: { pollInterval: 0.02 },
		}),
		step(NODE, join()),
	);
	const { json, items } = await deapi.runSaved(saved);
	expect(json).toMatchObject({ clips: CLIPS, frames: FRAMES, fps: 24, video_seconds: 42 });
	expect(deapi.submits.map((submit) => filePart(submit).filename).sort()).toEqual(
		[1, 2, 3, 4, 5].map((number) => `song-0${number}.wav`),
	);
	const made = await readFilm(await readBinary(items[0]?.binary?.data));
	expect(made.duration).toBeCloseTo(42, 1);
});

describe('Estimate Price for a song', () => {
	const estimate = (more: INodeParameters = {}): INodeParameters => ({
		resource: 'video',
		operation: 'estimatePrice',
		lengthMode: 'matchAudio',
		whenTooLong: 'clips',
		...more,
	});

	test('adds up all clips: one question a length, and how many there are', async () => {
		const deapi = await Deapi.open({ price: 0.15 });
		const { json } = await deapi.run([shortSong()], estimate({ options: { steps: 8 } }));
		expect(json).toEqual({
			price: expect.closeTo(CLIPS * 0.15, 6),
			currency: 'USD',
			clips: CLIPS,
			model: 'Ltx2_3_22B_Dist_INT8',
			width: 512,
			height: 512,
			frames: FRAMES,
			fps: 24,
			steps: 8,
			audio_seconds: 42,
			video_seconds: 42,
		});
		const asked = deapi.fake.requests.filter(({ route }) => route === 'price');
		expect(asked.map(({ json: body }) => (body as { frames: number }).frames).sort()).toEqual([
			201, 202,
		]);
		expect(deapi.requestIds).toEqual([]);
	});

	test('says nothing of clips where there is one', async () => {
		const deapi = await Deapi.open({ price: 0.15 });
		const short = { data: silence(8), fileName: 'short.wav' };
		const { json } = await deapi.run([{ json: {}, files: { data: short } }], estimate());
		expect(json).toMatchObject({ price: 0.15, frames: 192, audio_seconds: 8 });
		expect(json.clips).toBeUndefined();
	});

	test('with the other choices it is the price of one video, or none', async () => {
		const deapi = await Deapi.open({ price: 0.15 });
		const one = await deapi.run([shortSong()], estimate({ whenTooLong: 'shorten' }));
		expect(one.json).toMatchObject({ price: 0.15, frames: 241, shortened: true });
		const { stop } = await deapi.run([shortSong()], estimate({ whenTooLong: 'fail' }));
		expect(stop.description).toContain(`${CLIPS} clips`);
	});
});
