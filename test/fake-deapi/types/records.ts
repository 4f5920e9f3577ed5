/**
 * What a test can look at afterwards: requests with their parts, and jobs.
 */
import type { IncomingHttpHeaders } from 'node:http';

import type { Fault } from './faults';
import type { JobStatus, MediaType, Operation, Route, Surface } from './service';

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
	/** Seconds of a reference sound, null where nobody asked or the file does not tell. */
	seconds: number | null;
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
	/** What is made, or priced; null for reads and unknown paths. */
	operation: Operation | null;
	/** Fields that the endpoint does not know on this surface; the request was refused for them. */
	unexpectedFields: string[];
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
	/** What it is to make. */
	operation: Operation;
	/** An inference type, such as `audio2video`. */
	job_type: string;
	/** Its place in the order of submits, over all accounts, from 0. */
	index: number;
	/** The text parts by name; a JSON body's values as text. */
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
