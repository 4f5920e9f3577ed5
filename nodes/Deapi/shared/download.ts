import type { IHttpRequestOptions, IN8nHttpFullResponse } from 'n8n-workflow';
import { toNoAnswer } from './http';
import { breakOffWhenIdle, limitStream } from './streams';
import type { FileContext, FileStream, ResultFile } from './types';
import { isObject, numberOf, sizeText } from './values';
import { pause } from './waiting';

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
		let response: IN8nHttpFullResponse;
		try {
			response = (await context.helpers.httpRequest({
				method: 'GET',
				url,
				encoding: 'stream',
				returnFullResponse: true,
				ignoreHttpStatusErrors: true,
				// Followed by hand, so that each step is held to the same rules as the first.
				disableFollowRedirect: true,
				// A packed body would have another length than the one that is announced.
				headers: { 'Accept-Encoding': 'identity' },
				timeout: request.idleTimeout ?? IDLE_TIMEOUT_MS,
				...request.options,
				...(request.signal ? { abortSignal: request.signal } : {}),
			})) as IN8nHttpFullResponse;
		} catch (error) {
			return { failure: toFailure(error) };
		}
		const location = headerOf(response, 'location');
		if (response.statusCode >= 300 && response.statusCode < 400 && location !== undefined) {
			discard(response);
			if (!URL.canParse(location, url)) {
				return { failure: { reason: 'the link leads to no valid address', isFinal: true } };
			}
			url = new URL(location, url).toString();
			continue;
		}
		return await store(context, request, response);
	}
	return { failure: { reason: 'the link leads from one redirect to the next', isFinal: true } };
}

function refuseUrl(url: string, baseUrl: string): DownloadFailure | undefined {
	const scheme = /^([a-z]+):\/\//i.exec(url)?.[1]?.toLowerCase();
	if (scheme === 'https') return undefined;
	if (scheme === 'http' && baseUrl.toLowerCase().startsWith('http://')) return undefined;
	return { reason: 'the link of the result is not an https link', isFinal: true };
}

/** Statuses with which storage servers answer a signed link that is no longer valid. */
const EXPIRED = [400, 401, 403, 404, 410];

async function store(
	context: FileContext,
	{ requestId, idleTimeout = IDLE_TIMEOUT_MS }: DownloadRequest,
	response: IN8nHttpFullResponse,
): Promise<Download> {
	const { statusCode } = response;
	if (statusCode !== 200) {
		discard(response);
		const reason = `the storage server answered with status ${statusCode}`;
		return { failure: { reason, isExpired: EXPIRED.includes(statusCode) } };
	}
	const contentType = (headerOf(response, 'content-type') ?? '').split(';')[0]?.trim() ?? '';
	if (/^text\/html|json$|xml$/i.test(contentType)) {
		discard(response);
		return { failure: { reason: `the storage server sent ${contentType} instead of a file` } };
	}
	const announced = numberOf(headerOf(response, 'content-length'));
	if (announced !== undefined && announced > RESULT_LIMIT_BYTES) {
		discard(response);
		return { failure: tooLarge() };
	}
	let isTooLarge = false;
	let isStored = false;
	const { stream, received } = limitStream(
		response.body as unknown as FileStream,
		RESULT_LIMIT_BYTES,
		() => {
			isTooLarge = true;
			return new Error(tooLarge().reason);
		},
	);
	// The request's own time limit ends when the head of the answer is there.
	const isOver = () => isStored || stream.destroyed;
	void breakOffWhenIdle(stream, received, idleTimeout, isOver);
	try {
		const name = fileNameOf(requestId, contentType);
		const file = await context.helpers.prepareBinaryData(stream, name, mimeOf(contentType));
		if (isTooLarge) return { failure: tooLarge() };
		if (received() === 0) return { failure: { reason: 'the file was empty' } };
		if (announced !== undefined && received() < announced) {
			const reason = `only ${received()} of ${announced} bytes arrived`;
			return { failure: { reason } };
		}
		return { file };
	} catch (error) {
		return { failure: isTooLarge ? tooLarge() : toFailure(error) };
	} finally {
		isStored = true;
	}
}

function tooLarge(): DownloadFailure {
	return {
		reason: `the result is larger than ${sizeText(RESULT_LIMIT_BYTES)}`,
		isFinal: true,
	};
}

function toFailure(error: unknown): DownloadFailure {
	const { reason, cancelled } = toNoAnswer(error);
	return cancelled ? { reason, isCancelled: true } : { reason };
}

/** A header of an answer, its name in lower case. */
export function headerOf({ headers }: IN8nHttpFullResponse, name: string): string | undefined {
	const value = isObject(headers) ? headers[name] : undefined;
	return value === undefined || value === null ? undefined : String(value);
}

/** Gives the connection free: nobody is going to read the body. */
export function discard({ body }: IN8nHttpFullResponse): void {
	const stream = body as unknown as Partial<FileStream> | undefined;
	// A stream that is given up may still report that it broke off; nobody listens otherwise.
	stream?.on?.('error', () => {});
	stream?.destroy?.();
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
