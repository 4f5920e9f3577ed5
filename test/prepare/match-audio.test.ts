/** The video's length: as long as the sound, so many seconds, or so many frames. */
import { readFileSync } from 'node:fs';
import type { INodeParameters } from 'n8n-workflow';
import type { FakeModel } from '../fake-deapi';
import { useBinaryMode, type BinaryMode } from '../support/engine';
import type { SourceItem } from '../support/nodes';
import { Deapi, expectGoodText, fieldsOf } from '../support/deapi';
import { file, fixture, songItem } from '../support/workflows';
import { clockForTests } from '../support/clock';

const clock = clockForTests();
beforeEach(() => clock.leap());

const MATCH: INodeParameters = { lengthMode: 'matchAudio' };
/** Where the user takes the longest video that the model makes. */
const SHORTEN: INodeParameters = { ...MATCH, whenTooLong: 'shorten' };
/** A model of 25 to 257 frames, 8 to 30 a second. */
const FLEXIBLE = { __rl: true, mode: 'id', value: 'LtxStudio_30B_Dist_FP8' };

afterAll(async () => await useBinaryMode());

function item(name: string): SourceItem {
	return { files: { data: file(name) } };
}

/** A WAV of so many seconds. */
function wav(seconds: number): SourceItem {
	const rate = 8000;
	const sound = Buffer.alloc(Math.round(seconds * rate));
	const bytes = Buffer.concat([Buffer.alloc(44), sound]);
	bytes.write('RIFF');
	bytes.writeUInt32LE(bytes.length - 8, 4);
	bytes.write('WAVEfmt ', 8);
	bytes.writeUInt32LE(16, 16);
	bytes.writeUInt16LE(1, 20);
	bytes.writeUInt16LE(1, 22);
	bytes.writeUInt32LE(rate, 24);
	bytes.writeUInt32LE(rate, 28);
	bytes.writeUInt16LE(1, 32);
	bytes.writeUInt16LE(8, 34);
	bytes.write('data', 36);
	bytes.writeUInt32LE(sound.length, 40);
	return { files: { data: { data: bytes, fileName: 'sound.wav' } } };
}

/** The frames that the service got, and what the item says. */
async function lengthOf(source: SourceItem, parameters: INodeParameters, on?: Deapi) {
	const deapi = on ?? (await Deapi.open());
	const { json } = await deapi.run([source], parameters);
	const frames = fieldsOf(deapi.submits.at(-1)).frames;
	expect(json.frames).toBe(Number(frames));
	const { audio_seconds, video_seconds, shortened } = json;
	return { frames: Number(frames), audio_seconds, video_seconds, shortened };
}

async function refusalOf(source: SourceItem, parameters: INodeParameters, details = {}) {
	const deapi = await Deapi.open();
	const { stop } = await deapi.run([source], parameters);
	expect(deapi.submits).toEqual([]);
	expect(stop.data).toEqual({ ...details, submitted: 'no' });
	expectGoodText(stop.message);
	expectGoodText(stop.description);
	return { message: stop.message, description: stop.description };
}

describe.each<BinaryMode>(['default', 'filesystem'])('with files in the mode %s', (mode) => {
	beforeAll(async () => await useBinaryMode(mode));

	// The lengths are FFmpeg's, in decoded.json beside the files; 24 frames a second.
	test.each([
		['MP3', 'song.mp3', 8.6, 209],
		['MP3 of variable bit rate', 'mp3-vbr-xing.mp3', 5.031, 121],
		['MP3 whose tag says another length', 'mp3-wrong-tlen.mp3', 3.161, 81],
		['WAV', 'wav-pcm16.wav', 2.117, 57],
		['OGG Vorbis', 'ogg-vorbis.ogg', 3.217, 81],
		['OGG Opus', 'ogg-opus.ogg', 5.031, 121],
		['FLAC', 'song.flac', 3.5, 89],
	])('%s: the video is as long as the sound', async (_kind, name, seconds, frames) => {
		const length = await lengthOf(item(name), MATCH);
		expect(length).toMatchObject({
			frames,
			video_seconds: Math.round((frames / 24) * 1000) / 1000,
		});
		expect(Math.abs(Number(length.audio_seconds) - seconds)).toBeLessThan(0.001);
		expect(length.shortened).toBeUndefined();
	});

	test('the whole sound is sent, after its length was read', async () => {
		const deapi = await Deapi.open();
		await lengthOf(songItem('song.flac'), MATCH, deapi);
		// As an MP3: deAPI's pages name no FLAC any more.
		expect(deapi.fake.jobs[0]?.files[0]).toMatchObject({ filename: 'song.mp3' });
		await lengthOf(songItem('song.ogg'), MATCH, deapi);
		expect(deapi.fake.jobs[1]?.files[0]).toMatchObject({
			filename: 'song.ogg',
			size: readFileSync(fixture('song.ogg')).length,
		});
	});

	test('a sound whose length cannot be read is refused', async () => {
		// The head of an OGG file: its type is told, its end is missing.
		const head = readFileSync(fixture('song.ogg')).subarray(0, 40);
		const cut = { files: { data: { data: head, fileName: 'cut.ogg' } } };
		expect(await refusalOf(cut, MATCH)).toEqual({
			message: 'The length of the sound could not be read',
			description: 'The file may be damaged or cut off. Save the sound again as MP3.',
		});
	});
});

describe('within what the model makes', () => {
	beforeAll(async () => await useBinaryMode());

	test('a longer sound gives the longest video, and the item says so', async () => {
		expect(await lengthOf(wav(60), SHORTEN)).toEqual({
			frames: 241,
			audio_seconds: 60,
			video_seconds: 10.042,
			shortened: true,
		});
	});

	test('a shorter sound gives the shortest video, and nothing was shortened', async () => {
		expect(await lengthOf(wav(1.5), MATCH)).toEqual({
			frames: 49,
			audio_seconds: 1.5,
			video_seconds: 2.042,
			shortened: undefined,
		});
	});

	test('a sound that is too short for the model is refused before it is sent', async () => {
		expect(await refusalOf(wav(0.5), MATCH)).toEqual({
			message:
				'The video would have 0.5 seconds of sound; the model LTX-2.3 22B Distilled INT8 takes 1 to 11 seconds',
			description: "Use a longer part of the sound, or choose another 'Model'. Nothing was sent.",
		});
	});

	test.each([
		[10.042, 241, undefined],
		[10.06, 241, undefined],
		[10.07, 241, true],
	])('a sound of %f seconds gives %i frames', async (seconds, frames, shortened) => {
		expect(await lengthOf(wav(seconds), SHORTEN)).toMatchObject({ frames, shortened });
	});

	test.each([
		[8, 41],
		[12, 65],
		[30, 153],
	])('%i frames a second give as many frames a second, and no fewer', async (fps, frames) => {
		const length = await lengthOf(wav(5), { ...MATCH, fps, model: FLEXIBLE });
		expect(length).toMatchObject({
			frames,
			video_seconds: Math.round((frames / fps) * 1000) / 1000,
		});
	});

	test('an earlier choice of frames is not sent', async () => {
		expect(await lengthOf(wav(5), { ...MATCH, frames: 97 })).toMatchObject({ frames: 121 });
	});

	test('the item goes on saying it after the wait', async () => {
		const deapi = await Deapi.open();
		const waiting = { waitForCompletion: true, options: { pollInterval: 0.05 } };
		const { json } = await deapi.run([wav(60)], { ...SHORTEN, ...waiting });
		expect(json).toMatchObject({
			status: 'done',
			audio_seconds: 60,
			video_seconds: 10.042,
			shortened: true,
		});
	});

	test('each item has a length of its own', async () => {
		const deapi = await Deapi.open();
		const { items } = await deapi.run([wav(3), wav(60), item('song.mp3')], SHORTEN);
		expect(items.map(({ json }) => [json.frames, json.shortened])).toEqual([
			[73, undefined],
			[241, true],
			[209, undefined],
		]);
	});

	test('a limit of the model counts also where it came as text', async () => {
		const deapi = await Deapi.open({ models: [textual()] });
		const model = { __rl: true, mode: 'id', value: 'Textual' };
		expect(await lengthOf(wav(60), { ...SHORTEN, model }, deapi)).toMatchObject({
			frames: 120,
			shortened: true,
		});
	});
});

/** A model as PHP prints it when the numbers come from its database. */
function textual(): FakeModel {
	return {
		name: 'Textual',
		slug: 'Textual',
		inference_types: ['audio2video'],
		info: { limits: { min_frames: '24', max_frames: '120' } },
	};
}

describe("without a choice under 'If Longer Than the Model Allows'", () => {
	test('a longer sound is refused with both lengths, and nothing is sent', async () => {
		expect(await refusalOf(wav(60), MATCH, { clips_needed: 6 })).toEqual({
			message:
				'The sound is 60 seconds long; the model LTX-2.3 22B Distilled INT8 makes videos of up to 10.042 seconds',
			description:
				"To get all of it, set 'If Longer Than the Model Allows' to 'Make Several Clips and Join Them': that makes 6 or 7 clips, and each is a paid job. To get the first 10.042 seconds, set it to 'Shorten': 1 job. 10.042 seconds are 241 frames at 24 FPS. Nothing was sent.",
		});
	});

	test('so is a longer duration', async () => {
		const parameters = { lengthMode: 'seconds', duration: 12.5 };
		const { message } = await refusalOf(songItem(), parameters, { clips_needed: 2 });
		expect(message).toBe(
			"'Duration (Seconds)' is 12.5 seconds; the model LTX-2.3 22B Distilled INT8 makes videos of up to 10.042 seconds",
		);
	});

	test('a sound that fits is sent', async () => {
		expect(await lengthOf(item('song.mp3'), MATCH)).toMatchObject({ frames: 209 });
	});

	test('one item that is too long keeps the others from being sent, unless On Error is Continue', async () => {
		const stopping = await Deapi.open();
		const { stop } = await stopping.run([wav(3), wav(60)], MATCH);
		expect(stop.message).toMatch(/^The sound is 60 seconds long.*\[item 1\]$/);
		expect(stopping.submits).toEqual([]);

		const going = await Deapi.open();
		const extra = { onError: 'continueRegularOutput' as const };
		const { items } = await going.run([wav(3), wav(60)], MATCH, extra);
		expect(items.map(({ json }) => json.request_id ?? json.error)).toEqual([
			going.requestIds[0],
			expect.stringMatching(/^The sound is 60 seconds long/),
		]);
		expect(going.submits).toHaveLength(1);
	});
});

describe('by seconds', () => {
	test.each([
		[4, 97],
		[2.1, 57],
		['5.5', 137],
	])('%p seconds are %i frames at 24 FPS', async (duration, frames) => {
		expect(await lengthOf(songItem(), { lengthMode: 'seconds', duration })).toEqual({
			frames,
			audio_seconds: undefined,
			video_seconds: Math.round((frames / 24) * 1000) / 1000,
			shortened: undefined,
		});
	});

	test('too many are shortened', async () => {
		expect(
			await lengthOf(songItem(), { lengthMode: 'seconds', duration: 3600, whenTooLong: 'shorten' }),
		).toMatchObject({
			frames: 241,
			video_seconds: 10.042,
			shortened: true,
		});
	});

	test.each([
		['={{ $json.nothing }}', "'Duration (Seconds)' is missing"],
		['={{ "" }}', "'Duration (Seconds)' is missing"],
		[0, "'Duration (Seconds)' is 0"],
		[-3, "'Duration (Seconds)' is -3"],
		['={{ "long" }}', "'Duration (Seconds)' is long"],
		['={{ { seconds: 4 } }}', "'Duration (Seconds)' is an object"],
	])('%p is refused and nothing is sent', async (duration, message) => {
		expect(await refusalOf(songItem(), { lengthMode: 'seconds', duration })).toEqual({
			message,
			description: 'Enter the length of the video in seconds, more than 0.',
		});
	});
});

describe('by frames', () => {
	test.each([{}, { lengthMode: 'frames' }])('%j leaves the item as it was', async (parameters) => {
		expect(await lengthOf(wav(60), { ...parameters, frames: 50 })).toEqual({
			frames: 50,
			audio_seconds: undefined,
			video_seconds: undefined,
			shortened: undefined,
		});
	});
});

describe('without a list of models', () => {
	test.each<[string, INodeParameters, number]>([
		['the sound', MATCH, 209],
		['the seconds', { lengthMode: 'seconds', duration: 9 }, 217],
	])('the frames follow %s all the same', async (_what, parameters, frames) => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: 'models', times: 9, fault: { type: 'status', status: 500 } });
		expect(await lengthOf(songItem(), parameters, deapi)).toMatchObject({ frames });
	});

	test('deAPI itself says what is too long', async () => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: 'models', times: 9, fault: { type: 'status', status: 500 } });
		const { stop } = await deapi.run([wav(60)], MATCH);
		expect(fieldsOf(deapi.submits[0]).frames).toBe('1441');
		expect(stop.description).toContain('must not be greater than 241');
	});
});

describe('the price', () => {
	const ESTIMATE: INodeParameters = { resource: 'video', operation: 'estimatePrice' };

	async function estimate(parameters: INodeParameters) {
		const deapi = await Deapi.open({ price: 0.3 });
		const { json } = await deapi.run([{ json: {} }], { ...ESTIMATE, ...parameters });
		return { json, asked: deapi.submits[0]?.json };
	}

	test.each([
		[4, 97, undefined],
		[1, 49, undefined],
		[60, 241, true],
	])('of %i seconds is that of %i frames', async (duration, frames, shortened) => {
		const { json, asked } = await estimate({
			lengthMode: 'seconds',
			duration,
			whenTooLong: 'shorten',
		});
		expect(asked).toMatchObject({ frames, fps: 24 });
		expect(asked).not.toHaveProperty('duration');
		expect(json).toMatchObject({ price: 0.3, currency: 'USD', frames });
		expect(json.video_seconds).toBeCloseTo(frames / 24, 3);
		expect(json.shortened).toBe(shortened);
	});

	test('of too many seconds is not asked unless the user has it shortened', async () => {
		const parameters = { ...ESTIMATE, lengthMode: 'seconds', duration: 60 };
		const { message } = await refusalOf({ json: {} }, parameters, { clips_needed: 6 });
		expect(message).toMatch(/^'Duration \(Seconds\)' is 60 seconds; the model/);
	});

	test('of frames is asked as before', async () => {
		const { json, asked } = await estimate({ frames: 97 });
		expect(asked).toMatchObject({ frames: 97 });
		expect(json).not.toHaveProperty('video_seconds');
	});
});
