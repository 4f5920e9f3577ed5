/**
 * The fake deAPI is what every other test trusts, so its own behaviour is stated here, over plain
 * HTTP and without n8n.
 */
import { execFileSync } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import NodeFormData from 'form-data';

import {
	signWebhook,
	startFakeDeapi,
	type FakeDeapi,
	type FakeDeapiOptions,
	type Fault,
} from './fake-deapi';

const V1 = '/api/v1/client/aud2video';
const V2 = '/api/v2/videos/audio-syncs';
const SECRET = 'a-webhook-secret-of-40-characters-012345';
const MP3 = Buffer.concat([Buffer.from('ID3\x03\0\0\0\0\0\0'), Buffer.alloc(600, 7)]);
const AUTH = { Authorization: 'Bearer test-key', Accept: 'application/json' };

const FIELDS: Record<string, string> = {
	prompt: 'A café at dusk',
	width: '512',
	height: '512',
	frames: '97',
	fps: '24',
	seed: '42',
	model: 'Ltx2_3_22B_Dist_INT8',
};

const open: Array<() => Promise<unknown>> = [];

async function start(options: FakeDeapiOptions = {}): Promise<FakeDeapi> {
	const fake = await startFakeDeapi({ requireHttpsWebhooks: false, ...options });
	open.push(async () => await fake.close());
	return fake;
}

afterEach(async () => {
	for (const close of open.splice(0).reverse()) await close();
});

/** A form with good values; null takes one out, a file puts one in. */
function form(changes: Record<string, string | null | [Buffer, string, string]> = {}): FormData {
	const values = { ...FIELDS, audio: [MP3, 'song.mp3', 'audio/mpeg'] as const, ...changes };
	const result = new FormData();
	for (const [name, value] of Object.entries(values)) {
		if (typeof value === 'string') result.append(name, value);
		else if (value) result.append(name, new Blob([value[0]], { type: value[2] }), value[1]);
	}
	return result;
}

async function submit(fake: FakeDeapi, body = form(), path = V1, headers = AUTH) {
	return await fetch(fake.url + path, { method: 'POST', headers, body, redirect: 'manual' });
}

async function get(fake: FakeDeapi, path: string, headers: Record<string, string> = AUTH) {
	return await fetch(path.startsWith('http') ? path : fake.url + path, {
		headers,
		redirect: 'manual',
	});
}

async function submitted(fake: FakeDeapi, body = form(), path = V1): Promise<string> {
	const response = await submit(fake, body, path);
	const answer = (await response.json()) as { data: { request_id: string } };
	expect(response.status).toBe(200);
	return answer.data.request_id;
}

interface Refusal {
	message: string;
	errors: Record<string, string[]>;
}

async function refusal(fake: FakeDeapi, body: FormData, path = V1): Promise<Refusal> {
	const response = await submit(fake, body, path);
	expect(response.status).toBe(422);
	expect(fake.jobs).toHaveLength(0);
	return (await response.json()) as Refusal;
}

interface Status {
	status: string;
	progress: number;
	preview: string | null;
	result_url: string | null;
	[field: string]: unknown;
}

async function statusOf(fake: FakeDeapi, requestId: string): Promise<Status> {
	const response = await get(fake, `/api/v2/jobs/${requestId}`);
	return ((await response.json()) as { data: Status }).data;
}

/** Sends bytes as they are, and gives the answer or why there is none. */
async function raw(
	fake: FakeDeapi,
	body: Buffer | string,
	headers: Record<string, string>,
	path = V1,
): Promise<{ status: number; text: string } | { error: string }> {
	return await new Promise((resolve) => {
		const fail = (error: Error) => resolve({ error: error.message });
		const request = http.request(
			fake.url + path,
			{ method: 'POST', headers: { ...AUTH, ...headers }, agent: false },
			(response) => {
				let text = '';
				response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
				response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
				response.on('error', fail);
			},
		);
		request.on('error', fail);
		request.end(body);
	});
}

interface Call {
	headers: http.IncomingHttpHeaders;
	body: Buffer;
}

/** A webhook receiver; `answer` gives the status for the nth call. */
async function receiver(answer: (call: number) => number | null = () => 200) {
	const calls: Call[] = [];
	const server = http.createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			calls.push({ headers: request.headers, body: Buffer.concat(chunks) });
			const status = answer(calls.length);
			if (status === null) return;
			response.writeHead(status, { Location: '/elsewhere' }).end('received');
		});
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	open.push(async () => {
		server.close();
		server.closeAllConnections();
		await once(server, 'close');
	});
	const { port } = server.address() as AddressInfo;
	return { url: `http://127.0.0.1:${port}/hook`, calls };
}

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
		const bytes = readFileSync(join(__dirname, 'fixtures', name));
		await submitted(fake, form({ audio: [bytes, name, type] }));
	});

	it.each(['jpg', 'png', 'gif', 'bmp', 'webp'])('takes a %s frame', async (extension) => {
		const fake = await start();
		const bytes = readFileSync(join(__dirname, 'fixtures', `frame.${extension}`));
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

describe('accounts', () => {
	it.each([
		['no key', {}],
		['a wrong key', { Authorization: 'Bearer wrong' }],
		['a key that is not a bearer token', { Authorization: 'test-key' }],
	])('answers 401 to %s', async (_what, headers: Record<string, string>) => {
		const fake = await start();
		for (const path of ['/api/v1/client/balance', '/api/v2/models', '/api/v2/jobs/x']) {
			const response = await get(fake, path, { Accept: 'application/json', ...headers });
			expect(response.status).toBe(401);
			expect(await response.json()).toEqual({ message: 'Unauthenticated.' });
		}
	});

	it('sends who does not ask for JSON to a login page', async () => {
		const fake = await start();
		const response = await get(fake, '/api/v1/client/balance', { ...AUTH, Accept: '*/*' });
		expect(response.status).toBe(302);
		expect(response.headers.get('location')).toBe('/login');
		expect(await response.text()).toContain('<html>');
	});

	it('answers 403 to a suspended account', async () => {
		const fake = await start();
		fake.settings.suspended = true;
		expect((await get(fake, '/api/v2/account/balance')).status).toBe(403);
		expect((await submit(fake)).status).toBe(403);
	});

	it('keeps jobs, credit and limits of two keys apart', async () => {
		const fake = await start({ apiKeys: ['test-key', 'other'], submitsPerMinute: 1 });
		const other = { ...AUTH, Authorization: 'Bearer other' };
		const requestId = await submitted(fake);
		expect((await submit(fake)).status).toBe(429);
		expect((await get(fake, `/api/v2/jobs/${requestId}`, other)).status).toBe(404);
		expect(fake.balanceOf('other')).toBe(100);
		expect((await submit(fake, form(), V1, other)).status).toBe(200);
	});

	it('tells the balance on both surfaces', async () => {
		const fake = await start({ balance: 19.72 });
		for (const path of ['/api/v1/client/balance', '/api/v2/account/balance']) {
			expect(await (await get(fake, path)).json()).toEqual({ data: { balance: 19.72 } });
		}
	});

	it('answers 404 to an unknown route and 405 to a wrong method', async () => {
		const fake = await start();
		expect((await get(fake, '/api/v3/jobs')).status).toBe(404);
		expect((await get(fake, V1)).status).toBe(405);
	});
});

describe('rate limits', () => {
	it('answers 429 with the headers of a minute limit, and lets through after it', async () => {
		const fake = await start({ submitsPerMinute: 2, submitsPerDay: 9, minuteMs: 150 });
		const first = await submit(fake);
		expect(first.headers.get('x-ratelimit-limit')).toBe('2');
		expect(first.headers.get('x-ratelimit-remaining')).toBe('1');
		expect(first.headers.get('retry-after')).toBeNull();
		await submit(fake);
		const refused = await submit(fake);
		expect(refused.status).toBe(429);
		expect(Object.fromEntries(refused.headers)).toMatchObject({
			'retry-after': '1',
			'x-ratelimit-type': 'minute',
			'x-ratelimit-limit': '2',
			'x-ratelimit-remaining': '0',
			'x-ratelimit-daily-limit': '9',
			'x-ratelimit-daily-remaining': '7',
		});
		expect(await refused.json()).toEqual({ message: 'Too Many Attempts.' });
		const opened = fake.requests[0]?.startedAt ?? 0;
		await fake.waitFor(() => Date.now() > opened + 200);
		expect((await submit(fake)).status).toBe(200);
		expect(fake.jobs).toHaveLength(3);
	});

	it('gives the whole wait in seconds', async () => {
		const fake = await start({ submitsPerMinute: 1 });
		await submit(fake);
		expect((await submit(fake)).headers.get('retry-after')).toBe('60');
	});

	it('tells a daily limit from a minute one', async () => {
		const fake = await start({ submitsPerDay: 1, submitsPerMinute: 1 });
		await submit(fake);
		const refused = await submit(fake);
		expect(refused.headers.get('x-ratelimit-type')).toBe('daily');
		expect(refused.headers.get('retry-after')).toBe('86400');
	});

	it('counts a request that validation refuses, and none that lacks a key', async () => {
		const fake = await start({ submitsPerMinute: 1 });
		expect((await submit(fake, form(), V1, { ...AUTH, Authorization: '' })).status).toBe(401);
		expect((await submit(fake, new FormData())).status).toBe(422);
		expect((await submit(fake)).status).toBe(429);
	});

	it('counts submits and status reads apart, and nothing else', async () => {
		const fake = await start({ submitsPerMinute: 1, statusPerMinute: 2 });
		const requestId = await submitted(fake);
		const path = `/api/v1/client/request-status/${requestId}`;
		expect((await get(fake, path)).status).toBe(200);
		expect((await get(fake, path)).status).toBe(200);
		expect((await get(fake, path)).status).toBe(429);
		for (const unlimited of ['/api/v2/models', '/api/v2/account/balance']) {
			const response = await get(fake, unlimited);
			expect(response.status).toBe(200);
			expect(response.headers.get('x-ratelimit-limit')).toBeNull();
		}
	});

	it('leaves out or replaces the headers when told to', async () => {
		const fake = await start({ submitsPerMinute: 0, retryAfter: null, rateLimitType: false });
		const bare = await submit(fake);
		expect(bare.headers.get('retry-after')).toBeNull();
		expect(bare.headers.get('x-ratelimit-type')).toBeNull();
		fake.settings.retryAfter = 'Wed, 21 Oct 2026 07:28:00 GMT';
		expect((await submit(fake)).headers.get('retry-after')).toContain('GMT');
	});
});

describe('price', () => {
	const PRICED = { model: FIELDS.model, width: 512, height: 512, frames: 97, fps: 24 };
	const ask = async (fake: FakeDeapi, body: unknown, path = `${V2}/price`) =>
		await fetch(fake.url + path, {
			method: 'POST',
			headers: { ...AUTH, 'Content-Type': 'application/json' },
			body: typeof body === 'string' ? body : JSON.stringify(body),
		});

	it('answers on both surfaces', async () => {
		const fake = await start({ price: 0.3 });
		for (const path of [`${V1}/price-calculation`, `${V2}/price`]) {
			const response = await ask(fake, { ...PRICED, steps: 8 }, path);
			expect(await response.json()).toEqual({ data: { price: 0.3 } });
		}
		expect(fake.requests[0]?.json).toEqual({ ...PRICED, steps: 8 });
	});

	it.each([
		['nothing', '', ['model', 'width', 'height', 'frames', 'fps']],
		['broken JSON', '{"model":', ['model', 'width', 'height', 'frames', 'fps']],
		['numbers in quotes', { ...PRICED, width: '512' }, ['width']],
		['a number out of range', { ...PRICED, fps: 30 }, ['fps']],
		['a broken number', { ...PRICED, frames: 97.5 }, ['frames']],
		['a field it does not know', { ...PRICED, seed: 1 }, ['seed']],
		['an unknown model', { ...PRICED, model: 'Nope' }, ['model']],
	])('refuses %s', async (_what, body, fields) => {
		const fake = await start();
		const response = await ask(fake, body);
		expect(response.status).toBe(422);
		expect(Object.keys(((await response.json()) as Refusal).errors)).toEqual(fields);
	});
});

describe('models', () => {
	interface Page {
		data: Array<{ slug: string }>;
		meta: Record<string, number>;
	}
	const list = async (fake: FakeDeapi, query: string) =>
		(await (await get(fake, `/api/v1/client/models${query}`)).json()) as Page;

	it('cuts the list at 25, and at 50 whatever is asked for', async () => {
		const fake = await start();
		const short = await list(fake, '?per_page=50');
		expect(short.data).toHaveLength(25);
		expect(short.meta).toEqual({ current_page: 1, last_page: 3, per_page: 25, total: 64 });
		const long = await list(fake, '?limit=500');
		expect(long.data).toHaveLength(50);
		expect(long.meta).toEqual({ current_page: 1, last_page: 2, per_page: 50, total: 64 });
	});

	it('gives each model once over all pages, and nothing beyond them', async () => {
		const fake = await start();
		const pages = [await list(fake, '?limit=50'), await list(fake, '?limit=50&page=2')];
		const slugs = pages.flatMap((page) => page.data.map((model) => model.slug));
		expect(new Set(slugs).size).toBe(64);
		expect((await list(fake, '?limit=50&page=3')).data).toEqual([]);
	});

	it('filters by any of several types, also where they are keys of an object', async () => {
		const fake = await start();
		const found = await list(fake, '?filter[inference_types]=audio2video');
		expect(found.data.map((model) => model.slug)).toEqual([
			'Ltx2_3_22B_Dist_INT8',
			'Ltx2_19B_Dist_FP8',
			'LtxLipSync_2B',
		]);
		expect((await list(fake, '?filter[inference_types]=nope')).data).toEqual([]);
		const two = await list(fake, '?filter[inference_types]=img2txt,img-rmbg');
		expect(two.data).toHaveLength(8);
	});

	it('holds the oddities of PHP', async () => {
		const fake = await start();
		const infos = fake.settings.models.map((model) => JSON.stringify(model.info));
		for (const odd of ['[]', 'null', undefined]) expect(infos).toContain(odd);
		expect(infos.join()).toContain('"limits":[]');
		expect(infos.join()).toContain('"supports_guidance":"0"');
	});
});

describe('jobs', () => {
	it('goes from pending by processing to done, its progress growing', async () => {
		const fake = await start({ processingMs: 200 });
		fake.holdJobs(true);
		const requestId = await submitted(fake);
		const seen = [await statusOf(fake, requestId)];
		fake.holdJobs(false);
		fake.startJob(requestId);
		while (seen.at(-1)?.status !== 'done') seen.push(await statusOf(fake, requestId));
		const states = seen.map(({ status }) => status);
		expect([...new Set(states)]).toEqual(['pending', 'processing', 'done']);
		const progress = seen.map((status) => status.progress);
		expect(progress).toEqual([...progress].sort((a, b) => a - b));
		expect(progress[0]).toBe(0);
		expect(progress.at(-1)).toBe(100);
		expect(new Set(progress).size).toBeGreaterThan(3);
		expect(seen.filter((one) => one.result_url !== null)).toHaveLength(1);
		expect(seen.some((one) => 'error_code' in one)).toBe(false);
		expect(fake.jobs[0]?.statusReads).toBe(seen.length);
	});

	it('can be read on the other surface', async () => {
		const fake = await start();
		const first = await submitted(fake, form(), V1);
		const second = await submitted(fake, form(), V2);
		expect((await get(fake, `/api/v2/jobs/${first}`)).status).toBe(200);
		expect((await get(fake, `/api/v1/client/request-status/${second}`)).status).toBe(200);
		expect((await get(fake, '/api/v2/jobs/c08a339c-73e5-4d67-a4d5-231302fbff9a')).status).toBe(404);
	});

	it('obeys the manual clock', async () => {
		const fake = await start({ pendingMs: 0, processingMs: 0 });
		fake.holdJobs(true);
		const requestId = await submitted(fake);
		expect((await statusOf(fake, requestId)).status).toBe('pending');
		fake.startJob(requestId);
		fake.setProgress(requestId, 61.5);
		const processing = await statusOf(fake, requestId);
		expect(processing).toMatchObject({ status: 'processing', progress: 61.5 });
		const preview = await get(fake, processing.preview ?? '', {});
		expect(preview.headers.get('content-type')).toBe('image/png');
		fake.completeJob(requestId);
		expect(await statusOf(fake, requestId)).toMatchObject({ status: 'done', progress: 100 });
		const other = await submitted(fake);
		fake.holdJobs(false);
		await fake.waitFor(() => fake.jobs[1]?.status === 'done');
		expect((await statusOf(fake, other)).status).toBe('done');
	});

	it('keeps a progress that was fixed, whatever the clock says', async () => {
		const fake = await start({ pendingMs: 0, processingMs: 60_000 });
		const requestId = await submitted(fake);
		fake.startJob(requestId);
		fake.setProgress(requestId, 5);
		fake.settings.processingMs = 0;
		const started = Date.now();
		await fake.waitFor(() => Date.now() > started + 2);
		expect((await statusOf(fake, requestId)).progress).toBe(5);
	});

	it('goes by itself to its end', async () => {
		const fake = await start();
		await submitted(fake);
		await fake.waitFor(() => fake.jobs[0]?.status === 'done');
		const { submittedAt = 0, startedAt, endedAt } = fake.jobs[0] ?? {};
		// Timers may fire a millisecond early.
		expect((startedAt ?? 0) - submittedAt).toBeGreaterThanOrEqual(19);
		expect((endedAt ?? 0) - (startedAt ?? 0)).toBeGreaterThanOrEqual(59);
	});

	it('ends in error when told to, with the fields of the contract, and gives the money back', async () => {
		const fake = await start();
		const error = { error_code: 'WORKER_TIMEOUT', error_reason: 'TIMEOUT', retryable: false };
		fake.failJob((job) => job.fields.seed === '7', error);
		const good = await submitted(fake);
		const bad = await submitted(fake, form({ seed: '7' }));
		await fake.waitFor(() => fake.jobs.every((job) => job.endedAt !== null));
		expect((await statusOf(fake, good)).status).toBe('done');
		expect(await statusOf(fake, bad)).toMatchObject({
			status: 'error',
			result_url: null,
			...error,
			error_message: 'worker-error',
			refunded: true,
			failed_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/),
		});
		expect(fake.settings.balance).toBe(99.85);
		const now = await submitted(fake);
		fake.failJob(now, { refunded: false });
		expect((await statusOf(fake, now)).status).toBe('error');
		expect(fake.settings.balance).toBe(99.7);
	});
});

describe('results', () => {
	async function done(options: FakeDeapiOptions = {}) {
		const fake = await start(options);
		const requestId = await submitted(fake);
		fake.completeJob(requestId);
		return { fake, requestId, link: (await statusOf(fake, requestId)).result_url ?? '' };
	}

	it('are an MP4 behind a signed link that needs no key', async () => {
		const { fake, link } = await done();
		const response = await get(fake, link, {});
		const bytes = Buffer.from(await response.arrayBuffer());
		expect(response.headers.get('content-type')).toBe('video/mp4');
		expect(response.headers.get('content-length')).toBe(String(bytes.length));
		expect(bytes.equals(readFileSync(join(__dirname, 'fixtures', 'result.mp4')))).toBe(true);
		expect(fake.requests.at(-1)).toMatchObject({ route: 'result', account: null, status: 200 });
		expect(fake.requests.at(-1)?.headers.authorization).toBeUndefined();
	});

	it('have a fresh link on each read, and refuse a changed one', async () => {
		const { fake, requestId, link } = await done();
		expect((await statusOf(fake, requestId)).result_url).not.toBe(link);
		expect(fake.resultUrl(requestId)).not.toBe(fake.resultUrl(requestId));
		for (const changed of [link.replace('expires=', 'expires=9'), `${link}0`, link.split('?')[0]]) {
			const response = await get(fake, changed ?? '', {});
			expect(response.status).toBe(403);
			expect(await response.text()).toContain('<Code>SignatureDoesNotMatch</Code>');
		}
	});

	it('expire, after which a status read gives a link that works', async () => {
		const { fake, requestId, link } = await done();
		fake.expireResults();
		const expired = await get(fake, link, {});
		expect(expired.status).toBe(403);
		expect(await expired.text()).toContain('Request has expired');
		const fresh = (await statusOf(fake, requestId)).result_url ?? '';
		expect((await get(fake, fresh, {})).status).toBe(200);
	});

	it('expire by themselves', async () => {
		const { fake, link } = await done({ resultTtlMs: 30 });
		const until = Number(new URL(link).searchParams.get('expires'));
		await fake.waitFor(() => Date.now() > until);
		expect((await get(fake, link, {})).status).toBe(403);
	});

	it('can be as large as wanted, and begin like an MP4', async () => {
		const { fake, link } = await done({ resultFile: { size: 3_000_001 } });
		const bytes = Buffer.from(await (await get(fake, link, {})).arrayBuffer());
		expect(bytes).toHaveLength(3_000_001);
		expect(bytes.toString('latin1', 4, 12)).toBe('ftypisom');
		fake.settings.resultFile = Buffer.from('small');
		expect(await (await get(fake, link, {})).text()).toBe('small');
	});

	it('go wrong on demand', async () => {
		const { fake, link } = await done({ resultFile: { size: 300_000 } });
		const fail = (fault: Fault) => fake.faults.add({ route: 'result', fault });
		fail({ type: 'expired' });
		expect((await get(fake, link, {})).status).toBe(403);
		fail({ type: 'html', status: 200 });
		const page = await get(fake, link, {});
		expect([page.status, page.headers.get('content-type')]).toEqual([
			200,
			'text/html; charset=UTF-8',
		]);
		fail({ type: 'short', bytes: 200_000 });
		const short = await get(fake, link, {});
		expect(short.headers.get('content-length')).toBe('300000');
		await expect(short.arrayBuffer()).rejects.toThrow();
		fail({ type: 'tooLarge', bytes: 500_000 });
		const large = await get(fake, link, {});
		expect(large.headers.get('content-length')).toBeNull();
		expect((await large.arrayBuffer()).byteLength).toBe(500_000);
		fail({ type: 'tooLarge', bytes: 500_000, contentLength: true });
		expect((await get(fake, link, {})).headers.get('content-length')).toBe('500000');
	});
});

describe('speech', () => {
	const TEXT = {
		...{ text: 'Good morning', model: 'Kokoro', voice: 'af_sky', lang: 'en-us' },
		...{ speed: '1', format: 'mp3', sample_rate: '24000' },
	};
	const asForm = (fields: object) => {
		const body = new FormData();
		for (const [name, value] of Object.entries(fields)) body.append(name, String(value));
		return body;
	};

	it.each([
		['v1', 'a form', '/api/v1/client/txt2audio', asForm(TEXT), AUTH],
		[
			...(['v2', 'JSON', '/api/v2/audio/speech', JSON.stringify(TEXT)] as const),
			{ ...AUTH, 'Content-Type': 'application/json' },
		],
	])('of a text is a job whose result is an MP3 (%s, %s)', async (_, __, path, body, headers) => {
		const fake = await start();
		const response = await fetch(fake.url + path, { method: 'POST', headers, body });
		expect(response.status).toBe(200);
		const [job] = fake.jobs;
		expect(job).toMatchObject({ job_type: 'txt2audio', fields: TEXT, price: 0.15 });
		expect(fake.balanceOf('test-key')).toBeCloseTo(99.85);

		await fake.waitFor(() => job?.status === 'done');
		const result = await get(fake, fake.resultUrl(job?.request_id ?? ''));
		expect(result.headers.get('content-type')).toBe('audio/mpeg');
		const speech = readFileSync(join(__dirname, 'fixtures', 'speech.mp3'));
		expect(speech.equals(Buffer.from(await result.arrayBuffer()))).toBe(true);
	});

	it('refuses what is missing, unknown or no number, and makes no job', async () => {
		const fake = await start();
		const body = asForm({ ...TEXT, voice: '', speed: 'fast', prompt: 'x' });
		const response = await submit(fake, body, '/api/v1/client/txt2audio');
		expect(response.status).toBe(422);
		const { errors } = (await response.json()) as { errors: object };
		expect(Object.keys(errors)).toEqual(['voice', 'speed', 'prompt']);
		expect(fake.jobs).toEqual([]);
	});
});

describe('faults', () => {
	const bytes = (() => {
		const body = new NodeFormData();
		for (const [name, value] of Object.entries(FIELDS)) body.append(name, value);
		body.append('audio', Buffer.concat([MP3, Buffer.alloc(400_000)]), {
			filename: 'a.mp3',
			contentType: 'audio/mpeg',
		});
		return { body: body.getBuffer(), headers: body.getHeaders() };
	})();
	const send = async (fake: FakeDeapi, fault?: Fault) => {
		if (fault) fake.faults.add({ route: 'submit', fault });
		return await raw(fake, bytes.body, bytes.headers);
	};

	it.each<[string, Fault, number, number, RegExp]>([
		['a status with JSON', { type: 'status', status: 500 }, 500, 0, /^{"message":"Server Error"}$/],
		['a status with text', { type: 'status', status: 403, body: 'no' }, 403, 0, /^no$/],
		['no content', { type: 'status', status: 204 }, 204, 0, /^$/],
		['a page', { type: 'html', status: 502 }, 502, 0, /^<!DOCTYPE html>/],
		['a page for a job that was made', { type: 'html', status: 504, accept: true }, 504, 1, /html/],
		['an empty body', { type: 'empty', status: 200 }, 200, 0, /^$/],
		['half of the JSON', { type: 'truncatedJson' }, 200, 1, /^{"data":{"request_id":"[^"}]*$/],
		['a late answer', { type: 'slow', ms: 30 }, 200, 1, /request_id/],
		['a redirect', { type: 'redirect', location: '/x' }, 302, 0, /html/],
		['an error after the deed', { type: 'acceptThenError', status: 503 }, 503, 1, /Server Error/],
		['no request_id', { type: 'noRequestId' }, 200, 1, /^{"data":{}}$/],
	])('answers with %s', async (_what, fault, status, jobs, text) => {
		const fake = await start();
		expect(await send(fake, fault)).toEqual({ status, text: expect.stringMatching(text) });
		expect(fake.jobs).toHaveLength(jobs);
		expect(fake.requests[0]).toMatchObject({ bodyComplete: true, status, fault: fault.type });
		expect(await send(fake)).toMatchObject({ status: 200 });
	});

	it('is late by the time asked for', async () => {
		const fake = await start();
		await send(fake, { type: 'slow', ms: 120 });
		const [request] = fake.requests;
		await fake.waitFor(() => request?.endedAt !== null);
		expect((request?.endedAt ?? 0) - (request?.startedAt ?? 0)).toBeGreaterThanOrEqual(119);
	});

	it.each<[string, Fault, number]>([
		['before the body', { type: 'cutBeforeBody' }, 0],
		['within the body', { type: 'cutDuringBody', afterBytes: 100_000 }, 0],
		['after the body', { type: 'cutAfterBody', accept: false }, 0],
		['after the body and the deed', { type: 'cutAfterBody', accept: true }, 1],
		['within the answer', { type: 'cutDuringAnswer', accept: false }, 0],
		['within the answer, after the deed', { type: 'cutDuringAnswer', accept: true }, 1],
	])('cuts the connection %s', async (_what, fault, jobs) => {
		const fake = await start();
		expect(await send(fake, fault)).toEqual({ error: expect.any(String) });
		await fake.waitFor(() => fake.requests[0]?.endedAt !== null);
		expect(fake.jobs).toHaveLength(jobs);
		const size = fake.requests[0]?.bodySize ?? 0;
		if (fault.type === 'cutBeforeBody') expect(size).toBe(0);
		else if (fault.type === 'cutDuringBody') expect(size).toBeGreaterThanOrEqual(100_000);
		else expect(size).toBe(bytes.body.length);
		expect(fake.requests[0]?.bodyComplete).toBe(!/Before|DuringBody/.test(fault.type));
	});

	it.each<[string, Fault, boolean]>([
		['after reading', { type: 'hang' }, true],
		['within the body', { type: 'stallBody', afterBytes: 1000 }, false],
	])('hangs %s, and ends without an answer', async (_what, fault, complete) => {
		const fake = await start();
		fake.faults.add({ route: 'submit', fault });
		const request = http.request(fake.url + V1, {
			method: 'POST',
			headers: { ...AUTH, ...bytes.headers },
		});
		const gone = new Promise((resolve) => request.once('close', resolve));
		request.on('error', () => {});
		request.end(Buffer.concat([bytes.body, Buffer.alloc(30_000_000)]));
		await fake.waitFor(() =>
			complete ? fake.requests[0]?.bodyComplete === true : (fake.requests[0]?.bodySize ?? 0) > 0,
		);
		request.destroy();
		await gone;
		// Who stops reading does not see the client go: only closing the fake ends a stalled body.
		if (!complete) await fake.close();
		await fake.waitFor(() => fake.requests[0]?.endedAt !== null);
		expect(fake.requests[0]).toMatchObject({ status: null, bodyComplete: complete });
		expect(fake.jobs).toHaveLength(0);
	});

	it('makes a 429 of any look', async () => {
		const fake = await start();
		const look = async (fault: Fault) => {
			fake.faults.add({ route: 'submit', fault });
			const { status, headers } = await submit(fake);
			return [status, headers.get('retry-after'), headers.get('x-ratelimit-type')];
		};
		expect(await look({ type: 'rateLimit', kind: 'minute' })).toEqual([429, '60', 'minute']);
		expect(await look({ type: 'rateLimit', kind: 'daily' })).toEqual([429, '86400', 'daily']);
		expect(
			await look({ type: 'rateLimit', kind: 'minute', retryAfter: null, withType: false }),
		).toEqual([429, null, null]);
		expect(await look({ type: 'rateLimit', kind: 'minute', retryAfter: 7 })).toEqual([
			429,
			'7',
			'minute',
		]);
	});

	it('meets the route, the turn and the times asked for', async () => {
		const fake = await start();
		const fault = (status: number): Fault => ({ type: 'status', status });
		fake.faults.add({ route: 'balance', after: 1, times: 2, fault: fault(500) });
		fake.faults.add({ route: 'any', after: 4, fault: fault(418) });
		expect(fake.faults.pending).toBe(3);
		const statuses: number[] = [];
		for (let call = 0; call < 5; call += 1) {
			expect((await get(fake, '/api/v2/models')).status).toBe(call === 2 ? 418 : 200);
			statuses.push((await get(fake, '/api/v2/account/balance')).status);
		}
		expect(statuses).toEqual([200, 500, 500, 200, 200]);
		fake.faults.add({ route: 'balance', times: Infinity, fault: fault(500) });
		fake.faults.clear();
		expect((await get(fake, '/api/v2/account/balance')).status).toBe(200);
	});
});

describe('webhooks', () => {
	const sign = (secret: string, call: Call) =>
		`sha256=${createHmac('sha256', secret)
			.update(`${String(call.headers['x-deapi-timestamp'])}.`)
			.update(call.body)
			.digest('hex')}`;

	const hooked = async (
		fake: FakeDeapi,
		url: string,
		more: Record<string, string> = {},
		path = V1,
	) => await submitted(fake, form({ webhook_url: url, ...more }), path);

	it('sign as the documentation says', () => {
		// printf '1705315800.{}' | openssl dgst -sha256 -hmac secret
		expect(signWebhook('secret', 1705315800, '{}')).toBe(
			'sha256=d28ddccb5be758438245a75832967678ed769564cce4deac8185504e8d8aa1db',
		);
	});

	it('tell of processing and done, with the headers and fields of the contract', async () => {
		const hook = await receiver();
		const fake = await start({ webhookSecret: SECRET });
		const requestId = await hooked(fake, hook.url);
		await fake.waitFor(() => fake.deliveries.length === 2);
		const [processing, completed] = hook.calls;
		if (!processing || !completed) throw new Error('Two calls were expected.');
		for (const call of [processing, completed]) {
			expect(call.headers).toMatchObject({
				'content-type': 'application/json',
				'user-agent': 'DeAPI-Webhook/1.0',
				'content-length': String(call.body.length),
				'x-deapi-signature': sign(SECRET, call),
			});
			const age = Date.now() / 1000 - Number(call.headers['x-deapi-timestamp']);
			expect(Math.abs(age)).toBeLessThan(5);
		}
		expect(JSON.parse(String(processing.body))).toEqual({
			event: 'job.processing',
			delivery_id: processing.headers['x-deapi-delivery-id'],
			timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
			data: {
				job_request_id: requestId,
				status: 'processing',
				previous_status: 'pending',
				job_type: 'audio2video',
				started_at: expect.any(String),
			},
		});
		const done = JSON.parse(String(completed.body)) as { data: { result_url: string } };
		expect(done).toMatchObject({
			event: 'job.completed',
			data: {
				job_request_id: requestId,
				status: 'done',
				previous_status: 'processing',
				job_type: 'audio2video',
				completed_at: expect.any(String),
				processing_time_ms: expect.any(Number),
			},
		});
		expect((await get(fake, done.data.result_url, {})).status).toBe(200);
		expect(String(completed.body)).toContain(':\\/\\/');
		expect(completed.headers['x-deapi-event']).toBe('job.completed');
	});

	it('tell of a failed job, in raw UTF-8', async () => {
		const hook = await receiver();
		const fake = await start({ accountWebhookUrl: hook.url, webhookExtraData: { new_field: 1 } });
		fake.failJob('next', { error_message: 'très raté', refunded: false });
		await submitted(fake);
		await fake.waitFor(() => fake.deliveries.length === 2);
		const text = String(hook.calls[1]?.body);
		expect(text).toContain('très raté');
		expect(JSON.parse(text)).toMatchObject({
			event: 'job.failed',
			data: {
				status: 'error',
				failed_at: expect.any(String),
				error_code: 'PROCESSING_ERROR',
				error_reason: 'PROCESSING_FAILED',
				retryable: true,
				refunded: false,
				new_field: 1,
			},
		});
	});

	it("are signed with the job's secret before the account's, and unsigned without either", async () => {
		const hook = await receiver();
		const fake = await start({ webhookSecret: SECRET });
		const own = 'the-secret-of-this-one-job-0123456789';
		await hooked(fake, hook.url, { webhook_secret: own }, V2);
		await fake.waitFor(() => hook.calls.length === 2);
		fake.settings.webhookSecret = undefined;
		await hooked(fake, hook.url);
		await fake.waitFor(() => hook.calls.length === 4);
		const signatures = hook.calls.map((call) => call.headers['x-deapi-signature']);
		expect(signatures).toEqual([...hook.calls.slice(0, 2).map((call) => sign(own, call)), '', '']);
	});

	it("go to the job's URL before the account's", async () => {
		const [own, whole] = [await receiver(), await receiver()];
		const fake = await start({ accountWebhookUrl: whole.url });
		await hooked(fake, own.url);
		await submitted(fake);
		await fake.waitFor(() => fake.deliveries.length === 4);
		expect([own.calls.length, whole.calls.length]).toEqual([2, 2]);
	});

	it('are repeated with the same id and body and a fresh signature until taken', async () => {
		const hook = await receiver((call) => (call < 3 ? 500 : 204));
		// The first wait is a minute: it becomes longer than the second that timestamps count in.
		const fake = await start({ webhookSecret: SECRET, webhookTimeScale: 0.018 });
		fake.holdJobs(true);
		fake.startJob(await hooked(fake, hook.url));
		await fake.waitFor(() => fake.deliveries.at(-1)?.ok === true);
		expect(fake.deliveries.map(({ attempt, status }) => [attempt, status])).toEqual([
			[1, 500],
			[2, 500],
			[3, 204],
		]);
		const distinct = (name: string) => new Set(hook.calls.map((call) => call.headers[name])).size;
		expect(distinct('x-deapi-delivery-id')).toBe(1);
		expect(distinct('x-deapi-timestamp')).toBe(3);
		for (const call of hook.calls) {
			expect(call.headers['x-deapi-signature']).toBe(sign(SECRET, call));
			expect(call.body.equals(hook.calls[0]?.body ?? Buffer.alloc(0))).toBe(true);
		}
	});

	it('follow the retry schedule, ten attempts in all, and are then given up', async () => {
		const hook = await receiver(() => 302);
		const fake = await start({ webhookTimeScale: 1e-5 });
		fake.holdJobs(true);
		fake.startJob(await hooked(fake, hook.url));
		await fake.waitFor(() => fake.deliveries.length === 10);
		const starts = fake.deliveries.map((delivery) => delivery.startedAt);
		const ends = fake.deliveries.map((delivery) => delivery.startedAt + delivery.ms);
		const minutes = [1, 2, 5, 10, 30, 60, 180, 360, 720];
		minutes.forEach((minute, index) => {
			const waited = (starts[index + 1] ?? 0) - (ends[index] ?? 0);
			expect(waited).toBeGreaterThanOrEqual(minute * 0.6 - 3);
		});
		// Twice the longest wait passes and no eleventh comes.
		const last = Date.now();
		await fake.waitFor(() => Date.now() > last + 900);
		expect(hook.calls).toHaveLength(10);
		expect(fake.settings.webhooksEnabled).toBe(true);
	});

	it('are switched off after ten deliveries in a row were given up', async () => {
		const hook = await receiver((call) => (call <= 90 ? 500 : call === 91 ? 200 : 500));
		const fake = await start({ webhookTimeScale: 0 });
		fake.holdJobs(true);
		const next = async (attempts: number) => {
			const before = hook.calls.length;
			fake.startJob(await hooked(fake, hook.url));
			await fake.waitFor(() => fake.deliveries.length === before + attempts);
		};
		for (let job = 0; job < 9; job += 1) await next(10);
		// One that is taken starts the count again.
		await next(1);
		for (let job = 0; job < 9; job += 1) await next(10);
		expect(fake.settings.webhooksEnabled).toBe(true);
		await next(10);
		expect(fake.settings.webhooksEnabled).toBe(false);
		fake.startJob(await hooked(fake, hook.url));
		expect(fake.jobs.at(-1)?.status).toBe('processing');
		const calls = hook.calls.length;
		fake.settings.webhooksEnabled = true;
		await next(10);
		expect(hook.calls).toHaveLength(calls + 10);
	});

	it('take silence and a closed port for a refusal', async () => {
		const silent = await receiver(() => null);
		const fake = await start({ webhookTimeoutMs: 40 });
		const late = await fake.deliver({ url: silent.url });
		expect(late).toMatchObject({ ok: false, status: null, error: 'No answer within 40 ms.' });
		const dead = await fake.deliver({ url: 'http://127.0.0.1:1/' });
		expect(dead).toMatchObject({ ok: false, status: null });
		expect(dead.error).toContain('ECONNREFUSED');
	});

	it('do not follow redirects', async () => {
		const hook = await receiver(() => 308);
		const fake = await start();
		expect(await fake.deliver({ url: hook.url })).toMatchObject({ ok: false, status: 308 });
		expect(hook.calls).toHaveLength(1);
	});

	it('can be sent by hand, in any shape', async () => {
		const hook = await receiver();
		const fake = await start({ webhookSecret: SECRET });
		const { url } = hook;
		const timestamp = 1705315800;
		const plain = await fake.deliver({ url, event: 'job.failed', deliveryId: 'one', timestamp });
		expect(plain).toMatchObject({ ok: true, responseBody: 'received', deliveryId: 'one' });
		await fake.deliver({ url, event: 'job.failed', deliveryId: 'one', secret: 'other' });
		await fake.deliver({ url, secret: null, headers: { 'X-DeAPI-Timestamp': null } });
		await fake.deliver({
			url,
			body: '{ "a": "\\/" }',
			headers: { 'X-DeAPI-Signature': 'sha256=00' },
		});
		await fake.deliver({ url, escapeSlashes: false, data: { job_type: 'txt2img' }, gzip: true });
		const [first, second, third, fourth, fifth] = hook.calls;
		if (!first || !second || !third || !fourth || !fifth) throw new Error('Five were sent.');
		expect(first.headers['x-deapi-signature']).toBe(signWebhook(SECRET, timestamp, first.body));
		expect(first.headers['x-deapi-timestamp']).toBe('1705315800');
		expect(second.headers['x-deapi-signature']).toBe(sign('other', second));
		expect(third.headers['x-deapi-signature']).toBe('');
		expect(third.headers).not.toHaveProperty('x-deapi-timestamp');
		expect(String(fourth.body)).toBe('{ "a": "\\/" }');
		expect(fourth.headers['x-deapi-signature']).toBe('sha256=00');
		expect(fifth.headers['content-encoding']).toBe('gzip');
		const unzipped = gunzipSync(fifth.body);
		expect(fifth.headers['x-deapi-signature']).toBe(sign(SECRET, { ...fifth, body: unzipped }));
		expect(String(unzipped)).toContain('"job_type":"txt2img"');
		expect(String(unzipped)).not.toContain('\\/');
	});

	it('tell of a job of the fake when sent by hand with its id', async () => {
		const hook = await receiver();
		const fake = await start();
		const requestId = await submitted(fake);
		fake.completeJob(requestId);
		await fake.deliver({ url: hook.url, job: requestId });
		const body = JSON.parse(String(hook.calls[0]?.body)) as { data: { result_url: string } };
		expect((await get(fake, body.data.result_url, {})).status).toBe(200);
	});
});

describe('https', () => {
	function certificate(): { key: string; cert: string } {
		const folder = mkdtempSync(join(tmpdir(), 'fake-deapi-'));
		const at = (name: string) => join(folder, name);
		try {
			const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
			const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
			const files = ['-keyout', at('key.pem'), '-out', at('cert.pem')];
			execFileSync('openssl', ['req', '-x509', '-days', '1', ...key, ...subject, ...files], {
				stdio: 'ignore',
			});
			return {
				key: readFileSync(at('key.pem'), 'utf8'),
				cert: readFileSync(at('cert.pem'), 'utf8'),
			};
		} finally {
			rmSync(folder, { recursive: true });
		}
	}

	it('serves the API and its links, and calls receivers whose authority it was given', async () => {
		const tls = certificate();
		const hook = https.createServer(tls, (request, response) => {
			request.resume().on('end', () => response.end());
		});
		hook.listen(0, '127.0.0.1');
		await once(hook, 'listening');
		open.push(async () => await once(hook.close(), 'close'));
		const url = `https://127.0.0.1:${(hook.address() as AddressInfo).port}/`;
		const fake = await start({ tls });
		expect(fake.url).toMatch(/^https:/);
		expect(fake.resultUrl('x').startsWith(fake.url)).toBe(true);
		const request = https.get(`${fake.url}/api/v2/account/balance`, {
			ca: tls.cert,
			headers: AUTH,
			agent: false,
		});
		const [response] = (await once(request, 'response')) as [http.IncomingMessage];
		response.resume();
		expect(response.statusCode).toBe(200);
		expect((await fake.deliver({ url })).error).toContain('self-signed certificate');
		fake.settings.ca = tls.cert;
		expect(await fake.deliver({ url })).toMatchObject({ ok: true, error: null });
	});
});

describe('close', () => {
	it('ends slow answers, jobs, deliveries and waits', async () => {
		const silent = await receiver(() => null);
		const fake = await startFakeDeapi({
			requireHttpsWebhooks: false,
			accountWebhookUrl: silent.url,
		});
		await submitted(fake);
		await fake.waitFor(() => silent.calls.length > 0);
		fake.faults.add({ route: 'balance', fault: { type: 'slow', ms: 60_000 } });
		fake.faults.add({ route: 'models', fault: { type: 'hang' } });
		const ended = [
			expect(get(fake, '/api/v2/account/balance')).rejects.toThrow(),
			expect(get(fake, '/api/v2/models')).rejects.toThrow(),
			expect(fake.waitFor(() => false)).rejects.toThrow('closed'),
			expect(fake.deliver({ url: silent.url })).resolves.toMatchObject({ ok: false }),
		];
		await fake.waitFor(() => fake.requests.length === 3 && silent.calls.length >= 2);
		await fake.close();
		await Promise.all(ended);
		await fake.close();
		await expect(get(fake, '/api/v2/models')).rejects.toThrow();
	});

	it('ends a download that nobody reads', async () => {
		const fake = await startFakeDeapi({ resultFile: { size: 50_000_000 } });
		const requestId = await submitted(fake);
		fake.completeJob(requestId);
		const response = await get(fake, fake.resultUrl(requestId), {});
		await fake.close();
		await expect(response.arrayBuffer()).rejects.toThrow();
		expect(fake.requests.every((request) => request.endedAt !== null)).toBe(true);
	});

	it('is not needed for a wait to end', async () => {
		const fake = await start();
		await expect(fake.waitFor(() => false, 20)).rejects.toThrow('Not true after 20 ms');
	});
});
