import type {
	DeclarativeRestApiSettings,
	IDataObject,
	IExecuteFunctions,
	IExecutePaginationFunctions,
	IExecuteSingleFunctions,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';
import { isObject, numberOf } from '../basics/values';
import type { Labels } from './labels';
import { labelOf } from './labels';
import type { Pass } from './pass';
import type { NodeRun } from './run';

/** The request that n8n has put together from the fields' routing. */
export type RoutingRequest = DeclarativeRestApiSettings.ResultOptions;

/** The n8n contexts in which this package sends requests. */
export type RequestContext = FileContext | ILoadOptionsFunctions | IWebhookFunctions;

/** The contexts that can also store files. */
export type FileContext = IExecuteFunctions | IExecuteSingleFunctions | IExecutePaginationFunctions;

/** What the user set under the node's request options, as far as every request has to hold to it. */
export type RequestSettings = Pick<
	IHttpRequestOptions,
	'proxy' | 'skipSslCertificateValidation' | 'timeout' | 'allowedDomains'
>;

/** Who sends a request: n8n's context, the user's settings, and what ends the work. */
export interface Caller<Context extends RequestContext = RequestContext> {
	readonly context: Context;
	readonly settings: RequestSettings;
	readonly signal: AbortSignal | undefined;
	/** A field's label in single quotation marks; may be handed on by itself. */
	readonly label: (field: string) => string;
}

/** A caller outside of an operation: the model picker, the trigger. */
export function callerOf<Context extends RequestContext>(
	context: Context,
	signal?: AbortSignal,
): Caller<Context> {
	return { context, settings: {}, signal, label: (field) => `'${field}'` };
}

/** One operation on one item: all that the upper layers need to know of n8n, made once. */
export class Call implements Caller<IExecutePaginationFunctions> {
	/** The item's index, counted from 0 as n8n does. */
	readonly item: number;

	readonly settings: RequestSettings;

	/** Whether an item that went wrong leaves the node like any other: On Error = Continue. */
	readonly continues: boolean;

	/** The collection `options`. */
	readonly options: IDataObject;

	readonly label = (field: string) =>
		this.origins.get(field.split('.')[0] ?? '') ?? labelOf(this.labels, field);

	/** What messages call a field of the service's whose value this item has from elsewhere than usual. */
	private readonly origins = new Map<string, string>();

	private readonly sent: IDataObject;

	/**
	 * @param signal fires when the execution is canceled or the node is going to stop
	 * @param cancelSignal fires when the execution is canceled
	 */
	constructor(
		readonly context: IExecutePaginationFunctions,
		request: RoutingRequest,
		private readonly labels: Labels,
		readonly run: NodeRun,
		readonly pass: Pass,
		readonly signal: AbortSignal,
		readonly cancelSignal: AbortSignal | undefined,
	) {
		const { body, proxy, skipSslCertificateValidation, timeout, allowedDomains } = request.options;
		const milliseconds = numberOf(timeout) ?? 0;
		this.item = context.getItemIndex();
		this.sent = isObject(body) ? body : {};
		this.settings = {
			proxy,
			skipSslCertificateValidation: skipSslCertificateValidation === true ? true : undefined,
			// Node refuses others only when the request is under way, which then counts as sent.
			timeout: milliseconds > 0 ? milliseconds : undefined,
			allowedDomains,
		};
		this.continues = context.continueOnFail();
		const options: unknown = this.parameter('options', {});
		this.options = isObject(options) ? options : {};
	}

	/** What the fields' routing has put together: values under the service's names. */
	get given(): IDataObject {
		return this.sent;
	}

	get isCanceled(): boolean {
		return this.cancelSignal?.aborted === true;
	}

	/**
	 * Remembers where a value comes from, for messages about it.
	 *
	 * @param field the service's name of it
	 * @param parameter the field of the panel that has decided on it
	 * @param what which of its values is meant, where it decides on several or is another thing itself
	 */
	comesFrom(field: string, parameter: string, what?: string): void {
		const label = labelOf(this.labels, parameter);
		this.origins.set(field, what === undefined ? label : `${label} (${what})`);
	}

	/** Whether the user has added an option, whatever its expression gives for this item. */
	hasOption(name: string): boolean {
		const { options } = this.context.getNode().parameters;
		return Object.hasOwn(this.options, name) || (isObject(options) && Object.hasOwn(options, name));
	}

	/** @param fallback for a workflow that was saved before the parameter existed */
	parameter(name: string, fallback: unknown): unknown {
		return this.context.getNodeParameter(name, fallback);
	}

	/** The same call for a request that another signal ends. */
	until(signal: AbortSignal): Caller<IExecutePaginationFunctions> {
		const { context, settings, label } = this;
		return { context, settings, signal, label };
	}
}
