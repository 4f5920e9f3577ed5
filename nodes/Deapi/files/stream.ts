/**
 * Files that come from elsewhere, as streams into n8n's file storage.
 *
 * Invariants, and why:
 * - n8n wraps the body in a stream of its own, and destroying that one does not reach a connection on
 *   which nothing comes. Only aborting the request closes it, so each request has its own signal.
 * - The request's time limit ends with the head of the answer. A body that stalls would hold up the
 *   workflow for ever, so the bytes are watched.
 * - A server that says nothing about the size, or lies, must not fill the disk.
 */
import type { IBinaryData, IHttpRequestOptions, IN8nHttpFullResponse } from 'n8n-workflow';
import { startTimer } from '../basics/timer';
import { Deadline } from '../basics/deadline';
import { untilAborted } from '../basics/pause';
import { durationText, isObject, numberOf } from '../basics/values';
import type { Caller, FileContext } from '../engine/call';
import { CANCELED_REASON, toNoAnswer } from '../engine/networkFaults';
import type { FileStream } from './storage';
import { putIntoStorage, StorageFault } from './storage';
import type { FileCheck } from './tap';
import { tap } from './tap';

export interface StreamRequest {
	url: string;
	/** Bytes; the transfer is broken off above it, whatever the server announces. */
	limit: number;
	/** Without a byte for so long the server is taken as gone, in milliseconds. */
	idleTimeout: number;
	/** Milliseconds until the transfer is given up, however it goes on. */
	deadline: number;
	options?: Pick<IHttpRequestOptions, 'disableFollowRedirect'>;
}

/** What a file is called in n8n, and what it has to pass, or why it is not wanted. */
export type FileNaming =
	| { fileName: string; mimeType?: string | undefined; check?: FileCheck | undefined }
	| { refused: string };

/** What became of a body. */
export type StoredBody =
	| { file: IBinaryData; size: number }
	| { isTooLarge: true }
	/** Why it did not arrive, as the end of "…: ". */
	| { reason: string; isCanceled?: boolean };

/** An answer whose body is still to come. */
export interface StreamAnswer {
	status: number;
	header(name: string): string | undefined;
	/**
	 * Puts the body into n8n's file storage; a part of it is never passed on.
	 *
	 * @param name names the file after its first bytes, or says why it is not wanted
	 */
	store(name: (head: Buffer) => FileNaming): Promise<StoredBody>;
}

/**
 * Requests a file without any credential, and closes the connection when the work with the answer is
 * done, whether its body was wanted or not.
 *
 * @param use what to do with the answer
 * @throws what n8n's request helper throws
 */
export async function fetchStream<T>(
	{ context, settings, signal }: Caller<FileContext>,
	{ url, limit, idleTimeout, deadline, options }: StreamRequest,
	use: (answer: StreamAnswer) => Promise<T>,
): Promise<T> {
	const connection = new Deadline(deadline, signal);
	const lateness = () =>
		connection.isOver ? `it took longer than ${durationText(deadline / 1000)}` : undefined;
	try {
		const response = (await context.helpers.httpRequest({
			method: 'GET',
			url,
			encoding: 'stream',
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			// A packed body would have another length than the one that is announced.
			headers: { 'Accept-Encoding': 'identity' },
			timeout: idleTimeout,
			proxy: settings.proxy,
			skipSslCertificateValidation: settings.skipSslCertificateValidation,
			...options,
			abortSignal: connection.signal,
		})) as IN8nHttpFullResponse;
		const body = response.body as unknown as FileStream;
		// A body that is given up reports that it broke off; nobody else may listen by then.
		body.on('error', () => {});
		const header = (name: string) => headerOf(response, name);
		const announced = numberOf(header('content-length'));
		const limits = { limit, idleTimeout, announced, lateness };
		return await use({
			status: response.statusCode,
			header,
			store: async (name) => await storeBody(context, body, limits, connection, name),
		});
	} catch (error) {
		throw brokenOff(error, lateness());
	} finally {
		connection.close();
	}
}

/**
 * Waits for the first bytes and puts them back.
 *
 * @throws what broke the body before its first byte
 */
async function peek(body: FileStream, signal: AbortSignal): Promise<Buffer> {
	let broken: Error | undefined;
	body.once('error', (error) => (broken = error));
	for (;;) {
		const hasCome = new Promise<void>((resolve) => {
			for (const event of ['readable', 'end', 'error', 'close']) body.once(event, () => resolve());
		});
		if (!body.readableEnded && !body.destroyed) await untilAborted(hasCome, signal);
		if (signal.aborted) throw new DOMException('The transfer was given up', 'AbortError');
		if (broken) throw broken;
		const head: unknown = body.read();
		if (Buffer.isBuffer(head)) {
			body.unshift(head);
			return head;
		}
		if (body.readableEnded || body.destroyed) return Buffer.alloc(0);
	}
}

/** A transfer that took too long is broken off like one that the server cuts: that is not the reason. */
function brokenOff(error: unknown, lateness: string | undefined): unknown {
	return lateness === undefined
		? error
		: Object.assign(new Error(lateness), { code: 'ETIMEDOUT', cause: error });
}

const NOT_STORED = "n8n's file storage did not accept it";
const CANCELED = { reason: CANCELED_REASON, canceled: true };

interface BodyLimits {
	limit: number;
	idleTimeout: number;
	announced: number | undefined;
	/** Why the transfer was given up, where it took too long. */
	lateness(): string | undefined;
}

async function storeBody(
	context: FileContext,
	body: FileStream,
	{ limit, idleTimeout, announced, lateness }: BodyLimits,
	connection: Deadline,
	name: (head: Buffer) => FileNaming,
): Promise<StoredBody> {
	if (announced !== undefined && announced > limit) return { isTooLarge: true };
	const { signal } = connection;
	const tapped = tap(body);
	let givenUp: StoredBody | undefined;
	const giveUp = (outcome: StoredBody) => {
		givenUp ??= outcome;
		connection.close();
	};
	const received = limitStream(body, limit, () => giveUp({ isTooLarge: true }));
	const endWatch = watchIdle(received, idleTimeout, () =>
		giveUp({ reason: `nothing came for ${durationText(idleTimeout / 1000)}` }),
	);
	// What the storage does with it then takes its own time.
	body.once('end', endWatch);
	try {
		const head = await peek(body, signal);
		const naming = name(head);
		if ('refused' in naming) return { reason: naming.refused };
		tapped(naming.check);
		// n8n up to 2.0 waits for ever for the end of a stream that has ended before.
		const content = head.length > 0 ? body : head;
		const file = await putIntoStorage(context, content, naming, signal);
		const size = received();
		if (givenUp) return givenUp;
		const late = lateness();
		if (late !== undefined) return { reason: late };
		// More than announced is a body that came packed all the same, and was unpacked on the way.
		if (announced !== undefined && size < announced) {
			return { reason: `only ${size} of ${announced} bytes arrived` };
		}
		const fault = size > 0 ? naming.check?.fault() : undefined;
		return fault === undefined ? { file, size } : { reason: `the file ${fault}` };
	} catch (error) {
		if (error instanceof StorageFault && !signal.aborted) return { reason: NOT_STORED };
		const { reason, canceled } = signal.aborted ? CANCELED : toNoAnswer(error);
		const late = lateness();
		return givenUp ?? (late === undefined ? { reason, isCanceled: canceled } : { reason: late });
	} finally {
		endWatch();
	}
}

/**
 * Lets no more than the limit through, while the stream runs.
 *
 * n8n's rules allow a node no import of Node's streams, so the stream's own intake is watched instead
 * of piping it through another one; what is already waiting in its buffer counts too.
 *
 * @param limit bytes
 * @param onExceeded has to break the stream off
 * @returns how many bytes have come so far
 */
function limitStream(stream: FileStream, limit: number, onExceeded: () => void): () => number {
	let received = stream.readableLength;
	const push = stream.push.bind(stream);
	stream.push = (chunk: unknown, encoding?: BufferEncoding) => {
		if (Buffer.isBuffer(chunk)) received += chunk.length;
		if (received <= limit) return push(chunk, encoding);
		onExceeded();
		return false;
	};
	return () => received;
}

/** How a file turned out to be other than announced, with the bytes that came. */
export type Deviation = { received: number; isBroken?: boolean };

/**
 * Lets exactly as many bytes through as were announced, while the stream runs: a request whose body is
 * longer would be complete before its end is reached. A storage behind the network may break, too.
 *
 * @param expected bytes
 * @param onOther told at once, before the surplus passes, at an early end or where the stream breaks; has
 * to break the request off
 */
export function watchBytes(
	content: FileStream,
	expected: number,
	onOther: (deviation: Deviation) => void,
): void {
	let received = content.readableLength;
	const push = content.push.bind(content);
	content.push = (chunk: unknown, encoding?: BufferEncoding) => {
		if (Buffer.isBuffer(chunk)) received += chunk.length;
		if (chunk === null ? received === expected : received <= expected) return push(chunk, encoding);
		onOther({ received });
		content.destroy();
		return false;
	};
	// What had come before is known here only; its end may have come as well.
	content.on('end', () => received < expected && onOther({ received }));
	content.on('error', () => onOther({ received, isBroken: true }));
	if (received > expected) onOther({ received });
}

/**
 * Notices a stream that brings nothing any more but stays open.
 *
 * @param received how many bytes have come so far
 * @param idle milliseconds without a byte; at the latest it is noticed when twice as many have passed
 * @returns ends the watch
 */
function watchIdle(received: () => number, idle: number, onIdle: () => void): () => void {
	let seen = received();
	const look = () => {
		if (received() === seen) {
			onIdle();
			return;
		}
		seen = received();
		stopTimer = startTimer(idle, look);
	};
	let stopTimer = startTimer(idle, look);
	return () => stopTimer();
}

function headerOf({ headers }: IN8nHttpFullResponse, name: string): string | undefined {
	const value = isObject(headers) ? headers[name] : undefined;
	return value === undefined || value === null ? undefined : String(value);
}
