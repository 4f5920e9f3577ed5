/** The user's options for waiting and for the result, whatever an expression has made of them. */
import { fieldName, readResultOptions } from '../../nodes/Deapi/result/options';
import type { Call } from '../../nodes/Deapi/engine/call';

/** Of a call, what is read here. */
const read = (options: object, waits?: unknown, byDefault?: boolean) => {
	const call: Pick<Call, 'options' | 'parameter'> = {
		options: { ...options },
		parameter: (_name, fallback) => waits ?? fallback,
	};
	return readResultOptions(call, byDefault);
};

test('without any, nobody waits; the file goes into the field data', () => {
	expect(read({})).toEqual({
		...{ waits: false, timeout: 600, pollInterval: 5, downloads: true, field: 'data' },
	});
});

test.each([
	[undefined, true, true],
	[undefined, false, false],
	[true, false, true],
	[false, true, false],
	['true', true, true],
	[' TRUE ', false, true],
	[1, false, true],
	['false', true, false],
])('waitForCompletion %j, by default %j: %j', (given, byDefault, expected) => {
	expect(read({}, given, byDefault).waits).toBe(expected);
});

test.each([
	[1, 1],
	['2.5', 2.5],
	[0, undefined],
	[-1, undefined],
	['soon', undefined],
	[null, undefined],
	[604_800, 604_800],
	[604_801, 604_800],
])('%j seconds are %j; nobody waits longer than a week', (given, expected) => {
	const { timeout, pollInterval } = read({ timeout: given, pollInterval: given });
	expect(timeout).toBe(expected ?? 600);
	expect(pollInterval).toBe(expected ?? 5);
});

test('only a false leaves the result where it is', () => {
	expect(read({ downloadResult: false }).downloads).toBe(false);
	for (const downloadResult of [true, null, 0]) {
		expect(read({ downloadResult }).downloads).toBe(true);
	}
});

test.each([
	['video', 'video'],
	[' video ', 'video'],
	['', 'data'],
	[' ', 'data'],
	[7, '7'],
	[null, 'data'],
	['__proto__', 'data'],
])('the binary field %j is %s', (given, expected) => {
	expect(fieldName(given)).toBe(expected);
	expect(read({ outputBinaryProperty: given }).field).toBe(expected);
});
