import type { IHttpRequestOptions } from 'n8n-workflow';
import { toNoAnswer } from './http';
import type { StreamAnswer } from './streams';
import { fetchStream } from './streams';
import type { FileContext, ResultFile } from './types';
import { sizeText } from '../basics/values';
import { pause } from '../basics/pause';

/** deAPI's results have up to 100 MB; the margin is for what counts a megabyte differently. */
export const RESULT_LIMIT_BYTES = 110 * 1024 * 1024;

/** How often a download that broke off is started again. */
const TRIES = 3;
const WAIT_BETWEEN_TRIES_MS = 1000;
const MAX_REDIRECTS = 3;
const IDLE_TIMEOUT_MS = 120_000;

/** A download that did not work, as the end of "…: ". */
export interface DownloadFailure {
	reason: string;
	/** The storage server refused the link: a fresh one may work. */
	isExpired?: boolean;
	/** Trying again brings nothing. */
	isFinal?: boolean;
	isCancelled?: boolean;
}

export type Download = { file: ResultFile } | { failure: DownloadFailure };

export interface DownloadRequest {
	/** Names the file. */
	requestId: string;
	/** The job's `result_url`. */
	url: string;
	/** Reads the job's status again for a link that has not expired. */
	freshUrl(): Promise<string | undefined>;
	/** The credential's base URL: only where that is itself http may a result come over http. */
	baseUrl: string;
	/** What the user set under the node's request options. */
	options?: Pick<IHttpRequestOptions, 'proxy' | 'skipSslCertificateValidation'>;
	/** Without a byte for so long the storage server is taken as gone, in milliseconds. */
	idleTimeout?: number;
	signal?: AbortSignal;
}

/**
 * Fetches a job's result into n8n's file storage, as a stream, without the API key: the link is
 * signed, and it leads to a storage server that the key is none of.
 *
 * A link that has expired is refreshed once; a body that breaks off or comes short is fetched again,
 * and never passed on.
 */
export async function downloadResult(
	context: FileContext,
	request: DownloadRequest,
): Promise<Download> {
	let { url } = request;
	let isRefreshed = false;
	let failure: DownloadFailure = { reason: 'the download was not started' };
	for (let attempt = 1; attempt <= TRIES; attempt++) {
		const download = await fetchOnce(context, request, url);
		if ('file' in download) return download;
		failure = download.failure;
		if (failure.isExpired && !isRefreshed) {
			isRefreshed = true;
			const fresh = await request.freshUrl();
			if (fresh === undefined) break;
			url = fresh;
			// A fresh link is no second try of the old one.
			attempt--;
			continue;
		}
		if (failure.isFinal || failure.isExpired || failure.isCancelled) break;
		if (attempt < TRIES) await pause(WAIT_BETWEEN_TRIES_MS * attempt, request.signal);
		if (request.signal?.aborted) return { failure: { reason: CANCELLED, isCancelled: true } };
	}
	return { failure };
}

const CANCELLED = 'the execution was canceled';

async function fetchOnce(
	context: FileContext,
	request: DownloadRequest,
	firstUrl: string,
): Promise<Download> {
	let url = firstUrl;
	for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
		const refusal = refuseUrl(url, request.baseUrl);
		if (refusal) return { failure: refusal };
		const step = await follow(context, request, url);
		if (!('location' in step)) return step;
		if (!URL.canParse(step.location, url)) {
			return { failure: { reason: 'the link leads to no valid address', isFinal: true } };
		}
		url = new URL(step.location, url).toString();
	}
	return { failure: { reason: 'the link leads from one redirect to the next', isFinal: true } };
}

async function follow(
	context: FileContext,
	{ requestId, idleTimeout = IDLE_TIMEOUT_MS, signal, options }: DownloadRequest,
	url: string,
): Promise<Download | { location: string }> {
	const request = {
		url,
		limit: RESULT_LIMIT_BYTES,
		idleTimeout,
		signal,
		// Followed by hand, so that each step is held to the same rules as the first.
		options: { ...options, disableFollowRedirect: true },
	};
	try {
		return await fetchStream(context, request, async (answer) => {
			const location = answer.header('location');
			const isRedirect = answer.status >= 300 && answer.status < 400;
			if (isRedirect && location !== undefined) return { location };
			return await store(answer, requestId);
		});
	} catch (error) {
		const { reason, cancelled } = toNoAnswer(error);
		return { failure: { reason, isCancelled: cancelled } };
	}
}

function refuseUrl(url: string, baseUrl: string): DownloadFailure | undefined {
	const scheme = /^([a-z]+):\/\//i.exec(url)?.[1]?.toLowerCase();
	if (scheme === 'https') return undefined;
	if (scheme === 'http' && baseUrl.toLowerCase().startsWith('http://')) return undefined;
	return { reason: 'the link of the result is not an https link', isFinal: true };
}

/** Statuses with which storage servers answer a signed link that is no longer valid. */
const EXPIRED = [400, 401, 403, 404, 410];

async function store(answer: StreamAnswer, requestId: string): Promise<Download> {
	const { status } = answer;
	if (status !== 200) {
		const reason = `the storage server answered with status ${status}`;
		return { failure: { reason, isExpired: EXPIRED.includes(status) } };
	}
	const contentType = (answer.header('content-type') ?? '').split(';')[0]?.trim() ?? '';
	if (/^text\/html|json$|xml$/i.test(contentType)) {
		return { failure: { reason: `the storage server sent ${contentType} instead of a file` } };
	}
	const stored = await answer.store(fileNameOf(requestId, contentType), mimeOf(contentType));
	if ('isTooLarge' in stored) {
		const reason = `the result is larger than ${sizeText(RESULT_LIMIT_BYTES)}`;
		return { failure: { reason, isFinal: true } };
	}
	if ('reason' in stored) return { failure: stored };
	return stored.size === 0 ? { failure: { reason: 'the file was empty' } } : { file: stored.file };
}

const EXTENSIONS: { [contentType: string]: string } = {
	'video/mp4': 'mp4',
	'video/webm': 'webm',
	'video/quicktime': 'mov',
	'image/png': 'png',
	'image/jpeg': 'jpg',
	'image/webp': 'webp',
	'image/gif': 'gif',
	'audio/mpeg': 'mp3',
	'audio/wav': 'wav',
	'audio/x-wav': 'wav',
	'audio/flac': 'flac',
	'audio/ogg': 'ogg',
	'text/plain': 'txt',
};

/** Storage servers that know no better call a video `application/octet-stream`. */
function mimeOf(contentType: string): string {
	const isKnown = contentType !== '' && contentType !== 'application/octet-stream';
	return isKnown ? contentType.toLowerCase() : 'video/mp4';
}

function fileNameOf(requestId: string, contentType: string): string {
	const safe = requestId.replace(/[^A-Za-z0-9._-]/g, '_').slice(0, 100);
	return `${safe}.${EXTENSIONS[mimeOf(contentType)] ?? 'bin'}`;
}
