/** A value that has to be a text, as one: an item's JSON and a node's parameters may hold anything. */
export function asText(value: unknown): string {
	if (typeof value !== 'string') throw new Error(`No text: ${JSON.stringify(value)}`);
	return value;
}
