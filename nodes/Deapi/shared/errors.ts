import type {
	IDataObject,
	IExecuteSingleFunctions,
	INode,
	INodeExecutionData,
	JsonObject,
} from 'n8n-workflow';
import * as n8nWorkflow from 'n8n-workflow';
import { NodeApiError } from 'n8n-workflow';
import { labelOf } from './fields';
import type { Answer, NoAnswer } from './http';
import { durationText, isObject, listOf, numberOf, textOf } from '../basics/values';

/**
 * Whether a submit left a job behind: `yes` and `unknown` mean that sending again may cost a second
 * time.
 */
export type Submitted = 'yes' | 'no' | 'unknown';

/** Something that went wrong, in words for the user. */
export interface Failure {
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

/** Carries a failure to where the item's outcome is decided. */
export class DeapiFailure extends Error {
	constructor(readonly failure: Failure) {
		super(failure.message);
	}
}

/** Where deAPI's users add credit and find their keys (deAPI's documentation, Payment Methods, FAQ). */
const DASHBOARD = 'https://app.deapi.ai';

/**
 * Makes n8n's error of a failure. `NodeApiError` keeps message and description as they are when both
 * are given; the machine-readable facts lie in `context.data`.
 *
 * @param itemIndex the item that it is about, counted from 0 as n8n does
 */
export function toNodeError(node: INode, failure: Failure, itemIndex?: number): NodeApiError {
	const { message, description, status, request_id, submitted, details } = failure;
	const data: JsonObject = {};
	if (request_id !== undefined) data.request_id = request_id;
	if (submitted !== undefined) data.submitted = submitted;
	if (status !== undefined) data.status = status;
	Object.assign(data, details);
	const error = new NodeApiError(node, { message } as JsonObject, {
		message,
		description,
		...(status !== undefined ? { httpCode: String(status) } : {}),
		...(itemIndex !== undefined ? { itemIndex } : {}),
	});
	error.context.data = data;
	return error;
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
	context: IExecuteSingleFunctions,
	error: NodeApiError,
): INodeExecutionData {
	const facts = isObject(error.context.data) ? error.context.data : {};
	const texts: IDataObject = {
		error: error.message,
		message: error.description ?? error.message,
	};
	const usesErrorOutput = context.getNode().onError === 'continueErrorOutput';
	const json = usesErrorOutput
		? { ...texts, ...(TAKES_DETAILS ? { details: facts } : {}) }
		: { ...texts, details: facts, ...pickRequestId(facts) };
	return { json, pairedItem: { item: context.getItemIndex() } };
}

function pickRequestId({ request_id }: IDataObject): IDataObject {
	return request_id === undefined ? {} : { request_id };
}

/**
 * What an answer that is no success means, whatever was asked for. Told by the status only: deAPI's
 * texts may change.
 *
 * Source: deAPI's documentation of status codes and rate limits.
 *
 * @param what the thing that a 404 would be about, e.g. `the job with the ID 'x'`
 */
export function describeAnswer(answer: Answer, what = 'this address'): Failure {
	const { status } = answer;
	if (status === 401) {
		return {
			status,
			message: 'deAPI did not accept the API key',
			description: `Check 'API Key' in the 'deAPI API' credential: it may be incomplete or revoked. Keys are listed in the deAPI dashboard (${DASHBOARD}) under Settings > API Keys.`,
		};
	}
	if (status === 403) {
		return {
			status,
			message: 'deAPI does not let this account in',
			description: `The account may be suspended. Sign in at ${DASHBOARD} or ask deAPI's support.${quote(answer)}`,
		};
	}
	if (status === 404) {
		return {
			status,
			message: `deAPI does not know ${what}`,
			description:
				what === 'this address'
					? "Check 'Base URL' in the 'deAPI API' credential."
					: 'Check the ID, and that the credential belongs to the account that submitted the job.',
		};
	}
	if (status === 413) {
		return {
			status,
			message: 'The files are too large for deAPI',
			description:
				'Audio may have up to 20 MB, each picture up to 10 MB, and the whole request up to 75 MB.',
		};
	}
	if (status === 422) return describeValidation(answer);
	if (status === 429) return describeRateLimit(readRateLimit(answer));
	if (status >= 500) {
		return {
			status,
			message: `deAPI is not available at the moment (status ${status})`,
			description: `Try again later.${quote(answer)}`,
		};
	}
	if (status >= 300 && status < 400) {
		const target = answer.headers.location;
		return {
			status,
			message: `deAPI's address answered with a redirect${target ? ` to ${target}` : ''}`,
			description:
				"Redirects are not followed, because the API key and the file would go to another address. Check 'Base URL' in the 'deAPI API' credential.",
		};
	}
	if (status >= 200 && status < 300) {
		return {
			status,
			message: 'deAPI gave an answer that could not be read',
			description: `The answer was ${answer.text.trim() === '' ? 'empty' : 'not the JSON that was expected'}. A proxy between n8n and deAPI may have changed it, or 'Base URL' in the credential may point elsewhere.`,
		};
	}
	return {
		status,
		message: `deAPI did not accept the request (status ${status})`,
		description: textOf(answer.body.message) ?? 'deAPI gave no reason.',
	};
}

/** deAPI's own words, where it sent any, as a sentence to append. */
function quote({ body }: Answer): string {
	const message = textOf(body.message);
	return message === undefined ? '' : ` deAPI says: ${message}`;
}

/** A 422 names each field that it refused in `errors`; too little credit is `errors.balance`. */
function describeValidation({ status, body }: Answer): Failure {
	const errors = isObject(body.errors) ? body.errors : {};
	const messagesOf = (field: string) =>
		[errors[field]].flat().filter((text): text is string => textOf(text) !== undefined);

	if (errors.balance !== undefined) {
		return {
			status,
			message: 'The deAPI account has too little credit for this job',
			description: `Add credit on the Balance page (billing) of the deAPI dashboard: ${DASHBOARD}. deAPI says: ${messagesOf('balance').join(' ')}`,
			details: { errors },
		};
	}
	const fields = Object.keys(errors);
	if (fields.length === 0) {
		return {
			status,
			message: 'deAPI did not accept the values',
			description: textOf(body.message) ?? 'deAPI gave no reason.',
		};
	}
	return {
		status,
		message: `deAPI did not accept ${listOf(fields.map(labelOf))}`,
		description: fields
			.map((field) => `${labelOf(field)}: ${messagesOf(field).join(' ') || 'refused'}`)
			.join('\n'),
		details: { errors },
	};
}

/** A rate limit that was hit, as far as deAPI's headers tell. */
export interface RateLimit {
	kind: 'minute' | 'daily';
	/** Seconds until it ends. */
	retryAfter: number;
	/** How many requests it allows, where deAPI says so. */
	allowed?: string;
}

const MINUTE_LIMIT_S = 60;
/** A wait longer than this is no minute limit, even where the header that says so is missing. */
const LONGEST_MINUTE_LIMIT_S = 3600;
const DAILY_LIMIT_S = 86_400;

/**
 * Reads a 429. `Retry-After` is in seconds (a date is understood as well, as HTTP allows it), and
 * both headers may be missing: then it counts as a minute limit of 60 seconds.
 *
 * Source: deAPI's documentation of rate limits.
 */
export function readRateLimit({ headers }: Answer): RateLimit {
	const header = headers['retry-after'];
	const seconds = numberOf(header) ?? (Date.parse(header ?? '') - Date.now()) / 1000;
	const announced = Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
	const type = headers['x-ratelimit-type']?.toLowerCase();
	const isLong = type !== 'minute' && (announced ?? 0) > LONGEST_MINUTE_LIMIT_S;
	const isDaily = type === 'daily' || isLong;
	const allowed = headers[isDaily ? 'x-ratelimit-daily-limit' : 'x-ratelimit-limit'];
	return {
		kind: isDaily ? 'daily' : 'minute',
		retryAfter: announced ?? (isDaily ? DAILY_LIMIT_S : MINUTE_LIMIT_S),
		...(allowed === undefined ? {} : { allowed }),
	};
}

/** A rate limit in words: which one, and when it ends. */
export function describeRateLimit({ kind, retryAfter, allowed }: RateLimit): Failure {
	const end = new Date(Date.now() + retryAfter * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
	const name = kind === 'daily' ? 'daily limit' : 'limit per minute';
	const amount = allowed === undefined ? '' : ` of ${allowed} requests`;
	return {
		status: 429,
		message: `The ${name} of the deAPI account is reached; it ends in ${durationText(retryAfter)}`,
		description: `The ${name}${amount} ends at ${end}. Accounts that have paid once get higher limits (${DASHBOARD}).`,
		details: { limit: kind, limit_ends_at: end },
	};
}

/** A request that can be repeated without harm got no answer. */
export function describeNoAnswer({ reason, cancelled }: NoAnswer): Failure {
	if (cancelled) return CANCELLED;
	return {
		message: `deAPI could not be reached: ${reason}`,
		description:
			"Check the internet connection of n8n and 'Base URL' in the 'deAPI API' credential, then try again.",
	};
}

/**
 * n8n counts an execution as canceled, and not as one that went wrong and starts the error workflow,
 * only where the message has the word in American spelling.
 */
export const CANCELLED: Failure = {
	message: 'The execution was canceled',
	description: 'Nothing was sent for this item.',
	submitted: 'no',
};

/**
 * Adds to a failure after a submit what nobody may lose: the ID of a job that is paid for, and how to
 * fetch it.
 *
 * @param state what is known of the job
 */
export function withPaidJob(
	failure: Failure,
	requestId: string,
	state: 'running' | 'done' | 'ended' = 'running',
): Failure {
	const fetch =
		"fetch it with the resource 'Job', operation 'Get', instead of generating it again.";
	const hint = {
		running: ` The job ${requestId} was submitted and may still finish: ${fetch}`,
		done: ` The job ${requestId} is done: ${fetch}`,
		ended: '',
	}[state];
	return {
		...failure,
		message: `${failure.message} (request ID ${requestId})`,
		description: `${failure.description}${hint}`,
		request_id: requestId,
		submitted: 'yes',
	};
}

/**
 * Turns an unclear outcome of a submit into a message that keeps the user from paying twice.
 *
 * @param happened what was seen, as the start of a sentence
 */
export function describeUncertainSubmit(happened: string, status?: number): Failure {
	return {
		...(status === undefined ? {} : { status }),
		message: `${happened}, so the job may exist and may have been charged`,
		description: `It was not sent again, because deAPI would charge for a second job. Look for it in the job history of the deAPI dashboard (${DASHBOARD}) or compare the balance (resource 'Account', operation 'Get Balance') before you run this item again.`,
		submitted: 'unknown',
	};
}
