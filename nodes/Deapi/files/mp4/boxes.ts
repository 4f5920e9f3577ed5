/** The boxes that an MP4 file is made of (ISO/IEC 14496-12). Numbers are big endian. */

export interface Box {
	type: string;
	/** With its head. */
	whole: Buffer;
	content: Buffer;
}

/** The size and the name of a box. */
export const HEAD_BYTES = 8;
/** Where the size is 1, a longer one follows. */
export const LONG_HEAD_BYTES = 16;

/** What a box's first bytes say. */
export interface BoxHead {
	type: string;
	/** Bytes of the head alone. */
	head: number;
	/** Bytes of the whole box; 0 for one that goes on to the end of the file. */
	size: number;
}

/** Reads the head of a box; undefined where there are too few bytes, or none begins there. */
export function boxHeadAt(bytes: Buffer, start: number): BoxHead | undefined {
	if (start + HEAD_BYTES > bytes.length) return undefined;
	const type = bytes.toString('latin1', start + 4, start + HEAD_BYTES);
	const short = bytes.readUInt32BE(start);
	if (short !== 1) {
		return short === 0 || short >= HEAD_BYTES ? { type, head: HEAD_BYTES, size: short } : undefined;
	}
	if (start + LONG_HEAD_BYTES > bytes.length) return undefined;
	const size = Number(bytes.readBigUInt64BE(start + HEAD_BYTES));
	return size >= LONG_HEAD_BYTES ? { type, head: LONG_HEAD_BYTES, size } : undefined;
}

/** The boxes in a content, as far as they are there. */
export function* boxesOf(bytes: Buffer): Generator<Box> {
	for (let start = 0; ;) {
		const found = boxHeadAt(bytes, start);
		if (found === undefined) return;
		const end = found.size === 0 ? bytes.length : start + found.size;
		const whole = bytes.subarray(start, end);
		yield { type: found.type, whole, content: whole.subarray(found.head) };
		start = end;
	}
}

/** All boxes at a path of names. */
export function findBoxes(bytes: Buffer, [type, ...path]: string[]): Box[] {
	const found = [...boxesOf(bytes)].filter((box) => box.type === type);
	if (path.length === 0) return found;
	return found.flatMap((box) => findBoxes(box.content, path));
}
