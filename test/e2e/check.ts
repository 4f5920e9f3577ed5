import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';

/** Throws unless something holds; the message says what was expected. */
export function expect(holds: unknown, message: string): asserts holds {
	if (!holds) throw new Error(message);
}

export function expectEqual(actual: unknown, expected: unknown, what: string): void {
	expect(
		isDeepStrictEqual(actual, expected),
		`${what}: expected ${show(expected)}, got ${show(actual)}`,
	);
}

/** Expects an object to have these properties; it may have others. */
export function expectProperties(
	actual: Record<string, unknown> | undefined,
	expected: Record<string, unknown>,
	what: string,
): void {
	for (const [name, value] of Object.entries(expected)) {
		expectEqual(actual?.[name], value, `${what}, '${name}'`);
	}
}

export function expectBytes(actual: Buffer, expected: Buffer, what: string): void {
	expect(
		actual.equals(expected),
		`${what}: expected ${expected.length} bytes ${sha256(expected)}, got ${actual.length} bytes ${sha256(actual)}`,
	);
}

export function sha256(bytes: Buffer): string {
	return createHash('sha256').update(bytes).digest('hex');
}

export async function sha256OfFile(file: string): Promise<string> {
	return sha256(await readFile(file));
}

function show(value: unknown): string {
	if (value === undefined) return 'nothing';
	return JSON.stringify(value instanceof Set ? [...value] : value);
}
