/** What the service knows when all is over: the truth that the package's words are held against. */
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
}

export interface Job {
	id: string;
	plan: JobPlan;
	acceptedAt: number;
	account: Account;
	submit: SubmitRecord;
	/** How often a status read told its end. */
	endTold: number;
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
	/** `execution/item`, or `execution/item/clip` in a film, where the body came far enough to tell. */
	owner: string | undefined;
	account: Account;
	operation: OperationName;
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
