/** The examples around speech, music, pictures and words, run as they are shipped. */
import { readFileSync } from 'node:fs';
import type { FakeDeapiOptions } from '../fake-deapi';
import { Deapi } from '../support/deapi';
import { errorOf } from '../support/engine';
import { formNodes } from '../support/example-nodes';
import {
	filesForExamples,
	itemsOf,
	readExample,
	runExample,
	serve,
	sha256,
} from '../support/examples';
import { fixture } from '../support/workflows';
import { asText } from '../support/text';

/** The fake's result, which every finished video is. */
const VIDEO = readFileSync(fixture('result.mp4'));

const files = filesForExamples();

test('text-to-speech-to-video.json speaks a text and makes a video as long as the speech', async () => {
	const deapi = await Deapi.open();
	const result = await runExample(files.filledIn('text-to-speech-to-video.json', deapi), deapi);
	const [item] = itemsOf(result, 'Write Video');

	const [speech, video] = deapi.fake.jobs;
	expect(speech).toMatchObject({
		job_type: 'txt2audio',
		fields: { text: expect.stringMatching(/^Good morning/) as string, format: 'mp3' },
	});
	expect(video?.job_type).toBe('audio2video');
	expect(video?.fields.prompt).toMatch(/lighthouse keeper/);
	expect(video?.files[0]).toMatchObject({
		filename: 'speech.mp3',
		sha256: sha256(readFileSync(fixture('speech.mp3'))),
	});
	expect(item?.json.audio_seconds).toBeCloseTo(6.888, 3);
	expect(video?.fields.frames).toBe('169');
	expect(files.read(`${video?.request_id}.mp4`).equals(VIDEO)).toBe(true);
});

describe('idea-to-music-video.json', () => {
	const FORM = {
		...{ Idea: 'A lighthouse keeper who sings', Music: 'Slow waltz', Lyrics: '', Seconds: 30 },
		...{ submittedAt: '2026-08-01T12:00:00.000Z', formMode: 'test' },
	};

	async function film(options: FakeDeapiOptions = {}) {
		const deapi = await Deapi.open({ results: 'film', ...options });
		const uploads: Array<{ url: string | undefined; body: Buffer }> = [];
		const bucket = await serve(async (request, response) => {
			const parts: Buffer[] = [];
			for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
			uploads.push({ url: request.url, body: Buffer.concat(parts) });
			response.end();
		});
		const example = files.filledIn('idea-to-music-video.json', deapi);
		const others = { s3: { endpoint: bucket } };
		const result = await runExample(example, deapi, others, {
			nodeTypes: formNodes(FORM),
			startNode: 'Idea',
		});
		return { deapi, result, uploads };
	}

	test('makes a song, a picture and a film of them, and puts it into the bucket', async () => {
		const { deapi, result, uploads } = await film();
		const [item] = itemsOf(result, 'Generate Film');
		const jobs = new Map(deapi.fake.jobs.map((job) => [job.job_type, job]));
		expect(jobs.get('txt2music')?.fields).toMatchObject({
			...{ caption: 'Slow waltz', lyrics: '[Instrumental]', duration: '30' },
		});
		const idea = expect.stringContaining('A lighthouse keeper who sings') as string;
		expect(jobs.get('txt2img')?.fields).toMatchObject({ prompt: idea, width: '1024' });
		const clip = jobs.get('audio2video');
		expect(clip?.fields).toMatchObject({ prompt: idea, width: '1024', height: '576' });
		const picture = sha256(readFileSync(fixture('frame.png')));
		expect(clip?.files.map(({ name, sha256: digest }) => [name, digest])).toEqual([
			['audio', sha256(readFileSync(fixture('song.mp3')))],
			['first_frame_image', picture],
			['last_frame_image', picture],
		]);
		expect(item?.json).toMatchObject({ status: 'done', request_ids: [clip?.request_id] });
		expect(uploads.map(({ url }) => url)).toEqual([`/videos/${clip?.request_id}.mp4`]);
		expect(uploads[0]?.body.toString('latin1', 4, 8)).toBe('ftyp');
	});

	test('makes no film that costs more than the node allows', async () => {
		const { deapi, result, uploads } = await film({ prices: { audioToVideo: 5.01 } });
		expect(errorOf(result).message).toContain("'Max Price (USD)' is 5 USD");
		expect(deapi.fake.jobs.map(({ job_type }) => job_type).sort()).toEqual([
			'txt2img',
			'txt2music',
		]);
		expect(uploads).toEqual([]);
	});
});

describe('subtitles-for-a-song.json', () => {
	async function subtitles(options: FakeDeapiOptions = {}): Promise<string> {
		const deapi = await Deapi.open(options);
		files.put('song.mp4', 'result.mp4');
		const result = await runExample(files.filledIn('subtitles-for-a-song.json', deapi), deapi);
		expect(itemsOf(result, 'Write Subtitles')).toHaveLength(1);
		return files.read('song.srt').toString();
	}

	const SRT = [
		...['1', '00:00:00,000 --> 00:00:00,900', 'Hello.', ''],
		...['2', '00:00:00,900 --> 00:01:03,400', 'This is a line.', ''],
	].join('\n');
	const PARTS = [
		{ start: 0, end: 0.9, text: ' Hello.' },
		{ start: 0.9, end: 63.4, text: 'This is a line.' },
	];
	const CHUNKS = PARTS.map(({ start, end, text }) => ({ timestamp: [start, end], text }));

	test.each([
		['as a list', PARTS],
		['under a name', { language: 'en', segments: PARTS }],
		['in pairs', { text: 'Hello.', chunks: CHUNKS }],
	])('writes an SRT file beside the video of times that come %s', async (_how, transcript) => {
		expect(await subtitles({ transcript: JSON.stringify(transcript) })).toBe(SRT);
	});

	test('writes an empty file where nobody speaks', async () => {
		expect(await subtitles({ transcript: '' })).toBe('');
	});

	test('has a Code node of 15 lines at most', () => {
		const code = readExample('subtitles-for-a-song.json').nodes.find(
			({ name }) => name === 'Make Subtitles',
		);
		expect(asText(code?.parameters.jsCode).split('\n').length).toBeLessThanOrEqual(15);
	});
});
