import type { IBinaryData } from 'n8n-workflow';
import { pause } from '../basics/pause';
import { quote } from '../basics/quote';
import { sizeText } from '../basics/values';
import type { Caller, FileContext } from '../engine/call';
import { toNoAnswer } from '../engine/networkFaults';
import { MP4 } from '../files/kinds';
import { Mp4Check } from '../files/mp4/whole';
import type { StreamAnswer } from '../files/stream';
import { fetchStream } from '../files/stream';
import { isText, messageTypeOf, resultKindOf } from './resultKind';

/** deAPI's results have up to 100 MB; the margin is for what counts a megabyte differently. */
export const RESULT_LIMIT_BYTES = 110 * 1024 * 1024;

/** How often a download that broke off is started again. */
const TRIES = 3;
const WAIT_BETWEEN_TRIES_MS = 1000;
const MAX_REDIRECTS = 3;
const IDLE_TIMEOUT_MS = 120_000;
/** A download is given up after so long, however it goes on, in milliseconds: 100 MB over 1 Mbit/s. */
const DEADLINE_MS = 900_000;

/** A download that did not work, as the end of "…: ". */
export interface DownloadFailure {
	reason: string;
	/** The storage server refused the link: a fresh one may work. */
	isExpired?: boolean;
	/** A fresh link was refused as well. */
	isGone?: boolean;
	/** Trying again brings nothing. */
	isFinal?: boolean;
	isCanceled?: boolean;
}

export type Download = { file: IBinaryData } | { failure: DownloadFailure };

export interface DownloadRequest {
	/** Names the file, where there is no better name. */
	requestId: string;
	/** The file's name without its ending. */
	fileName?: string | undefined;
	/** The job's `result_url`. */
	url: string;
	/** Whether a text is no result: a video, a picture or a sound was made. */
	isMedia?: boolean;
	/** Whether it has to be a video. Whatever turns out to be an MP4 has to be a whole one. */
	isVideo?: boolean | undefined;
	/** Reads the job's status again for a link that has not expired. */
	freshUrl(): Promise<string | undefined>;
	/** The credential's base URL: only where that is itself http may a result come over http. */
	baseUrl: string;
	/** Without a byte for so long the storage server is taken as gone, in milliseconds. */
	idleTimeout?: number;
}

/**
 * Fetches a job's result into n8n's file storage, as a stream, without the API key: the link is
 * signed, and it leads to a storage server, which the key is not for.
 *
 * A link that has expired is refreshed once; a body that breaks off or comes short is fetched again,
 * and never passed on.
 *
 * @returns the stored file, or why there is none; it throws nothing
 */
export async function downloadResult(
	caller: Caller<FileContext>,
	request: DownloadRequest,
): Promise<Download> {
	let { url } = request;
	let isRefreshed = false;
	for (let attempt = 1; ; attempt++) {
		const download = await fetchOnce(caller, request, url);
		if ('file' in download) return download;
		const { isExpired, isFinal, isCanceled } = download.failure;
		if (isExpired && !isRefreshed) {
			isRefreshed = true;
			const fresh = await request.freshUrl();
			if (fresh === undefined) return download;
			url = fresh;
			// A fresh link is no second try of the old one.
			attempt--;
			continue;
		}
		if (isExpired) return { failure: { ...download.failure, isGone: true } };
		if (isFinal || isCanceled || attempt === TRIES) return download;
		// Where the execution is canceled meanwhile, the next try asks for nothing, and says so.
		await pause(WAIT_BETWEEN_TRIES_MS * attempt, caller.signal);
	}
}

async function fetchOnce(
	caller: Caller<FileContext>,
	request: DownloadRequest,
	firstUrl: string,
): Promise<Download> {
	let url = firstUrl;
	for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
		const refusal = refuseUrl(url, request.baseUrl);
		if (refusal) return { failure: refusal };
		const step = await follow(caller, request, url);
		if (!('location' in step)) return step;
		if (!URL.canParse(step.location, url)) {
			return { failure: { reason: 'the link leads to an invalid address', isFinal: true } };
		}
		url = new URL(step.location, url).toString();
	}
	return { failure: { reason: 'the link redirects too often', isFinal: true } };
}

async function follow(
	caller: Caller<FileContext>,
	wanted: DownloadRequest,
	url: string,
): Promise<Download | { location: string }> {
	const request = {
		url,
		limit: RESULT_LIMIT_BYTES,
		idleTimeout: wanted.idleTimeout ?? IDLE_TIMEOUT_MS,
		deadline: DEADLINE_MS,
		// Followed by hand, so that each step is held to the same rules as the first.
		options: { disableFollowRedirect: true },
	};
	try {
		return await fetchStream(caller, request, async (answer) => {
			const location = answer.header('location');
			const isRedirect = answer.status >= 300 && answer.status < 400;
			if (isRedirect && location !== undefined) return { location };
			return await store(answer, wanted, url);
		});
	} catch (error) {
		const { reason, canceled } = toNoAnswer(error);
		return { failure: { reason, isCanceled: canceled } };
	}
}

function refuseUrl(url: string, baseUrl: string): DownloadFailure | undefined {
	const scheme = /^([a-z]+):\/\//i.exec(url)?.[1]?.toLowerCase();
	if (scheme === 'https') return undefined;
	if (scheme === 'http' && baseUrl.toLowerCase().startsWith('http://')) return undefined;
	return { reason: 'the link of the result is not an https link', isFinal: true };
}

const NO_VIDEO = 'something other than an MP4 video';

/** Statuses with which storage servers answer a signed link that is no longer valid. */
const EXPIRED = [400, 401, 403, 404, 410];

async function store(
	answer: StreamAnswer,
	{ requestId, fileName = requestId, isMedia = false, isVideo = false }: DownloadRequest,
	url: string,
): Promise<Download> {
	const { status } = answer;
	if (status !== 200) {
		const reason = `the storage server answered with status ${status}`;
		return { failure: { reason, isExpired: EXPIRED.includes(status) } };
	}
	const contentType = answer.header('content-type');
	const message = messageTypeOf(contentType, url);
	if (message !== undefined) {
		const reason = `the storage server sent ${quote(message, 100)} instead of a file`;
		return { failure: { reason } };
	}
	const stored = await answer.store((head) => {
		const kind = resultKindOf(head, contentType, url);
		if ('refused' in kind) return kind;
		if (isMedia && isText(kind))
			return { refused: 'the storage server sent text instead of a file' };
		const isMp4 = kind.extension === MP4.extension;
		if (isVideo && !isMp4) return { refused: `the storage server sent ${NO_VIDEO}` };
		const check = isMp4 ? new Mp4Check() : undefined;
		const name = `${safeStem(fileName)}.${kind.extension}`;
		return { fileName: name, mimeType: kind.contentType, check };
	});
	if ('isTooLarge' in stored) {
		const reason = `the result is larger than ${sizeText(RESULT_LIMIT_BYTES)}`;
		return { failure: { reason, isFinal: true } };
	}
	if ('reason' in stored) return { failure: stored };
	return stored.size === 0 ? { failure: { reason: 'the file was empty' } } : { file: stored.file };
}

/** A name that every file system takes; letters of any language stay. */
function safeStem(name: string): string {
	const stem = name.slice(0, 100).replace(/[^\p{L}\p{N}._ ()-]/gu, '_');
	return /^[. ]*$/.test(stem) ? 'result' : stem;
}
