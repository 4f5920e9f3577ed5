/**
 * Two files, or two rows of samples, are the same if their bytes are: jest would compare them number by number,
 * as properties of an object, which takes seconds for some megabytes. Where they differ, it does so still, to say how.
 */
function sameBytes(one, other) {
	if (!ArrayBuffer.isView(one) || !ArrayBuffer.isView(other)) return undefined;
	if (Object.getPrototypeOf(one) !== Object.getPrototypeOf(other)) return undefined;
	const [first, second] = [one, other].map(({ buffer, byteOffset, byteLength }) =>
		Buffer.from(buffer, byteOffset, byteLength),
	);
	return first.equals(second) ? true : undefined;
}

/** Files that run in the same environment share what `expect` knows. */
const ADDED = Symbol.for('deapi.sameBytes');

if (!globalThis[ADDED]) {
	globalThis[ADDED] = true;
	expect.addEqualityTesters([sameBytes]);
}
