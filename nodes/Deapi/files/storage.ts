/**
 * n8n's file storage. It may lie behind the network: S3, or the database in queue mode.
 *
 * Invariants, and why:
 * - Nothing waits for it without end: n8n sets no limit, and whoever waits holds a place in the lane.
 * - The end of the execution ends every wait.
 * - Its own words go into n8n's log and not into messages: they speak of buckets and keys.
 */
import type { IBinaryData, IExecuteSingleFunctions } from 'n8n-workflow';
import { startTimer } from '../basics/timer';
import { quote } from '../basics/quote';
import type { FileContext } from '../engine/call';

/** A file's content as a stream, as n8n's helpers hand it out. */
export type FileStream = Awaited<ReturnType<IExecuteSingleFunctions['helpers']['getBinaryStream']>>;

/** The storage answers a question, and brings the next part of a file, within so many milliseconds. */
const TIMEOUT_MS = 60_000;
/** A whole film may take so long to be put there, in milliseconds. */
const STORE_MS = 3_600_000;

/** The storage did not do what it was asked for. */
export class StorageFault extends Error {}

/** The storage has not answered in time, or nobody waits for it any more. */
class TimedOut extends Error {}

/**
 * Opens a file. Whoever goes through the stream part by part is never left without an answer; who pipes
 * it has to set an end.
 *
 * @param chunkSize bytes of a part
 * @throws {StorageFault}
 */
export async function openStored(
	context: FileContext,
	id: string,
	chunkSize: number,
): Promise<FileStream> {
	try {
		const opening = context.helpers.getBinaryStream(id, chunkSize);
		const stream = await answerOf(context, opening, {
			timeout: TIMEOUT_MS,
			onLate: (late) => late.destroy(),
		});
		const parts = stream[Symbol.asyncIterator].bind(stream);
		const value = () => withTimeout(context, stream, parts());
		Object.defineProperty(stream, Symbol.asyncIterator, { value });
		return stream;
	} catch (error) {
		throw faultOf(context, error);
	}
}

/**
 * Asks for a file's size in bytes.
 *
 * @throws {StorageFault}
 */
export async function storedSize(context: FileContext, id: string): Promise<number> {
	try {
		const asking = context.helpers.getBinaryMetadata(id);
		return (await answerOf(context, asking, { timeout: TIMEOUT_MS })).fileSize;
	} catch (error) {
		throw faultOf(context, error);
	}
}

/** What a disk says: it breaks the content that it was to take with the same words. */
const OF_THE_DISK = /^(ENOSPC|EDQUOT|EACCES|EPERM|EROFS|EMFILE|ENFILE|EIO|ENOENT|ENOTDIR|EFBIG)\b/;

/**
 * Puts a content there.
 *
 * @param signal ends the wait, besides the end of the execution
 * @throws {StorageFault}
 * @throws what broke the content
 */
export async function putIntoStorage(
	context: FileContext,
	content: Buffer | FileStream,
	{ fileName, mimeType }: { fileName: string; mimeType?: string | undefined },
	signal?: AbortSignal,
): Promise<IBinaryData> {
	try {
		const storing = context.helpers.prepareBinaryData(content, fileName, mimeType);
		return await answerOf(context, storing, { timeout: STORE_MS, signal });
	} catch (error) {
		const broken = Buffer.isBuffer(content) ? null : content.errored;
		if (broken && !OF_THE_DISK.test(broken.message)) throw broken;
		throw faultOf(context, error);
	}
}

interface Waiting<T> {
	/** Milliseconds. */
	timeout: number;
	signal?: AbortSignal | undefined;
	/** What becomes of an answer that nobody waits for any more. */
	onLate?(answer: T): unknown;
}

async function answerOf<T>(
	context: FileContext,
	work: Promise<T>,
	{ timeout, signal, onLate }: Waiting<T>,
): Promise<T> {
	const ends = [signal, context.getExecutionCancelSignal?.()].flatMap((each) => each ?? []);
	return await new Promise<T>((resolve, reject) => {
		let isOver = false;
		const finish = () => {
			isOver = true;
			stopTimer();
			for (const end of ends) end.removeEventListener('abort', giveUp);
		};
		const giveUp = () => {
			finish();
			reject(new TimedOut('it does not answer'));
		};
		const stopTimer = startTimer(timeout, giveUp);
		work.then(
			(answer) => {
				if (isOver) onLate?.(answer);
				finish();
				resolve(answer);
			},
			(error: unknown) => {
				finish();
				reject(error instanceof Error ? error : new Error(String(error)));
			},
		);
		for (const end of ends) end.addEventListener('abort', giveUp, { once: true });
		if (ends.some(({ aborted }) => aborted)) giveUp();
	});
}

/** Goes through a stream's parts, and closes it where the next one does not come. */
async function* withTimeout(
	context: FileContext,
	stream: FileStream,
	parts: AsyncIterator<Buffer>,
): AsyncGenerator<Buffer, undefined> {
	try {
		for (;;) {
			const { done, value } = await answerOf(context, parts.next(), { timeout: TIMEOUT_MS });
			if (done === true) return undefined;
			yield value;
		}
	} catch (error) {
		throw error instanceof TimedOut ? faultOf(context, error) : error;
	} finally {
		stream.destroy();
	}
}

function faultOf(context: FileContext, cause: unknown): StorageFault {
	const reason = cause instanceof Error ? cause.message : String(cause);
	const isCanceled = context.getExecutionCancelSignal?.()?.aborted === true;
	if (!isCanceled) context.logger.warn(`n8n's file storage: ${quote(reason)}`);
	return new StorageFault("n8n's file storage refused", { cause });
}
