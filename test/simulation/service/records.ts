/** What the service knows when all is over: the truth that the package's words are held against. */
import type { Version } from '../run/media';
import type { AccountPlan, JobPlan, OperationName } from '../scenario/scenario';

/** An account, and how a key gets to it. */
export interface Account {
	index: number;
	plan: AccountPlan;
	key: string;
	/** What its webhooks are signed with. */
	secret: string;
	baseUrl: string;
	/** Its counted submits, with the time since 1970 in milliseconds: each operation has limits of its own. */
	submits: Array<{ operation: OperationName; at: number }>;
	/** By how much its prices have risen, by operation. */
	rises: Map<OperationName, number>;
}

export interface Job {
	id: string;
	plan: JobPlan;
	acceptedAt: number;
	account: Account;
	submit: SubmitRecord;
	/** What it costs, in USD. */
	price: number;
	/** How often a status read told its end. */
	endTold: number;
	/** Whether a status read said that nobody knows it. */
	isForgotten: boolean;
	/** When an answer that told its end had left whole. */
	endHeardAt: number | undefined;
}

/** What a client can know of a submit of its own. */
export type Knowledge =
	/** No byte of it left. */
	| 'never'
	/** The service has said that there is no job. */
	| 'refused'
	/** It has the job's ID, or the answer where that is all there is. */
	| 'id'
	/** It cannot tell. */
	| 'unclear';

export interface SubmitRecord {
	/**
	 * `execution/item`, or `execution/item/clip` in a film, and `…/picture` for the picture that the clip begins
	 * with; undefined where the body did not come far enough to tell.
	 */
	owner: string | undefined;
	/** Whether it has the words of before an edit (0) or after it (1). */
	edition: number;
	/** Which version of its sound it carries; undefined where it carries none, or did not come whole. */
	version: Version | undefined;
	account: Account;
	operation: OperationName;
	/** The slug that it carries. */
	model: string | undefined;
	startedAt: number;
	endedAt: number | undefined;
	/** What the answer would tell to whoever reads it to its end. */
	answer: 'refused' | 'id' | 'unclear';
	knowledge: Knowledge | undefined;
	/** Whether the whole body has come: without it the service makes no job. */
	isComplete: boolean;
	job: Job | undefined;
	/** Until when its answer has clearly said that the account may submit nothing more. */
	limit: { kind: 'minute' | 'daily'; until: number } | undefined;
}

/** A sound that was given out whole. */
export interface GivenSound {
	/** `execution/item`. */
	owner: string;
	version: Version;
	at: number;
}

/** A request of any kind, for the limits of time and for what may follow an end. */
export interface RequestRecord {
	kind: 'submit' | 'status' | 'models' | 'price' | 'download' | 'sound' | 'other';
	url: string;
	startedAt: number;
	endedAt: number | undefined;
	jobId: string | undefined;
}

/** Something that must never be seen, noticed by the service itself. */
export interface Breach {
	rule: string;
	text: string;
}

const TRIGGER_JOBS = '6a1d0c3e-77b2-4e5f-9b11-99999999000';

/** A job that a delivery tells of: none that a workflow of the scenario has made. */
export function jobOfDelivery(delivery: number): string {
	return `${TRIGGER_JOBS}${delivery}`;
}

export function isOfDelivery(jobId: string | undefined): boolean {
	return jobId?.startsWith(TRIGGER_JOBS) === true;
}

/** What a submit is for: its item, a clip of it, or the picture that the clip begins with. */
export interface Owner {
	execution: number;
	item: number;
	clip: number | undefined;
	isPicture: boolean;
}

export function readOwner(owner: string): Owner {
	const [execution = '', item = '', clip, part] = owner.split('/');
	return {
		execution: Number(execution),
		item: Number(item),
		clip: clip === undefined ? undefined : Number(clip),
		isPicture: part === 'picture',
	};
}

/** The owner of the picture that a clip begins with. */
export function pictureFor(clip: string): string {
	return `${clip}/picture`;
}

/** Whether the service's answer to a job is a result. */
export function isDone({ end }: JobPlan): boolean {
	return end === 'done' || end === 'offLength';
}

/** What an account's job costs. A picture costs less than a video. */
export function priceOf({ plan, rises }: Account, operation: OperationName): number {
	const share = operation === 'pictureEdit' ? 0.2 : 1;
	return plan.price * share * (rises.get(operation) ?? 1);
}

/** Whether the service calls the price of a finished job an estimate. */
export function isEstimated({ plan }: Job): boolean {
	return plan.takes % 2 === 1;
}
