import type { IDataObject, INode, INodeExecutionData, JsonObject } from 'n8n-workflow';
import * as n8nWorkflow from 'n8n-workflow';
import { NodeApiError } from 'n8n-workflow';
import type { Call } from './call';
import type { Report } from './failure';
import { Failure } from './failure';

/** Where users report what is a defect of this package; the owner sets it, as in package.json. */
const ISSUES = 'https://github.com/OWNER/n8n-nodes-deapi-aud2video/issues';

/**
 * Makes n8n's error of a report. `NodeApiError` keeps message and description as they are when both
 * are given.
 *
 * n8n's editor shows `context.data` under "From deAPI": so the facts lie there only where deAPI said
 * something, and in `context.facts` otherwise.
 *
 * @param itemIndex the item that it is about, counted from 0 as n8n does
 */
export function toNodeError(node: INode, report: Report, itemIndex?: number): NodeApiError {
	const { message, description, status, request_id, details, cause } = report;
	const error = new NodeApiError(node, { message } as JsonObject, {
		message,
		description,
		httpCode: status === undefined ? undefined : String(status),
		itemIndex,
	});
	const isFromService =
		status !== undefined || request_id !== undefined || details?.submitted_jobs !== undefined;
	error.context[isFromService ? 'data' : 'facts'] = factsOf(report);
	if (cause instanceof Error) keepCause(error, cause);
	return error;
}

/** What a machine can read of a report. */
function factsOf({ status, request_id, submitted, details }: Report): IDataObject {
	// Ours come last: nothing that the service says takes their place.
	return {
		...details,
		...(request_id === undefined ? {} : { request_id }),
		...(submitted === undefined ? {} : { submitted }),
		...(status === undefined ? {} : { status }),
	};
}

/** n8n's error has a text of its own for its cause; what a developer needs is ours, with its stack. */
function keepCause(error: NodeApiError, cause: Error): void {
	Object.defineProperty(error, 'cause', { value: cause, configurable: true, enumerable: false });
	if (cause.stack !== undefined) error.stack = cause.stack;
}

/** Takes a failure as it is. Anything else is a defect of this package and says so. */
export function asFailure(error: unknown): Failure {
	if (error instanceof Failure) return error;
	const cause = error instanceof Error ? error : new Error(String(error));
	// n8n's own errors (an expression, a missing credential) have good texts.
	if (cause instanceof n8nWorkflow.ExecutionBaseError) {
		const description = cause.description ?? '';
		return new Failure({ message: cause.message, description: String(description) }, { cause });
	}
	return new Failure(
		{
			message: `The deAPI node has a defect: ${cause.message}`,
			description: `This is not your doing. Please report it at ${ISSUES}, with this message and its stack.`,
		},
		{ cause },
	);
}

/**
 * Whether n8n sends an item with `details` to the error output. It has done so since 2.35.5, and this
 * is the nearest thing after it that can be seen from here: n8n 2.40 brought it.
 */
const TAKES_DETAILS = 'N8N_NODES_API_VERSION' in n8nWorkflow;

/**
 * The item that stands for a failed one where the user chose to continue.
 *
 * It carries no `error` property on purpose: n8n replaces the whole JSON of such an item by the bare
 * message, and the request ID would be lost. n8n sends an item to the error output when its JSON has
 * `error` and besides only `message` and `details`, so there the facts lie in `details`; on the
 * regular output they are also fields of their own. Older n8n takes an item with `details` for a good
 * one: there, the texts have to do.
 */
export function failedItem(
	call: Pick<Call, 'context' | 'item'>,
	report: Report,
	error: NodeApiError,
): INodeExecutionData {
	const facts = factsOf(report);
	const texts: IDataObject = { error: error.message, message: error.description ?? error.message };
	const usesErrorOutput = call.context.getNode().onError === 'continueErrorOutput';
	const { request_id } = facts;
	const json = usesErrorOutput
		? { ...texts, ...(TAKES_DETAILS ? { details: facts } : {}) }
		: { ...texts, details: facts, ...(request_id === undefined ? {} : { request_id }) };
	return { json, pairedItem: { item: call.item } };
}
