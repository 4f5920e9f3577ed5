import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import {
	verifyCall,
	type Verdict,
	type VerifyOptions,
	type WebhookCall,
} from '../../nodes/Deapi/webhook/verify';

const SECRET = 'a-secret-of-more-than-thirty-two-characters';
const NOW = 1_760_000_000_700;
const NOW_S = 1_760_000_000;
const BODY = Buffer.from('{"event":"job.completed","data":{"result_url":"https:\\/\\/x\\/ü"}}');

const strict: VerifyOptions = { secret: SECRET, acceptUnsigned: false, now: NOW };
const lenient: VerifyOptions = { ...strict, acceptUnsigned: true };

function sign(body: Buffer | string, timestamp: number | string, secret = SECRET): string {
	const hmac = createHmac('sha256', secret).update(`${timestamp}.`).update(body);
	return `sha256=${hmac.digest('hex')}`;
}

function call(changes: Partial<WebhookCall> = {}): WebhookCall {
	return {
		rawBody: BODY,
		signature: sign(BODY, NOW_S),
		timestamp: String(NOW_S),
		...changes,
	};
}

/** A call whose timestamp is signed as well, whatever it is. */
function signedAt(timestamp: string): WebhookCall {
	return call({ timestamp, signature: sign(BODY, timestamp) });
}

function reasonOf(verdict: Verdict): string | undefined {
	return verdict.accepted ? undefined : verdict.reason;
}

describe('the check of a call', () => {
	test('accepts what deAPI signs', () => {
		expect(verifyCall(call(), strict)).toEqual({ accepted: true, body: BODY, isSigned: true });
	});

	test.each([299, 300, -299, -300])('accepts a timestamp %i s away from now', (skew) => {
		expect(verifyCall(signedAt(String(NOW_S + skew)), strict).accepted).toBe(true);
	});

	test.each([301, -301, 86_400, -86_400, -NOW_S + 1])(
		'refuses a timestamp %i s away from now',
		(skew) => {
			expect(reasonOf(verifyCall(signedAt(String(NOW_S + skew)), strict))).toBe(
				'The timestamp is more than 300 seconds off',
			);
		},
	);

	test.each([
		`${NOW_S}.0`,
		`${NOW_S}.5`,
		`+${NOW_S}`,
		`-${NOW_S}`,
		`0${NOW_S}`,
		` ${NOW_S}`,
		`${NOW_S} `,
		`${NOW_S}\n`,
		`${NOW_S}, ${NOW_S}`,
		`0x${NOW_S.toString(16)}`,
		'1.76e9',
		'NaN',
		'Infinity',
		'0',
		'',
		'١٧٦٠٠٠٠٠٠٠',
		new Date(NOW).toISOString(),
	])('refuses the timestamp %j, even signed', (timestamp) => {
		expect(verifyCall(signedAt(timestamp), strict).accepted).toBe(false);
	});

	test.each<[string, Partial<WebhookCall>]>([
		['no signature', { signature: undefined }],
		['an empty signature', { signature: '' }],
		['no timestamp', { timestamp: undefined }],
		['a number as timestamp', { timestamp: NOW_S }],
		['a list of timestamps', { timestamp: [String(NOW_S)] }],
		['no body', { rawBody: undefined }],
		['a parsed body', { rawBody: JSON.parse(BODY.toString()) as unknown }],
		['a body as text', { rawBody: BODY.toString() }],
		['a list with the signature', { signature: [sign(BODY, NOW_S)] }],
		['the signature twice', { signature: `${sign(BODY, NOW_S)}, ${sign(BODY, NOW_S)}` }],
		['a second, empty signature', { signature: `${sign(BODY, NOW_S)}, ` }],
		['two empty signatures', { signature: ', ' }],
		['a signature without its scheme', { signature: sign(BODY, NOW_S).slice(7) }],
		['another scheme', { signature: sign(BODY, NOW_S).replace('sha256', 'sha512') }],
		['upper-case hex', { signature: sign(BODY, NOW_S).toUpperCase() }],
		['a signature cut short', { signature: sign(BODY, NOW_S).slice(0, -2) }],
		['a longer signature', { signature: `${sign(BODY, NOW_S)}00` }],
		['a line end behind the signature', { signature: `${sign(BODY, NOW_S)}\n` }],
		['another secret', { signature: sign(BODY, NOW_S, 'another secret') }],
		['a signature over the body alone', { signature: sign(BODY, '').replace('.', '') }],
		['another body', { rawBody: Buffer.concat([BODY, Buffer.from(' ')]) }],
		['a body printed again', { rawBody: Buffer.from(JSON.stringify(JSON.parse(BODY.toString()))) }],
	])('refuses a call with %s', (_name, changes) => {
		expect(verifyCall(call(changes), strict).accepted).toBe(false);
	});

	test('refuses every signature where there is no secret', () => {
		const forged = call({ signature: sign(BODY, NOW_S, '') });
		expect(verifyCall(forged, { ...strict, secret: '' }).accepted).toBe(false);
		expect(verifyCall(forged, { ...lenient, secret: '' }).accepted).toBe(false);
	});

	test('refuses every call where the clock gives no number', () => {
		expect(verifyCall(call(), { ...strict, now: NaN }).accepted).toBe(false);
	});

	test.each([undefined, ''])(
		'lets in a call with the signature %j if that option is on',
		(signature) => {
			for (const secret of ['', SECRET]) {
				expect(
					verifyCall(call({ signature, timestamp: undefined }), { ...lenient, secret }),
				).toEqual({
					accepted: true,
					body: BODY,
					isSigned: false,
				});
			}
		},
	);

	test('refuses a wrong signature also where unsigned calls are let in', () => {
		const wrong = call({ signature: sign(BODY, NOW_S, 'another secret') });
		expect(verifyCall(wrong, lenient).accepted).toBe(false);
		expect(verifyCall(wrong, { ...lenient, secret: '' }).accepted).toBe(false);
		expect(verifyCall(call({ signature: ' ' }), lenient).accepted).toBe(false);
		expect(verifyCall(call({ signature: [] }), lenient).accepted).toBe(false);
	});

	test('tells a caller nothing about the signature that it should have sent', () => {
		const verdict = verifyCall(call({ signature: sign(BODY, NOW_S, 'x') }), strict);
		expect(JSON.stringify(verdict)).not.toMatch(/[0-9a-f]{16}/);
	});

	test('refuses every malformed call, and never throws', () => {
		const runs = 12_000;
		let checked = 0;
		fc.assert(
			fc.property(malformedCall, ([malformed, options]) => {
				checked++;
				return !verifyCall(malformed, options).accepted;
			}),
			{ numRuns: runs },
		);
		expect(checked).toBeGreaterThanOrEqual(runs);
	});
});

/** A true call at some time over some body, to be spoilt. */
const trueCall = fc
	.record({
		body: fc.oneof(
			fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
			fc.json().map((text) => Buffer.from(text)),
		),
		skew: fc.integer({ min: -300, max: 300 }),
	})
	.map(({ body, skew }) => {
		const timestamp = String(NOW_S + skew);
		return { rawBody: body, timestamp, signature: sign(body, timestamp) };
	});

const HEX = Array.from('0123456789abcdef');

/** Ways to spoil a true call, each so that it must not pass any more. */
const spoilt = trueCall.chain(({ rawBody, timestamp, signature }) => {
	const true_ = { rawBody, timestamp, signature };
	const at = fc.nat({ max: 63 });
	const hex = signature.slice(7);
	const withSignature = (value: unknown): WebhookCall => ({ ...true_, signature: value });
	const resigned = (value: string): WebhookCall => ({
		rawBody,
		timestamp: value,
		signature: sign(rawBody, value),
	});
	return fc.oneof(
		fc.tuple(at, fc.constantFrom(...HEX)).map(([index, digit]) => {
			const other = hex[index] === digit ? (digit === '0' ? '1' : '0') : digit;
			return withSignature(`sha256=${hex.slice(0, index)}${other}${hex.slice(index + 1)}`);
		}),
		at.map((index) => withSignature(`sha256=${hex.slice(0, index)}`)),
		fc.string({ minLength: 1, maxLength: 8 }).map((tail) => withSignature(`${signature}${tail}`)),
		fc.string({ minLength: 1, maxLength: 8 }).map((head) => withSignature(`${head}${signature}`)),
		fc
			.constantFrom(', ', ',', ' ', '\n', ';')
			.map((join) => withSignature(signature + join + signature)),
		fc
			.constantFrom([signature], [signature, signature], { toString: () => signature }, null, 0)
			.map(withSignature),
		fc.constantFrom(undefined, '').map(withSignature),
		fc
			.string({ minLength: 1, maxLength: 40 })
			.filter((secret) => secret !== SECRET)
			.map((secret) => withSignature(sign(rawBody, timestamp, secret))),
		// A body that was changed on its way.
		fc.uint8Array({ minLength: 1, maxLength: 8 }).map((tail) => ({
			...true_,
			rawBody: Buffer.concat([rawBody, Buffer.from(tail)]),
		})),
		fc.nat().map((position) => {
			if (rawBody.length === 0) return { ...true_, rawBody: Buffer.from([0]) };
			const changed = Buffer.from(rawBody);
			const index = position % changed.length;
			changed[index] = (changed[index] ?? 0) ^ 1;
			return { ...true_, rawBody: changed };
		}),
		fc.constantFrom<unknown>(undefined, null, rawBody.toString(), [...rawBody]).map((body) => ({
			...true_,
			rawBody: body,
		})),
		// A call that somebody sends again, at another time.
		fc
			.integer({ min: 1, max: 700 })
			.map((shift) => ({ ...true_, timestamp: String(Number(timestamp) + shift) })),
		// Properly signed, but at no time that counts.
		fc
			.oneof(fc.integer({ min: 301, max: 2 ** 31 }), fc.integer({ min: -NOW_S + 1, max: -301 }))
			.map((skew) => resigned(String(NOW_S + skew))),
		fc
			.constantFrom('.0', '.25', ' ', '\n', 'e0', ', ', `, ${timestamp}`, 'n')
			.map((tail) => resigned(timestamp + tail)),
		fc.constantFrom('+', '-', '0', ' ', '0x').map((head) => resigned(head + timestamp)),
		fc
			.constantFrom([timestamp], Number(timestamp), new Date(NOW), null, undefined, NaN)
			.map((value) => ({
				...true_,
				timestamp: value,
			})),
		fc
			.string({ maxLength: 12 })
			.filter((text) => !/^[1-9]\d{9}$/.test(text))
			.map(resigned),
	);
});

const junkValue = fc.oneof(
	fc.anything({ withBigInt: true, withNullPrototype: true, withTypedArray: true }),
	fc.string({ unit: 'binary' }),
);
const junk: fc.Arbitrary<WebhookCall> = fc.record({
	rawBody: fc.oneof(
		junkValue,
		fc.uint8Array().map((bytes) => Buffer.from(bytes)),
	),
	signature: fc.oneof(
		junkValue,
		fc
			.array(fc.constantFrom(...HEX), { minLength: 64, maxLength: 64 })
			.map((digits) => `sha256=${digits.join('')}`),
	),
	timestamp: fc.oneof(
		junkValue,
		fc.integer({ min: -400, max: 400 }).map((skew) => String(NOW_S + skew)),
	),
});

const malformedCall: fc.Arbitrary<[WebhookCall, VerifyOptions]> = fc
	.tuple(fc.oneof({ arbitrary: spoilt, weight: 4 }, junk), fc.boolean(), fc.boolean())
	.map(([malformed, acceptUnsigned, withoutSecret]) => {
		const isUnsigned = malformed.signature === undefined || malformed.signature === '';
		return [
			malformed,
			{
				secret: withoutSecret ? '' : SECRET,
				acceptUnsigned: acceptUnsigned && !isUnsigned,
				now: NOW,
			},
		];
	});
