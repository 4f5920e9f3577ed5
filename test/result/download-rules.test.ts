/** What is taken for a result, what is not, and what is said then: one download after the other. */
import { readFileSync } from 'node:fs';
import type http from 'node:http';
import type { DownloadRequest } from '../../nodes/Deapi/result/download';
import { downloadResult } from '../../nodes/Deapi/result/download';
import { clockForTests } from '../support/clock';
import { Deapi } from '../support/deapi';
import { changed, inNode } from '../support/probe';
import { startStorage } from '../support/storage';
import { fixture } from '../support/workflows';

const clock = clockForTests();

const VIDEO = readFileSync(fixture('result.mp4'));
const ANSWERED = 'the storage server answered with status';

/** Downloads from a storage server of the test's own, without a fresh link. */
async function download(
	answer: http.RequestListener,
	changes: Partial<DownloadRequest> = {},
	{ path = '/video', signal }: { path?: string; signal?: AbortSignal } = {},
) {
	const storage = await startStorage(answer);
	const result = await inNode(await Deapi.open(), async (call) => {
		const request: DownloadRequest = {
			requestId: 'id-1',
			url: `${storage.url}${path}`,
			baseUrl: storage.url,
			freshUrl: async () => await Promise.resolve(undefined),
			...changes,
		};
		return await downloadResult(signal ? changed(call, { signal }) : call, request);
	});
	return { result, asked: storage.requests.map(({ url }) => url) };
}

/** A server that moves `/video` elsewhere, with a status of its own. */
const moved =
	(status: number, headers = {}): http.RequestListener =>
	({ url }, response) => {
		if (url === '/video') response.writeHead(status, headers).end(VIDEO);
		else response.writeHead(200, { 'Content-Type': 'video/mp4' }).end(VIDEO);
	};

describe('a place that is named in the answer', () => {
	const LOCATION = { Location: '/moved' };

	test.each([300, 307])('is gone to at status %d', async (status) => {
		const { result, asked } = await download(moved(status, LOCATION));
		expect(result).toMatchObject({ file: { fileName: 'id-1.mp4' } });
		expect(asked).toEqual(['/video', '/moved']);
	});

	test.each([200, 400])('means nothing at status %d', async (status) => {
		const { result, asked } = await download(moved(status, LOCATION));
		expect(result).toMatchObject(
			status === 200
				? { file: { fileName: 'id-1.mp4' } }
				: { failure: { reason: `${ANSWERED} 400`, isExpired: true } },
		);
		expect(asked).toEqual(['/video']);
	});

	test('is nowhere where the answer names none', async () => {
		clock.leap();
		const { result, asked } = await download(moved(302));
		expect(result).toMatchObject({ failure: { reason: `${ANSWERED} 302` } });
		expect(asked).toEqual(['/video', '/video', '/video']);
	});
});

describe('a link', () => {
	test.each(['svn+https://127.0.0.1:1/video', '/https://127.0.0.1:1/video'])(
		'that does not begin with https is refused: %s',
		async (url) => {
			const { result } = await download(moved(200), { url });
			expect(result).toEqual({
				failure: { reason: 'the link of the result is not an https link', isFinal: true },
			});
		},
	);

	test.each(['https://127.0.0.1:1/video', 'HTTPS://127.0.0.1:1/video'])(
		'that does is gone to, and three times where nobody is there: %s',
		async (url) => {
			clock.leap();
			const start = Date.now();
			const { result } = await download(moved(200), { url });
			expect(result).toMatchObject({ failure: { reason: 'the connection was refused' } });
			expect(Date.now() - start).toBe(3000);
		},
	);
});

describe('a link that has expired', () => {
	/** A server that knows `/video` no longer, and answers for the fresh link with these, one after the other. */
	const expired =
		(...statuses: number[]): http.RequestListener =>
		({ url }, response) => {
			response.writeHead((url === '/video' ? 403 : statuses.shift()) ?? 200).end(VIDEO);
		};
	const freshUrl = (url: string) => async () => await Promise.resolve(url);

	test('leaves a fresh one all its tries', async () => {
		clock.leap();
		const storage = await startStorage(expired(503, 503));
		const { result, asked } = await download(expired(), {
			baseUrl: storage.url,
			freshUrl: freshUrl(`${storage.url}/fresh`),
		});
		expect(result).toMatchObject({ file: { fileName: 'id-1.mp4' } });
		expect(asked).toEqual(['/video']);
		expect(storage.requests).toHaveLength(3);
	});

	test('is gone where a fresh one is refused as well', async () => {
		const storage = await startStorage(expired(404));
		const { result } = await download(expired(), { freshUrl: freshUrl(`${storage.url}/fresh`) });
		expect(result).toEqual({
			failure: { reason: `${ANSWERED} 404`, isExpired: true, isGone: true },
		});
	});
});

test.each([
	['are followed', 3, { file: { fileName: 'id-1.mp4' } }],
	['are too many', 4, { failure: { reason: 'the link redirects too often', isFinal: true } }],
])('redirects %s: %d', async (_what, count, expected) => {
	const { result, asked } = await download(
		({ url = '' }, response) => {
			const hops = Number(url.slice(1));
			if (hops > 0) response.writeHead(302, { Location: `/${hops - 1}` }).end();
			else response.writeHead(200).end(VIDEO);
		},
		{},
		{ path: `/${count}` },
	);
	expect(result).toMatchObject(expected);
	expect(asked).toHaveLength(4);
});

test('a file that is announced as too large is not begun with', async () => {
	const { result, asked } = await download((_request, response) => {
		response.writeHead(200, { 'Content-Length': 110 * 1024 * 1024 + 1 }).flushHeaders();
	});
	expect(result).toEqual({
		failure: { reason: 'the result is larger than 110 MB', isFinal: true },
	});
	expect(asked).toHaveLength(1);
});

test.each([
	['text/html', VIDEO, 'text/html'],
	['video/mp4', '<html></html>', 'a web page'],
])('what is called %s is no file where it is a page: case %#', async (type, body, named) => {
	clock.leap();
	const { result } = await download((_request, response) => {
		response.writeHead(200, { 'Content-Type': type }).end(body);
	});
	expect(result).toMatchObject({
		failure: { reason: `the storage server sent ${named} instead of a file` },
	});
});

describe('words in the place of a file', () => {
	const words: http.RequestListener = (_request, response) => {
		response.writeHead(200, { 'Content-Type': 'text/plain' }).end('Three words sung');
	};

	test('are a result where nobody says that it is a video', async () => {
		const { result } = await download(words, {}, { path: '/output.txt' });
		expect(result).toMatchObject({ file: { fileName: 'id-1.txt', mimeType: 'text/plain' } });
	});

	test('are none where a video was made', async () => {
		clock.leap();
		const { result } = await download(words, { isMedia: true }, { path: '/output.txt' });
		expect(result).toEqual({
			failure: { reason: 'the storage server sent text instead of a file' },
		});
	});
});

test('a file without a byte is none', async () => {
	clock.leap();
	const { result, asked } = await download((_request, response) => {
		response.writeHead(200, { 'Content-Type': 'video/mp4' }).end();
	});
	expect(result).toEqual({ failure: { reason: 'the file was empty' } });
	expect(asked).toHaveLength(3);
});

test.each([
	['a'.repeat(300), `${'a'.repeat(100)}.mp4`],
	['. .', 'result.mp4'],
	['', 'result.mp4'],
	['.a', '.a.mp4'],
])('the file of %j is called %s', async (fileName, expected) => {
	const { result } = await download(moved(200), { fileName });
	expect(result).toMatchObject({ file: { fileName: expected } });
});

describe('an execution that is canceled', () => {
	const CANCELED = { failure: { reason: 'the execution was canceled', isCanceled: true } };

	test('before the download asks for nothing, and tries nothing again', async () => {
		const { result, asked } = await download(moved(200), {}, { signal: AbortSignal.abort() });
		expect(result).toEqual(CANCELED);
		expect(asked).toEqual([]);
	});

	test('between two tries says so, and not what the server said', async () => {
		const controller = new AbortController();
		const { result, asked } = await download(
			(_request, response) => {
				response.writeHead(503).end();
				setTimeout(() => controller.abort(), 50);
			},
			{},
			{ signal: controller.signal },
		);
		expect(result).toEqual(CANCELED);
		expect(asked).toHaveLength(1);
	});
});

describe('a video', () => {
	const sent =
		(...bodies: Buffer[]): http.RequestListener =>
		(_request, response) => {
			const body = bodies.length > 1 ? bodies.shift() : bodies[0];
			response.writeHead(200, { 'Content-Type': 'video/mp4' }).end(body);
		};
	const CUT_OFF = VIDEO.subarray(0, 3000);

	test.each([
		['zeros', Buffer.alloc(5000), 'the file is not an MP4 file'],
		['the start of a video', CUT_OFF, 'the file is cut off'],
		['a video that lacks its last byte', VIDEO.subarray(0, -1), 'the file is cut off'],
		[
			'a picture',
			readFileSync(fixture('frame.png')),
			'the storage server sent something other than an MP4 video',
		],
		[
			'a sound',
			readFileSync(fixture('song.mp3')),
			'the storage server sent something other than an MP4 video',
		],
	])('is fetched again, and not passed on where it is %s', async (_what, body, reason) => {
		clock.leap();
		const { result, asked } = await download(sent(body), { isVideo: true });
		expect(result).toMatchObject({ failure: { reason } });
		expect(asked).toHaveLength(3);
	});

	test('is there where it came whole the second time', async () => {
		clock.leap();
		const { result, asked } = await download(sent(CUT_OFF, VIDEO), { isVideo: true });
		expect(result).toMatchObject({ file: { fileName: 'id-1.mp4' } });
		expect(asked).toHaveLength(2);
	});

	test('has to be whole also where nobody said that it is one', async () => {
		clock.leap();
		const { result } = await download(sent(CUT_OFF));
		expect(result).toMatchObject({ failure: { reason: 'the file is cut off' } });
	});
});
