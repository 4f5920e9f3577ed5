/**
 * What the fake's own tests need: a fake that ends with the test, and requests by plain HTTP.
 */
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

import { startFakeDeapi, type FakeDeapi, type FakeDeapiOptions } from '../index';

export const V1 = '/api/v1/client/aud2video';
export const V2 = '/api/v2/videos/audio-syncs';
export const SECRET = 'a-webhook-secret-of-40-characters-012345';
export const MP3 = Buffer.concat([Buffer.from('ID3\x03\0\0\0\0\0\0'), Buffer.alloc(600, 7)]);
export const AUTH = { Authorization: 'Bearer test-key', Accept: 'application/json' };

export const FIELDS: Record<string, string> = {
	prompt: 'A café at dusk',
	width: '512',
	height: '512',
	frames: '97',
	fps: '24',
	seed: '42',
	model: 'Ltx2_3_22B_Dist_INT8',
};

const open: Array<() => Promise<unknown>> = [];

/** Ends something when the test is over. */
export function closeLater(close: () => Promise<unknown>): void {
	open.push(close);
}

/** Starts a fake that ends with the test. */
export async function start(options: FakeDeapiOptions = {}): Promise<FakeDeapi> {
	const fake = await startFakeDeapi({ requireHttpsWebhooks: false, ...options });
	open.push(async () => await fake.close());
	return fake;
}

afterEach(async () => {
	for (const close of open.splice(0).reverse()) await close();
});

/** A text, a file with its name and type, or nothing. */
type FormValue = string | null | [Buffer, string, string];

/** A form with good values; null takes one out, a file puts one in. */
export function form(changes: Record<string, FormValue> = {}): FormData {
	const audio: FormValue = [MP3, 'song.mp3', 'audio/mpeg'];
	const values: Record<string, FormValue> = { ...FIELDS, audio, ...changes };
	const result = new FormData();
	for (const [name, value] of Object.entries(values)) {
		if (typeof value === 'string') result.append(name, value);
		else if (value) result.append(name, new Blob([value[0]], { type: value[2] }), value[1]);
	}
	return result;
}

/** Posts a form, by default a good one for a video. */
export async function submit(fake: FakeDeapi, body = form(), path = V1, headers = AUTH) {
	return await fetch(fake.url + path, { method: 'POST', headers, body, redirect: 'manual' });
}

/** Reads a path of the fake, or a whole address. */
export async function get(fake: FakeDeapi, path: string, headers: Record<string, string> = AUTH) {
	return await fetch(path.startsWith('http') ? path : fake.url + path, {
		headers,
		redirect: 'manual',
	});
}

/** Submits what must be taken, and gives the ID. */
export async function submitted(fake: FakeDeapi, body = form(), path = V1): Promise<string> {
	const response = await submit(fake, body, path);
	const answer = (await response.json()) as { data: { request_id: string } };
	expect(response.status).toBe(200);
	return answer.data.request_id;
}

/** A 422. */
export interface Refusal {
	message: string;
	errors: Record<string, string[]>;
}

/** Submits what must be refused without a job, and gives the answer. */
export async function refusal(fake: FakeDeapi, body: FormData, path = V1): Promise<Refusal> {
	const response = await submit(fake, body, path);
	expect(response.status).toBe(422);
	expect(fake.jobs).toHaveLength(0);
	return (await response.json()) as Refusal;
}

/** A job as the service tells of it. */
export interface Status {
	status: string;
	progress: number;
	preview: string | null;
	result_url: string | null;
	[field: string]: unknown;
}

/** Reads a job on v2. */
export async function statusOf(fake: FakeDeapi, requestId: string): Promise<Status> {
	const response = await get(fake, `/api/v2/jobs/${requestId}`);
	return ((await response.json()) as { data: Status }).data;
}

/** Sends bytes as they are, and gives the answer or why there is none. */
export async function raw(
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

/** A webhook that a receiver got. */
export interface Call {
	headers: http.IncomingHttpHeaders;
	body: Buffer;
}

/** A webhook receiver; `answer` gives the status for the nth call. */
export async function receiver(answer: (call: number) => number | null = () => 200) {
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
