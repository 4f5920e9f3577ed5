import type { IDataObject } from 'n8n-workflow';

/**
 * Whether a submit left a job behind: `yes` and `unknown` mean that sending again may cost a second
 * time.
 */
export type Submitted = 'yes' | 'no' | 'unknown';

/** A job that is paid for, and what is known of it. */
export interface PaidJob {
	id: string;
	/** `gone`: done, but deAPI does not give out its result any more. `missing`: deAPI does not know it. */
	state: 'running' | 'done' | 'gone' | 'ended' | 'missing';
}

/** A rate limit that ended the work. */
export interface ReachedLimit {
	kind: 'minute' | 'daily';
	/** When it ends, in milliseconds since 1970. */
	endsAt: number;
	/** How often in a row it refused the submit; missing where the question was another one. */
	refusals?: number;
}

/**
 * What went wrong, in words for the user, and as data what has to be said besides: what became of the
 * money is added by `submit/outcome/report.ts`, and nowhere else.
 */
export interface FailureFacts {
	/** What happened. */
	message: string;
	/** What to do about it. */
	description: string;
	/** The item that it is about, where another one reports it. */
	item?: number;
	/** The HTTP status where there was one. */
	status?: number;
	/** The job that it is about. */
	job?: PaidJob;
	/** Where the words say it already. */
	submitted?: Submitted;
	limit?: ReachedLimit;
	/** Whether something else ended the work, such as a cancel: then it is the cause of nothing. */
	isInterrupted?: true;
	/** More facts for the item that On Error = Continue lets out. */
	details?: IDataObject;
}

/**
 * What every module throws when something went wrong that the user should read. It becomes n8n's error in
 * one place, `operation`. An error of any other class is a defect of this package.
 */
export class Failure extends Error {
	/** @param options the `cause`, where another error lies behind it */
	constructor(
		readonly facts: FailureFacts,
		options?: ErrorOptions,
	) {
		super(facts.message, options);
	}

	/** The same with other facts; the cause is kept. */
	with(changes: Partial<FailureFacts>): Failure {
		return new Failure({ ...this.facts, ...changes }, { cause: this.cause });
	}
}

/** What the user reads in the end: a failure with all that is known of its item, in words and as data. */
export interface Report {
	message: string;
	description: string;
	/** The item that it is about, where another one reports it. */
	item?: number | undefined;
	status?: number | undefined;
	request_id?: string | undefined;
	submitted?: Submitted | undefined;
	details?: IDataObject | undefined;
	/** What lies behind it, for developers. */
	cause?: unknown;
}

/** The report of an operation that costs nothing. */
export function plainReport({ facts, cause }: Failure): Report {
	const { message, description, item, status, submitted, details } = facts;
	return { message, description, item, status, submitted, details, cause };
}

/**
 * n8n counts an execution as canceled, and not as one that went wrong and starts the error workflow,
 * only where the message has the word in American spelling.
 */
export const CANCELED = new Failure({
	message: 'The execution was canceled',
	description: 'Nothing was sent for this item.',
	submitted: 'no',
	isInterrupted: true,
});
