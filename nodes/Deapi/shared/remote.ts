import type { IBinaryData, IExecutePaginationFunctions, IN8nHttpFullResponse } from 'n8n-workflow';
import { discard, headerOf } from './download';
import type { InputFile } from './files';
import { toInputFile } from './files';
import { toNoAnswer } from './http';
import { limitStream } from './streams';
import type { FileStream } from './types';
import { numberOf, sizeText } from './values';

/** A file behind a URL that could not be had: what happened, and what to do. */
export interface FetchFailure {
	/** The end of a sentence that names the field. */
	reason: string;
	advice: string;
}

const TIMEOUT_MS = 60_000;
/** Files that are fetched at the same time in this process: a thousand items must not do it at once. */
const PARALLEL = 3;

let running = 0;
const queue: Array<() => void> = [];

/**
 * Fetches a file for the upload into n8n's file storage, through n8n's helper, so that its rules about
 * addresses hold. No key and no credential goes along.
 *
 * @param url where it lies, https or http
 * @param limit bytes; the transfer is cut off above it, whatever the server announces
 */
export async function fetchInputFile(
	context: IExecutePaginationFunctions,
	url: string,
	limit: number,
): Promise<InputFile | FetchFailure> {
	if (!/^https?:\/\/[^\s/]+/i.test(url)) {
		return {
			reason: 'is not an https or http address',
			advice: 'Enter a whole URL, such as https://example.com/song.mp3.',
		};
	}
	while (running >= PARALLEL) await new Promise<void>((resolve) => queue.push(resolve));
	running++;
	try {
		return await fetchNow(context, url, limit);
	} finally {
		running--;
		queue.shift()?.();
	}
}

async function fetchNow(
	context: IExecutePaginationFunctions,
	url: string,
	limit: number,
): Promise<InputFile | FetchFailure> {
	const signal = context.getExecutionCancelSignal?.();
	let response: IN8nHttpFullResponse;
	try {
		response = (await context.helpers.httpRequest({
			method: 'GET',
			url,
			encoding: 'stream',
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			timeout: TIMEOUT_MS,
			...(signal ? { abortSignal: signal } : {}),
		})) as IN8nHttpFullResponse;
	} catch (error) {
		return brokenOff(error);
	}
	if (response.statusCode !== 200) {
		discard(response);
		return describeStatus(response.statusCode);
	}
	const announced = numberOf(headerOf(response, 'content-length'));
	if (announced !== undefined && announced > limit) {
		discard(response);
		return tooLarge(limit);
	}
	return await store(context, url, response, limit, announced);
}

async function store(
	context: IExecutePaginationFunctions,
	url: string,
	response: IN8nHttpFullResponse,
	limit: number,
	announced: number | undefined,
): Promise<InputFile | FetchFailure> {
	let isTooLarge = false;
	const { stream, received } = limitStream(response.body as unknown as FileStream, limit, () => {
		isTooLarge = true;
		return new Error(tooLarge(limit).reason);
	});
	let binary: IBinaryData;
	try {
		const mimeType = headerOf(response, 'content-type')?.split(';')[0]?.trim();
		binary = await context.helpers.prepareBinaryData(stream, nameOf(url), mimeType || undefined);
	} catch (error) {
		return isTooLarge ? tooLarge(limit) : brokenOff(error);
	}
	const isEncoded = headerOf(response, 'content-encoding') !== undefined;
	if (announced !== undefined && !isEncoded && received() !== announced) {
		return {
			reason: `gave only ${received()} of ${announced} bytes`,
			advice: 'Try again; the server broke off the transfer.',
		};
	}
	return await toInputFile(context, binary);
}

function brokenOff(error: unknown): FetchFailure {
	const { reason, cancelled } = toNoAnswer(error);
	if (cancelled) return { reason: 'was not fetched: the execution was canceled', advice: '' };
	return {
		reason: `could not be fetched: ${reason}`,
		advice: 'Check the address. n8n itself must be able to reach it, and its rules must allow it.',
	};
}

function tooLarge(limit: number): FetchFailure {
	return {
		reason: `leads to a file of more than ${sizeText(limit)}`,
		advice: `deAPI takes up to ${sizeText(limit)} there.`,
	};
}

function describeStatus(status: number): FetchFailure {
	const reason = `could not be fetched: the server answered with status ${status}`;
	if (status === 404 || status === 410)
		return { reason, advice: 'There is no file at this address.' };
	if (status === 401 || status === 403) {
		return {
			reason,
			advice:
				'The file is not public, or its link has expired. Fetch it with a node that signs in, such as HTTP Request, and use its binary field.',
		};
	}
	return {
		reason,
		advice: 'Try again later, or fetch it with another node and use its binary field.',
	};
}

function nameOf(url: string): string {
	try {
		return decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? '') || 'file';
	} catch {
		return 'file';
	}
}
