/**
 * The result: from its link into the chosen binary field, whole or not at all.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type http from 'node:http';
import { gzipSync } from 'node:zlib';
import type { DownloadRequest } from '../../nodes/Deapi/result/download';
import { downloadResult, RESULT_LIMIT_BYTES } from '../../nodes/Deapi/result/download';
import type { FakeDeapiOptions, Fault } from '../fake-deapi';
import { clockForTests } from '../support/clock';
import {
	errorOf,
	outputOf,
	readBinary,
	sizeOf,
	startWorkflow,
	useBinaryMode,
	type BinaryMode,
} from '../support/engine';
import { inNode } from '../support/probe';
import { Deapi, waitingVideo } from '../support/deapi';
import { startStorage } from '../support/storage';
import { deapiWorkflow, fixture, NODE } from '../support/workflows';

const clock = clockForTests();
afterEach(async () => await useBinaryMode());

const MB = 1024 * 1024;
const VIDEO = readFileSync(fixture('result.mp4'));

/** A service with a job that is done. */
async function withJob(options: FakeDeapiOptions = {}) {
	const deapi = await Deapi.open(options);
	const id = await deapi.submitSong();
	deapi.fake.completeJob(id);
	return { deapi, id };
}

async function getJob(deapi: Deapi, requestId: string, options = {}, extra = {}) {
	const parameters = { resource: 'job', operation: 'get', requestId, options };
	return await deapi.operate(parameters, extra);
}

async function storedBytes(result: Awaited<ReturnType<typeof downloadResult>>): Promise<number> {
	return await sizeOf('file' in result ? result.file : undefined);
}

describe.each<BinaryMode>(['default', 'filesystem'])('in storage mode %s', (mode) => {
	beforeEach(async () => await useBinaryMode(mode));

	it('puts the video into the field, byte for byte, named after its sound', async () => {
		const deapi = await Deapi.open();
		const run = await deapi.generate(waitingVideo());
		const [item] = outputOf(run, NODE);
		expect(item?.binary?.data).toMatchObject({
			fileName: 'song.mp4',
			fileExtension: 'mp4',
			mimeType: 'video/mp4',
		});
		expect((await readBinary(item?.binary?.data)).equals(VIDEO)).toBe(true);
		expect(item?.pairedItem).toEqual({ item: 0 });
	});

	it('fetches a video again that broke off, came as a web page, or not at all', async () => {
		const faults: { [happening: string]: Fault } = {
			'breaks off': { type: 'short', bytes: 1000 },
			'breaks off before its first byte': { type: 'short', bytes: 0 },
			'does not begin': { type: 'cutAfterBody', accept: false },
			'is not there for a moment': { type: 'html', status: 503 },
			'is a web page': { type: 'html', status: 200 },
			'is empty': { type: 'empty', status: 200 },
		};
		clock.leap();
		const outcomes = Object.entries(faults).map(async ([happening, fault]) => {
			const { deapi, id } = await withJob();
			deapi.fake.faults.add({ route: 'result', fault });
			const run = await getJob(deapi, id);
			const bytes = await readBinary(outputOf(run, NODE)[0]?.binary?.data);
			return [happening, bytes.equals(VIDEO), deapi.requestsTo('result').length];
		});
		expect(await Promise.all(outcomes)).toEqual(
			Object.keys(faults).map((happening) => [happening, true, 2]),
		);
	});

	it('reports a video that stays short after three tries, and passes nothing on', async () => {
		clock.leap();
		const { deapi, id } = await withJob();
		deapi.fake.faults.add({ route: 'result', times: 9, fault: { type: 'short', bytes: 1000 } });
		const run = await getJob(deapi, id, {}, { onError: 'continueRegularOutput' });
		const [item] = outputOf(run, NODE);
		expect(deapi.requestsTo('result')).toHaveLength(3);
		expect(item?.binary).toBeUndefined();
		expect(item?.json).toMatchObject({
			request_id: id,
			error: `The result is ready but could not be fetched: the connection was cut (request ID ${id})`,
		});
		// The second try comes after one second, the third after two more.
		const [first, second, third] = deapi.requestsTo('result').map(({ startedAt }) => startedAt);
		expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(990);
		expect((third ?? 0) - (second ?? 0)).toBeGreaterThanOrEqual(1990);
	});

	it.each([true, false])(
		'breaks off a video that is larger than any of deAPI (announced: %s)',
		async (contentLength) => {
			const { deapi, id } = await withJob();
			const bytes = 10 * RESULT_LIMIT_BYTES;
			deapi.fake.faults.add({
				route: 'result',
				fault: { type: 'tooLarge', bytes, contentLength },
			});
			const run = await getJob(deapi, id);
			expect(errorOf(run).message).toContain('the result is larger than 110 MB');
			expect(deapi.requestsTo('result')).toHaveLength(1);
			// The connection is given up, not read to its end.
			await deapi.fake.waitFor(() => deapi.requestsTo('result')[0]?.endedAt !== null);
		},
	);
});

it('streams: 60 MB take little more memory than one', async () => {
	const { deapi, id } = await withJob({ resultFile: { size: MB } });
	await getJob(deapi, id);
	deapi.fake.settings.resultFile = { size: 60 * MB };
	let peak = 0;
	const before = process.memoryUsage().arrayBuffers;
	const measure = setInterval(() => {
		peak = Math.max(peak, process.memoryUsage().arrayBuffers - before);
	}, 2);
	const run = await getJob(deapi, id);
	clearInterval(measure);
	expect(await sizeOf(outputOf(run, NODE)[0]?.binary?.data)).toBe(60 * MB);
	expect(peak).toBeLessThan(40 * MB);
});

it('takes the field that the user chose, and the type that the first bytes tell', async () => {
	const webm = await startStorage((_request, response) => {
		response.writeHead(200, { 'Content-Type': 'video/mp4' });
		response.end(Buffer.from('\x1aE\xdf\xa3\x01\0\0\0\0\0\0\x1f', 'latin1'));
	});
	const { deapi, id } = await withJob();
	const data = { status: 'done', result_url: `${webm.url}/video` };
	deapi.fake.faults.add({
		route: 'status',
		fault: { type: 'status', status: 200, body: { data } },
	});
	const run = await getJob(deapi, id, { outputBinaryProperty: 'clip' });
	const [item] = outputOf(run, NODE);
	expect(Object.keys(item?.binary ?? {})).toEqual(['clip']);
	expect(item?.binary?.clip).toMatchObject({ fileName: `${id}.webm`, mimeType: 'video/webm' });
});

it('calls a file without a telling type a video', async () => {
	const plain = await startStorage((_request, response) => {
		response.writeHead(200, { 'Content-Type': 'application/octet-stream' });
		response.end(VIDEO);
	});
	const { deapi, id } = await withJob();
	const data = { status: 'done', result_url: plain.url };
	deapi.fake.faults.add({
		route: 'status',
		fault: { type: 'status', status: 200, body: { data } },
	});
	const [item] = outputOf(await getJob(deapi, id), NODE);
	expect(item?.binary?.data).toMatchObject({ fileName: `${id}.mp4`, mimeType: 'video/mp4' });
});

it('leaves the video where it is when it is not wanted', async () => {
	const deapi = await Deapi.open();
	const run = await deapi.generate(waitingVideo({ downloadResult: false }));
	const [item] = outputOf(run, NODE);
	expect(item?.json.result_url).toContain('/results/');
	expect(item?.binary).toBeUndefined();
	expect(deapi.requestsTo('result')).toEqual([]);
});

it('gives the storage server no API key', async () => {
	const deapi = await Deapi.open();
	await deapi.generate(waitingVideo());
	const [result] = deapi.requestsTo('result');
	expect(result?.headers.authorization).toBeUndefined();
	expect(JSON.stringify(result)).not.toContain(deapi.apiKey);
	expect(deapi.requestsTo('status')[0]?.headers.authorization).toBe(`Bearer ${deapi.apiKey}`);
});

describe('a link that has expired', () => {
	it('is refreshed from the status of the job, and the item has the fresh one', async () => {
		const { deapi, id } = await withJob();
		// The link of the first look has expired when it is handed out.
		Object.defineProperty(deapi.fake.settings, 'resultTtlMs', {
			get: () => (deapi.fake.jobs[0]?.statusReads === 1 ? -1000 : 3_600_000),
		});
		const run = await getJob(deapi, id);
		const [item] = outputOf(run, NODE);
		expect((await readBinary(item?.binary?.data)).equals(VIDEO)).toBe(true);
		const [first, second] = deapi.requestsTo('result');
		expect(deapi.requestsTo('result').map(({ status }) => status)).toEqual([403, 200]);
		expect(deapi.requestsTo('status')).toHaveLength(2);
		expect(second?.query.expires).not.toBe(first?.query.expires);
		expect(item?.json.result_url).toContain(`expires=${second?.query.expires}`);
	});

	it('is refreshed once only', async () => {
		const { deapi, id } = await withJob();
		deapi.fake.faults.add({ route: 'result', times: 9, fault: { type: 'expired' } });
		const run = await getJob(deapi, id);
		expect(deapi.requestsTo('result')).toHaveLength(2);
		expect(deapi.requestsTo('status')).toHaveLength(2);
		expect(errorOf(run).message).toContain('the storage server answered with status 403');
	});

	it('can expire between two tries', async () => {
		clock.leap();
		const { deapi, id } = await withJob();
		deapi.fake.faults.add({ route: 'result', fault: { type: 'short', bytes: 10 } });
		deapi.fake.faults.add({ route: 'result', fault: { type: 'expired' } });
		const run = await getJob(deapi, id);
		expect((await readBinary(outputOf(run, NODE)[0]?.binary?.data)).equals(VIDEO)).toBe(true);
		expect(deapi.requestsTo('result')).toHaveLength(3);
	});

	it('is reported where no fresh one can be had', async () => {
		clock.leap();
		const { deapi, id } = await withJob();
		deapi.fake.faults.add({ route: 'result', fault: { type: 'expired' } });
		deapi.fake.faults.add({
			route: 'status',
			after: 1,
			times: 9,
			fault: { type: 'html', status: 500 },
		});
		const run = await getJob(deapi, id);
		expect(errorOf(run).message).toContain('the storage server answered with status 403');
		expect(errorOf(run).data).toMatchObject({ request_id: id });
	});
});

describe('storage servers that behave badly', () => {
	const REQUEST_ID = 'c08a339c-73e5-4d67-a4d5-231302fbff9a';

	/** Downloads in n8n's context, from a storage server of the test's own. */
	async function download(
		answer: http.RequestListener,
		changes: Partial<DownloadRequest> = {},
		path = '/video',
	) {
		const storage = await startStorage(answer);
		const deapi = await Deapi.open();
		const result = await inNode(deapi, async (call) => {
			const request: DownloadRequest = {
				requestId: REQUEST_ID,
				url: `${storage.url}${path}`,
				baseUrl: deapi.fake.url,
				freshUrl: async () => await Promise.resolve(undefined),
				...changes,
			};
			return await downloadResult(call, request);
		});
		return { result, storage };
	}

	it('gives up a body that stalls, closes the connection, and tries again', async () => {
		clock.leap();
		let answers = 0;
		const { result, storage } = await download(
			(_request, response) => {
				const isFirst = ++answers === 1;
				response.writeHead(200, { 'Content-Type': 'video/mp4', 'Content-Length': VIDEO.length });
				if (isFirst) response.write(VIDEO.subarray(0, 100));
				else response.end(VIDEO);
			},
			{ idleTimeout: 200 },
		);
		expect(await storedBytes(result)).toBe(VIDEO.length);
		expect(storage.requests).toHaveLength(2);
		expect(storage.requests[0]?.destroyed).toBe(true);
	});
	it('does not begin with a file that is announced as too large', async () => {
		const { result } = await download((_request, response) => {
			response.writeHead(200, { 'Content-Type': 'video/mp4', 'Content-Length': 200 * MB });
			response.flushHeaders();
		});
		expect(result).toEqual({
			failure: { reason: 'the result is larger than 110 MB', isFinal: true },
		});
	});

	it('bears with a body that comes slowly', async () => {
		const { result, storage } = await download(
			(_request, response) => {
				response.writeHead(200, { 'Content-Type': 'video/mp4', 'Content-Length': VIDEO.length });
				const size = Math.ceil(VIDEO.length / 8);
				let sent = 0;
				const timer = setInterval(() => {
					response.write(VIDEO.subarray(sent * size, (sent + 1) * size));
					if (++sent < 8) return;
					clearInterval(timer);
					response.end();
				}, 50);
			},
			{ idleTimeout: 300 },
		);
		expect(await storedBytes(result)).toBe(VIDEO.length);
		expect(storage.requests).toHaveLength(1);
	});

	it('notices that a body of unknown length was cut', async () => {
		clock.leap();
		const { result, storage } = await download((_request, response) => {
			response.writeHead(200, { 'Content-Type': 'video/mp4' });
			response.write(VIDEO.subarray(0, 100), () => response.destroy());
		});
		expect(result).toMatchObject({ failure: { reason: 'the connection was cut' } });
		expect(storage.requests).toHaveLength(3);
	});

	it('takes a body that came packed, against what was asked for', async () => {
		const packed = gzipSync(VIDEO);
		const { result, storage } = await download((_request, response) => {
			response.writeHead(200, {
				'Content-Type': 'video/mp4',
				'Content-Encoding': 'gzip',
				'Content-Length': packed.length,
			});
			response.end(packed);
		});
		expect(storage.requests[0]?.headers['accept-encoding']).toBe('identity');
		expect(await storedBytes(result)).toBe(VIDEO.length);
		if (!('file' in result)) throw new Error('No file');
		const sha = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
		expect(sha(await readBinary(result.file))).toBe(sha(VIDEO));
	});

	it('does not pass a page or a message on as a video', async () => {
		clock.leap();
		const types = ['text/html; charset=UTF-8', 'application/json', 'application/xml', 'text/xml'];
		const downloads = types.map(
			async (type) =>
				await download((_request, response) => {
					response.writeHead(200, { 'Content-Type': type });
					response.end('<html>Sorry</html>');
				}),
		);
		const reasons = (await Promise.all(downloads)).map(({ result }) => result);
		expect(reasons).toEqual(
			['text/html', 'application/json', 'application/xml', 'text/xml'].map((type) => ({
				failure: { reason: `the storage server sent ${type} instead of a file` },
			})),
		);
	});

	it('follows a redirect', async () => {
		const { result, storage } = await download((request, response) => {
			if (request.url === '/video') response.writeHead(302, { Location: '/moved' }).end();
			else response.writeHead(200, { 'Content-Type': 'video/mp4' }).end(VIDEO);
		});
		expect(result).toMatchObject({ file: { fileName: `${REQUEST_ID}.mp4` } });
		expect(storage.requests.map(({ url }) => url)).toEqual(['/video', '/moved']);
	});

	it('does not follow redirects for ever', async () => {
		const { result, storage } = await download((_request, response) => {
			response.writeHead(302, { Location: '/video' }).end();
		});
		expect(result).toEqual({
			failure: { reason: 'the link redirects too often', isFinal: true },
		});
		expect(storage.requests).toHaveLength(4);
	});

	it.each([
		['a redirect', 'http://[', 'the link leads to an invalid address'],
		['a redirect to a file', 'file:///etc/hostname', 'the link of the result is not an https link'],
	])('reports %s that leads nowhere', async (_name, location, reason) => {
		const { result } = await download((_request, response) => {
			response.writeHead(302, { Location: location }).end();
		});
		expect(result).toEqual({ failure: { reason, isFinal: true } });
	});

	it.each(['http://127.0.0.1:9/video', 'HTTP://127.0.0.1:9/video', 'ftp://127.0.0.1/x', 'nothing'])(
		'refuses the link %s where deAPI itself is reached over https',
		async (url) => {
			const { result, storage } = await download(() => {}, {
				url,
				baseUrl: 'https://api.deapi.ai',
			});
			expect(result).toEqual({
				failure: { reason: 'the link of the result is not an https link', isFinal: true },
			});
			expect(storage.requests).toEqual([]);
		},
	);

	it('makes a safe file name of any ID', async () => {
		const { result } = await download(
			(_request, response) => {
				response.writeHead(200, { 'Content-Type': 'video/mp4' }).end(VIDEO);
			},
			{ requestId: '../../etc/passwd' },
		);
		expect(result).toMatchObject({ file: { fileName: '.._.._etc_passwd.mp4' } });
	});

	it('leaves no connection open', async () => {
		clock.leap();
		const { storage } = await download((_request, response) => {
			response.writeHead(200, { 'Content-Type': 'text/html' });
			response.write(Buffer.alloc(MB));
		});
		expect(storage.requests).toHaveLength(3);
		for (let tries = 0; (await storage.connections()) > 0; tries++) {
			if (tries > 200) throw new Error('A connection stays open');
			await new Promise((resolve) => setTimeout(resolve, 10));
		}
	});
});

describe('cancellation', () => {
	it.each<[string, number | undefined]>([
		['while the video comes', undefined],
		['between two tries', 503],
	])('stops at once %s', async (_name, status) => {
		const stalling = await startStorage((_request, response) => {
			response.writeHead(status ?? 200, { 'Content-Type': 'video/mp4' });
			response.write('x');
			if (status !== undefined) response.end();
		});
		const { deapi, id } = await withJob();
		const data = { status: 'done', result_url: stalling.url };
		deapi.fake.faults.add({
			route: 'status',
			fault: { type: 'status', status: 200, body: { data } },
		});
		const execution = startWorkflow(
			deapiWorkflow([{}], { resource: 'job', operation: 'get', requestId: id }),
			{ credentials: deapi.credentials() },
		);
		await deapi.fake.waitFor(() => stalling.requests.length === 1);
		await new Promise((resolve) => setTimeout(resolve, 100));
		const before = performance.now();
		execution.cancel();
		const run = await execution.result;
		expect(performance.now() - before).toBeLessThan(800);
		expect(run.status).toBe('canceled');
		const [item] = outputOf(run, NODE);
		expect(item?.json.request_id).toBe(id);
		expect(item?.json.message).toContain(`(request ID ${id})`);
		expect(item?.binary).toBeUndefined();
		expect(stalling.requests).toHaveLength(1);
	});
});
