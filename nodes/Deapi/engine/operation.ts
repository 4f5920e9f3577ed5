import type {
	IExecutePaginationFunctions,
	ILoadOptionsFunctions,
	INodeExecutionData,
	INodeListSearchResult,
	INodeProperties,
	INodePropertyOptions,
} from 'n8n-workflow';
import { respelled } from '../basics/quote';
import type { RoutingRequest } from './call';
import { Call } from './call';
import type { Failure, Report } from './failure';
import { CANCELED, plainReport } from './failure';
import { labelsOf } from './labels';
import { asFailure, failedItem, toNodeError } from './nodeErrors';
import { nodeRunOf } from './run';

/** An operation as it is declared, in one file. */
export interface Declaration {
	/** The operation's value in saved workflows, e.g. `generateFromAudio`. */
	name: string;
	displayName: string;
	/** The sentence in n8n's list of actions. */
	action: string;
	description: string;
	/** What it sends, if anything: its work sends it, with all that a routing cannot say. */
	request?: { method: 'GET' | 'POST'; url: string } | undefined;
	/** Its fields; the resource adds when they are shown. */
	fields: INodeProperties[];
	/** The service's names of fields that no routing names, by the parameter whose label messages use. */
	aliases?: { [serviceField: string]: string } | undefined;
	/** The lists that its fields offer, by the name that the fields call them. */
	lists?: List[] | undefined;
	/** Does one item; it throws a `Failure` for what the user should read. */
	work(call: Call): Promise<INodeExecutionData[]>;
	/** What a failed item says where the others go on. */
	atFail?(call: Call, failure: Failure): Report;
	/** What a run says that stops: also what would be lost with it. */
	atStop?(call: Call, failure: Failure): Report;
	/** What an item gives out in place of a failure once its execution is canceled. */
	atCancel?(call: Call, failure: Failure): INodeExecutionData;
}

/** A list that a field of the panel offers, as its `searchListMethod`. */
export interface List {
	name: string;
	/** Finds the entries that a user may choose; an error of n8n's where they cannot be had. */
	search(this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult>;
}

/** An operation, ready to be shown under its resource. */
export interface Operation {
	option: INodePropertyOptions;
	fields: INodeProperties[];
	lists: List[];
}

/**
 * Makes an operation out of the work for one item. The work hangs on `routing.operations.pagination`:
 * the only place in a declarative node that stands around the whole request.
 */
export function declareOperation(declaration: Declaration): Operation {
	const { name, displayName, action, description, request, fields, lists = [] } = declaration;
	return {
		fields,
		lists,
		option: {
			name: displayName,
			value: name,
			action,
			description,
			routing: {
				...(request === undefined ? {} : { request }),
				send: { paginate: true },
				operations: { pagination: handlerOf(declaration) },
			},
		},
	};
}

/**
 * Whatever goes wrong becomes an item of its own where the user chose to continue, linked to its input
 * item, and n8n's error otherwise: here and nowhere else.
 */
function handlerOf(declaration: Declaration) {
	const { work, fields, aliases, atCancel } = declaration;
	const { atFail = (_call, failure) => plainReport(failure), atStop = atFail } = declaration;
	const labels = labelsOf(fields, aliases);
	return async function (
		this: IExecutePaginationFunctions,
		request: RoutingRequest,
	): Promise<INodeExecutionData[]> {
		const run = nodeRunOf(this);
		const pass = run.enter(this.getItemIndex());
		const cancelSignal = this.getExecutionCancelSignal?.();
		const signal = cancelSignal ? AbortSignal.any([cancelSignal, pass.signal]) : pass.signal;
		const call = new Call(this, request, labels, run, pass, signal, cancelSignal);
		try {
			return await work(call);
		} catch (error) {
			const failure = asFailure(error);
			if (call.isCanceled && atCancel) return [atCancel(call, ownFailure(call, failure))];
			if (call.continues) {
				const report = atFail(call, failure);
				return [failedItem(call, report, nodeErrorOf(call, report))];
			}
			pass.stop(failure, call.item);
			await pass.allSettled();
			// Until n8n has started all items nobody listens to what an earlier one throws.
			const isWhole = await pass.allEntered(run.isStaggered);
			// Canceled while it waited for others: n8n still takes what the item gives out.
			if (call.isCanceled && atCancel) return [atCancel(call, ownFailure(call, failure))];
			// n8n has gone on without this pass: what it throws would reach nobody. Where it does not tell, it
			// starts all items at once, and has gone on where some are missing.
			if (pass.isAbandoned || !(isWhole || run.isToldOfEnd)) return [];
			throw nodeErrorOf(call, atStop(call, pass.stoppedBy ?? failure));
		}
	};
}

/** What an item says that a cancel has ended: what has stopped another one before is no affair of its own. */
function ownFailure({ item }: Call, failure: Failure): Failure {
	return (failure.facts.item ?? item) === item ? failure : CANCELED;
}

/** n8n's error, which says which item it is about where there are several. */
function nodeErrorOf(call: Call, report: Report) {
	const { item = call.item } = report;
	// A field or an ID of the user's may be called so; n8n would count the execution as canceled.
	const message = call.isCanceled ? report.message : respelled(report.message);
	const named = call.run.size === 1 ? message : `${message} [item ${item}]`;
	return toNodeError(call.context.getNode(), { ...report, message: named }, item);
}
