/** A scenario as data: what users do, and what the service and the network do to them. */
import type { Operation } from '../../fake-deapi';

/** How a service or a network behaves towards one request, and how long it takes. */
export interface Act<Kind extends string> {
	does: Kind;
	/** Milliseconds until it happens; for an answer, from the end of the request's body. */
	after: number;
	/** Picks one of several shapes of the same thing. */
	variant: number;
	/** Whether a job is made where the answer does not say so. */
	makesJob: boolean;
}

export const SUBMIT_ACTS = [
	'accept',
	'unreachable',
	'cutInBody',
	'cutAfterBody',
	'cutInAnswer',
	'hang',
	'drip',
	'refuse',
	'refuseWithId',
	'fall',
	'fallWithId',
	'mumble',
	'oddId',
	'limit',
	'tls',
	'redirect',
	'slowUpload',
	'block',
] as const;
export type SubmitAct = Act<(typeof SUBMIT_ACTS)[number]>;

export const READ_ACTS = [
	'answer',
	'unreachable',
	'cut',
	'cutInAnswer',
	'hang',
	'drip',
	'fall',
	'refuse',
	'mumble',
	'limit',
	'forget',
	'overwrite',
	'novel',
	'block',
] as const;
/**
 * Towards status reads, lists of models and questions for a price. What is novel nobody has met before: a
 * status of tomorrow, a list without the usual models, a price that is an estimate. What is blocked gets a page of the network in front of the service.
 */
export type ReadAct = Act<(typeof READ_ACTS)[number]>;

export const FILE_ACTS = [
	'give',
	'unreachable',
	'cutInAnswer',
	'hang',
	'drip',
	'expired',
	'fall',
	'message',
	'empty',
	'short',
	'redirect',
	'stall',
	'tooLarge',
	'other',
	'half',
] as const;
/** Towards downloads of results and of sounds. A sound may be another one than before, of the same length;
 * a video may be half of one. */
export type FileAct = Act<(typeof FILE_ACTS)[number]>;

export const JOB_ENDS = [
	'done',
	'failed',
	'failedForGood',
	'failedUnclear',
	'never',
	'noLink',
	'offLength',
] as const;

/** What becomes of a job. A clip may be done and have another length than was asked for. */
export interface JobPlan {
	end: (typeof JOB_ENDS)[number];
	/** Milliseconds from its acceptance to its end. */
	takes: number;
	refunded: boolean;
}

/** An account at the service. */
export interface AccountPlan {
	/** Which of the two services it belongs to. */
	host: 0 | 1;
	version: 'v1' | 'v2';
	/** Submits a minute and a day; 0 for no limit. */
	perMinute: number;
	perDay: number;
	/** Whether accepted submits say in their headers how many more there may be. */
	tells: boolean;
	/** USD that a job costs. */
	price: number;
	/** Whether it costs more after one has failed. */
	rises: boolean;
}

/** A song that changes is another one, of the same length, while the node is at work. */
export const FILES = ['song', 'none', 'noSound', 'wrongSize', 'pruned', 'changes'] as const;

export interface ItemPlan {
	/** Index of the account whose credential the item's expression chooses. */
	account: number;
	file: (typeof FILES)[number];
	/** What is wrong with its values. */
	flaw: 'none' | 'noPrompt' | 'expression' | 'noAddress' | 'proxy' | 'tooWide';
	/** Whether a first frame goes along. */
	picture: boolean;
}

export const ENDINGS = ['stop', 'timeout', 'crash'] as const;

/** Somebody ends an execution before its time. */
export interface Ending {
	how: (typeof ENDINGS)[number];
	/** After so many events of the network: connections, ends of bodies, answers. */
	atEvent: number;
	/** Milliseconds later. */
	after: number;
}

/** What is made: one of the operations that the simulation plays. */
export type OperationName = Operation;

export interface ExecutionPlan {
	operation: OperationName;
	/** Milliseconds after the scenario's begin. */
	startsAt: number;
	items: ItemPlan[];
	/** Whether the sounds come from a URL. */
	fromUrl: boolean;
	onError: 'stopWorkflow' | 'continueRegularOutput' | 'continueErrorOutput';
	batching: { size: number; interval: number } | null;
	retry: { maxTries: number; wait: number } | null;
	executeOnce: boolean;
	waits: boolean;
	downloads: boolean;
	/** Seconds. */
	timeout: number;
	pollInterval: number;
	rateLimitRetries: number;
	maxPrice: number;
	webhook: boolean;
	matchesSound: boolean;
	/** How many clips each item's film has; 0 where items are no films. One of five has a beat. */
	film: number;
	/** Whether each clip of a film begins with a picture that is made for it. */
	pictures: boolean;
	/** Whether the user puts the clips of a failed film into 'Existing Clips' of another run. */
	usesExisting: boolean;
	ending: Ending | null;
	/** How often the user asks n8n to retry it from what it stored, where it failed. */
	retriesFromStore: number;
	/** Whether the user edits the node before that: other words for items, for the last clip of a film. */
	edits: boolean;
}

/** What the service does to requests of a kind, in the order of their arrival; later ones go well. */
export interface ServicePlan {
	submits: SubmitAct[];
	statuses: ReadAct[];
	models: ReadAct[];
	prices: ReadAct[];
	downloads: FileAct[];
	sounds: FileAct[];
	jobs: JobPlan[];
}

export const SIGNATURES = [
	'good',
	/** As old as deAPI's calls may be. */
	'tardy',
	'none',
	'empty',
	'otherSecret',
	'otherBody',
	'old',
	'early',
	'noTime',
] as const;

export const RESTARTS = ['none', 'saved', 'lost', 'stale'] as const;

/** A call of the trigger's webhook. */
export interface CallPlan {
	/** Milliseconds after the scenario's begin. */
	at: number;
	/** Which delivery it is; several calls of the same one are copies. */
	delivery: number;
	event: 'job.completed' | 'job.failed' | 'job.processing';
	signature: (typeof SIGNATURES)[number];
	/** How many copies come at the same moment. */
	copies: number;
	/** Which of n8n's webhook processes takes it. */
	process: 0 | 1;
	/** Whether n8n starts anew before it, and what its database then has of the trigger's memory. */
	restart: (typeof RESTARTS)[number];
}

/** A workflow that begins with the trigger. */
export interface TriggerPlan {
	account: number;
	acceptUnsigned: boolean;
	downloads: boolean;
	simplify: boolean;
	/** Whether it is to start for jobs that only begin, too. */
	hearsAll: boolean;
	/** Milliseconds that n8n takes to save its memory. */
	saveTakes: number;
	calls: CallPlan[];
}

export interface Scenario {
	/** Seconds after midnight UTC at which it begins. */
	timeOfDay: number;
	onDisk: boolean;
	accounts: AccountPlan[];
	executions: ExecutionPlan[];
	trigger: TriggerPlan | null;
	service: ServicePlan;
}
