/** Sound and pictures from URLs: what is fetched, from whom, how much of it, and what goes wrong. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { INodeParameters } from 'n8n-workflow';
import { clockForTests } from '../support/clock';
import { STREAMS_THROUGH_PROXY } from '../support/engine-versions';
import { startWorkflow, useBinaryMode, type BinaryMode } from '../support/engine';
import { closeAfterTest, Deapi, expectGoodText, filePart, PROMPT } from '../support/deapi';
import { deapiWorkflow, fixture, songItem } from '../support/workflows';
import { asText } from '../support/text';

const MB = 1024 * 1024;
const SONG = readFileSync(fixture('song.mp3'));
const CONVERT = 'deAPI goes by the content, not by the file name. Convert it to MP3 first.';

afterAll(async () => await useBinaryMode());

const sha256 = (data: Buffer) => createHash('sha256').update(data).digest('hex');

interface Visit {
	url: string;
	headers: http.IncomingHttpHeaders;
	/** Bytes that have left the server. */
	sent(): number;
	/** Resolves when the connection is gone. */
	gone: Promise<void>;
}

/** A connection that is left open fails the test by its time limit. */
async function untilGone(visit: Visit | undefined): Promise<void> {
	expect(visit).toBeDefined();
	await visit?.gone;
}

type Answer = (request: http.IncomingMessage, response: http.ServerResponse) => void;

/** A server for files that ends with the test, and tells what became of each request. */
async function serve(answer: Answer, tls?: { key: string; cert: string }) {
	const visits: Visit[] = [];
	const listener: Answer = (request, response) => {
		const { socket } = request;
		const before = socket.bytesWritten;
		visits.push({
			url: request.url ?? '',
			headers: request.headers,
			sent: () => socket.bytesWritten - before,
			gone: new Promise((resolve) => socket.once('close', () => resolve())),
		});
		answer(request, response);
	};
	const server = tls ? https.createServer(tls, listener) : http.createServer(listener);
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	closeAfterTest(async () => {
		const closed = once(server, 'close');
		server.close();
		server.closeAllConnections();
		await closed;
	});
	const { port } = server.address() as AddressInfo;
	return { url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`, visits };
}

/** Answers every request with a file. */
function give(content: Buffer, contentType = 'audio/mpeg', status = 200): Answer {
	return (_request, response) => {
		const headers = { 'Content-Type': contentType, 'Content-Length': content.length };
		response.writeHead(status, headers).end(content);
	};
}

/** Sends zeros for as long as somebody takes them. */
function giveEndlessly(headers: http.OutgoingHttpHeaders): Answer {
	const chunk = Buffer.alloc(256 * 1024);
	return (_request, response) => {
		response.writeHead(200, { 'Content-Type': 'audio/mpeg', ...headers });
		const more = () => {
			while (!response.destroyed && response.write(chunk));
		};
		response.on('drain', more);
		more();
	};
}

function fromUrl(audioUrl: INodeParameters[string]): INodeParameters {
	return { audioSource: 'url', audioUrl };
}

/** Runs one item that must be refused, and returns what the user reads. */
async function refusalOf(parameters: INodeParameters, items = [{ json: {} }]) {
	const deapi = await Deapi.open();
	const { stop } = await deapi.run(items, parameters);
	expect(deapi.submits).toEqual([]);
	expect(stop.data).toEqual({ submitted: 'no' });
	expectGoodText(stop.message);
	expectGoodText(stop.description);
	return { message: stop.message, description: stop.description };
}

describe.each<BinaryMode>(['default', 'filesystem'])('with files in the mode %s', (mode) => {
	beforeAll(async () => await useBinaryMode(mode));

	test('the file behind the URL is sent, as it is', async () => {
		const deapi = await Deapi.open();
		const { url } = await serve(give(SONG));
		const { json } = await deapi.run([{ json: {} }], fromUrl(`${url}/a/song.mp3`));
		expect(json.request_id).toBe(deapi.requestIds[0]);
		expect(filePart(deapi.submits[0])).toMatchObject({
			filename: 'song.mp3',
			contentType: 'audio/mpeg',
			size: SONG.length,
			sha256: sha256(SONG),
		});
	});

	test('its kind is told by its bytes, whatever the server says', async () => {
		const deapi = await Deapi.open();
		const ogg = readFileSync(fixture('song.ogg'));
		const { url } = await serve(give(ogg, 'text/plain'));
		await deapi.run([{ json: {} }], fromUrl(`${url}/song.mp3`));
		expect(filePart(deapi.submits[0])).toMatchObject({
			filename: 'song.ogg',
			contentType: 'audio/ogg',
			sha256: sha256(ogg),
		});
	});

	test('the video can be as long as the sound behind the URL', async () => {
		const deapi = await Deapi.open();
		const { url } = await serve(give(SONG));
		const parameters = { ...fromUrl(`${url}/song.mp3`), lengthMode: 'matchAudio' };
		const { json } = await deapi.run([{ json: {} }], parameters);
		expect(json).toMatchObject({ audio_seconds: 8.6, frames: 209 });
	});

	test('an empty file is refused', async () => {
		const { url } = await serve(give(Buffer.alloc(0)));
		expect(await refusalOf(fromUrl(`${url}/song.mp3`))).toEqual({
			message: "The file at 'Audio URL' is empty",
			description: 'Check where the file comes from: the transfer may have gone wrong.',
		});
	});

	/** A sound may have any size, as only a stretch of it is sent; a picture may have 10 MB. */
	const picture = (url: string) => ({ ...fromUrl(song), options: { firstFrameUrl: url } });
	let song = '';
	beforeEach(async () => {
		song = `${(await serve(give(SONG))).url}/song.mp3`;
	});

	test('a file of more than is allowed is cut off while it streams', async () => {
		const { url, visits } = await serve(giveEndlessly({}));
		expect(await refusalOf(picture(`${url}/endless.png`))).toEqual({
			message: "'First Frame Image URL' leads to a file of more than 10 MB",
			description: 'deAPI takes up to 10 MB.',
		});
		const [visit] = visits;
		await untilGone(visit);
		// What is on the way when the connection is closed lies in the buffers of two sockets.
		expect(visit?.sent()).toBeGreaterThan(10 * MB);
		expect(visit?.sent()).toBeLessThan(22 * MB);
	});

	test('a file that is announced with more than is allowed is not fetched', async () => {
		const { url, visits } = await serve(giveEndlessly({ 'Content-Length': 10 * MB + 1 }));
		expect((await refusalOf(picture(`${url}/large.png`))).message).toBe(
			"'First Frame Image URL' leads to a file of more than 10 MB",
		);
		await untilGone(visits[0]);
		expect(visits[0]?.sent()).toBeLessThan(10 * MB);
	});

	test('a file of exactly 20 MB is sent', async () => {
		const deapi = await Deapi.open();
		const song = Buffer.alloc(20 * MB);
		SONG.copy(song);
		const { url } = await serve(give(song));
		await deapi.run([{ json: {} }], fromUrl(`${url}/song.mp3`));
		expect(filePart(deapi.submits[0])).toMatchObject({ size: 20 * MB, sha256: sha256(song) });
	});

	test.each([
		['half of what was announced', { 'Content-Length': SONG.length }],
		['the middle of a chunk', {}],
	])('a transfer that breaks off at %s is never taken for the file', async (_where, headers) => {
		const { url } = await serve((_request, response) => {
			response.writeHead(200, { 'Content-Type': 'audio/mpeg', ...headers });
			response.write(SONG.subarray(0, SONG.length / 2), () => response.socket?.destroy());
		});
		expect((await refusalOf(fromUrl(`${url}/song.mp3`))).message).toBe(
			"'Audio URL' could not be fetched: the connection was cut",
		);
	});
});

describe('a file that is not there', () => {
	beforeAll(async () => await useBinaryMode());

	const NOT_PUBLIC =
		'The file is not public, or its link has expired. Fetch it with a node that signs in, such as HTTP Request, and use its binary field.';
	const LATER = 'Try again later, or fetch it with another node and use its binary field.';

	test.each([
		[404, 'There is no file at this address.'],
		[410, 'There is no file at this address.'],
		[401, NOT_PUBLIC],
		[403, NOT_PUBLIC],
		[500, LATER],
		[503, LATER],
		[204, LATER],
	])('status %i', async (status, description) => {
		const { url, visits } = await serve(give(Buffer.from('<h1>Sorry</h1>'), 'text/html', status));
		expect(await refusalOf(fromUrl(`${url}/song.mp3`))).toEqual({
			message: `'Audio URL' could not be fetched: the server answered with status ${status}`,
			description,
		});
		expect(visits).toHaveLength(1);
	});

	test('a web page in its place', async () => {
		const page = Buffer.from('<!DOCTYPE html><html><body>Please sign in</body></html>');
		const { url } = await serve(give(page, 'text/html'));
		expect(await refusalOf(fromUrl(`${url}/song.mp3`))).toEqual({
			message: "The file at 'Audio URL' is not an MP3, WAV, OGG or FLAC file",
			description:
				"It looks like a web page. deAPI goes by the content, not by the file name. If another node downloaded it, that node may have saved a server's message instead of the file: open its output and look at the file.",
		});
	});

	test('a picture in its place', async () => {
		const { url } = await serve(give(readFileSync(fixture('frame.png')), 'audio/mpeg'));
		expect((await refusalOf(fromUrl(`${url}/song.mp3`))).description).toBe(
			`It looks like a PNG file. ${CONVERT}`,
		);
	});

	test('a port where nobody listens', async () => {
		const server = http.createServer().listen(0, '127.0.0.1');
		await once(server, 'listening');
		const { port } = server.address() as AddressInfo;
		server.close();
		await once(server, 'close');
		expect(await refusalOf(fromUrl(`http://127.0.0.1:${port}/song.mp3`))).toEqual({
			message: "'Audio URL' could not be fetched: the connection was refused",
			description:
				'Check the address. n8n itself must be able to reach it, and its rules must allow it.',
		});
	});

	test('a host that does not exist', async () => {
		const { message } = await refusalOf(fromUrl('https://no-such-host.invalid/song.mp3'));
		expect(message).toMatch(/^'Audio URL' could not be fetched: the host name /);
	});
});

describe('an address', () => {
	test.each([
		'song.mp3',
		'www.example.com/song.mp3',
		'ftp://example.com/song.mp3',
		'file:///etc/hostname',
		'data:audio/mpeg;base64,SUQz',
		'https://',
		'https:///song.mp3',
		'javascript:alert(1)//https://x',
	])('%s is not fetched', async (audioUrl) => {
		expect(await refusalOf(fromUrl(audioUrl))).toEqual({
			message: "'Audio URL' is not an https or http address",
			description: 'Enter a whole URL, such as https://example.com/song.mp3.',
		});
	});

	test.each(['  ', '={{ $json.nothing }}'])('%p is empty', async (audioUrl) => {
		expect((await refusalOf(fromUrl(audioUrl))).message).toBe("'Audio URL' is empty");
	});

	test.each([
		['["https://example.com/a.mp3"]', 'a list'],
		['({ url: "https://example.com/a.mp3" })', 'an object'],
		['5', '5'],
		['true', 'true'],
	])('%s is no text', async (value, what) => {
		const { message } = await refusalOf(fromUrl(`={{ ${value} }}`));
		expect(message).toBe(`'Audio URL' is not a text: ${what}`);
	});

	test.each(['http://exa mple.com/song.mp3', 'http://127.0.0.1:99999/song.mp3', 'http://[::1/a'])(
		'%s leads nowhere, and the message says so',
		async (audioUrl) => {
			const { message } = await refusalOf(fromUrl(audioUrl));
			expect(message).toMatch(/^'Audio URL' (could not be fetched: |is not an https)/);
		},
	);

	test('may have spaces around it', async () => {
		const deapi = await Deapi.open();
		const { url } = await serve(give(SONG));
		await deapi.run([{ json: {} }], fromUrl(`  ${url}/song.mp3\n`));
		expect(deapi.submits).toHaveLength(1);
	});

	test.each([
		['/songs/My%20Song.mp3?token=a/b.wav', 'My Song.mp3'],
		['/L%C3%A4rm.mp3', 'Larm.mp3'],
		['/download?id=5', 'download.mp3'],
		['/', 'file.mp3'],
		['/%E0%A4%A.mp3', 'file.mp3'],
		['/a%2F..%2Fetc%2Fpasswd', 'passwd.mp3'],
		['/song.php', 'song.mp3'],
		['/a%22%0D%0Ab.mp3', 'a_b.mp3'],
	])('%s gives the file the name %s', async (address, filename) => {
		const deapi = await Deapi.open();
		const { url } = await serve(give(SONG));
		await deapi.run([{ json: {} }], fromUrl(url + address));
		expect(filePart(deapi.submits[0]).filename).toBe(filename);
	});
});

describe('a redirect', () => {
	test.each([301, 302, 307, 308])('of status %i leads to the file', async (status) => {
		const deapi = await Deapi.open();
		const store = await serve(give(SONG));
		const { url } = await serve((_request, response) => {
			response.writeHead(status, { Location: `${store.url}/store/4711` }).end();
		});
		await deapi.run([{ json: {} }], fromUrl(`${url}/song.mp3`));
		expect(filePart(deapi.submits[0])).toMatchObject({
			filename: 'song.mp3',
			sha256: sha256(SONG),
		});
		expect(store.visits.map((visit) => visit.url)).toEqual(['/store/4711']);
	});

	test.each([
		['in circles', '/song.mp3'],
		['to a file of this machine', 'file:///etc/hostname'],
	])('%s ends with a message', async (_where, location) => {
		const { url, visits } = await serve((_request, response) => {
			response.writeHead(302, { Location: location }).end();
		});
		const { message } = await refusalOf(fromUrl(`${url}/song.mp3`));
		expect(message).toMatch(/^'Audio URL' could not be fetched: /);
		expect(visits.length).toBeLessThan(30);
	});
});

test('no key and no credential reaches the server of the URL', async () => {
	const deapi = await Deapi.open();
	const store = await serve(give(SONG));
	const first = await serve((_request, response) => {
		response.writeHead(302, { Location: `${store.url}/song.mp3` }).end();
	});
	await deapi.run([{ json: {} }], fromUrl(`${first.url}/song.mp3`));
	const visits = [...first.visits, ...store.visits];
	expect(visits).toHaveLength(2);
	for (const { headers } of visits) {
		expect(headers).not.toHaveProperty('authorization');
		expect(headers).not.toHaveProperty('cookie');
		expect(JSON.stringify(headers)).not.toContain(deapi.apiKey);
	}
	expect(deapi.submits[0]?.headers.authorization).toBe(`Bearer ${deapi.apiKey}`);
});

describe('over https', () => {
	let folder = '';
	let tls = { key: '', cert: '' };

	beforeAll(() => {
		folder = mkdtempSync(path.join(tmpdir(), 'url-source-'));
		const [key, cert] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
		execFileSync(
			'openssl',
			[
				...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=files'],
				...['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert],
			],
			{ stdio: 'ignore' },
		);
		tls = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
	});

	afterAll(() => rmSync(folder, { recursive: true, force: true }));

	test('a file is fetched', async () => {
		const deapi = await Deapi.open();
		const { url } = await serve(give(SONG), tls);
		const trusting = { requestOptions: { allowUnauthorizedCerts: true } };
		await deapi.run([{ json: {} }], { ...fromUrl(`${url}/song.mp3`), ...trusting });
		expect(filePart(deapi.submits[0]).sha256).toBe(sha256(SONG));
	});

	test('a server with an untrusted certificate is refused', async () => {
		const { url, visits } = await serve(give(SONG), tls);
		const { message } = await refusalOf(fromUrl(`${url}/song.mp3`));
		expect(message).toMatch(/^'Audio URL' could not be fetched: .*certificate/);
		expect(visits).toEqual([]);
	});
});

test('the proxy of the request options is used for the file as well', async () => {
	if (!STREAMS_THROUGH_PROXY) await useBinaryMode('default');
	closeAfterTest(async () => await useBinaryMode());
	const deapi = await Deapi.open();
	const files = await serve(give(SONG));
	const proxy = await serve((request, response) => {
		const { method, headers } = request;
		const forwarded = http.request(request.url ?? '', { method, headers }, (answer) => {
			response.writeHead(answer.statusCode ?? 502, answer.headers);
			answer.pipe(response);
		});
		request.pipe(forwarded);
	});
	const parameters = { ...fromUrl(`${files.url}/song.mp3`), requestOptions: { proxy: proxy.url } };
	await deapi.run([{ json: {} }], parameters);
	expect(proxy.visits.map(({ url }) => url)).toContain(`${files.url}/song.mp3`);
	expect(filePart(deapi.submits[0]).sha256).toBe(sha256(SONG));
});

describe('the pictures', () => {
	const PNG = readFileSync(fixture('frame.png'));
	const JPG = readFileSync(fixture('frame.jpg'));

	test('can come from URLs, each into its own field', async () => {
		const deapi = await Deapi.open();
		const { url } = await serve((request, response) => {
			give(request.url === '/first.png' ? PNG : JPG, 'image/any')(request, response);
		});
		await deapi.run([songItem()], {
			options: { firstFrameUrl: `${url}/first.png`, lastFrameUrl: `${url}/last.jpeg` },
		});
		expect(filePart(deapi.submits[0], 'first_frame_image')).toMatchObject({
			filename: 'first.png',
			contentType: 'image/png',
			sha256: sha256(PNG),
		});
		expect(filePart(deapi.submits[0], 'last_frame_image')).toMatchObject({
			filename: 'last.jpg',
			contentType: 'image/jpeg',
			sha256: sha256(JPG),
		});
	});

	test('can come from a field and a URL, beside a sound from a URL', async () => {
		const deapi = await Deapi.open();
		const { url } = await serve((request, response) => {
			give(request.url === '/song.mp3' ? SONG : JPG)(request, response);
		});
		const item = { files: { picture: { data: PNG, fileName: 'a.png' } } };
		await deapi.run([item], {
			...fromUrl(`${url}/song.mp3`),
			options: { firstFrameBinaryProperty: 'picture', lastFrameUrl: `${url}/last.jpg` },
		});
		const sent = ['audio', 'first_frame_image', 'last_frame_image'].map(
			(name) => filePart(deapi.submits[0], name).sha256,
		);
		expect(sent).toEqual([SONG, PNG, JPG].map(sha256));
	});

	test('have their own limit and their own words', async () => {
		const { url, visits } = await serve(giveEndlessly({}));
		const options = { firstFrameUrl: `${url}/first.png` };
		expect(await refusalOf({ options }, [songItem() as { json: object }])).toEqual({
			message: "'First Frame Image URL' leads to a file of more than 10 MB",
			description: 'deAPI takes up to 10 MB.',
		});
		expect(visits[0]?.sent()).toBeLessThan(22 * MB);
	});

	test('must be pictures', async () => {
		const { url } = await serve(give(SONG, 'image/png'));
		const options = { lastFrameUrl: `${url}/last.png` };
		expect((await refusalOf({ options }, [songItem() as { json: object }])).message).toBe(
			"The file at 'Last Frame Image URL' is not a JPG, PNG, GIF, BMP or WebP picture",
		);
	});

	test('cannot come from both a field and a URL', async () => {
		const { url, visits } = await serve(give(PNG));
		const item = {
			...songItem(),
			files: { ...songItem().files, picture: { data: PNG, fileName: 'a.png' } },
		};
		const options = { firstFrameBinaryProperty: 'picture', firstFrameUrl: `${url}/first.png` };
		expect(await refusalOf({ options }, [item as { json: object }])).toEqual({
			message: "'First Frame Image Field' and 'First Frame Image URL' are both set",
			description: 'Remove one of them.',
		});
		expect(visits).toEqual([]);
	});

	test('left empty are no pictures', async () => {
		const deapi = await Deapi.open();
		await deapi.run([songItem()], { options: { firstFrameUrl: '', lastFrameUrl: '' } });
		expect(deapi.submits[0]?.parts.map(({ name }) => name)).not.toContain('first_frame_image');
	});
});

test("'Audio Source' decides where a field and a URL are both filled in", async () => {
	const deapi = await Deapi.open();
	const { url, visits } = await serve(give(readFileSync(fixture('song.ogg'))));
	const both = { binaryPropertyName: 'data', audioUrl: `${url}/song.ogg` };
	await deapi.run([songItem('song.mp3')], { ...both, audioSource: 'binary' });
	expect(visits).toEqual([]);
	await deapi.run([songItem('song.mp3')], { ...both, audioSource: 'url' });
	expect(deapi.submits.map((request) => filePart(request).filename)).toEqual([
		'song.mp3',
		'song.ogg',
	]);
});

describe('several items', () => {
	test('are fetched three at a time, each from its own address', async () => {
		const deapi = await Deapi.open();
		let most = 0;
		const held: Array<() => void> = [];
		const { url, visits } = await serve((request, response) => {
			held.push(() => give(SONG)(request, response));
			most = Math.max(most, held.length);
		});
		const items = Array.from({ length: 8 }, (_, index) => ({ json: { index } }));
		const running = deapi.run(items, fromUrl(`=${url}/{{ $json.index }}.mp3`));
		for (let served = 0; served < items.length; served++) {
			const expected = Math.min(3, items.length - served);
			await deapi.fake.waitFor(() => held.length >= expected);
			held.shift()?.();
		}
		const { items: output } = await running;
		expect(most).toBe(3);
		expect(new Set(visits.map((visit) => visit.url)).size).toBe(8);
		const jobs = new Map(deapi.fake.jobs.map((job) => [job.request_id, job]));
		const names = output.map(({ json }) => jobs.get(asText(json.request_id))?.files[0]?.filename);
		expect(names).toEqual(items.map((_, index) => `${index}.mp3`));
	});

	test('that cannot be fetched leave room for the others', async () => {
		const deapi = await Deapi.open();
		const { url } = await serve((request, response) => {
			if (request.url === '/7.mp3') give(SONG)(request, response);
			else request.socket.destroy();
		});
		const items = Array.from({ length: 8 }, (_, index) => ({ json: { index } }));
		const extra = { onError: 'continueRegularOutput' as const };
		const { items: output } = await deapi.run(
			items,
			fromUrl(`=${url}/{{ $json.index }}.mp3`),
			extra,
		);
		expect(output.map(({ json }) => json.request_id !== undefined)).toEqual([
			...Array.from({ length: 7 }, () => false),
			true,
		]);
	});
});

describe('a server that does not go on', () => {
	const clock = clockForTests();

	test('is given up after a minute without a byte', async () => {
		clock.leap();
		const { url, visits } = await serve((_request, response) => {
			response.writeHead(200, { 'Content-Type': 'audio/mpeg' });
			response.write(SONG.subarray(0, 5000));
		});
		const { message } = await refusalOf(fromUrl(`${url}/song.mp3`));
		expect(visits[0]?.sent()).toBeGreaterThan(5000);
		expect(message).toBe("'Audio URL' could not be fetched: nothing came for 60 seconds");
		await untilGone(visits[0]);
	});

	test('is left when the execution is canceled', async () => {
		const deapi = await Deapi.open();
		const { url, visits } = await serve(() => {});
		const saved = deapiWorkflow([{ json: {} }], { prompt: PROMPT, ...fromUrl(`${url}/a.mp3`) });
		const execution = startWorkflow(saved, { credentials: deapi.credentials() });
		await deapi.fake.waitFor(() => visits.length === 1);
		execution.cancel();
		await execution.result;
		await untilGone(visits[0]);
		expect(deapi.submits).toEqual([]);
	});
});
