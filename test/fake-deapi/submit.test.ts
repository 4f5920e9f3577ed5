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
	submit,
	submitted,
	V1,
	V2,
} from './testing/plain-http';
import { EVERYWHERE } from './strictness';

describe('submit', () => {
	it.each([
		['v1', V1],
		['v2', V2],
	])('takes a good request on %s and makes one job of it', async (surface, path) => {
		const fake = await start();
		const requestId = await submitted(fake, form({ steps: '8' }), path);
		expect(requestId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
		expect(fake.jobs).toHaveLength(1);
		expect(fake.jobs[0]).toMatchObject({
			request_id: requestId,
			surface,
			account: 'test-key',
			fields: { ...FIELDS, steps: '8' },
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

	it.each(['jpg', 'png', 'gif', 'bmp', 'webp'])('takes a %s frame', async (extension) => {
		const fake = await start();
		const bytes = readFileSync(join(__dirname, '..', 'fixtures', `frame.${extension}`));
		const type = extension === 'jpg' ? 'image/jpeg' : `image/${extension}`;
		const frame: [Buffer, string, string] = [bytes, `frame.${extension}`, type];
		await submitted(fake, form({ first_frame_image: frame, last_frame_image: frame }));
		expect(fake.jobs[0]?.files[1]?.imageSize?.width).toBeGreaterThanOrEqual(64);
	});

	it('sums up one further message in the singular, and none without a bracket', async () => {
		const fake = await start();
		const two = await refusal(fake, form({ width: '100', model: 'LtxStudio_30B_Dist_FP8' }));
		expect(two.errors).toEqual({
			width: ['The width field must be at least 256.', 'The width field must be a multiple of 32.'],
		});
		expect(two.message).toBe('The width field must be at least 256. (and 1 more error)');
		const one = await refusal(fake, form({ width: '1025' }));
		expect(one.message).toBe('The width field must not be greater than 1024.');
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
	const mp3 = (bytes: Buffer, type = 'audio/mpeg'): [Buffer, string, string] => [
		bytes,
		'a.mp3',
		type,
	];
	const image = (bytes: Buffer): [Buffer, string, string] => [bytes, 'a.png', 'image/png'];
	const refusals: Array<[string, Parameters<typeof form>[0], string, RegExp]> = [
		['a width that is no integer', { width: '512.0' }, 'width', /integer/],
		['too few frames', { frames: '48' }, 'frames', /at least 49/],
		['another fps than the model has', { fps: '25' }, 'fps', /greater than 24/],
		['fewer steps than the model takes', { steps: '7' }, 'steps', /at least 8/],
		['guidance where the model has none', { guidance: '7.5' }, 'guidance', /not supported/],
		['negative words likewise', { negative_prompt: 'x' }, 'negative_prompt', /not supported/],
		['a model of another kind', { model: 'Kokoro' }, 'model', /does not support/],
		['an artefact of the pages', { 'first_frame_image.0': 'x' }, 'first_frame_image.0', /prohib/],
		['a text in place of the audio', { audio: 'song.mp3' }, 'audio', /must be a file/],
		['audio that is none', { audio: mp3(Buffer.from('hello')) }, 'audio', /of type: mp3/],
		['an untrue type', { audio: mp3(MP3, 'application/octet-stream') }, 'audio', /Content-Type/],
		['audio beyond 20 MB', { audio: mp3(audioOf(20 * MB + 1)) }, 'audio', /20480 kilo/],
		[
			...([
				'an image beyond 10 MB',
				{ first_frame_image: image(png(64, 64, 10 * MB + 1)) },
			] as const),
			...(['first_frame_image', /10240 kilo/] as const),
		],
		[
			...(['an image of 63 px', { first_frame_image: image(png(64, 63)) }] as const),
			...(['first_frame_image', /dimensions/] as const),
		],
		[
			...(['an image of 5001 px', { last_frame_image: image(png(5001, 64)) }] as const),
			...(['last_frame_image', /dimensions/] as const),
		],
		['a webhook URL that is none', { webhook_url: 'example.com' }, 'webhook_url', /valid URL/],
		[
			...([
				'one beyond 2048 characters',
				{ webhook_url: `https://a.b/${'a'.repeat(2037)}` },
			] as const),
			...(['webhook_url', /2048/] as const),
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
				width: '512',
				height: '1024',
				frames: '241',
				seed: '-1',
				steps: '8',
				guidance: '0',
			}),
		);
	});

	it('holds the length of a sound against the model where asked to', async () => {
		const fake = await start();
		const song = readFileSync(join(__dirname, '..', 'fixtures', 'songs', 'half-minute.mp3'));
		await submitted(fake, form({ audio: mp3(song) }));
		fake.settings.soundLengths = true;
		const response = await submit(fake, form({ audio: mp3(song) }));
		const { errors } = (await response.json()) as { errors: object };
		expect(errors).toEqual({ audio: ['The audio field must be between 1 and 11 seconds long.'] });
		const short = readFileSync(join(__dirname, '..', 'fixtures', 'song.mp3'));
		await submitted(fake, form({ audio: mp3(short) }));
		expect(fake.jobs[1]?.files[0]?.seconds).toBeCloseTo(8.6, 0);
	});

	it('refuses http webhook URLs unless told otherwise', async () => {
		const fake = await start({ requireHttpsWebhooks: true });
		const { errors } = await refusal(fake, form({ webhook_url: 'http://a.example/' }));
		expect(errors.webhook_url).toEqual([
			'The webhook url field must start with one of the following: https://.',
		]);
	});

	it('takes a webhook secret only with a URL', async () => {
		const fake = await start();
		const alone = await refusal(fake, form({ webhook_secret: SECRET }), V2);
		expect(Object.keys(alone.errors)).toEqual(['webhook_url']);
	});

	it(`refuses it: ${EVERYWHERE.repeated}`, async () => {
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
