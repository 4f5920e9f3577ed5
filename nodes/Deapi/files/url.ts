import { Gate } from '../basics/gate';
import { sizeText } from '../basics/values';
import type { Call } from '../engine/call';
import { toNoAnswer } from '../engine/networkFaults';
import { PerRun } from '../engine/run';
import type { InputFile } from './binary';
import { toInputFile } from './binary';
import { fetchStream } from './stream';

/** A file behind a URL that could not be had: what happened, and what to do. */
export interface FetchFailure {
	/** The end of a sentence that names the field. */
	reason: string;
	advice: string;
}

/** Without a byte for so long the server is taken as gone, in milliseconds. */
const IDLE_TIMEOUT_MS = 60_000;
/** A transfer is given up after so long, however it goes on, in milliseconds. */
const DEADLINE_MS = 300_000;

/**
 * Files that are fetched at the same time: a thousand items must not do it at once, and a slow host
 * must not hold up the others. Each node run has a gate of its own, which ends with it.
 */
const fetching = new PerRun(() => new Gate({ all: 12, perName: 3 }));

/**
 * Fetches a file for the upload into n8n's file storage, through n8n's helper, so that its rules about
 * addresses hold. No key and no credential goes along.
 *
 * @param url where it lies, https or http
 * @param limit bytes; the transfer is cut off above it, whatever the server announces
 */
export async function fetchInputFile(
	call: Call,
	url: string,
	limit: number,
): Promise<InputFile | FetchFailure> {
	if (!/^https?:\/\/[^\s/]+/i.test(url) || /\s/.test(url) || !URL.canParse(url)) {
		return {
			reason: 'is not an https or http address',
			advice: 'Enter a whole URL, such as https://example.com/song.mp3.',
		};
	}
	const { host } = new URL(url);
	return await fetching.of(call.run).pass(async () => await fetchNow(call, url, limit), host);
}

async function fetchNow(call: Call, url: string, limit: number): Promise<InputFile | FetchFailure> {
	const request = { url, limit, idleTimeout: IDLE_TIMEOUT_MS, deadline: DEADLINE_MS };
	try {
		return await fetchStream(call, request, async (answer) => {
			if (answer.status !== 200) return describeStatus(answer.status);
			const mimeType = answer.header('content-type')?.split(';')[0]?.trim();
			const stored = await answer.store(() => ({
				fileName: nameOf(url),
				mimeType: mimeType || undefined,
			}));
			if ('isTooLarge' in stored) return tooLarge(limit);
			if ('file' in stored) return await toInputFile(call.context, stored.file);
			return describeBreak(stored.reason, stored.isCanceled);
		});
	} catch (error) {
		const { reason, canceled } = toNoAnswer(error);
		return describeBreak(reason, canceled);
	}
}

function describeBreak(reason: string, isCanceled = false): FetchFailure {
	if (isCanceled) return { reason: 'was not fetched: the execution was canceled', advice: '' };
	return {
		reason: `could not be fetched: ${reason}`,
		advice: 'Check the address. n8n itself must be able to reach it, and its rules must allow it.',
	};
}

function tooLarge(limit: number): FetchFailure {
	return {
		reason: `leads to a file of more than ${sizeText(limit)}`,
		advice: `deAPI takes up to ${sizeText(limit)}.`,
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
