/**
 * The public types of the fake deAPI: what a test sets, and what it can look at afterwards.
 */
import type { FaultQueue } from './types/faults';
import type { FakeJob, JobError, RecordedRequest } from './types/records';
import type { FakeSettings } from './types/settings';
import type { Delivery, DeliverOptions } from './types/webhooks';

export type * from './types/faults';
export type * from './types/records';
export type * from './types/service';
export type * from './types/settings';
export type * from './types/webhooks';

export interface FakeDeapi {
	/** Origin without a trailing slash. */
	url: string;
	port: number;
	/** Every request, in order of arrival. */
	requests: RecordedRequest[];
	/** Every job, in order of submit. */
	jobs: FakeJob[];
	/** Every webhook attempt, in order of their end. */
	deliveries: Delivery[];
	faults: FaultQueue;
	settings: FakeSettings;
	/** Credit left, in USD, of the account with this key. */
	balanceOf(apiKey: string): number;
	/**
	 * Ends a job in error: at once when given its id; for 'next' or a matcher the first job
	 * submitted from now on that fits, once its time is up.
	 */
	failJob(target: string | ((job: FakeJob) => boolean), error?: Partial<JobError>): void;
	/**
	 * Ends in error every job submitted from now on that fits, once its time is up.
	 * @param target places in the order of submits (from 0), or a matcher
	 */
	failJobs(
		target: readonly number[] | ((job: FakeJob) => boolean),
		error?: Partial<JobError>,
	): void;
	/** Takes a pending job to processing, at once. */
	startJob(requestId: string): void;
	/** Takes a job to done (by way of processing), at once. */
	completeJob(requestId: string): void;
	/** True stops every job's clock; false starts them again, each state from its beginning. */
	holdJobs(hold: boolean): void;
	/** Fixes a processing job's progress, 0 to 100. */
	setProgress(requestId: string, progress: number): void;
	/** Makes every result link handed out so far an expired one. */
	expireResults(): void;
	/** A pre-signed link to a job's result; no account is asked. */
	resultUrl(requestId: string): string;
	/** Sends one webhook by hand, once. Never rejects for what the receiver does. */
	deliver(options: DeliverOptions): Promise<Delivery>;
	/** Resolves when the condition holds, rejects after `ms` (default 5,000). */
	waitFor(condition: () => boolean, ms?: number): Promise<void>;
	/** Ends all timers, sockets and deliveries. */
	close(): Promise<void>;
}
