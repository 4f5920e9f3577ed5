import type { IDataObject } from 'n8n-workflow';

/**
 * Whether a submit left a job behind: `yes` and `unknown` mean that sending again may cost a second
 * time.
 */
export type Submitted = 'yes' | 'no' | 'unknown';

/** Something that went wrong, in words for the user. */
export interface FailureFacts {
	/** What happened. */
	message: string;
	/** What to do about it. */
	description: string;
	/** The item that it is about, where another one reports it. */
	item?: number;
	/** The HTTP status where there was one. */
	status?: number;
	request_id?: string;
	submitted?: Submitted;
	/** More facts for the item that On Error = Continue lets out. */
	details?: IDataObject;
}

/**
 * What every room throws when something went wrong that the user should read. It becomes n8n's error in
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
