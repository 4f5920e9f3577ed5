/**
 * Submits of aud2video: what is taken, what is refused, and what is recorded.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';

import NodeFormData from 'form-data';

import {
	AUTH,
	FIELDS,
	form,
	MP3,
	raw,
	refusal,
	SECRET,
	start,
	submitted,
	V1,
	V2,
} from './testing/plain-http';

describe('submit', () => {
	it.each([
		['v1', V1],
		['v2', V2],
	])('takes a good request on %s and makes one job of it', async (surface, path) => {
		const fake = await start();
		const requestId = await submitted(fake, form({ negative_prompt: 'blur' }), path);
		expect(requestId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
		expect(fake.jobs).toHaveLength(1);
		expect(fake.jobs[0]).toMatchObject({
			request_id: requestId,
			surface,
			account: 'test-key',
			fields: { ...FIELDS, negative_prompt: 'blur' },
			files: [{ name: 'audio', filename: 'song.mp3', contentType: 'audio/mpeg', size: 610 }],
		});
		expect(fake.balanceOf('test-key')).toBe(99.85);
	});

	it('records parts as they were sent, with their header lines and hashes', async () => {
		const fake = await start();
		const body = new NodeFormData();
		for (const [name, value] of Object.entries(FIELDS)) body.append(name, value);
		body.append('audio', MP3, { filename: 'Ünï "1".mp3', contentType: 'audio/mpeg' });
		const answer = await raw(fake, body.getBuffer(), body.getHeaders());
		expect(answer).toMatchObject({ status: 200 });
		const [request] = fake.requests;
		expect(request).toMatchObject({
			method: 'POST',
			path: V1,
			bodySize: body.getBuffer().length,
			bodyComplete: true,
			status: 200,
			route: 'submit',
			surface: 'v1',
			requestId: fake.jobs[0]?.request_id,
		});
		expect(request?.parts.map((part) => part.name)).toEqual([...Object.keys(FIELDS), 'audio']);
		expect(request?.parts[0]).toMatchObject({
			value: 'A café at dusk',
			headers: ['Content-Disposition: form-data; name="prompt"'],
		});
		expect(request?.parts.at(-1)).toMatchObject({
			kind: 'file',
			contentType: 'audio/mpeg',
			size: MP3.length,
			sha256: createHash('sha256').update(MP3).digest('hex'),
			value: null,
			mediaType: 'mp3',
		});
		expect(request?.parts.at(-1)?.headers).toHaveLength(2);
	});

	it('reads parts the same however the body is split on the wire', async () => {
		const fake = await start();
		const body = new NodeFormData();
		for (const [name, value] of Object.entries(FIELDS)) body.append(name, value);
		const tricky = Buffer.concat([
			MP3,
			Buffer.from(`\r\n--${body.getBoundary().slice(0, -1)}\r\n`),
		]);
		body.append('audio', tricky, { filename: 'a.mp3', contentType: 'audio/mpeg' });
		// What follows the last delimiter is no part, however much it looks like one.
		const bytes = Buffer.concat([body.getBuffer(), Buffer.from('X: y\r\n\r\n')]);
		const request = http.request(fake.url + V1, {
			method: 'POST',
			headers: { ...AUTH, ...body.getHeaders() },
		});
		for (const byte of bytes) request.write(Buffer.of(byte));
		request.end();
		const [response] = (await once(request, 'response')) as [http.IncomingMessage];
		response.resume();
		expect(response.statusCode).toBe(200);
		const part = fake.requests[0]?.parts.at(-1);
		expect(part?.sha256).toBe(createHash('sha256').update(tricky).digest('hex'));
		expect(part?.headers).toEqual([
			'Content-Disposition: form-data; name="audio"; filename="a.mp3"',
			'Content-Type: audio/mpeg',
		]);
	});

	it.each([
		['song.mp3', 'audio/mpeg'],
		['song.wav', 'audio/wav'],
		['song.ogg', 'audio/ogg'],
		['song.flac', 'audio/flac'],
	])('takes %s', async (name, type) => {
		const fake = await start();
		const bytes = readFileSync(join(__dirname, '..', 'fixtures', name));
		await submitted(fake, form({ audio: [bytes, name, type] }));
	});

	it.each(['jpg', 'png', 'gif', 'bmp', 'webp'])('takes a %s frame', async (extension) => {
		const fake = await start();
		const bytes = readFileSync(join(__dirname, '..', 'fixtures', `frame.${extension}`));
		const type = extension === 'jpg' ? 'image/jpeg' : `image/${extension}`;
		const frame: [Buffer, string, string] = [bytes, `frame.${extension}`, type];
		await submitted(fake, form({ first_frame_image: frame, last_frame_image: frame }));
		expect(fake.jobs[0]?.files[1]?.imageSize?.width).toBeGreaterThanOrEqual(64);
	});

	it('names every required field that is missing', async () => {
		const fake = await start();
		const { message, errors } = await refusal(fake, new FormData());
		expect(Object.keys(errors).sort()).toEqual([...Object.keys(FIELDS), 'audio'].sort());
		expect(message).toBe('The prompt field is required. (and 7 more errors)');
	});

	it('sums up one further message in the singular, and none without a bracket', async () => {
		const fake = await start();
		const two = await refusal(fake, form({ width: '100' }));
		expect(two.errors).toEqual({
			width: ['The width field must be at least 256.', 'The width field must be a multiple of 32.'],
		});
		expect(two.message).toBe('The width field must be at least 256. (and 1 more error)');
		const one = await refusal(fake, form({ width: '1312' }));
		expect(one.message).toBe('The width field must not be greater than 1280.');
	});

	const png = (width: number, height: number, size = 100): Buffer => {
		const bytes = Buffer.alloc(size);
		Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1').copy(bytes);
		bytes.writeUInt32BE(width, 16);
		bytes.writeUInt32BE(height, 20);
		return bytes;
	};
	const audioOf = (size: number) => Buffer.concat([MP3, Buffer.alloc(size - MP3.length)]);
	const MB = 1024 * 1024;
	const refusals: Array<[string, Parameters<typeof form>[0], string, RegExp]> = [
		['an empty prompt', { prompt: ' ' }, 'prompt', /required/],
		['a width that is no integer', { width: '512.0' }, 'width', /integer/],
		['an empty number', { seed: '' }, 'seed', /required/],
		['a seed in words', { seed: 'random' }, 'seed', /integer/],
		['too few frames', { frames: '48' }, 'frames', /at least 49/],
		['too many frames', { frames: '242' }, 'frames', /greater than 241/],
		['another fps than the model has', { fps: '25' }, 'fps', /greater than 24/],
		['no fps', { fps: null }, 'fps', /required/],
		['no steps at all', { steps: '0' }, 'steps', /at least 1/],
		[
			'guidance that is no number',
			{ guidance: 'high', model: 'Ltx2_19B_Dist_FP8' },
			'guidance',
			/number/,
		],
		['guidance where the model has none', { guidance: '7.5' }, 'guidance', /not supported/],
		['an unknown model', { model: 'Nope' }, 'model', /invalid/],
		['a model of another kind', { model: 'Model_1_txt2img' }, 'model', /does not support/],
		['an optional field sent empty', { negative_prompt: '' }, 'negative_prompt', /empty/],
		[
			'the artefact of the documentation',
			{ 'first_frame_image.0': 'x' },
			'first_frame_image.0',
			/prohibited/,
		],
		['a text in place of the audio', { audio: 'song.mp3' }, 'audio', /must be a file/],
		[
			'a text in place of an image',
			{ last_frame_image: '<string>' },
			'last_frame_image',
			/must be a file/,
		],
		[
			'audio that is none',
			{ audio: [Buffer.from('hello'), 'a.mp3', 'audio/mpeg'] },
			'audio',
			/of type: mp3/,
		],
		[
			'an untrue Content-Type',
			{ audio: [MP3, 'a.mp3', 'application/octet-stream'] },
			'audio',
			/Content-Type/,
		],
		[
			'audio beyond 20 MB',
			{ audio: [audioOf(20 * MB + 1), 'a.mp3', 'audio/mpeg'] },
			'audio',
			/20480 kilo/,
		],
		[
			'an image beyond 10 MB',
			{ first_frame_image: [png(64, 64, 10 * MB + 1), 'a.png', 'image/png'] },
			'first_frame_image',
			/10240 kilo/,
		],
		[
			'an image of 63 px',
			{ first_frame_image: [png(64, 63), 'a.png', 'image/png'] },
			'first_frame_image',
			/dimensions/,
		],
		[
			'an image of 5001 px',
			{ first_frame_image: [png(5001, 64), 'a.png', 'image/png'] },
			'first_frame_image',
			/dimensions/,
		],
		['a webhook URL that is none', { webhook_url: 'example.com' }, 'webhook_url', /valid URL/],
		[
			'a webhook URL beyond 2048 characters',
			{ webhook_url: `https://a.example/${'a'.repeat(2031)}` },
			'webhook_url',
			/2048/,
		],
		[
			'a webhook secret on v1',
			{ webhook_url: 'https://a.example/', webhook_secret: SECRET },
			'webhook_secret',
			/prohibited/,
		],
	];
	it.each(refusals)('refuses %s, and makes no job', async (_what, changes, field, message) => {
		const fake = await start();
		const { errors } = await refusal(fake, form(changes));
		expect(Object.keys(errors)).toEqual([field]);
		expect(errors[field]?.join(' ')).toMatch(message);
	});

	it('takes what lies just within the limits', async () => {
		const fake = await start();
		await submitted(
			fake,
			form({
				audio: [audioOf(20 * MB), 'a.mp3', 'audio/mpeg'],
				first_frame_image: [png(64, 5000, 10 * MB), 'a.png', 'image/png'],
				webhook_url: `https://a.example/${'a'.repeat(2030)}`,
				width: '256',
				height: '1280',
				frames: '241',
				seed: '-1',
				steps: '50',
			}),
		);
	});

	it('refuses what the model says it lacks', async () => {
		const fake = await start();
		const frame: [Buffer, string, string] = [png(64, 64), 'a.png', 'image/png'];
		const { errors } = await refusal(
			fake,
			form({ model: 'LtxLipSync_2B', negative_prompt: 'x', last_frame_image: frame, frames: '97' }),
		);
		expect(Object.keys(errors)).toEqual(['negative_prompt', 'last_frame_image']);
	});

	it('refuses http webhook URLs unless told otherwise', async () => {
		const fake = await start({ requireHttpsWebhooks: true });
		const { errors } = await refusal(fake, form({ webhook_url: 'http://a.example/' }));
		expect(errors.webhook_url).toEqual([
			'The webhook url field must start with one of the following: https://.',
		]);
	});

	it('takes a webhook secret on v2 only with a URL and of the right length', async () => {
		const fake = await start();
		const webhook_url = 'https://a.example/';
		const alone = await refusal(fake, form({ webhook_secret: SECRET }), V2);
		expect(Object.keys(alone.errors)).toEqual(['webhook_url']);
		for (const length of [31, 256]) {
			const body = form({ webhook_url, webhook_secret: 'x'.repeat(length) });
			expect(Object.keys((await refusal(fake, body, V2)).errors)).toEqual(['webhook_secret']);
		}
		await submitted(fake, form({ webhook_url, webhook_secret: 'x'.repeat(255) }), V2);
	});

	it('refuses a part sent twice', async () => {
		const fake = await start();
		const body = form();
		body.append('seed', '43');
		expect((await refusal(fake, body)).errors).toEqual({
			seed: ['The seed field must be sent once.'],
		});
	});

	it.each([
		['without a filename', 'name="audio"'],
		['with an empty filename', 'name="audio"; filename=""'],
		['with a filename* only, which PHP does not know', `name="audio"; filename*=UTF-8''a.mp3`],
	])('refuses a file %s', async (_what, disposition) => {
		const fake = await start();
		const body = `--b\r\nContent-Disposition: form-data; ${disposition}\r\nContent-Type: audio/mpeg\r\n\r\nID3\r\n--b--\r\n`;
		const answer = await raw(fake, body, { 'Content-Type': 'multipart/form-data; boundary=b' });
		expect(answer).toMatchObject({ status: 422 });
		expect('text' in answer && answer.text).toContain('The audio field must be a file.');
	});

	it.each([
		['cut short', '--b\r\nContent-Disposition: form-data; name="prompt"\r\n\r\nhi', 'boundary=b'],
		['without a boundary', 'x', 'charset=utf-8'],
		['with a part that has no disposition', '--b\r\nX: y\r\n\r\nhi\r\n--b--\r\n', 'boundary=b'],
		['with a broken header', '--b\r\nContent Disposition\r\n\r\nhi\r\n--b--\r\n', 'boundary=b'],
	])('refuses a multipart body %s', async (_what, body, parameter) => {
		const fake = await start();
		const type = { 'Content-Type': `multipart/form-data; ${parameter}` };
		expect(await raw(fake, body, type)).toMatchObject({ status: 400 });
		expect(fake.jobs).toHaveLength(0);
	});

	it('does not take JSON for a submit', async () => {
		const fake = await start();
		const type = { 'Content-Type': 'application/json' };
		const answer = await raw(fake, JSON.stringify({ ...FIELDS, audio: 'x' }), type);
		expect(answer).toMatchObject({ status: 422 });
	});

	it('answers 413 to more than 75 MB', async () => {
		const fake = await start();
		const size = 75 * MB;
		const answer = await raw(fake, Buffer.alloc(size + 1), { 'Content-Type': 'text/plain' });
		expect(answer).toMatchObject({ status: 413 });
		const within = await raw(fake, Buffer.alloc(size), { 'Content-Type': 'text/plain' });
		expect(within).toMatchObject({ status: 422 });
	});

	it('refuses a job that the credit does not cover, after validation', async () => {
		const fake = await start({ balance: 0.14 });
		expect(Object.keys((await refusal(fake, form({ width: 'x' }))).errors)).toEqual(['width']);
		expect(Object.keys((await refusal(fake, form())).errors)).toEqual(['balance']);
		fake.settings.balance = 0.15;
		await submitted(fake);
		expect(fake.settings.balance).toBe(0);
	});
});
