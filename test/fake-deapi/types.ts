/**
 * The public types of the fake deAPI: what a test sets, and what it can look at afterwards.
 */
import type { IncomingHttpHeaders } from 'node:http';

/** The two API surfaces; jobs are shared between them. */
export type Surface = 'v1' | 'v2';

/**
 * What a request was for. `speech` makes speech of a text, `result` is the storage behind the
 * pre-signed links.
 */
export type Route = 'submit' | 'price' | 'status' | 'models' | 'balance' | 'speech' | 'result';

export type JobStatus = 'pending' | 'processing' | 'done' | 'error';

export type WebhookEvent = 'job.processing' | 'job.completed' | 'job.failed';

/** File types the fake knows by their first bytes. */
export type MediaType = 'mp3' | 'wav' | 'ogg' | 'flac' | 'jpg' | 'png' | 'gif' | 'bmp' | 'webp';

/** A model as the models endpoint prints it: loosely typed on purpose, as PHP prints it loosely. */
export interface FakeModel {
	name: string;
	slug: string;
	inference_types: string[] | Record<string, unknown>;
	info?: unknown;
	tags?: string[];
	status?: string;
}

/** The MP4 behind result links: a path, the bytes, or the size in bytes of a streamed filler. */
export type ResultFile = string | Buffer | { size: number };

/** Everything that can be changed while the fake runs. Times in milliseconds, money in USD. */
export interface FakeSettings {
	/** Accepted keys, each an account of its own with its own jobs, credit and limits. */
	apiKeys: string[];
	/** The account's signing secret; undefined: none, deliveries come unsigned. */
	webhookSecret: string | undefined;
	/** The URL set for the whole account in the dashboard. */
	accountWebhookUrl: string | undefined;
	/** Credit. Reading gives the first account's, setting it sets every account's. */
	balance: number;
	/** Price of each job. */
	price: number;
	models: FakeModel[];
	/** Limits per account; undefined: none. A day is 1,440 minutes of `minuteMs`. */
	submitsPerMinute: number | undefined;
	submitsPerDay: number | undefined;
	statusPerMinute: number | undefined;
	statusPerDay: number | undefined;
	/** Length of a rate limit's minute. */
	minuteMs: number;
	/** Retry-After of every 429: undefined computes it, null leaves it out. */
	retryAfter: string | null | undefined;
	/** False leaves X-RateLimit-Type out. */
	rateLimitType: boolean;
	/** How long a job stays pending, then processing. */
	pendingMs: number;
	processingMs: number;
	/** Multiplies the waits of the webhook retry schedule (1 minute to 12 hours). */
	webhookTimeScale: number;
	/** How long a webhook's receiver may take. */
	webhookTimeoutMs: number;
	/** Merged into `data` of each webhook, as the service may add fields. */
	webhookExtraData: Record<string, unknown>;
	/** False once ten deliveries in a row were given up. */
	webhooksEnabled: boolean;
	/** False lets a submit name an http webhook_url, which loopback tests need. */
	requireHttpsWebhooks: boolean;
	resultFile: ResultFile;
	/** How long a result link is good for. */
	resultTtlMs: number;
	/** Certificate authority (PEM) trusted for webhook receivers over https. */
	ca: string | undefined;
	/** True answers 403 to every account. */
	suspended: boolean;
	/** False skips the SHA-256 of the parts, for benchmarks. */
	recordBodies: boolean;
	/** The origin that result links carry; undefined: the fake's own URL. */
	publicUrl: string | undefined;
}

export interface FakeDeapiOptions extends Partial<FakeSettings> {
	/** Address to listen on, default 127.0.0.1. */
	host?: string;
	/** Port to listen on, default 0: any free one. */
	port?: number;
	/** PEM key and certificate: serve https. */
	tls?: { key: string; cert: string };
	/** Called once a request is answered or its connection is gone. */
	onRequest?: (request: RecordedRequest) => void;
	/** Called after each webhook attempt. */
	onDelivery?: (delivery: Delivery) => void;
}

/** One part of a multipart body. File contents are not kept, only what tells them apart. */
export interface RecordedPart {
	name: string;
	kind: 'field' | 'file';
	/** As sent, null where the part has no `filename` parameter. */
	filename: string | null;
	/** As sent, null where the part has no Content-Type of its own. */
	contentType: string | null;
	/** The part's header lines as sent, read as UTF-8. */
	headers: string[];
	/** Bytes. */
	size: number;
	/** Hex, empty when `recordBodies` is off. */
	sha256: string;
	/** A field's text, null for files. */
	value: string | null;
	/** What a file's first bytes say it is. */
	mediaType: MediaType | null;
	/** An image's sides in pixels, where its head tells. */
	imageSize: { width: number; height: number } | null;
}

export interface RecordedRequest {
	method: string;
	path: string;
	query: Record<string, string>;
	headers: IncomingHttpHeaders;
	/** Header names and values in turn, as sent. */
	rawHeaders: string[];
	route: Route | null;
	surface: Surface | null;
	/** The key of the account, null where none was recognised. */
	account: string | null;
	/** Bytes of the body that arrived. */
	bodySize: number;
	/** True once the whole body arrived. */
	bodyComplete: boolean;
	parts: RecordedPart[];
	/** The parsed body of a JSON request. */
	json: unknown;
	/** Milliseconds since the epoch; null where it did not come so far. */
	startedAt: number;
	endedAt: number | null;
	/** The status answered, null where none was. */
	status: number | null;
	/** The job made by this request. */
	requestId: string | null;
	/** The fault that met this request. */
	fault: Fault['type'] | null;
}

/** How a job ends in error. */
export interface JobError {
	error_code: string;
	error_message: string;
	error_reason: string;
	retryable: boolean;
	refunded: boolean;
}

export type FakeFile = Omit<RecordedPart, 'value' | 'kind'>;

export interface FakeJob {
	request_id: string;
	/** The key of the account it belongs to. */
	account: string;
	surface: Surface;
	job_type: string;
	/** The text parts by name. */
	fields: Record<string, string>;
	files: FakeFile[];
	status: JobStatus;
	/** 0 to 100, as of the last status read. */
	progress: number;
	/** USD charged. */
	price: number;
	webhookUrl: string | null;
	webhookSecret: string | null;
	/** Milliseconds since the epoch. */
	submittedAt: number;
	startedAt: number | null;
	endedAt: number | null;
	error: JobError | null;
	statusReads: number;
}

/** One attempt to deliver a webhook. */
export interface Delivery {
	deliveryId: string;
	event: string;
	requestId: string | null;
	url: string;
	/** As sent. */
	headers: Record<string, string>;
	/** As sent, before any compression. */
	body: Buffer;
	/** 1 to 10. */
	attempt: number;
	/** Milliseconds since the epoch. */
	startedAt: number;
	/** Milliseconds until answered or given up. */
	ms: number;
	/** The receiver's status, null where it gave none. */
	status: number | null;
	/** The receiver's answer, cut at 64 KiB. */
	responseBody: string;
	error: string | null;
	/** Whether the receiver answered 2xx in time. */
	ok: boolean;
}

/** A webhook sent by hand. */
export interface DeliverOptions {
	url: string;
	event?: string;
	/** The job it tells of, or its id; left out: one made up. */
	job?: FakeJob | string;
	/** Replaces the job's or account's secret; null: unsigned, with an empty signature header. */
	secret?: string | null;
	/** Unix seconds for the timestamp header and signature; default now. */
	timestamp?: number | string;
	/** Default: a new one. */
	deliveryId?: string;
	/** Merged into the payload's `data`. */
	data?: Record<string, unknown>;
	/** Raw bytes to send (and sign) in place of the payload. */
	body?: Buffer | string;
	/** Replaces headers after signing; null leaves one out. */
	headers?: Record<string, string | null>;
	/** Compress the body on the wire; the signature stays that of the plain bytes. */
	gzip?: boolean;
	/** Escape slashes as PHP does, default true. */
	escapeSlashes?: boolean;
}

/**
 * What can go wrong on demand. `accept` says whether a submit made its job all the same.
 * A body is always read to its end first, except where the fault says otherwise.
 */
export type Fault =
	| { type: 'status'; status: number; body?: unknown; headers?: Record<string, string> }
	| { type: 'rateLimit'; kind: 'minute' | 'daily'; retryAfter?: number | null; withType?: boolean }
	| { type: 'html'; status: number; accept?: boolean }
	| { type: 'empty'; status: number; accept?: boolean }
	/** The true answer with its last half missing, and a Content-Length that fits. */
	| { type: 'truncatedJson' }
	/** The true answer, `ms` late. */
	| { type: 'slow'; ms: number }
	/** The body is read, nothing is done, no answer ever comes. */
	| { type: 'hang' }
	| { type: 'cutBeforeBody' }
	| { type: 'cutDuringBody'; afterBytes: number }
	/**
	 * Reading stops after so many bytes and the connection stays open. The fake then does not see
	 * the client go: the record's `endedAt` stays null until `close`.
	 */
	| { type: 'stallBody'; afterBytes: number }
	| { type: 'cutAfterBody'; accept: boolean }
	| { type: 'cutDuringAnswer'; accept: boolean }
	| { type: 'redirect'; location: string; status?: number }
	| { type: 'acceptThenError'; status: number; body?: unknown }
	| { type: 'noRequestId'; body?: unknown }
	/** Results: 403 with XML, as S3 answers. */
	| { type: 'expired' }
	/** Results: the full Content-Length, cut after `bytes`. */
	| { type: 'short'; bytes: number }
	/** Results: streams `bytes` bytes, without a Content-Length unless asked for. */
	| { type: 'tooLarge'; bytes: number; contentLength?: boolean };

export interface FaultSpec {
	route: Route | 'any';
	/** How many requests it meets, default 1. */
	times?: number;
	/** How many requests on the route go by first, default 0. */
	after?: number;
	fault: Fault;
}

export interface FaultQueue {
	/** Adds a fault behind those already there. */
	add(spec: FaultSpec): void;
	/** Forgets all faults. */
	clear(): void;
	/** How many requests are still to be met. */
	readonly pending: number;
}

export interface FakeDeapi {
	/** Origin without a trailing slash. */
	url: string;
	port: number;
	/** Every request, in order of arrival. */
	requests: RecordedRequest[];
	/** Every job, in order of submit. */
	jobs: FakeJob[];
	/** Every webhook attempt, in order of their end. */
	deliveries: Delivery[];
	faults: FaultQueue;
	settings: FakeSettings;
	/** Credit left, in USD, of the account with this key. */
	balanceOf(apiKey: string): number;
	/**
	 * Ends a job in error: at once when given its id; for 'next' or a matcher the first job
	 * submitted from now on that fits, once its time is up.
	 */
	failJob(target: string | 'next' | ((job: FakeJob) => boolean), error?: Partial<JobError>): void;
	/** Takes a pending job to processing, at once. */
	startJob(requestId: string): void;
	/** Takes a job to done (by way of processing), at once. */
	completeJob(requestId: string): void;
	/** True stops every job's clock; false starts them again, each state from its beginning. */
	holdJobs(hold: boolean): void;
	/** Fixes a processing job's progress, 0 to 100. */
	setProgress(requestId: string, progress: number): void;
	/** Makes every result link handed out so far an expired one. */
	expireResults(): void;
	/** A pre-signed link to a job's result; no account is asked. */
	resultUrl(requestId: string): string;
	/** Sends one webhook by hand, once. Never rejects for what the receiver does. */
	deliver(options: DeliverOptions): Promise<Delivery>;
	/** Resolves when the condition holds, rejects after `ms` (default 5,000). */
	waitFor(condition: () => boolean, ms?: number): Promise<void>;
	/** Ends all timers, sockets and deliveries. */
	close(): Promise<void>;
}
