/** The boxes of an MP4 file, by ISO/IEC 14496-12. Numbers are big endian. */

/** A box with its head. */
export function box(type: string, ...parts: Buffer[]): Buffer {
	const size = parts.reduce((sum, part) => sum + part.length, 8);
	return Buffer.concat([u32(size), ascii(type), ...parts], size);
}

/** A box with version and flags. */
export function fullBox(type: string, flags: number, ...parts: Buffer[]): Buffer {
	return box(type, u32(flags), ...parts);
}

export function ascii(text: string): Buffer {
	return Buffer.from(text, 'latin1');
}

export function u16(...values: number[]): Buffer {
	const bytes = Buffer.alloc(values.length * 2);
	for (const [index, value] of values.entries()) bytes.writeUInt16BE(value, index * 2);
	return bytes;
}

export function u32(...values: number[]): Buffer {
	return list32(values);
}

export function u64(...values: number[]): Buffer {
	return list64(values);
}

/** A list of any length: a function cannot take an hour of packets as its arguments. */
export function list32(values: readonly number[]): Buffer {
	const bytes = Buffer.alloc(values.length * 4);
	for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4);
	return bytes;
}

export function list64(values: readonly number[]): Buffer {
	const bytes = Buffer.alloc(values.length * 8);
	for (const [index, value] of values.entries()) bytes.writeBigUInt64BE(BigInt(value), index * 8);
	return bytes;
}

/** A table whose rows are equal for a while: a row a run, its length first. */
export function runs(values: number[]): Buffer {
	const rows: Array<[count: number, value: number]> = [];
	for (const value of values) {
		const last = rows.at(-1);
		if (last?.[1] === value) last[0]++;
		else rows.push([1, value]);
	}
	return Buffer.concat([u32(rows.length), list32(rows.flat())]);
}
