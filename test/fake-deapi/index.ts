/**
 * The fake deAPI: the service's contract over HTTP, for tests, the demo and benchmarks. It is
 * strict where the service is strict, records all it gets, and goes wrong on demand.
 */
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';

import { Accounts } from './accounts/accounts';
import { matchRoute } from './endpoints/routes';
import { answerRequest, type Service } from './endpoints/service';
import { answerWith, Faults } from './http/faults';
import { readRecorded, recordOf } from './http/recording';
import { send } from './http/send';
import { Jobs } from './jobs/jobs';
import { timedFiles } from './operations';
import { Webhooks } from './jobs/webhooks';
import { Results } from './results/storage';
import { settingsFrom, trueTime } from './settings';
import type { After, FakeDeapi, FakeDeapiOptions, FakeJob, RecordedRequest } from './types';

export { BASIC_LIMITS } from './accounts/rate-limit';
export { signWebhook } from './jobs/webhooks';
export { FILM_COLORS, FILM_SIZES } from './results/films';
export { sceneOf } from './results/scenes';
export type * from './types';

const POLL_MS = 2;
const DEFAULT_WAIT_MS = 30_000;

/** How a wait passes, and what ends it early. */
interface PauseOptions {
	after?: After;
	over?: Promise<void>;
}

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
		(job) => results.url(job),
		(delivery) => onDelivery?.(delivery),
	);
	const jobs = new Jobs(settings, (event, job) => {
		if (job.error?.refunded) accounts.charge(job.account, -job.price);
		webhooks.announce(event, job);
	});
	const service: Service = { settings, accounts, jobs, results };
	let closed = false;
	/** Waits that `close` must end: slow answers and `waitFor`. */
	const waits = new Set<() => void>();

	const pause = async (ms: number, { after = settings.after, over }: PauseOptions = {}) =>
		await new Promise<void>((resolve) => {
			// What goes on after the close must not begin to wait again.
			if (closed) {
				resolve();
				return;
			}
			const end = () => {
				callOff();
				waits.delete(end);
				resolve();
			};
			const callOff = after(ms, end);
			waits.add(end);
			void over?.then(end);
		});

	const handle = async (request: http.IncomingMessage, response: http.ServerResponse) => {
		const record = recordOf(request);
		requests.push(record);
		const over = new Promise<void>((resolve) => response.once('close', resolve));
		const match = matchRoute(record.method, record.path);
		if (match !== null && match !== 'method') {
			record.route = match.route;
			record.surface = match.surface;
			record.operation = match.operation;
		}
		const fault = faults.take(record.route);
		record.fault = fault?.type ?? null;
		try {
			if (fault?.type === 'cutBeforeBody') {
				request.socket.destroy();
				return;
			}
			const body = await readRecorded(request, record, fault, {
				hash: settings.recordBodies,
				timed: timedFiles(record.operation, settings),
			});
			const sending = await answerWith(fault, {
				settings,
				authorization: request.headers.authorization ?? '',
				honest: async () => await answerRequest(service, record, match, body),
				numberJob: () => {
					const number = record.requestId === null ? null : jobs.renumber(record.requestId);
					if (number !== null) record.requestId = String(number);
					return number;
				},
			});
			if (sending.delayMs) await pause(sending.delayMs, { over });
			if (!response.closed) await send(sending, { response, record, over, pause });
		} catch (error) {
			// The client is gone, or a fault cut it off: then there is nobody to tell.
			if (record.bodyComplete && !response.headersSent && !response.closed) {
				response.writeHead(500).end(`The fake itself failed: ${String(error)}`);
			} else {
				request.socket.destroy();
			}
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
		failJobs: (target, error) => {
			const matches =
				typeof target === 'function' ? target : ({ index }: FakeJob) => target.includes(index);
			jobs.failEach(matches, error);
		},
		startJob: (requestId) => jobs.start(jobs.get(requestId)),
		completeJob: (requestId) => jobs.complete(jobs.get(requestId)),
		holdJobs: (hold) => jobs.hold(hold),
		setProgress: (requestId, progress) => jobs.setProgress(jobs.get(requestId), progress),
		expireResults: () => results.expireAll(),
		resultUrl: (requestId) => results.urlOf(requestId, jobs.find(requestId)),
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
				await pause(POLL_MS, { after: trueTime });
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
