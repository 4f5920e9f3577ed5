/** Join Clips and Split Into Clips, the two operations that send nothing, and what can be built of them. */
import { readFileSync } from 'node:fs';
import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { changedWorkflow } from '../../support/changed-items';
import { DEAPI_NODE, outputOf, readBinary, useBinaryMode } from '../../support/engine';
import { contents, readFilm, shownAt } from '../../support/films';
import { registerSource, type SourceItem } from '../../support/nodes';
import { CLIPS, FRAMES, openFilms, SECONDS, shortSong } from '../../support/songs';
import { Deapi, expectGoodText, filePart } from '../../support/deapi';
import { decodeHeard } from '../../support/mp3';
import { silence } from '../../support/wav';
import { chain, deapiWorkflow, file, fixture, NODE, node } from '../../support/workflows';

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

const CUT_OFF = readFileSync(fixture('clips/red.mp4')).subarray(0, 6000);

/** The pictures of a file, each as text. */
async function picturesOf(name: string): Promise<string[]> {
	const { data } = file(`clips/${name}.mp4`);
	return contents((await readFilm(readFileSync(String(data)))).pictures.packets);
}

describe.each(['default', 'filesystem'] as const)('Join Clips (%s)', (mode) => {
	beforeEach(async () => await useBinaryMode(mode));
	afterEach(async () => await useBinaryMode());

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

	test('gives each clip its place in a film that was planned, which may be shorter than the clip', async () => {
		const deapi = await openFilms();
		const { json } = await deapi.run(
			[
				clip('red', { frames: 20, frames_asked: 25, cut: 'start' }),
				clip('green', { frames: 24, cut: 'beat' }),
			],
			join(),
		);
		expect(json).toMatchObject({ frames: 44, video_seconds: 1.833 });
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

	test.each([
		['what an expression gives for each item', '={{ $binary.data }}'],
		['a name that differs from item to item', '={{ $json.at }}'],
		['a list of one', '={{ ["data"] }}'],
	])('takes the clips by %s', async (_how, binaryPropertyName) => {
		const deapi = await openFilms();
		const source = ['red', 'green'].map((name) =>
			clip(name, { at: 'data' }, { other: file('frame.png') }),
		);
		const odd = { json: { at: 'here' }, files: { here: file('clips/blue.mp4') } };
		const isByName = binaryPropertyName.includes('$json');
		const { items } = await deapi.run(isByName ? [...source, odd] : [...source, clip('blue')], {
			...join(),
			binaryPropertyName,
		});
		const made = await readFilm(await readBinary(items[0]?.binary?.data));
		const wanted = (await Promise.all(['red', 'green', 'blue'].map(picturesOf))).flat();
		expect(contents(made.pictures.packets)).toEqual(wanted);
	});

	test('takes the song by what an expression gives, from the first item that has it', async () => {
		const deapi = await openFilms();
		const song = file('songs/half-minute.mp3');
		const source = [clip('red'), clip('green', {}, { song })];
		const options = { soundtrack: 'binary', soundtrackBinaryProperty: '={{ $binary.song }}' };
		const { items } = await deapi.run(source, join(options));
		const made = await readFilm(await readBinary(items[0]?.binary?.data));
		const own = (await readFilm(readFileSync(fixture('clips/red.mp4')))).sound;
		expect(made.sound?.packets.length).toBeGreaterThan(0);
		expect(contents(made.sound?.packets ?? [])[0]).not.toBe(contents(own?.packets ?? [])[0]);
	});

	test('finds clips and song where the workflow keeps files inside the JSON', async () => {
		const deapi = await openFilms();
		const source = [clip('red'), clip('green', {}, { song: file('songs/half-minute.mp3') })];
		const saved = deapiWorkflow(source, join({ soundtrack: 'binary' }));
		const outcome = await deapi.runSaved({ ...saved, settings: { binaryMode: 'combined' } });
		expect(outcome.json.clips).toBe(2);
	});

	test('says which sound is longer than its pictures, and which clip has none', async () => {
		const deapi = await openFilms();
		const { json } = await deapi.run(
			[clip('yellow-no-sound', { clip: 3 }), clip('red-long-sound', { clip: 2 })],
			join(),
		);
		expect(json.sound_left_out).toEqual([{ item: 1, seconds: expect.closeTo(0.5, 1) }]);
		expect(json.items_without_sound).toEqual([0]);
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
			/Its file is in 'other'/,
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
			/^It looks like a PNG file\. Use an MP3, WAV, OGG or FLAC file\.$/,
		],
		[
			'take true for a field',
			[clip('red')],
			{ ...join(), binaryPropertyName: '={{ true }}' },
			/^'Clip Field' is true, which names no file/,
			/Its file is in 'data'/,
		],
		[
			'take an object without a file for a field',
			[clip('red')],
			{ ...join(), binaryPropertyName: '={{ ({}) }}' },
			/^'Clip Field' is an empty object, which names no file/,
			/Its file is in 'data'/,
		],
		[
			'take a field that came out empty',
			[clip('red')],
			{ ...join(), binaryPropertyName: '={{ $binary.nowhere }}' },
			/^'Clip Field' names no binary field of the item/,
			/Its file is in 'data'/,
		],
		[
			'take several fields of an item',
			[clip('red', {}, { other: file('clips/blue.mp4') })],
			{ ...join(), binaryPropertyName: '={{ ["data", "other"] }}' },
			/^'Clip Field' names 2 files/,
			/one/,
		],
		[
			'find a song that an expression gives for no item',
			[clip('red'), clip('green')],
			join({ soundtrack: 'binary', soundtrackBinaryProperty: '={{ $binary.song }}' }),
			/^'Soundtrack Field' names no binary field of any item/,
			/Merge node/,
		],
		[
			'take true for a song',
			[clip('red')],
			join({ soundtrack: 'binary', soundtrackBinaryProperty: '={{ true }}' }),
			/^'Soundtrack Field' is true, which names no file/,
			/Enter the name of a binary field/,
		],
		[
			'leave a FLAC as it is',
			[clip('red', {}, { song: file('song.flac') })],
			join({ soundtrack: 'binaryOriginal' }),
			/^An MP4 film cannot contain FLAC sound as it is/,
			/'Binary Field, Plays Everywhere'/,
		],
		[
			'fade out before its start',
			[clip('red', {}, { song: file('song.flac') })],
			join({ soundtrack: 'binary', fadeOut: -1 }),
			/^'Fade Out \(Seconds\)' is -1/,
			/0 seconds or more/,
		],
		[
			'join a clip that is cut off',
			[{ json: {}, files: { data: { data: CUT_OFF, fileName: 'clip.mp4' } } }],
			join(),
			/^The clip of item 0 cannot be joined: it is cut off/,
			/Fetch it again/,
		],
		[
			'join two clips of one number',
			[clip('red', { clip: 1 }), clip('green', { clip: 2 }), clip('blue', { clip: 1 })],
			join(),
			/^Items 0 and 2 are both clip 1: they belong to two films/,
			/remove the field 'clip' from the items/,
		],
		[
			'join the clips of two films',
			[clip('red', { clip: 1, clips: 2 }), clip('blue', { clip: 2, clips: 3 })],
			join(),
			/^Item 0 is clip 1 of 2, and item 1 is clip 2 of 3: they belong to two films/,
			/each film separately/,
		],
		[
			'join a film with holes',
			[1, 2, 5].map((number) => clip('red', { clip: number, clips: 5 })),
			join(),
			/^Clips 3 and 4 of 5 are missing/,
			/all clips of the film/,
		],
		[
			'join a film that does not say how many clips it has, with a hole',
			[clip('red', { clip: 2 }), clip('red', { clip: 4 })],
			join(),
			/^Clip 3 is missing/,
			/all clips of the film/,
		],
		[
			'join other sizes',
			[clip('red'), clip('yellow-portrait')],
			join(),
			/^The clip of item 1 cannot be joined: it is .* pixels/,
			/same model and size/,
		],
		[
			'join other settings',
			[clip('red'), clip('green'), clip('yellow-baseline')],
			join(),
			/^The clip of item 2 cannot be joined: its pictures are encoded with different settings/,
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

	test('join a clip whose file is gone, and says which', async () => {
		await useBinaryMode();
		const deapi = await openFilms();
		const lose = (item: INodeExecutionData, index: number): INodeExecutionData => {
			const data = item.binary?.data;
			if (index !== 1 || data?.id === undefined) return item;
			return { ...item, binary: { data: { ...data, id: data.id.slice(0, -8) } } };
		};
		const { saved, nodeTypes } = changedWorkflow([clip('red'), clip('blue')], lose, join());
		const { stop } = await deapi.runSaved(saved, { nodeTypes });
		expect(stop.message).toMatch(/^The clip of item 1 can no longer be read/);
		expect(stop.description).toContain('Run the node that gives the file again.');
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
	test('gives one item per piece, and asks for the limits of the model only', async () => {
		const deapi = await openFilms();
		const { items } = await deapi.run([shortSong()], split());
		expect(items.map(({ json }) => json)).toEqual(
			items.map((_item, index) => ({
				clip: index + 1,
				clips: CLIPS,
				start_seconds: expect.any(Number),
				seconds: expect.any(Number),
				audio_seconds: expect.any(Number),
				frames: index === CLIPS - 1 ? 209 : 201,
				cut: index === 0 ? 'start' : 'even',
				fps: 24,
				model: 'Ltx2_3_22B_Dist_INT8',
			})),
		);
		expect(items).toHaveLength(CLIPS);
		expect(items.reduce((sum, { json }) => sum + Number(json.frames), 0)).toBe(FRAMES);
		expect(items.map(({ binary }) => binary?.data?.fileName)).toEqual(
			[1, 2, 3, 4, 5].map((number) => `song-0${number}.mp3`),
		);
		const samples = await Promise.all(
			items.map(async ({ binary }) => {
				const { rate, channels } = decodeHeard(await readBinary(binary?.data));
				expect([rate, channels.length]).toEqual([48_000, 1]);
				return channels[0]?.length ?? 0;
			}),
		);
		expect(samples.reduce((sum, each) => sum + each, 0)).toBe(42 * 48_000);
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

	test('advises no field that it does not have where the length of a sound cannot be read', async () => {
		const deapi = await openFilms();
		const head = readFileSync(fixture('song.ogg')).subarray(0, 40);
		const files = { data: { data: head, fileName: 'cut.ogg' } };
		const { stop } = await deapi.run([{ json: {}, files }], split());
		expect(stop.description).not.toMatch(/'Length'|'Frames'/);
		expectGoodText(stop.description);
	});

	test('gives pieces that deAPI takes, however large the sound is', async () => {
		const deapi = await openFilms();
		const large = { data: silence(60, 48_000, 8), fileName: 'large.wav' };
		expect(large.data.length).toBeGreaterThan(20 * 1024 * 1024);
		const { items } = await deapi.run([{ json: {}, files: { data: large } }], split());
		const sizes = await Promise.all(
			items.map(async ({ binary }) => (await readBinary(binary?.data)).length),
		);
		expect(sizes).toHaveLength(6);
		// Ten seconds at 128 kbit/s.
		for (const size of sizes) expect(size).toBeLessThan(170_000);
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
	expect(json).toMatchObject({ clips: CLIPS, frames: FRAMES, fps: 24, video_seconds: SECONDS });
	expect(deapi.submits.map((submit) => filePart(submit).filename).sort()).toEqual(
		[1, 2, 3, 4, 5].map((number) => `song-0${number}.mp3`),
	);
	const made = await readFilm(await readBinary(items[0]?.binary?.data));
	expect(made.duration).toBeCloseTo(SECONDS, 1);
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
			clips: Array.from({ length: CLIPS }, (_, index) => ({
				clip: index + 1,
				start_seconds: index * 8.375,
				seconds: index === CLIPS - 1 ? 8.708 : 8.375,
				frames: index === CLIPS - 1 ? 209 : 201,
				cut: index === 0 ? 'start' : 'even',
			})),
			model: 'Ltx2_3_22B_Dist_INT8',
			width: 512,
			height: 512,
			frames: FRAMES,
			fps: 24,
			steps: 8,
			audio_seconds: 42,
			video_seconds: SECONDS,
		});
		const asked = deapi.fake.requests.filter(({ route }) => route === 'price');
		expect(asked.map(({ json: body }) => (body as { frames: number }).frames).sort()).toEqual([
			201, 209,
		]);
		expect(deapi.requestIds).toEqual([]);
	});

	test('says nothing of clips where there is one', async () => {
		const deapi = await Deapi.open({ price: 0.15 });
		const short = { data: silence(8), fileName: 'short.wav' };
		const { json } = await deapi.run([{ json: {}, files: { data: short } }], estimate());
		expect(json).toMatchObject({ price: 0.15, frames: 193, audio_seconds: 8 });
		expect(json.clips).toBeUndefined();
	});

	test('with the other choices it is the price of one video, or none', async () => {
		const deapi = await Deapi.open({ price: 0.15 });
		const one = await deapi.run([shortSong()], estimate({ whenTooLong: 'shorten' }));
		expect(one.json).toMatchObject({ price: 0.15, frames: 241, shortened: true });
		const { stop } = await deapi.run([shortSong()], estimate({ whenTooLong: 'fail' }));
		expect(stop.description).toContain(`${CLIPS} or ${CLIPS + 1} clips`);
	});
});
