/**
 * Writes answers to the wire, whole, in part or slowly.
 */
import type http from 'node:http';

import type { RecordedRequest } from '../types';
import type { Sending } from './faults';

/** What a sending needs beside its answer. */
export interface Outlet {
	response: http.ServerResponse;
	record: RecordedRequest;
	/** Resolves when the connection is done with. */
	over: Promise<void>;
	/** Waits so many milliseconds, or until the fake is closed. */
	pause: (ms: number, options: { over: Promise<void> }) => Promise<void>;
}

/** Writes an answer, or cuts the connection where the fault says so. */
export async function send(
	{ answer, cutAfter, keepOpen, drip }: Sending,
	{ response, record, over, pause }: Outlet,
): Promise<void> {
	if (answer === null) {
		if (!keepOpen) response.socket?.destroy();
		await over;
		return;
	}
	const { status, body } = answer;
	record.status = status;
	const bodiless = status === 204 || status === 304;
	const length = Buffer.isBuffer(body) && !bodiless ? { 'Content-Length': body.length } : {};
	response.writeHead(status, { ...answer.headers, ...length });
	const total = Buffer.isBuffer(body) ? body.length : Number(answer.headers['Content-Length'] ?? 0);
	if (drip && Buffer.isBuffer(body)) {
		await dripOut(body, drip, { response, record, over, pause });
		return;
	}
	const limit = cutAfter === 'half' ? total >> 1 : (cutAfter ?? Infinity);
	let left = limit;
	for await (const chunk of Buffer.isBuffer(body) ? [body] : (body as AsyncIterable<Buffer>)) {
		const part = chunk.subarray(0, left);
		left -= part.length;
		if (left <= 0) {
			// The part must be out before the cut, or the client would not even see the head.
			response.write(part, () => response.socket?.destroy());
			await over;
			return;
		}
		// Between two chunks of a file the client may have gone: then nothing drains any more.
		if (!response.write(part)) await Promise.race([drained(response), over]);
		if (response.destroyed) throw new Error('The client went away.');
	}
	response.end();
	await over;
}

/** A few bytes at a time, until all are out or the client is gone. */
async function dripOut(
	body: Buffer,
	{ bytes, everyMs }: { bytes: number; everyMs: number },
	{ response, over, pause }: Outlet,
): Promise<void> {
	for (let at = 0; at < body.length && !response.destroyed; at += bytes) {
		response.write(body.subarray(at, at + bytes));
		await pause(everyMs, { over });
	}
	response.end();
	await over;
}

async function drained(response: http.ServerResponse): Promise<void> {
	await new Promise<void>((resolve) => response.once('drain', resolve));
}
