/**
 * The item that starts the workflow, in two steps: what the call says, and what has still to be fetched
 * for it.
 *
 * Invariant: nothing is fetched before the execution exists. n8n saves the claim on
 * a delivery when the call has been handled, so a copy that reaches another process a minute later
 * is known there; an execution that is cut off is in n8n's list instead of being lost; its files are
 * stored as its own; and n8n's limits and its Stop button hold for it.
 */
import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { isObject, textOf } from '../basics/values';
import type { WebhookEvent } from './event';
import { toJson } from './event';
import type { WantedResult } from './result';
import { fetchResult } from './result';

/** How the user wants items. */
export interface ItemOptions {
	simplify: boolean;
	downloadResult: boolean;
	/** The binary field for the result. */
	outputBinaryProperty: string;
}

/** An item on its way from the call to the execution. */
interface UnfinishedItem extends INodeExecutionData {
	wanted: { field: string; result: WantedResult };
}

/**
 * The item as the call gives it; its result is still to be fetched where it is wanted.
 *
 * @param url the link to the result, where it can be trusted
 * @param baseUrl the credential's
 */
export function toItem(
	event: WebhookEvent,
	{ simplify, downloadResult, outputBinaryProperty }: ItemOptions,
	{ url, baseUrl }: { url: string | undefined; baseUrl: string },
): INodeExecutionData | UnfinishedItem {
	const json: IDataObject = toJson(event, simplify);
	if (!downloadResult || !hasMore(event)) return { json };
	const result = { requestId: event.requestId, baseUrl, ...(url === undefined ? {} : { url }) };
	return { json, wanted: { field: outputBinaryProperty, result } };
}

/** Whether the job has a result that the call itself does not bring. */
function hasMore({ event, data }: WebhookEvent): boolean {
	const isInline = data.result !== undefined && data.result !== null;
	return event === 'job.completed' && (textOf(data.result_url) !== undefined || !isInline);
}

/** Fetches what the items of an execution lack, and gives them to the workflow. */
export async function finishItems(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const items = context.getInputData();
	return await Promise.all(items.map(async (item) => await finish(context, item)));
}

async function finish(
	context: IExecuteFunctions,
	{ wanted, ...item }: INodeExecutionData,
): Promise<INodeExecutionData> {
	if (!isWanted(wanted)) return item;
	const trigger = `${context.getWorkflow().id}/${context.getNode().id}`;
	const found = await fetchResult(context, trigger, wanted.result);
	if ('reason' in found) return { ...item, json: { ...item.json, download_error: found.reason } };
	const { file, result } = found;
	return {
		...item,
		json: result === undefined ? item.json : { ...item.json, result },
		...(file === undefined ? {} : { binary: { [wanted.field]: file } }),
	};
}

function isWanted(value: unknown): value is UnfinishedItem['wanted'] {
	return isObject(value) && isObject(value.result);
}
