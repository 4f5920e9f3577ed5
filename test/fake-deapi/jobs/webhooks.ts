/**
 * Webhooks as the service sends them: signed over the raw body, repeated on a schedule until the
 * receiver answers 2xx in time, and switched off for an account that never does.
 */
import { createHmac, randomUUID } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import { gzipSync } from 'node:zlib';

import { phpJson } from '../http/answers';
import type { DeliverOptions, Delivery, FakeJob, FakeSettings, WebhookEvent } from '../types';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Waits before attempts 2 to 10, in milliseconds: the service's documentation. */
const RETRY_AFTER = [
	...[1, 2, 5, 10, 30].map((minutes) => minutes * MINUTE),
	...[1, 3, 6, 12].map((hours) => hours * HOUR),
];

/** So many deliveries given up in a row switch webhooks off: the service's documentation. */
const MAX_FAILED_DELIVERIES = 10;

const MAX_RESPONSE_BYTES = 64 * 1024;
/** Names that are reserved for examples (RFC 2606): there is nobody, and a look-up may take long to say so. */
const EXAMPLE_HOST = /(^|\.)example(\.(com|net|org))?$/;

/**
 * @param secret the signing secret
 * @param timestamp what the timestamp header says, Unix seconds
 * @param rawBody the body, byte by byte as sent
 * @returns the signature header's value: `sha256=<hex>`
 */
export function signWebhook(
	secret: string,
	timestamp: number | string,
	rawBody: Buffer | string,
): string {
	const hmac = createHmac('sha256', secret).update(`${timestamp}.`).update(rawBody);
	return `sha256=${hmac.digest('hex')}`;
}

/** One call to a receiver, ready to go. */
interface Call {
	deliveryId: string;
	event: string;
	requestId: string | null;
	url: string;
	headers: Record<string, string>;
	body: Buffer;
	attempt: number;
}

export class Webhooks {
	/** In order of their end. */
	readonly deliveries: Delivery[] = [];

	/** Call off what is to be repeated. */
	private readonly repeats = new Set<() => void>();

	private readonly open = new Set<http.ClientRequest>();

	private failedInARow = 0;

	private closed = false;

	/**
	 * @param settings secret, URL, schedule and time limit
	 * @param resultLink gives a fresh link to a job's result, null where it has none
	 * @param onDelivery told of each attempt, after it
	 */
	constructor(
		private readonly settings: FakeSettings,
		private readonly resultLink: (job: FakeJob) => string | null,
		private readonly onDelivery: (delivery: Delivery) => void,
	) {}

	/** Tells the job's receiver, or else the account's, of a step; nobody where there is neither. */
	announce(event: WebhookEvent, job: FakeJob): void {
		const url = job.webhookUrl ?? this.settings.accountWebhookUrl;
		if (!url || this.isClosed()) return;
		const deliveryId = randomUUID();
		const body = Buffer.from(phpJson(this.payload(event, deliveryId, job)));
		const secret = job.webhookSecret ?? this.settings.webhookSecret ?? null;
		void this.attempt({ deliveryId, event, requestId: job.request_id, url, body }, secret, 1);
	}

	/**
	 * Sends one webhook by hand, once.
	 * @param options what to send where
	 * @param job the job it tells of; null: one made up
	 * @returns what became of it
	 */
	async deliver(options: DeliverOptions, job: FakeJob | null): Promise<Delivery> {
		const { event = 'job.completed', deliveryId = randomUUID() } = options;
		const payload = this.payload(event, deliveryId, job ?? madeUpJob(), options.data);
		const text = (options.escapeSlashes ?? true) ? phpJson(payload) : JSON.stringify(payload);
		const body = Buffer.from(options.body ?? text);
		const ownSecret = job?.webhookSecret ?? this.settings.webhookSecret ?? null;
		const secret = options.secret === undefined ? ownSecret : options.secret;
		const timestamp = options.timestamp ?? unixSeconds();
		const wireBody = options.gzip ? gzipSync(body) : body;
		const headers: Record<string, string | null> = {
			...signedHeaders(event, deliveryId, secret, timestamp, body),
			...(options.gzip ? { 'Content-Encoding': 'gzip' } : {}),
			...options.headers,
		};
		const call: Call = {
			deliveryId,
			event,
			requestId: job?.request_id ?? null,
			url: options.url,
			headers: Object.fromEntries(
				Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== null),
			),
			body,
			attempt: 1,
		};
		return await this.send(call, wireBody);
	}

	/** Drops what is on its way and what is to be repeated. */
	close(): void {
		this.closed = true;
		for (const callOff of this.repeats) callOff();
		for (const request of this.open) request.destroy(new Error('The fake was closed.'));
	}

	private isClosed(): boolean {
		return this.closed;
	}

	/** One attempt of a delivery, and the next one later if it is not taken. */
	private async attempt(
		delivery: Pick<Call, 'deliveryId' | 'event' | 'requestId' | 'url' | 'body'>,
		secret: string | null,
		attempt: number,
	): Promise<void> {
		if (this.isClosed() || !this.settings.webhooksEnabled) return;
		const { event, deliveryId, body } = delivery;
		// Timestamp and signature are those of the attempt; id and body those of the delivery.
		const headers = signedHeaders(event, deliveryId, secret, unixSeconds(), body);
		const { ok } = await this.send({ ...delivery, headers, attempt }, body);
		if (this.isClosed()) return;
		const wait = RETRY_AFTER[attempt - 1];
		if (ok) {
			this.failedInARow = 0;
		} else if (wait === undefined) {
			this.failedInARow += 1;
			if (this.failedInARow >= MAX_FAILED_DELIVERIES) this.settings.webhooksEnabled = false;
		} else {
			const callOff = this.settings.after(wait * this.settings.webhookTimeScale, () => {
				this.repeats.delete(callOff);
				void this.attempt(delivery, secret, attempt + 1);
			});
			this.repeats.add(callOff);
		}
	}

	/** Posts and waits for the whole answer; redirects are not followed and count as not taken. */
	private async send(call: Call, wireBody: Buffer): Promise<Delivery> {
		const startedAt = Date.now();
		const began = performance.now();
		const outcome = await this.post(call, wireBody).catch((error: unknown) => ({
			status: null,
			responseBody: '',
			error: error instanceof Error ? error.message : String(error),
		}));
		const delivery: Delivery = {
			...call,
			...outcome,
			startedAt,
			ms: performance.now() - began,
			ok: outcome.status !== null && outcome.status >= 200 && outcome.status < 300,
		};
		this.deliveries.push(delivery);
		this.onDelivery(delivery);
		return delivery;
	}

	private async post(
		call: Call,
		wireBody: Buffer,
	): Promise<{ status: number; responseBody: string; error: string | null }> {
		const url = new URL(call.url);
		if (EXAMPLE_HOST.test(url.hostname)) throw new Error(`${url.hostname} leads nowhere.`);
		const client = url.protocol === 'https:' ? https : http;
		const headers = { ...call.headers, 'Content-Length': String(wireBody.length) };
		return await new Promise((resolve, reject) => {
			const { ca } = this.settings;
			const options = { method: 'POST', headers, agent: false, ...(ca ? { ca } : {}) };
			const request = client.request(url, options, (response) => {
				const status = response.statusCode ?? 0;
				const chunks: Buffer[] = [];
				let size = 0;
				response.on('data', (chunk: Buffer) => {
					if (size < MAX_RESPONSE_BYTES) chunks.push(chunk);
					size += chunk.length;
				});
				response.on('end', () => {
					const text = Buffer.concat(chunks).subarray(0, MAX_RESPONSE_BYTES).toString('utf8');
					resolve({ status, responseBody: text, error: null });
				});
				response.on('error', reject);
			});
			const limit = setTimeout(() => {
				request.destroy(new Error(`No answer within ${this.settings.webhookTimeoutMs} ms.`));
			}, this.settings.webhookTimeoutMs);
			this.open.add(request);
			request.on('error', reject);
			request.on('close', () => {
				clearTimeout(limit);
				this.open.delete(request);
				reject(new Error('The receiver closed the connection.'));
			});
			request.end(wireBody);
		});
	}

	/** @returns the payload of an event, `data` as the specification lists it */
	private payload(
		event: string,
		deliveryId: string,
		job: FakeJob,
		extra: Record<string, unknown> = {},
	): Record<string, unknown> {
		const at = (ms: number | null) => new Date(ms ?? Date.now()).toISOString();
		const { request_id, job_type, startedAt, endedAt } = job;
		const known: Record<string, Record<string, unknown>> = {
			'job.processing': {
				status: 'processing',
				previous_status: 'pending',
				job_type,
				started_at: at(startedAt),
			},
			'job.completed': {
				status: 'done',
				previous_status: 'processing',
				job_type,
				completed_at: at(endedAt),
				result_url: this.resultLink(job),
				processing_time_ms: (endedAt ?? 0) - (startedAt ?? endedAt ?? 0),
			},
			'job.failed': {
				status: 'error',
				previous_status: 'processing',
				job_type,
				failed_at: at(endedAt),
				...job.error,
			},
		};
		const own = known[event] ?? { status: job.status, previous_status: null, job_type };
		const data = {
			job_request_id: request_id,
			...own,
			...this.settings.webhookExtraData,
			...extra,
		};
		return { event, delivery_id: deliveryId, timestamp: at(null), data };
	}
}

function unixSeconds(): number {
	return Math.floor(Date.now() / 1000);
}

/** @returns the headers of the contract; without a secret the signature is there, but empty */
function signedHeaders(
	event: string,
	deliveryId: string,
	secret: string | null,
	timestamp: number | string,
	body: Buffer,
): Record<string, string> {
	return {
		'Content-Type': 'application/json',
		'User-Agent': 'DeAPI-Webhook/1.0',
		'X-DeAPI-Signature': secret === null ? '' : signWebhook(secret, timestamp, body),
		'X-DeAPI-Timestamp': String(timestamp),
		'X-DeAPI-Event': event,
		'X-DeAPI-Delivery-Id': deliveryId,
	};
}

/** @returns a job that no store has, for webhooks sent by hand */
function madeUpJob(): FakeJob {
	const now = Date.now();
	return {
		request_id: randomUUID(),
		account: '',
		surface: 'v1',
		operation: 'audioToVideo',
		job_type: 'audio2video',
		index: -1,
		fields: {},
		files: [],
		status: 'done',
		progress: 100,
		price: 0,
		webhookUrl: null,
		webhookSecret: null,
		submittedAt: now - 60_000,
		startedAt: now - 45_000,
		endedAt: now,
		error: {
			error_code: 'WORKER_TIMEOUT',
			error_message: 'Worker failed to respond within the allowed time',
			error_reason: 'TIMEOUT',
			retryable: true,
			refunded: true,
		},
		statusReads: 0,
	};
}
