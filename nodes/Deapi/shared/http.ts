import { isObject } from '../basics/values';
import type {
	DeclarativeRestApiSettings,
	IDataObject,
	IN8nHttpFullResponse,
	JsonObject,
} from 'n8n-workflow';
import { DEFAULT_BASE_URL } from './endpoints';
import type { DeapiContext, DeapiCredentials } from './types';

export const CREDENTIAL_TYPE = 'deapiApi';

/** A request as n8n puts it together from a declarative node's routing, or as we write it. */
export type RequestOptions = DeclarativeRestApiSettings.HttpRequestOptions;

/** An HTTP answer of any status. */
export interface Answer {
	answered: true;
	status: number;
	/** Names in lower case. */
	headers: { [name: string]: string };
	/** The parsed JSON object, or an empty one where the body was none (HTML, text, nothing). */
	body: IDataObject;
	/** The body where it was not JSON. */
	text: string;
}

/** A request that got no answer. */
export interface NoAnswer {
	answered: false;
	/** Whether the request surely never reached the service: no connection was made. */
	neverSent: boolean;
	/** Whether it makes sense to send it again at once: nobody took the connection. */
	mayRetry: boolean;
	/** Whether the execution was canceled. */
	cancelled: boolean;
	/** What happened, as the end of a sentence, without the words that n8n replaces by texts of its own. */
	reason: string;
}

/**
 * Reads the credential with its defaults filled in, so that no caller has to think of old
 * credentials or of a slash at the end of the base URL.
 */
export async function readCredentials(context: DeapiContext): Promise<DeapiCredentials> {
	const stored = await context.getCredentials(CREDENTIAL_TYPE);
	const text = (value: unknown) => (typeof value === 'string' ? value.trim() : '');
	return {
		apiKey: text(stored.apiKey),
		webhookSecret: text(stored.webhookSecret),
		apiVersion: stored.apiVersion === 'v2' ? 'v2' : 'v1',
		baseUrl: (text(stored.baseUrl) || DEFAULT_BASE_URL).replace(/\/+$/, ''),
	};
}

/**
 * Sends one request to deAPI through n8n, with the credential, and never throws: an answer of any
 * status and a connection that broke are both results that the caller has to look at.
 *
 * @param options n8n's request options; redirects are never followed, because a redirected POST
 * could reach another service with the user's key, and because following them keeps a copy of the
 * whole body in memory
 */
export async function callDeapi(
	context: DeapiContext,
	options: RequestOptions,
): Promise<Answer | NoAnswer> {
	try {
		const response = (await context.helpers.httpRequestWithAuthentication.call(
			context,
			CREDENTIAL_TYPE,
			{
				...options,
				url: options.url ?? '',
				// n8n types it as text too, because a node's description may hold an expression there.
				skipSslCertificateValidation: options.skipSslCertificateValidation === true,
				headers: { Accept: 'application/json', ...options.headers },
				returnFullResponse: true,
				// Every status comes back as an answer; besides, n8n repeats a request by itself on 401.
				ignoreHttpStatusErrors: true,
				disableFollowRedirect: true,
			},
		)) as IN8nHttpFullResponse;
		return toAnswer(response);
	} catch (error) {
		return toNoAnswer(error);
	}
}

/**
 * Brings n8n's full response into one shape: n8n hands out JSON as an object, but HTML, an empty
 * body and JSON that was cut off as text.
 */
export function toAnswer(response: IN8nHttpFullResponse): Answer {
	const headers: Answer['headers'] = {};
	for (const [name, value] of Object.entries(response.headers ?? {})) {
		headers[name.toLowerCase()] = String(value);
	}
	const { body } = response;
	return {
		answered: true,
		status: response.statusCode,
		headers,
		body: isObject(body) && !isBuffer(body) ? body : {},
		text: typeof body === 'string' ? body : isBuffer(body) ? body.toString('utf8') : '',
	};
}

function isBuffer(value: unknown): value is Buffer {
	return Buffer.isBuffer(value);
}

/** A failed look-up or a connection that nobody took: the request cannot have been accepted. */
const NEVER_CONNECTED: { [code: string]: string } = {
	ECONNREFUSED: 'the connection was refused',
	ENOTFOUND: 'the host name was not found',
	EAI_AGAIN: 'the host name could not be looked up',
	EHOSTUNREACH: 'the host is not reachable',
	ENETUNREACH: 'the network is not reachable',
};

/** Broken off somewhere: whether the service took the request is not known. */
const BROKEN_OFF: { [code: string]: string } = {
	ECONNRESET: 'the connection was cut',
	EPIPE: 'the connection was cut',
	ECONNABORTED: 'no answer came within the time limit',
	ETIMEDOUT: 'no answer came within the time limit',
	ERR_BAD_RESPONSE: 'the answer was cut off',
};

/** Refused by n8n itself or by TLS before any byte of the request left. */
const REFUSED_LOCALLY =
	/Ssrf|DomainNotAllowed|CERT|EPROTO|ERR_TLS|ERR_SSL|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ERR_INVALID_URL/;

/** What OpenSSL says of a server that answers a TLS greeting in plain text: no request has left. */
const NO_TLS = /wrong version number/i;

/**
 * Reads what a failed request says about itself.
 *
 * @param error what one of n8n's request helpers threw
 */
export function toNoAnswer(error: unknown): NoAnswer {
	const chain = causes(error);
	const codes = chain.map(({ code }) => (typeof code === 'string' ? code : ''));
	const base = { answered: false as const, neverSent: false, mayRetry: false, cancelled: false };

	if (codes.includes('ERR_CANCELED')) {
		return { ...base, cancelled: true, reason: 'the execution was canceled' };
	}
	// A code alone does not say when it came: an established connection can break with the same one.
	const whileConnecting = chain.some(({ syscall }) => syscall === 'connect');
	for (const code of codes) {
		const reason = NEVER_CONNECTED[code];
		const isCertain = code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EAI_AGAIN';
		if (reason && (isCertain || whileConnecting)) {
			return { ...base, neverSent: true, mayRetry: true, reason };
		}
	}
	if (whileConnecting) {
		return { ...base, neverSent: true, mayRetry: true, reason: 'no connection could be made' };
	}
	for (const code of codes) {
		const reason = BROKEN_OFF[code];
		if (reason) return { ...base, reason };
	}
	if (chain.some(({ message }) => NO_TLS.test(String(message)))) {
		return { ...base, neverSent: true, reason: 'the address does not speak https' };
	}
	if (codes.some((code) => code.startsWith('HPE_'))) {
		return { ...base, reason: 'what came back was no HTTP' };
	}
	const marks = chain.flatMap(({ code, name }) => [String(code ?? ''), String(name ?? '')]);
	if (marks.some((mark) => REFUSED_LOCALLY.test(mark))) {
		return { ...base, neverSent: true, reason: lastMessage(chain) };
	}
	return { ...base, reason: lastMessage(chain) };
}

/** The error with all that lies behind it: n8n wraps axios' errors, axios those of Node. */
function causes(error: unknown): JsonObject[] {
	const chain: JsonObject[] = [];
	let current = error;
	while (isObject(current) && chain.length < 8 && !chain.includes(current as JsonObject)) {
		chain.push(current as JsonObject);
		const { cause, errors } = current as JsonObject & { cause?: unknown; errors?: unknown };
		current = cause ?? (Array.isArray(errors) ? errors[0] : undefined);
	}
	const lost = lostCause(chain.at(-1));
	return lost ? [...chain, lost] : chain;
}

/**
 * What n8n's own error still tells of the one that it wrapped. Up to 2.0 at least it loses its cause
 * and has a text of its own, but the code stands in its `httpCode` and the first text in `messages`.
 */
function lostCause(error: JsonObject | undefined): JsonObject | undefined {
	const { httpCode, messages } = error ?? {};
	const [message] = Array.isArray(messages) ? messages : [];
	if (typeof message !== 'string') return undefined;
	const isCutOff = message === 'stream has been aborted';
	return {
		message,
		code: isCutOff ? 'ERR_BAD_RESPONSE' : (httpCode ?? ''),
		syscall: message.startsWith('connect ') ? 'connect' : '',
		name: message.startsWith('Domain not allowed') ? 'DomainNotAllowed' : '',
	};
}

function lastMessage(chain: JsonObject[]): string {
	const messages = chain.map(({ message }) => message).filter((text) => typeof text === 'string');
	return String(messages.at(-1) ?? 'the connection broke off');
}
