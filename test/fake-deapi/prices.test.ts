/**
 * What the operations would cost: a price request takes only the fields that are listed for it.
 */
import type { Surface } from './index';
import {
	ask,
	CLIP,
	JOBS_AND_SURFACES,
	post,
	refusedFields,
	SONG,
	TABLE,
	type Fields,
	type Making,
} from './testing/operations-table';
import { start, submit } from './testing/plain-http';

const priceOf = async (response: Response) => {
	const body = (await response.json()) as { data?: { price: number }; price?: number };
	return body.data?.price ?? body.price;
};

describe.each(JOBS_AND_SURFACES)('the price of %s on %s', (making, surface) => {
	const { price } = TABLE[making];

	it('is told, and nothing is made or charged', async () => {
		const fake = await start({ prices: { [making]: 0.42 } });
		const response = await ask(fake, making, surface, price.options);
		expect(await response.json()).toEqual({ data: { price: 0.42 } });
		expect(fake.requests[0]).toMatchObject({ route: 'price', operation: making, surface });
		expect(fake.jobs).toEqual([]);
		expect(fake.balanceOf('test-key')).toBe(100);
	});

	it('is what a job is charged', async () => {
		const fake = await start({ prices: { [making]: 0.42 } });
		await post(fake, making, surface);
		expect(fake.jobs[0]?.price).toBe(0.42);
		expect(fake.balanceOf('test-key')).toBe(99.58);
	});

	it('takes no field of a job that is not listed', async () => {
		const fake = await start();
		const extra: Fields = { webhook_url: 'https://a.example/', return_result_in_response: '1' };
		const names = await refusedFields(await ask(fake, making, surface, extra));
		expect(names).toEqual(['webhook_url', 'return_result_in_response']);
		expect(fake.requests[0]?.unexpectedFields).toEqual(names);
	});

	it('may be an estimate', async () => {
		const fake = await start({ priceIsEstimated: true });
		const response = await ask(fake, making, surface);
		expect(await response.json()).toEqual({ data: { price: 0.15, is_estimated: true } });
	});
});

describe('prices', () => {
	it.each<[Making, Surface, string, Fields, string[]]>([
		['speech', 'v1', 'a text and its length', { count_text: 12 }, ['text']],
		['speech', 'v1', 'neither of them', { text: null }, ['text']],
		['speech', 'v1', 'numbers in quotes', { speed: '1' }, ['speed']],
		['speech', 'v2', 'a reference sound', { ref_text: 'x' }, ['ref_text']],
		['music', 'v1', 'a seed', { seed: 1 }, ['seed']],
		['music', 'v1', 'a length beyond the model', { duration: 5 }, ['duration']],
		['transcription', 'v1', 'two sources', { duration_seconds: '10' }, ['source_file']],
		['transcription', 'v2', 'a platform beside a file', { platform: 'kick' }, ['platform']],
		[
			...(['transcription', 'v2', 'TikTok with another model'] as const),
			{ source_file: null, duration_seconds: '10', platform: 'tiktok' },
			['platform'],
		],
		['transcription', 'v1', 'what only v2 knows', { diarize: '1' }, ['diarize']],
		['picture', 'v2', 'an enhancement', { enhance_prompt: true }, ['enhance_prompt']],
		['upscale', 'v1', 'a file and its size', { width: '64', height: '64' }, ['width', 'height']],
		['upscale', 'v1', 'neither', { video: null }, ['width', 'height']],
	])('of %s on %s are refused for %s', async (making, surface, _what, changes, fields) => {
		const fake = await start();
		expect(await refusedFields(await ask(fake, making, surface, changes))).toEqual(fields);
	});

	it('of speech are told for a number of characters too', async () => {
		const fake = await start();
		const response = await ask(fake, 'speech', 'v2', { text: null, count_text: 1000 });
		expect(await priceOf(response)).toBe(0.15);
	});

	it('of transcripts grow with what is asked for, and are those of the job', async () => {
		const fake = await start();
		const page = { source_file: null, source_url: 'https://youtu.be/abc' };
		const asked = async (changes: Fields) =>
			await priceOf(await ask(fake, 'transcription', 'v2', changes));
		expect(await asked({})).toBe(0.15);
		expect(await asked({ ts_level: 'word' })).toBe(0.16);
		expect(await asked({ ...page, include_metadata: '1' })).toBe(0.155);
		expect(await asked({ include_metadata: '1' })).toBe(0.15);
		expect(await asked({ source_file: null, duration_seconds: '60', platform: 'kick' })).toBe(0.15);
		await post(fake, 'transcription', 'v2', { ...page, include_metadata: '1' });
		expect(fake.jobs[0]?.price).toBe(0.155);
	});

	it('of upscaling are 0 where the length is not said, which is no price', async () => {
		const fake = await start();
		const size = { video: null, width: '512', height: '512' };
		const asked = async (changes: Fields) =>
			await priceOf(await ask(fake, 'upscale', 'v1', changes));
		expect(await asked({ video: CLIP })).toBe(0.15);
		expect(await asked({ ...size, duration: '10' })).toBe(0.15);
		expect(await asked(size)).toBe(0);
		const long = { ...size, model: 'RealESRGAN_Vid_x4', duration: '61' };
		expect(await refusedFields(await ask(fake, 'upscale', 'v1', long))).toEqual(['duration']);
	});

	it('of prompts come without data', async () => {
		const fake = await start({ prices: { prompt: 0.00012345 } });
		const response = await ask(fake, 'prompt', 'v2', TABLE.prompt.price.options);
		expect(await response.json()).toEqual({ price: 0.00012345 });
	});

	it('are told of a job in its status as well', async () => {
		const fake = await start({ prices: { transcription: 0.2 } });
		await post(fake, 'transcription', 'v1', { source_file: SONG });
		await submit(fake);
		expect(fake.jobs.map(({ price }) => price)).toEqual([0.2, 0.15]);
	});
});
