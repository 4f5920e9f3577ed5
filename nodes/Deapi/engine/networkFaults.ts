/**
 * What a request that got no answer says about itself. Invariant: a submit may be
 * sent again only where it provably never left, which is before its first byte: name resolution, connect
 * and certificate. Everything later may have been accepted and charged.
 */
import type { JsonObject } from 'n8n-workflow';
import { quote } from '../basics/quote';
import { isObject, textOf } from '../basics/values';

/** A request that got no answer. */
export interface NoAnswer {
	answered: false;
	/** Whether the request certainly never reached the service. */
	neverSent: boolean;
	/** Whether it can be sent again at once: nobody took the connection. */
	mayRetry: boolean;
	/** Whether the execution was canceled. */
	canceled: boolean;
	/** Present where n8n could not even make the request. */
	neverMade?: true;
	/** What happened, as the end of a sentence, without the words that n8n replaces by texts of its own. */
	reason: string;
	/** What had come of its answer, where that broke off. */
	received?: string;
}

/** What a request says that ended with its execution. */
export const CANCELED_REASON = 'the execution was canceled';

/** A failed look-up or a connection that nobody took: the request cannot have been accepted. */
const NEVER_CONNECTED: { [code: string]: string } = {
	ECONNREFUSED: 'the connection was refused',
	ENOTFOUND: 'the host name was not found',
	EAI_AGAIN: 'the host name could not be looked up',
	EHOSTUNREACH: 'the host is not reachable',
	ENETUNREACH: 'the network is not reachable',
};
/** These come from no established connection. */
const ALWAYS_BEFORE = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'];

/** Broken off somewhere: whether the service took the request is not known. */
const BROKEN_OFF: { [code: string]: string } = {
	ECONNRESET: 'the connection was cut',
	EPIPE: 'the connection was cut',
	ECONNABORTED: 'no answer came within the time limit',
	ETIMEDOUT: 'no answer came within the time limit',
	ERR_BAD_RESPONSE: 'the answer was cut off',
};

/** Refused by n8n itself, or by Node's check of the certificate, before any byte of the request left. */
const REFUSED_LOCALLY =
	/Ssrf|DomainNotAllowed|CERT|ERR_TLS_CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ERR_INVALID_(URL|CHAR)/;

/**
 * What OpenSSL itself reports, in the handshake or after it: a server may break off with the same alert
 * long after the upload. Its texts are for those who know its source.
 */
const TLS = /^(EPROTO|ERR_SSL_)/;

/** What OpenSSL says of a server that answers in plain text, in the handshake or after it. */
const NO_TLS = /wrong version number|packet length too long/i;

/**
 * Reads what a failed request says about itself.
 *
 * @param error what one of n8n's request helpers threw
 * @param isTaken false where n8n's HTTP client certainly never got the request
 * @returns whether the request was sent, and its reason as the end of a sentence
 */
export function toNoAnswer(error: unknown, isTaken = true): NoAnswer {
	const chain = causes(error);
	const codes = chain.map(({ code }) => (typeof code === 'string' ? code : ''));
	const base = { answered: false as const, neverSent: false, mayRetry: false, canceled: false };

	if (codes.includes('ERR_CANCELED')) {
		return { ...base, canceled: true, reason: CANCELED_REASON };
	}
	// A code alone does not say when it came: an established connection can break with the same one.
	const whileConnecting = chain.some(({ syscall }) => syscall === 'connect');
	for (const code of codes) {
		const reason = NEVER_CONNECTED[code];
		if (reason && (ALWAYS_BEFORE.includes(code) || whileConnecting)) {
			return { ...base, neverSent: true, mayRetry: true, reason };
		}
	}
	if (whileConnecting) {
		return { ...base, neverSent: true, mayRetry: true, reason: 'no connection could be made' };
	}
	const inHandshake = chain.some(isInHandshake);
	if (chain.some(({ message }) => NO_TLS.test(String(message).slice(0, 1000)))) {
		return { ...base, neverSent: inHandshake, reason: 'the address does not speak https' };
	}
	if (codes.some((code) => TLS.test(code))) {
		const reason = inHandshake
			? 'no secure connection could be made'
			: 'the secure connection broke';
		return { ...base, neverSent: inHandshake, reason };
	}
	for (const code of codes) {
		const reason = BROKEN_OFF[code];
		if (reason) return { ...base, neverSent: inHandshake, reason };
	}
	// What Node says of a body that ends before its announced length.
	if (chain.some(({ message }) => message === 'aborted' || message === 'Error: aborted')) {
		return { ...base, reason: 'the answer was cut off' };
	}
	if (codes.some((code) => code.startsWith('HPE_'))) {
		return { ...base, reason: 'the answer was not HTTP' };
	}
	// After all codes: those come from the network, whoever was seen to take the request.
	if (!isTaken) {
		return { ...base, neverSent: true, neverMade: true, reason: lastMessage(chain) };
	}
	const marks = chain.flatMap(({ code, name }) => [String(code ?? ''), String(name ?? '')]);
	const neverSent = inHandshake || marks.some((mark) => REFUSED_LOCALLY.test(mark));
	return { ...base, neverSent, reason: lastMessage(chain) };
}

/**
 * Whether the connection had not got through TLS' handshake: then no byte of the request has left. What
 * a server sends in plain text breaks the connection with the same error before and after it.
 */
function isInHandshake({ request }: JsonObject): boolean {
	const socket = isObject(request) ? request.socket : undefined;
	return isObject(socket) && socket.secureConnecting === true;
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
 * and has a text of its own, but the code is in its `httpCode` and the first text in `messages`.
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
	const messages = chain.flatMap(({ message }) => textOf(message) ?? []);
	return quote(messages.at(-1) ?? 'the connection broke off');
}
