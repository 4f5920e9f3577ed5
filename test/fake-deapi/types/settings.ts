/**
 * What a test sets: all that differs from the defaults.
 */
import type { FakeJob, JobError, RecordedPart, RecordedRequest } from './records';
import type { FakeModel, Operation } from './service';
import type { Delivery } from './webhooks';

/** The MP4 behind result links: a path, the bytes, or the size in bytes of a streamed filler. */
export type ResultFile = string | Buffer | { size: number };

/** Calls back after so many milliseconds; what it returns calls that off. */
export type After = (ms: number, done: () => void) => () => void;

/** Requests a minute and a day; undefined: no limit. */
export interface Limits {
	perMinute: number | undefined;
	perDay: number | undefined;
}

/** What is limited: each operation, status reads and price questions. */
export type RateLimits = Partial<Record<Operation | 'status' | 'price', Limits>>;

/** How a film differs from what was asked for. */
export interface FilmOptions {
	/** Frames more (or, below 0, fewer) than asked for. */
	extraFrames?: number;
	/** Pixels; the nearest size that the fixtures have is taken. */
	size?: { width: number; height: number };
	/** 'other': parameters that do not fit beside those of the other films. */
	codec?: 'usual' | 'other';
	/** False: no sound. */
	sound?: boolean;
	/** One of the colours by its place; left out: the job's place decides. */
	color?: number;
	/** The path of a closed group of pictures in place of a colour. */
	picture?: string;
	/** Bytes that are no MP4, in its place. */
	instead?: Buffer;
}

/** The answer to a prompt enhancement. */
export interface Enhancement {
	prompt: string;
	negative_prompt: string | null;
}

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
	/** Models that no list shows, but that are taken by their slug. */
	unlistedModels: FakeModel[];
	/** True refuses a sound that is shorter or longer than the model's `…_audio_duration`. */
	soundLengths: boolean;
	/** Is given each sound whose length is looked at: nothing else keeps what is in a file. */
	onSound: ((content: Buffer, part: RecordedPart) => void) | undefined;
	/** Price by operation, where it differs from `price`. */
	prices: Partial<Record<Operation, number>>;
	/** Whether price answers carry `is_estimated`; undefined leaves it out. */
	priceIsEstimated: boolean | undefined;
	/** A job's `price` in its status; false leaves the field out, 'null' prints null. */
	jobPrice: boolean | 'null';
	/** Below this balance every new job is refused: 0.49 in truth, 0 here unless asked for. */
	minimumBalance: number;
	/** What too little credit is answered with: nothing is said of it, so 402 is possible too. */
	lowBalanceStatus: 402 | 422;
	/** Limits by operation, beside those below; `BASIC_LIMITS` are those of a Basic account. */
	limits: RateLimits;
	/** 'every' puts quota headers on models and balance too, 'none' on no answer without a limit. */
	quotaHeaders: 'limited' | 'every' | 'none';
	/** True ends the days of daily limits at midnight UTC, as the service does. */
	dayEndsAtMidnight: boolean;
	/** The clock of the rate limits, in milliseconds since the epoch. */
	now: () => number;
	/** How time passes for jobs, slow answers and repeated webhooks. */
	after: After;
	/** Limits of aud2video and status per account; undefined: none. A day is 1,440 `minuteMs`. */
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
	/** The file of videos, unless `results` is 'film'. */
	resultFile: ResultFile;
	/** 'film': videos are H.264 of the frames, rate and size that were asked for. */
	results: 'file' | 'film';
	/** The path of the MP3 that music is; undefined: a short song of the format that was asked for. */
	songFile: string | undefined;
	/** The PNG of a job that makes a picture; undefined: one that is always the same. */
	picture: ((job: FakeJob) => Buffer) | undefined;
	/** What differs from what was asked for, for all films or by job. */
	film: FilmOptions | ((job: FakeJob) => FilmOptions);
	/** Content-Type of all result links, such as `binary/octet-stream`; undefined: the true one. */
	resultContentType: string | undefined;
	/** False takes the ending off result links. */
	resultEndings: boolean;
	/** What transcripts say; '' for no speech; undefined: a default, with times where asked for. */
	transcript: string | ((job: FakeJob) => string) | undefined;
	/** What enhanced prompts say; undefined: the prompt with a few words more. */
	enhancement: ((fields: Record<string, string>) => Enhancement) | undefined;
	/** How a 422 of prompt enhancement lists its errors: the specification and a page disagree. */
	promptErrors: 'list' | 'object';
	/** True: v1 is gone, each of its routes answers 410. */
	v1Removed: boolean;
	/** False: a failed job has no reasons on v1, as the specification says. */
	v1ErrorReasons: boolean;
	/** Ends jobs in error by their place or values; null or false lets a job succeed. */
	jobErrors: ((job: FakeJob) => Partial<JobError> | boolean | null) | undefined;
	/** How long a result link is good for. */
	resultTtlMs: number;
	/** Certificate authority (PEM) trusted for webhook receivers over https. */
	ca: string | undefined;
	/** What the service has lost: the job itself, or its result in the storage. */
	lost: ((job: FakeJob) => 'job' | 'result' | undefined) | undefined;
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
