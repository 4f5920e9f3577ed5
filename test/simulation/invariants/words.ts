/** What the node has said, in its output, its message and its log. */
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import type { Attempt } from '../run/execution';
import { DEAPI } from '../run/execution';

/** The error that stopped a run, as far as a user sees it. */
export interface StopWords {
	message: string;
	description: string;
	data: IDataObject;
}

export function stopOf({ run }: Attempt): StopWords | undefined {
	const error = run?.data.resultData.error;
	if (error === undefined) return undefined;
	const { description, context } = error as { description?: unknown; context?: IDataObject };
	// Facts that deAPI had no part in lie apart: n8n's editor shows `data` under "From deAPI".
	const data = context?.data ?? context?.facts;
	return {
		message: error.message,
		description: typeof description === 'string' ? description : '',
		data: typeof data === 'object' && data !== null ? (data as IDataObject) : {},
	};
}

/** The node's items on all of its outputs, of its last run. */
export function outputOf({ run }: Attempt): INodeExecutionData[] {
	const runs = run?.data.resultData.runData[DEAPI] ?? [];
	return (runs.at(-1)?.data?.main ?? []).flatMap((items) => items ?? []);
}

/** All that a user can see of an attempt. */
export function textOf(attempt: Attempt): string {
	const items = outputOf(attempt).map(({ json, error }) => ({ json, error: error?.message }));
	return JSON.stringify([items, stopOf(attempt) ?? null]);
}

export interface Statement {
	item: number;
	submitted: unknown;
	requestId: unknown;
	isSuccess: boolean;
	source: INodeExecutionData;
}

/** What the output says of each item. */
export function statementsOf(attempt: Attempt): Statement[] {
	return outputOf(attempt).map((source) => {
		const { json, pairedItem } = source;
		const pair = Array.isArray(pairedItem) ? pairedItem[0] : pairedItem;
		const item = typeof pair === 'number' ? pair : (pair?.item ?? -1);
		const details = (json.details ?? {}) as IDataObject;
		const isFailure = json.error !== undefined;
		const isCanceled = !isFailure && typeof json.submitted === 'string';
		return {
			item,
			submitted: isFailure ? details.submitted : isCanceled ? json.submitted : 'yes',
			requestId: isFailure ? details.request_id : json.request_id,
			isSuccess: !isFailure && !isCanceled,
			source,
		};
	});
}
