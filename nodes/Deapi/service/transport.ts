/**
 * Requests to deAPI, through n8n, with the credential.
 *
 * Invariants, and why:
 * - Redirects are never followed: a redirected POST could reach another service with the user's key, and
 *   following them keeps a copy of the whole body in memory.
 * - Every request has a deadline of its own. n8n's time limit counts from byte to byte: an answer that
 *   drips would outlast every wait that the user has set.
 * - Nothing that deAPI says leaves this file with the account's key or secret in it.
 */
import type { IDataObject, IHttpRequestOptions, IN8nHttpFullResponse } from 'n8n-workflow';
import { clock } from '../basics/clock';
import { Deadline } from '../basics/deadline';
import { pause, untilAborted } from '../basics/pause';
import { isObject } from '../basics/values';
import type { Caller, RequestContext } from '../engine/call';
import type { NoAnswer } from '../engine/networkFaults';
import { CANCELED_REASON, toNoAnswer } from '../engine/networkFaults';
import type { FileStream } from '../files/storage';
import type { Account } from './account';
import { CREDENTIAL_TYPE } from './account';
import type { Endpoint } from './endpoints';
import type { Headers } from './rateLimit';

/** An answer that is no file is read up to so many bytes. */
const LARGEST_ANSWER_BYTES = 4 * 1024 * 1024;

/** How much later than our own limit n8n's comes, in milliseconds. */
const LATER_MS = 1000;

/** An HTTP answer of any status. */
export interface Answer {
	answered: true;
	status: number;
	headers: Headers;
	/** The parsed JSON object, or an empty one where the body was none (HTML, text, nothing). */
	body: IDataObject;
	/** The body where it was not JSON. */
	text: string;
}

/** A request to deAPI. */
export interface DeapiRequest {
	method: 'GET' | 'POST';
	endpoint: Endpoint;
	/** What follows the endpoint's path, such as an ID. */
	rest?: string;
	query?: IDataObject;
	body?: IHttpRequestOptions['body'];
	headers?: IDataObject;
	/** Milliseconds until the request is given up, whatever has come of its answer. */
	deadline: number;
}

/**
 * Sends one request and never throws: an answer of any status and a connection that broke are both
 * results that the caller has to look at.
 */
export async function callDeapi(
	caller: Caller,
	account: Account,
	request: DeapiRequest,
): Promise<Answer | NoAnswer> {
	const { settings, signal } = caller;
	const { method, endpoint, rest = '', query, body, headers, deadline } = request;
	const timeout = Math.min(settings.timeout ?? deadline, deadline);
	// An upload may take longer than n8n's limit from byte to byte.
	const isUpload = isObject(body) && typeof body.pipe === 'function';
	const connection = new Deadline(isUpload ? deadline : timeout, signal);
	const isTaken = watchFor(connection.signal);
	const parts: Buffer[] = [];
	const received = () => {
		const text = without(secretsOf(account), Buffer.concat(parts).toString('utf8'));
		return text === '' ? {} : { received: text };
	};
	try {
		const response = (await caller.context.helpers.httpRequestWithAuthentication.call(
			scoped(caller.context, account, connection.signal),
			CREDENTIAL_TYPE,
			{
				...settings,
				// n8n up to 2.0 leaves a connection open whose time is over: ours ends before, and closes it.
				timeout: isUpload ? timeout : timeout + LATER_MS,
				method,
				baseURL: account.baseUrl,
				url: `${account.path(endpoint)}${rest}`,
				qs: query,
				body,
				headers: { Accept: 'application/json', ...headers },
				encoding: 'stream',
				returnFullResponse: true,
				// Every status comes back as an answer; besides, n8n repeats a request by itself on 401.
				ignoreHttpStatusErrors: true,
				disableFollowRedirect: true,
				abortSignal: connection.signal,
			},
		)) as IN8nHttpFullResponse;
		await readBody(response.body, connection.signal, parts);
		if (connection.signal.aborted) return { ...givenUp(signal), ...received() };
		const bytes = Buffer.concat(parts).subarray(0, LARGEST_ANSWER_BYTES);
		return toAnswer(response, bytes, secretsOf(account));
	} catch (error) {
		if (connection.signal.aborted) return { ...givenUp(signal), ...received() };
		const noAnswer = toNoAnswer(error, isTaken());
		const reason = without(secretsOf(account), noAnswer.reason);
		return { ...noAnswer, reason, ...received() };
	} finally {
		connection.close();
	}
}

/**
 * Whether n8n's HTTP client has taken a request: it listens to the signal before it opens a connection.
 * What is thrown before that (a credential that cannot be applied) is no request yet.
 */
function watchFor(signal: AbortSignal): () => boolean {
	let isTaken = false;
	const listen = signal.addEventListener.bind(signal);
	Object.defineProperty(signal, 'addEventListener', {
		value: (...listener: Parameters<typeof listen>) => {
			isTaken = true;
			listen(...listener);
		},
	});
	return () => isTaken;
}

/** Pauses before a read is tried again, in milliseconds. */
const PAUSES_MS = [500, 1500];

/**
 * Sends a read, which can be repeated without harm: after a 5xx it is tried again, within its deadline.
 *
 * Source: deAPI's pages advise to read again after a 500.
 */
export async function readDeapi(
	caller: Caller,
	account: Account,
	request: Omit<DeapiRequest, 'method' | 'body'>,
): Promise<Answer | NoAnswer> {
	const end = clock.now() + request.deadline;
	for (let tries = 0; ; tries++) {
		const deadline = Math.max(end - clock.now(), SHORTEST_MS);
		const answer = await callDeapi(caller, account, { ...request, method: 'GET', deadline });
		const wait = PAUSES_MS[tries];
		const isTheirs = answer.answered && answer.status >= 500;
		if (!isTheirs || wait === undefined || clock.now() + wait >= end) return answer;
		if (!(await pause(wait, caller.signal))) return answer;
	}
}

/** Less time than this is none for a request, in milliseconds. */
export const SHORTEST_MS = 1000;

/** A request that ended before its answer: by its deadline, or by the caller. */
function givenUp(signal: AbortSignal | undefined): NoAnswer {
	const canceled = signal?.aborted === true;
	const reason = canceled ? CANCELED_REASON : 'no answer came within the time limit';
	return { answered: false, neverSent: false, mayRetry: false, canceled, reason };
}

/**
 * The context for one request: with the request's own signal, which n8n asks the context for, and with
 * the account that the address was made of, so that a key never goes to another item's address. n8n's helper asks its own context for both and takes
 * them from nowhere else, and that context cannot be made or copied here: so it is inherited from.
 */
function scoped<Context extends RequestContext>(
	context: Context,
	{ stored, apiKey }: Account,
	signal: AbortSignal,
): Context {
	return Object.create(context, {
		getExecutionCancelSignal: { value: () => signal },
		getCredentials: { value: async () => await Promise.resolve({ ...stored, apiKey }) },
	});
}

/**
 * Reads an answer to its end, or to where the signal fires.
 *
 * @param parts what has come of it is added here, also where it breaks off
 */
async function readBody(body: unknown, signal: AbortSignal, parts: Buffer[]): Promise<void> {
	if (Buffer.isBuffer(body) || typeof body === 'string') {
		parts.push(Buffer.from(body));
		return;
	}
	const stream = body as FileStream;
	let size = 0;
	let broken: unknown;
	const reading = (async () => {
		for await (const part of stream as AsyncIterable<Buffer>) {
			parts.push(part);
			size += part.length;
			if (size >= LARGEST_ANSWER_BYTES) break;
		}
	})().catch((error: unknown) => {
		broken = error;
	});
	await untilAborted(reading, signal);
	if (signal.aborted || broken === undefined) return;
	throw broken instanceof Error ? broken : new Error(String(broken));
}

/** What an account must not lose, as it is in a text and as it is in JSON, PHP's included. */
export function secretsOf({ apiKey, webhookSecret }: Account): string[] {
	const key = apiKey.length < SHORTEST_KEY ? [] : [apiKey];
	const secret = webhookSecret.length < SHORTEST_SECRET ? [] : [webhookSecret];
	return [...key, ...secret].flatMap((each) => {
		const inJson = JSON.stringify(each).slice(1, -1);
		return [each, inJson, inJson.replaceAll('/', '\\/')];
	});
}

/** Taking out less would take words apart. */
const SHORTEST_KEY = 4;
/** deAPI takes 32 characters and more. What somebody made up in a hurry may be a word of the answer: `results`. */
const SHORTEST_SECRET = 16;

/**
 * A text without the account's secrets: some services repeat in their answer what they did not like in
 * the request.
 */
export function without(secrets: string[], text: string): string {
	return secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
}

/**
 * An answer as the upper layers read it.
 *
 * @param bytes its body
 * @param secrets what is taken out of all that the service says
 */
export function toAnswer(
	response: Pick<IN8nHttpFullResponse, 'headers' | 'statusCode'>,
	bytes: Buffer,
	secrets: string[],
): Answer {
	const text = without(secrets, bytes.toString('utf8'));
	const headers: Headers = {};
	for (const [name, value] of Object.entries(response.headers ?? {})) {
		headers[name.toLowerCase()] = without(secrets, String(value));
	}
	const json = parseJson(text);
	return {
		answered: true,
		status: response.statusCode,
		headers,
		body: isObject(json) ? json : {},
		text: isObject(json) ? '' : text,
	};
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
