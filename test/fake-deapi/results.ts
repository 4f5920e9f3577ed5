/**
 * The storage behind result links: pre-signed URLs that need no key and expire, as S3's do.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';

import { notFound, xmlError, type Answer } from './answers';
import type { FakeJob, FakeSettings, ResultFile } from './types';

const CHUNK = Buffer.alloc(64 * 1024);

/** The first box of every MP4 file: brand isom, version 512, compatible with iso2, avc1 and mp41. */
const FTYP = Buffer.concat([
	Buffer.from([0, 0, 0, 32]),
	Buffer.from('ftypisom'),
	Buffer.from([0, 0, 2, 0]),
	Buffer.from('isomiso2avc1mp41'),
]);

/** What every text sounds like. */
const SPEECH = join(__dirname, '..', 'fixtures', 'speech.mp3');

/** A picture of one pixel, for previews. */
const PREVIEW = Buffer.from(
	'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
	'base64',
);

/** @returns the MP4 of the fixtures, or 4 KiB that begin like one where there is none */
export function defaultResult(): ResultFile {
	const fixture = join(__dirname, '..', 'fixtures', 'result.mp4');
	return existsSync(fixture) ? fixture : { size: 4096 };
}

/**
 * @param size bytes
 * @returns a stream of that many: the `ftyp` box of an MP4, then a `free` box of zeros
 */
export function filler(size: number): Readable {
	function* chunks(): Generator<Buffer> {
		const free = Buffer.alloc(8);
		free.writeUInt32BE(Math.max(8, size - FTYP.length), 0);
		free.write('free', 4);
		const head = Buffer.concat([FTYP, free]).subarray(0, size);
		yield head;
		for (let left = size - head.length; left > 0; left -= CHUNK.length) {
			yield left < CHUNK.length ? CHUNK.subarray(0, left) : CHUNK;
		}
	}
	return Readable.from(chunks(), { objectMode: false });
}

/** Signs links and serves what they point to. */
export class Results {
	private readonly secret = randomBytes(32);

	private lastExpiry = 0;

	/** Links that expire before this moment (milliseconds since the epoch) are void. */
	private voidUntil = 0;

	/**
	 * @param settings the file, and how long links live
	 * @param origin gives the origin that links carry
	 */
	constructor(
		private readonly settings: FakeSettings,
		private readonly origin: () => string,
	) {}

	/**
	 * @param requestId the job
	 * @param file which of its files
	 * @returns a link that nobody got before
	 */
	link(requestId: string, file: 'output.mp4' | 'preview.png' = 'output.mp4'): string {
		const wanted = Date.now() + this.settings.resultTtlMs;
		// Milliseconds, and never the same twice: two reads of a status give two links.
		this.lastExpiry = Math.max(wanted, this.lastExpiry + 1);
		const path = `/results/${requestId}/${file}`;
		const expires = String(this.lastExpiry);
		return `${this.origin()}${path}?expires=${expires}&signature=${this.sign(path, expires)}`;
	}

	/** Makes every link so far an expired one. */
	expireAll(): void {
		this.voidUntil = this.lastExpiry + 1;
		this.lastExpiry = this.voidUntil;
	}

	/**
	 * @param path the link's path
	 * @param query the link's query
	 * @param findJob gives the job of an id, whosever it is
	 * @returns the file, or 403 and 404 as the storage answers them
	 */
	serve(
		path: string,
		query: Record<string, string>,
		findJob: (id: string) => FakeJob | null,
	): Answer {
		const { expires = '', signature = '' } = query;
		const wanted = Buffer.from(this.sign(path, expires));
		const given = Buffer.from(signature);
		if (wanted.length !== given.length || !timingSafeEqual(wanted, given)) {
			return xmlError(403, 'SignatureDoesNotMatch', 'The request signature does not match.');
		}
		if (Number(expires) < Math.max(Date.now(), this.voidUntil)) {
			return xmlError(403, 'AccessDenied', 'Request has expired');
		}
		const [, , requestId = '', file] = path.split('/');
		const job = findJob(requestId);
		if (file === 'preview.png' && job) return media('image/png', PREVIEW, PREVIEW.length);
		if (job?.status !== 'done') return notFound('Not found.');
		if (job.job_type === 'txt2audio') {
			return media('audio/mpeg', createReadStream(SPEECH), statSync(SPEECH).size);
		}
		const { resultFile } = this.settings;
		if (Buffer.isBuffer(resultFile)) return media('video/mp4', resultFile, resultFile.length);
		if (typeof resultFile === 'object') {
			return media('video/mp4', filler(resultFile.size), resultFile.size);
		}
		return media('video/mp4', createReadStream(resultFile), statSync(resultFile).size);
	}

	private sign(path: string, expires: string): string {
		return createHmac('sha256', this.secret).update(`${path}?${expires}`).digest('hex');
	}
}

function media(type: string, body: Buffer | Readable, length: number): Answer {
	return {
		status: 200,
		headers: { 'Content-Type': type, 'Content-Length': String(length), 'Accept-Ranges': 'none' },
		body,
	};
}
