/**
 * The storage behind result links: pre-signed URLs that need no key and expire, as S3's do.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Readable } from 'node:stream';

import { notFound, xmlError, type Answer } from '../http/answers';
import { isOn } from '../rules/values';
import type { FakeJob, FakeSettings } from '../types';
import { contentOf, endingOf, kindOf, transcriptOf } from './files';

/** A picture of one pixel, for previews. */
const PREVIEW = Buffer.from(
	'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
	'base64',
);
const PREVIEW_NAME = 'preview.png';

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

	/** @returns a link to a job's result, null where it is told in the status: a text asked for inline */
	url(job: FakeJob): string | null {
		return this.isInline(job) ? null : this.urlOf(job.request_id, job);
	}

	/** @returns a link to the result of a job, whether there is one or not */
	urlOf(requestId: string, job: FakeJob | null): string {
		const ending = job === null ? 'mp4' : endingOf(job, this.settings);
		return this.link(requestId, this.settings.resultEndings ? `output.${ending}` : 'output');
	}

	/** @returns links to a picture in other formats, null for what is no picture */
	alternatives(job: FakeJob): { jpg: string; webp: string } | null {
		if (kindOf(job) !== 'picture') return null;
		const { request_id } = job;
		return { jpg: this.link(request_id, 'output.jpg'), webp: this.link(request_id, 'output.webp') };
	}

	/** @returns a link to a small picture of a job at work */
	preview(requestId: string): string {
		return this.link(requestId, PREVIEW_NAME);
	}

	/** @returns the text of a job that asked for it in the status, null for all others */
	inlineText(job: FakeJob): string | null {
		return this.isInline(job) ? transcriptOf(job, this.settings) : null;
	}

	private isInline(job: FakeJob): boolean {
		return kindOf(job) === 'text' && isOn(job.fields.return_result_in_response);
	}

	/** @returns a link to one of a job's files that nobody got before */
	private link(requestId: string, file: string): string {
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
	async serve(
		path: string,
		query: Record<string, string>,
		findJob: (id: string) => FakeJob | null,
	): Promise<Answer> {
		const { expires = '', signature = '' } = query;
		const wanted = Buffer.from(this.sign(path, expires));
		const given = Buffer.from(signature);
		if (wanted.length !== given.length || !timingSafeEqual(wanted, given)) {
			return xmlError(403, 'SignatureDoesNotMatch', 'The request signature does not match.');
		}
		if (Number(expires) < Math.max(Date.now(), this.voidUntil)) {
			return xmlError(403, 'AccessDenied', 'Request has expired');
		}
		const [, , requestId = '', file = ''] = path.split('/');
		const job = findJob(requestId);
		if (file === PREVIEW_NAME && job) return media('image/png', PREVIEW, PREVIEW.length);
		if (job?.status !== 'done') return notFound('Not found.');
		if (this.settings.lost?.(job) === 'result') return notFound('Not found.');
		const ending = /\.([^.]+)$/.exec(file)?.[1] ?? endingOf(job, this.settings);
		const { type, size, body } = await contentOf(job, ending, this.settings);
		return media(this.settings.resultContentType ?? type, body, size);
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
