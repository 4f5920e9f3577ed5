/**
 * Reads n8n's stored execution data, which is written in the "flatted" format: a JSON list of values, in
 * which every text inside an object or a list is the position of the value that stands there.
 */
export function readFlatted(text: string): unknown {
	const values = JSON.parse(text) as unknown[];
	const read = new Map<number, unknown>();

	const at = (position: number): unknown => {
		if (read.has(position)) return read.get(position);
		const value = values[position];
		if (typeof value !== 'object' || value === null) return value;
		// Noted before it is filled, because a value may hold itself.
		const result: Record<string, unknown> | unknown[] = Array.isArray(value) ? [] : {};
		read.set(position, result);
		for (const [key, entry] of Object.entries<unknown>({ ...value })) {
			Object.assign(result, { [key]: typeof entry === 'string' ? at(Number(entry)) : entry });
		}
		return result;
	};

	return at(0);
}
