/**
 * Webhooks as a test sees them: what was sent, and what can be sent by hand.
 */
import type { FakeJob } from './records';

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
