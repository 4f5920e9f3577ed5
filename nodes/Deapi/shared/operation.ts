import type {
	DeclarativeRestApiSettings,
	IExecutePaginationFunctions,
	INodeExecutionData,
} from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import { DeapiFailure, failedItem, toNodeError } from './errors';
import { nodeRunOf } from './run';

/** The request that n8n has put together from the fields' routing. */
export type RoutingRequest = DeclarativeRestApiSettings.ResultOptions;

type Operation = (
	context: IExecutePaginationFunctions,
	request: RoutingRequest,
) => Promise<INodeExecutionData[]>;

/**
 * Makes an operation out of the work for one item, for `routing.operations.pagination`: the only place
 * in a declarative node that stands around the whole request. Whatever goes wrong becomes an item of
 * its own where the user chose to continue, linked to its input item, and n8n's error otherwise.
 *
 * @param work does one item; it throws `DeapiFailure` for what the user should read
 */
export function operation(work: Operation) {
	return async function (
		this: IExecutePaginationFunctions,
		request: RoutingRequest,
	): Promise<INodeExecutionData[]> {
		try {
			return await work(this, request);
		} catch (error) {
			const nodeError = asNodeError(this, error);
			if (this.continueOnFail()) return [failedItem(this, nodeError)];
			throw nodeError;
		}
	};
}

function asNodeError(context: IExecutePaginationFunctions, error: unknown): NodeApiError {
	const item = context.getItemIndex();
	if (error instanceof NodeApiError) return error;
	if (error instanceof DeapiFailure) {
		const { failure } = error;
		const cause = failure.item ?? item;
		const isOnlyOne = nodeRunOf(context).size === 1;
		const message = isOnlyOne ? failure.message : `${failure.message} [item ${cause}]`;
		return toNodeError(context.getNode(), { ...failure, message }, cause);
	}
	const cause = error instanceof Error ? error : new Error(String(error));
	const wrapped = new NodeOperationError(context.getNode(), cause, { itemIndex: item });
	return toNodeError(
		context.getNode(),
		{ message: wrapped.message, description: wrapped.description ?? '' },
		item,
	);
}
