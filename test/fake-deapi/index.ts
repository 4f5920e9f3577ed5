/**
 * The fake deAPI: the service's contract over HTTP, for tests, the demo and benchmarks. It is
 * strict where the service is strict, records all it gets, and goes wrong on demand.
 */
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';

import { Accounts } from './accounts';
import { readBody, type ReadBody } from './body';
import { answerWith, Faults, type Sending } from './faults';
import { Jobs } from './jobs';
import { Results } from './results';
import { matchRoute } from './routes';
import { answerRequest, type Service } from './service';
import { settingsFrom } from './settings';
import type { FakeDeapi, FakeDeapiOptions, Fault, RecordedRequest } from './types';
import { Webhooks } from './webhooks';

export type * from './types';
export { signWebhook } from './webhooks';

const POLL_MS = 2;
const DEFAULT_WAIT_MS = 5000;

/**
 * Starts a fake service.
 * @param options what differs from the defaults; host, port and TLS are fixed from here on, all
 *   else can be changed in `settings`
 * @returns the running fake; end it with `close`
 */
export async function startFakeDeapi(options: FakeDeapiOptions = {}): Promise<FakeDeapi> {
	const { host = '127.0.0.1', port: wantedPort = 0, tls, onRequest, onDelivery, ...rest } = options;
	const settings = settingsFrom(rest);
	const accounts = new Accounts(settings);
	const faults = new Faults();
	const requests: RecordedRequest[] = [];
	let url = '';

	const results = new Results(settings, () => settings.publicUrl ?? url);
	const webhooks = new Webhooks(
		settings,
		(requestId) => results.link(requestId),
		(delivery) => onDelivery?.(delivery),
	);
	const jobs = new Jobs(settings, (event, job) => {
		if (job.error?.refunded) accounts.charge(job.account, -job.price);
		webhooks.announce(event, job);
	});
	const service: Service = { settings, accounts, jobs, results };
	/** Waits that `close` must end: slow answers and `waitFor`. */
	const waits = new Set<() => void>();

	const pause = async (ms: number) =>
		await new Promise<void>((resolve) => {
			const end = () => {
				clearTimeout(timer);
				waits.delete(end);
				resolve();
			};
			const timer = setTimeout(end, ms);
			waits.add(end);
		});

	const handle = async (request: http.IncomingMessage, response: http.ServerResponse) => {
		const record = recordOf(request);
		requests.push(record);
		let isOver = false;
		const over = new Promise<void>((resolve) => response.once('close', resolve)).then(() => {
			isOver = true;
		});
		const match = matchRoute(record.method, record.path);
		if (match !== null && match !== 'method') {
			record.route = match.route;
			record.surface = match.surface;
		}
		const fault = faults.take(record.route);
		record.fault = fault?.type ?? null;
		try {
			if (fault?.type === 'cutBeforeBody') {
				request.socket.destroy();
				return;
			}
			const body = await readRecorded(request, record, fault, settings.recordBodies);
			const sending = answerWith(fault, settings, () =>
				answerRequest(service, record, match, body),
			);
			if (sending.delayMs) await pause(sending.delayMs);
			if (!isOver) await send(sending, response, record, over);
		} catch {
			// The client is gone, or a fault cut it off: there is nobody to tell.
			request.socket.destroy();
		} finally {
			record.endedAt = Date.now();
			onRequest?.(record);
		}
	};

	const running = new Set<Promise<void>>();
	const listener: http.RequestListener = (request, response) => {
		const handling = handle(request, response).finally(() => running.delete(handling));
		running.add(handling);
	};
	const server = tls ? https.createServer(tls, listener) : http.createServer(listener);
	// Uploads may be slow, and a fault may hold one for as long as a test likes.
	server.requestTimeout = 0;
	server.listen(wantedPort, host);
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	const shownHost = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
	url = `${tls ? 'https' : 'http'}://${shownHost}:${port}`;

	let closed = false;
	return {
		url,
		port,
		requests,
		jobs: jobs.list,
		deliveries: webhooks.deliveries,
		faults,
		settings,
		balanceOf: (apiKey) => accounts.byApiKey(apiKey)?.balance ?? 0,
		failJob: (target, error) => {
			if (typeof target === 'function') jobs.failNext(target, error);
			else if (target === 'next') jobs.failNext(() => true, error);
			else jobs.fail(jobs.get(target), error);
		},
		startJob: (requestId) => jobs.start(jobs.get(requestId)),
		completeJob: (requestId) => jobs.complete(jobs.get(requestId)),
		holdJobs: (hold) => jobs.hold(hold),
		setProgress: (requestId, progress) => jobs.setProgress(jobs.get(requestId), progress),
		expireResults: () => results.expireAll(),
		resultUrl: (requestId) => results.link(requestId),
		deliver: async (delivery) => {
			const { job } = delivery;
			const found = typeof job === 'string' ? jobs.get(job) : (job ?? null);
			return await webhooks.deliver(delivery, found);
		},
		waitFor: async (condition, ms = DEFAULT_WAIT_MS) => {
			const deadline = performance.now() + ms;
			while (!condition()) {
				if (closed) throw new Error('The fake was closed while waiting.');
				if (performance.now() > deadline) {
					throw new Error(`Not true after ${ms} ms: ${condition.toString()}`);
				}
				await pause(POLL_MS);
			}
		},
		close: async () => {
			if (closed) return;
			closed = true;
			jobs.close();
			webhooks.close();
			for (const end of [...waits]) end();
			const ended = once(server, 'close');
			server.close();
			server.closeAllConnections();
			await ended;
			await Promise.all(running);
		},
	};
}

/** @returns the record of a request of which only the head is known */
function recordOf(request: http.IncomingMessage): RecordedRequest {
	const target = new URL(request.url ?? '/', 'http://fake');
	return {
		method: request.method ?? '',
		path: target.pathname,
		query: Object.fromEntries(target.searchParams),
		headers: request.headers,
		rawHeaders: request.rawHeaders,
		route: null,
		surface: null,
		account: null,
		bodySize: 0,
		bodyComplete: false,
		parts: [],
		json: undefined,
		startedAt: Date.now(),
		endedAt: null,
		status: null,
		requestId: null,
		fault: null,
	};
}

/** Reads a body into its record, as far as the fault lets it. */
async function readRecorded(
	request: http.IncomingMessage,
	record: RecordedRequest,
	fault: Fault | null,
	hash: boolean,
): Promise<ReadBody> {
	const body = await readBody(request, {
		hash,
		onBytes: (total) => {
			record.bodySize = total;
			if (fault?.type === 'cutDuringBody' && total >= fault.afterBytes) {
				request.socket.destroy();
				return 'stop';
			}
			return fault?.type === 'stallBody' && total >= fault.afterBytes ? 'stop' : 'go';
		},
	});
	record.bodyComplete = true;
	record.parts = body.parts;
	if (/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
		try {
			record.json = JSON.parse(body.text);
		} catch {
			// Left undefined: Laravel takes a body that it cannot parse for an empty one.
		}
	}
	return body;
}

/** Writes an answer, or cuts the connection where the fault says so. */
async function send(
	{ answer, cutAfter, keepOpen }: Sending,
	response: http.ServerResponse,
	record: RecordedRequest,
	over: Promise<void>,
): Promise<void> {
	if (answer === null) {
		if (!keepOpen) response.socket?.destroy();
		await over;
		return;
	}
	const { status, body } = answer;
	record.status = status;
	const bodiless = status === 204 || status === 304;
	const length = Buffer.isBuffer(body) && !bodiless ? { 'Content-Length': body.length } : {};
	response.writeHead(status, { ...answer.headers, ...length });
	const total = Buffer.isBuffer(body) ? body.length : Number(answer.headers['Content-Length'] ?? 0);
	const limit = cutAfter === 'half' ? total >> 1 : (cutAfter ?? Infinity);
	let left = limit;
	for await (const chunk of Buffer.isBuffer(body) ? [body] : (body as AsyncIterable<Buffer>)) {
		const part = chunk.subarray(0, left);
		left -= part.length;
		if (left <= 0) {
			// The part must be out before the cut, or the client would not even see the head.
			response.write(part, () => response.socket?.destroy());
			await over;
			return;
		}
		// Between two chunks of a file the client may have gone: then nothing drains any more.
		if (!response.write(part)) await Promise.race([drained(response), over]);
		if (response.destroyed) throw new Error('The client went away.');
	}
	response.end();
	await over;
}

async function drained(response: http.ServerResponse): Promise<void> {
	await new Promise<void>((resolve) => response.once('drain', resolve));
}
