/** Whether a request that got no answer may be sent again: only where it provably never left. */
import { toNoAnswer } from '../../nodes/Deapi/engine/networkFaults';

const error = (facts: object, message = 'm') => Object.assign(new Error(message), facts);
const shaking = { request: { socket: { secureConnecting: true } } };

/** `never`: certainly not sent. `again`: nobody took the connection. `open`: it may have been accepted. */
function verdict(given: unknown): [string, string] {
	const { answered, neverSent, mayRetry, canceled, reason } = toNoAnswer(given);
	expect(answered).toBe(false);
	if (canceled) return ['canceled', reason];
	if (mayRetry) expect(neverSent).toBe(true);
	return [mayRetry ? 'again' : neverSent ? 'never' : 'open', reason];
}

test.each<[string, unknown, string, string]>([
	['a cancel', error({ code: 'ERR_CANCELED' }), 'canceled', 'the execution was canceled'],
	[
		'a cancel while connecting',
		error({ code: 'ERR_CANCELED', syscall: 'connect' }),
		'canceled',
		'the execution was canceled',
	],
	['a refused connection', error({ code: 'ECONNREFUSED' }), 'again', 'the connection was refused'],
	['no such host', error({ code: 'ENOTFOUND' }), 'again', 'the host name was not found'],
	['no look-up', error({ code: 'EAI_AGAIN' }), 'again', 'the host name could not be looked up'],
	[
		'no way to the host',
		error({ code: 'EHOSTUNREACH', syscall: 'connect' }),
		'again',
		'the host is not reachable',
	],
	[
		'a way that was lost on the way',
		error({ code: 'EHOSTUNREACH', syscall: 'write' }),
		'open',
		'm',
	],
	['a network that was lost on the way', error({ code: 'ENETUNREACH' }), 'open', 'm'],
	[
		'no network',
		error({ code: 'ENETUNREACH', syscall: 'connect' }),
		'again',
		'the network is not reachable',
	],
	[
		'a connect that timed out',
		error({ code: 'ETIMEDOUT', syscall: 'connect' }),
		'again',
		'no connection could be made',
	],
	['a cut', error({ code: 'ECONNRESET' }), 'open', 'the connection was cut'],
	[
		'a cut in the handshake',
		error({ code: 'ECONNRESET', ...shaking }),
		'never',
		'the connection was cut',
	],
	['a closed pipe', error({ code: 'EPIPE' }), 'open', 'the connection was cut'],
	['a time limit', error({ code: 'ECONNABORTED' }), 'open', 'no answer came within the time limit'],
	['a time limit', error({ code: 'ETIMEDOUT' }), 'open', 'no answer came within the time limit'],
	['half an answer', error({ code: 'ERR_BAD_RESPONSE' }), 'open', 'the answer was cut off'],
	['a body that ends early', error({}, 'aborted'), 'open', 'the answer was cut off'],
	['the same, in other words', error({}, 'Error: aborted'), 'open', 'the answer was cut off'],
	['no HTTP', error({ code: 'HPE_INVALID_CONSTANT' }), 'open', 'the answer was not HTTP'],
	['a code that only looks like it', error({ code: 'X_HPE_' }), 'open', 'm'],
	['TLS that breaks', error({ code: 'EPROTO' }), 'open', 'the secure connection broke'],
	[
		'TLS that breaks in the handshake',
		error({ code: 'ERR_SSL_SSLV3_ALERT', ...shaking }),
		'never',
		'no secure connection could be made',
	],
	['a code that has TLS in it', error({ code: 'X_EPROTO' }), 'open', 'm'],
	[
		'plain text instead of TLS',
		error({ code: 'EPROTO', ...shaking }, 'ssl3: wrong version number'),
		'never',
		'the address does not speak https',
	],
	[
		'plain text later',
		error({}, 'packet length too long'),
		'open',
		'the address does not speak https',
	],
	['a wrong certificate', error({ code: 'CERT_HAS_EXPIRED' }), 'never', 'm'],
	['a certificate of its own', error({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }), 'never', 'm'],
	['a domain that is not allowed', error({ name: 'DomainNotAllowedError' }), 'never', 'm'],
	['an address that n8n protects', error({ name: 'SsrfBlockedIpError' }), 'never', 'm'],
	['what nobody knows, in the handshake', error(shaking), 'never', 'm'],
	['what nobody knows', error({}), 'open', 'm'],
	[
		'a socket that is through',
		error({ request: { socket: { secureConnecting: false } } }),
		'open',
		'm',
	],
	['a request that is none', error({ request: 'x' }), 'open', 'm'],
	['codes that are no text', error({ code: 7, name: 7, syscall: 7 }), 'open', 'm'],
	['nothing', undefined, 'open', 'the connection broke off'],
	['a text', 'x', 'open', 'the connection broke off'],
	['an error without a text', error({ message: undefined }), 'open', 'the connection broke off'],
])('%s', (_what, given, expected, reason) => {
	expect(verdict(given)).toEqual([expected, reason]);
});

test('the cause counts, however deep n8n and axios have wrapped it', () => {
	const node = error({ code: 'ECONNREFUSED' }, 'connect ECONNREFUSED');
	const axios = error({ cause: node }, 'AxiosError');
	expect(verdict(error({ cause: axios }, 'n8n'))[0]).toBe('again');
	expect(verdict(error({ errors: [node, error({ code: 'EPIPE' })] }, 'all'))[0]).toBe('again');
	expect(verdict(error({ cause: error({}, 'the innermost') }, 'outer'))).toEqual([
		...['open', 'the innermost'],
	]);
	const circle = error({}, 'round');
	Object.assign(circle, { cause: circle });
	expect(verdict(circle)).toEqual(['open', 'round']);
	let deep: Error = node;
	for (let depth = 0; depth < 7; depth++) deep = error({ cause: deep });
	expect(verdict(deep)[0]).toBe('again');
	expect(verdict(error({ cause: deep }))[0]).toBe('open');
});

describe('an error of older n8n, which has lost its cause', () => {
	const old = (httpCode: unknown, message: unknown) =>
		verdict(error({ httpCode, messages: [message] }, 'The service refused'));

	test.each<[unknown, string, string, string]>([
		['ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:1', 'again', 'the connection was refused'],
		['EHOSTUNREACH', 'connect EHOSTUNREACH 10.0.0.1', 'again', 'the host is not reachable'],
		['EHOSTUNREACH', 'read EHOSTUNREACH', 'open', 'read EHOSTUNREACH'],
		['ECONNRESET', 'socket hang up', 'open', 'the connection was cut'],
		[undefined, 'stream has been aborted', 'open', 'the answer was cut off'],
		[undefined, 'Domain not allowed: x', 'never', 'Domain not allowed: x'],
		[undefined, 'A Domain not allowed', 'open', 'A Domain not allowed'],
	])('%s, "%s"', (code, message, expected, reason) => {
		expect(old(code, message)).toEqual([expected, reason]);
	});

	test('is read by its own text where it kept no other', () => {
		expect(old('ECONNRESET', 7)).toEqual(['open', 'The service refused']);
		expect(verdict(error({ messages: 'x' }, 'own'))).toEqual(['open', 'own']);
	});
});

test('a request that nobody has taken was never made, whatever n8n says of it', () => {
	const said = toNoAnswer(error({}, 'The credential cannot be applied'), false);
	expect(said).toMatchObject({ answered: false, neverSent: true, neverMade: true });
	expect(said.reason).toBe('The credential cannot be applied');
	const taken = toNoAnswer(error({}, 'Something else'), true);
	expect(taken).toMatchObject({ neverSent: false });
	expect(taken.neverMade).toBeUndefined();
	// What comes from the network was taken, also where nobody saw that.
	expect(toNoAnswer(error({ code: 'ECONNRESET' }), false)).toMatchObject({ neverSent: false });
});
