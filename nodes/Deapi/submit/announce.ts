import type { IExecutePaginationFunctions } from 'n8n-workflow';
import { isObject, textOf } from '../basics/values';
import type { Call } from '../engine/call';

/** The custom data of an execution, which n8n keeps when it throws away the output. */
const KEY = 'deapi_request_ids';

/** What n8n keeps of a value, in characters. */
const LONGEST = 512;

/** n8n's store for an execution's custom data. */
interface CustomData {
	get(key: string): unknown;
	set(key: string, value: string): unknown;
}

/**
 * Tells of an accepted job wherever n8n lets a running node do so: in n8n's log, in the execution's custom
 * data and, for a run by hand, in the browser's console. When the user presses Stop, n8n throws away
 * what the running node gives out; these survive, and with them the ID of a paid job.
 *
 * @param facts what else the log should have
 */
export function announceJob(
	call: Call,
	{ requestId, what }: { requestId: string; what: string },
	facts: { [name: string]: unknown },
): void {
	const message = `deAPI accepted the job ${requestId}${what}`;
	call.context.logger.info(message, { request_id: requestId, ...facts });
	const data = customDataOf(call);
	if (data !== undefined) keep(data, requestId);
	if (call.context.getMode() === 'manual') tellBrowser(call.context, message);
}

/**
 * Tells n8n's log of a submit whose outcome is not known. Where n8n ends the node for a reason of its own,
 * no message of ours is seen.
 *
 * @param facts which one it is
 */
export function announceDoubt(
	call: Call,
	message: string,
	facts: { [name: string]: unknown },
): void {
	call.context.logger.warn(`deAPI, item ${call.item}: ${message}`, facts);
}

/** The newest first: they are the ones that may still be wanted. */
function keep(data: CustomData, requestId: string): void {
	const known = textOf(data.get(KEY))?.split(', ') ?? [];
	const ids = [requestId, ...known];
	while (ids.join(', ').length > LONGEST) ids.pop();
	data.set(KEY, ids.join(', '));
}

function customDataOf({ context, item }: Call): CustomData | undefined {
	const { $execution }: { [name: string]: unknown } = context.getWorkflowDataProxy(item);
	const data: unknown = isObject($execution) ? $execution.customData : undefined;
	return isCustomData(data) ? data : undefined;
}

function isCustomData(data: unknown): data is CustomData {
	return isObject(data) && typeof data.get === 'function' && typeof data.set === 'function';
}

/** The types of n8n do not say so, but every context can write to the console of the editor. */
function tellBrowser(context: IExecutePaginationFunctions, message: string): void {
	if (canTellBrowser(context)) context.sendMessageToUI(message);
}

function canTellBrowser<Context extends object>(
	context: Context,
): context is Context & { sendMessageToUI(message: string): void } {
	return 'sendMessageToUI' in context && typeof context.sendMessageToUI === 'function';
}
