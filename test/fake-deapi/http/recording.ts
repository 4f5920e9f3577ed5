/**
 * What is written down of a request while it comes in.
 */
import type http from 'node:http';

import type { Fault, RecordedRequest } from '../types';
import { readBody, type ReadBody, type ReadOptions } from './body';

/** @returns the record of a request of which only the head is known */
export function recordOf(request: http.IncomingMessage): RecordedRequest {
	const target = new URL(request.url ?? '/', 'http://fake');
	return {
		method: request.method ?? '',
		path: target.pathname,
		query: Object.fromEntries(target.searchParams),
		headers: request.headers,
		rawHeaders: request.rawHeaders,
		route: null,
		surface: null,
		operation: null,
		unexpectedFields: [],
		account: null,
		bodySize: 0,
		bodyComplete: false,
		parts: [],
		json: undefined,
		startedAt: Date.now(),
		endedAt: null,
		status: null,
		requestId: null,
		fault: null,
	};
}

/**
 * Reads a body into its record, as far as the fault lets it.
 * @returns the body; rejects when the connection goes before its end
 */
export async function readRecorded(
	request: http.IncomingMessage,
	record: RecordedRequest,
	fault: Fault | null,
	options: Pick<ReadOptions, 'hash' | 'timed'>,
): Promise<ReadBody> {
	const body = await readBody(request, {
		...options,
		onBytes: (total) => {
			record.bodySize = total;
			if (fault?.type === 'cutDuringBody' && total >= fault.afterBytes) {
				request.socket.destroy();
				return 'stop';
			}
			return fault?.type === 'stallBody' && total >= fault.afterBytes ? 'stop' : 'go';
		},
	});
	record.bodyComplete = true;
	record.parts = body.parts;
	if (/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
		try {
			record.json = JSON.parse(body.text);
		} catch {
			// Left undefined: Laravel takes a body that it cannot parse for an empty one.
		}
	}
	return body;
}
