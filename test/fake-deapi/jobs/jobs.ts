/**
 * The jobs and their clock: pending, processing, then done or error. The clock can be stopped, and
 * each step be taken by hand.
 */
import { randomUUID } from 'node:crypto';

import type { FakeJob, FakeSettings, JobError, WebhookEvent } from '../types';

type Matcher = (job: FakeJob) => boolean;

const DEFAULT_ERROR: JobError = {
	error_code: 'PROCESSING_ERROR',
	error_message: 'worker-error',
	error_reason: 'PROCESSING_FAILED',
	retryable: true,
	refunded: true,
};

/** The ID of the first job whose ID is a number. */
const FIRST_NUMBER = 4_000_001;

export type NewJob = Pick<
	FakeJob,
	| 'operation'
	| 'job_type'
	| 'account'
	| 'surface'
	| 'fields'
	| 'files'
	| 'price'
	| 'webhookUrl'
	| 'webhookSecret'
>;

export class Jobs {
	/** In order of submit. */
	readonly list: FakeJob[] = [];

	private readonly byId = new Map<string, FakeJob>();

	/** Call off a job's next step. */
	private readonly timers = new Map<string, () => void>();

	private readonly pinned = new Set<string>();

	private plannedFailures: Array<{ matches: Matcher; error: JobError; lasting: boolean }> = [];

	private readonly failing = new Map<string, JobError>();

	private held = false;

	/**
	 * @param settings how long each state lasts
	 * @param onEvent told of each step, after it
	 */
	constructor(
		private readonly settings: FakeSettings,
		private readonly onEvent: (event: WebhookEvent, job: FakeJob) => void,
	) {}

	/** @returns a new pending job, its clock running */
	create(values: NewJob): FakeJob {
		const job: FakeJob = {
			...values,
			request_id: randomUUID(),
			index: this.list.length,
			status: 'pending',
			progress: 0,
			submittedAt: Date.now(),
			startedAt: null,
			endedAt: null,
			error: null,
			statusReads: 0,
		};
		this.list.push(job);
		this.byId.set(job.request_id, job);
		const error = this.plannedError(job);
		if (error) this.failing.set(job.request_id, error);
		this.schedule(job);
		return job;
	}

	/** @returns the job with this id, null where there is none */
	find(requestId: string): FakeJob | null {
		return this.byId.get(requestId) ?? null;
	}

	/** @returns the job with this id; throws where there is none, for tests that mistype it */
	get(requestId: string): FakeJob {
		const job = this.find(requestId);
		if (!job) throw new Error(`The fake has no job ${requestId}.`);
		return job;
	}

	/** Stops every job's clock, or starts all again, each state from its beginning. */
	hold(held: boolean): void {
		this.held = held;
		for (const job of this.list) {
			this.stopClock(job);
			this.schedule(job);
		}
	}

	/** Pending to processing; later states stay. */
	start(job: FakeJob): void {
		if (job.status !== 'pending') return;
		this.stopClock(job);
		job.status = 'processing';
		job.startedAt = Date.now();
		this.schedule(job);
		this.onEvent('job.processing', job);
	}

	/** To done, by way of processing; an ended job stays as it is. */
	complete(job: FakeJob): void {
		this.start(job);
		if (job.status !== 'processing') return;
		this.end(job, 'done');
		job.progress = 100;
		this.onEvent('job.completed', job);
	}

	/** To error, by way of processing; an ended job stays as it is. */
	fail(job: FakeJob, error: Partial<JobError> = {}): void {
		this.start(job);
		if (job.status !== 'processing') return;
		job.progress = this.progressOf(job);
		this.end(job, 'error');
		job.error = { ...DEFAULT_ERROR, ...error };
		this.onEvent('job.failed', job);
	}

	/** Lets the next submitted job that fits end in error when its time is up. */
	failNext(matches: Matcher, error: Partial<JobError> = {}): void {
		this.plannedFailures.push({ matches, error: { ...DEFAULT_ERROR, ...error }, lasting: false });
	}

	/** Lets every job submitted from now on that fits end in error when its time is up. */
	failEach(matches: Matcher, error: Partial<JobError> = {}): void {
		this.plannedFailures.push({ matches, error: { ...DEFAULT_ERROR, ...error }, lasting: true });
	}

	/** Gives a job a number for its ID, and returns it; both IDs find it from then on. */
	renumber(requestId: string): number {
		const job = this.get(requestId);
		const number = FIRST_NUMBER + job.index;
		const timer = this.timers.get(requestId);
		const error = this.failing.get(requestId);
		job.request_id = String(number);
		this.byId.set(job.request_id, job);
		if (timer) this.timers.set(job.request_id, timer);
		this.timers.delete(requestId);
		if (error) this.failing.set(job.request_id, error);
		return number;
	}

	/** Fixes a job's progress until its end. */
	setProgress(job: FakeJob, progress: number): void {
		job.progress = progress;
		this.pinned.add(job.request_id);
	}

	/** @returns 0 to 100, growing with the time spent processing and never going back */
	progressOf(job: FakeJob): number {
		if (job.status === 'processing' && !this.held && !this.pinned.has(job.request_id)) {
			const share = (Date.now() - (job.startedAt ?? 0)) / Math.max(1, this.settings.processingMs);
			job.progress = Math.max(job.progress, Math.min(99, Math.round(share * 1000) / 10));
		}
		return job.progress;
	}

	/** Stops all clocks for good. */
	close(): void {
		this.hold(true);
	}

	/** @returns how a new job is to end in error, null where it is not */
	private plannedError(job: FakeJob): JobError | null {
		const planned = this.plannedFailures.find(({ matches }) => matches(job));
		if (planned && !planned.lasting) {
			this.plannedFailures = this.plannedFailures.filter((each) => each !== planned);
		}
		if (planned) return planned.error;
		const wanted = this.settings.jobErrors?.(job) ?? false;
		return wanted === false ? null : { ...DEFAULT_ERROR, ...(wanted === true ? {} : wanted) };
	}

	private end(job: FakeJob, status: 'done' | 'error'): void {
		this.stopClock(job);
		job.status = status;
		job.endedAt = Date.now();
	}

	private stopClock(job: FakeJob): void {
		this.timers.get(job.request_id)?.();
		this.timers.delete(job.request_id);
	}

	private schedule(job: FakeJob): void {
		if (this.held) return;
		if (job.status === 'pending') {
			this.after(job, this.settings.pendingMs, () => this.start(job));
		} else if (job.status === 'processing') {
			const error = this.failing.get(job.request_id);
			this.after(job, this.settings.processingMs, () =>
				error ? this.fail(job, error) : this.complete(job),
			);
		}
	}

	private after(job: FakeJob, ms: number, step: () => void): void {
		this.timers.set(job.request_id, this.settings.after(ms, step));
	}
}
