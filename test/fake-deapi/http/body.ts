/**
 * Reads request bodies: multipart by busboy, part by part and without keeping the files; anything
 * else as text up to a limit.
 */
import busboy from 'busboy';
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';

import { HEAD_BYTES, imageSize, sniff } from './media';
import { PartHeaders, partHeader } from './part-headers';
import type { RecordedPart } from '../types';

const MAX_TEXT_BYTES = 1024 * 1024;

/** Up to which size files are kept whose length is asked for. */
const MAX_TIMED_BYTES = 21 * 1024 * 1024;

export interface ReadOptions {
	/** Whether to compute each part's SHA-256. */
	hash: boolean;
	/** Names of the files whose length in seconds is asked for. */
	timed: readonly string[];
	/** Called with the bytes read so far; 'stop' reads no further: then only the end of the connection settles. */
	onBytes: (total: number) => 'go' | 'stop';
}

export interface ReadBody {
	/** Whether the request was multipart/form-data. */
	multipart: boolean;
	parts: RecordedPart[];
	/** A body that is not multipart, as text. */
	text: string;
	/** The bytes of the files whose length is asked for. */
	kept: Map<RecordedPart, Buffer>;
	/** Why the multipart body cannot be read, null if it can. */
	malformed: string | null;
}

/**
 * @param request the request, unread
 * @param options hashing, and a look at each chunk
 * @returns the body; rejects when the connection goes before its end
 */
export async function readBody(request: IncomingMessage, options: ReadOptions): Promise<ReadBody> {
	const contentType = request.headers['content-type'] ?? '';
	return /^multipart\/form-data\b/i.test(contentType)
		? await readMultipart(request, contentType, options)
		: await readText(request, options);
}

async function readText(request: IncomingMessage, options: ReadOptions): Promise<ReadBody> {
	const chunks: Buffer[] = [];
	let kept = 0;
	await pump(request, options, (chunk) => {
		if (kept < MAX_TEXT_BYTES) chunks.push(chunk);
		kept += chunk.length;
		return true;
	});
	const text = Buffer.concat(chunks).toString('utf8');
	return { multipart: false, parts: [], text, kept: new Map(), malformed: null };
}

async function readMultipart(
	request: IncomingMessage,
	contentType: string,
	options: ReadOptions,
): Promise<ReadBody> {
	const parts: RecordedPart[] = [];
	const kept = new Map<RecordedPart, Buffer>();
	const body: ReadBody = { multipart: true, parts, text: '', kept, malformed: null };
	const boundary = /;\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType);
	const scanner = new PartHeaders(boundary?.[1] ?? boundary?.[2] ?? '');
	let parser: busboy.Busboy;
	try {
		parser = busboy({
			headers: request.headers,
			// Browsers, curl and form-data send names in UTF-8.
			defParamCharset: 'utf8',
			// Paths are recorded as sent: that a client leaks one should show.
			preservePath: true,
		});
	} catch (error) {
		await pump(request, options, () => true);
		body.malformed = String(error);
		return body;
	}
	const finished = new Promise<void>((resolve) => {
		parser.on('error', (error) => {
			body.malformed = String(error);
			resolve();
		});
		parser.on('close', resolve);
	});
	/** Busboy comes to a part after the scanner did, so its header lines are there already. */
	const begin = (name: string | undefined, kind: RecordedPart['kind']): RecordedPart => {
		const headers = scanner.blocks[parts.length] ?? [];
		const disposition = partHeader(headers, 'content-disposition') ?? '';
		const part: RecordedPart = {
			name: name ?? '',
			kind,
			filename: null,
			contentType: partHeader(headers, 'content-type'),
			headers,
			size: 0,
			sha256: '',
			value: null,
			mediaType: null,
			imageSize: null,
			seconds: null,
		};
		if (!name) body.malformed = `A part has no name: ${disposition}`;
		parts.push(part);
		return part;
	};
	parser.on('field', (name: string | undefined, value, info) => {
		const part = begin(name, 'field');
		part.value = value;
		part.size = Buffer.byteLength(value);
		if (options.hash) part.sha256 = createHash('sha256').update(value).digest('hex');
		if (info.valueTruncated) body.malformed = `The part ${part.name} is too long for a text.`;
	});
	parser.on('file', (name: string | undefined, stream, info) => {
		const part = begin(name, 'file');
		// PHP knows `filename` only: RFC 5987's `filename*` alone makes no file.
		const disposition = partHeader(part.headers, 'content-disposition') ?? '';
		const filename = info.filename as string | undefined;
		part.filename = /;\s*filename=/i.test(disposition) ? (filename ?? '') : null;
		consumeFile(stream, part, options, kept);
	});
	await pump(request, options, (chunk, resume) => {
		scanner.push(chunk);
		// After a malformed part busboy is destroyed; the rest is read all the same.
		if (parser.destroyed || parser.write(chunk)) return true;
		parser.once('drain', resume);
		parser.once('close', resume);
		return false;
	});
	if (!parser.destroyed) parser.end();
	await finished;
	if (body.malformed === null && scanner.blocks.length !== parts.length) {
		body.malformed = 'A part has no Content-Disposition: form-data.';
	}
	return body;
}

/**
 * Takes in a file part: its size, its hash and what its first bytes tell. Nothing else is kept, but
 * of files whose length is asked for.
 */
function consumeFile(
	stream: Readable,
	part: RecordedPart,
	{ hash: wantHash, timed }: ReadOptions,
	kept: Map<RecordedPart, Buffer>,
): void {
	const keep = timed.includes(part.name) ? MAX_TIMED_BYTES : HEAD_BYTES;
	const hash = wantHash ? createHash('sha256') : null;
	let head: Buffer[] = [];
	stream.on('data', (chunk: Buffer) => {
		if (part.size < keep) head.push(chunk);
		part.size += chunk.length;
		hash?.update(chunk);
	});
	stream.on('end', () => {
		const bytes = Buffer.concat(head);
		head = [];
		if (keep > HEAD_BYTES) kept.set(part, bytes);
		part.mediaType = sniff(bytes);
		part.imageSize = imageSize(bytes, part.mediaType);
		part.sha256 = hash?.digest('hex') ?? '';
	});
	// An unfinished form ends in an error of the parser, which is the one reported.
	stream.on('error', () => {});
}

/**
 * Reads a request to its end.
 * @param take gets each chunk; false means: wait until `resume` is called
 * @returns at the end of the body; rejects when the connection goes first
 */
async function pump(
	request: IncomingMessage,
	options: ReadOptions,
	take: (chunk: Buffer, resume: () => void) => boolean,
): Promise<void> {
	let total = 0;
	await new Promise<void>((resolve, reject) => {
		request.on('data', (chunk: Buffer) => {
			total += chunk.length;
			if (options.onBytes(total) === 'stop') {
				request.pause();
				request.removeAllListeners('data');
				return;
			}
			if (!take(chunk, () => request.resume())) request.pause();
		});
		request.on('end', resolve);
		request.on('error', reject);
		request.on('close', () => reject(new Error('The connection was closed within the body.')));
	});
}
