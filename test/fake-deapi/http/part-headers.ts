/**
 * Collects the raw header lines of each multipart part. Busboy parses the body but keeps the lines
 * to itself, and a header that was injected or misspelt shows only in them.
 */
export class PartHeaders {
	/** One entry a part: its header lines, read as UTF-8. */
	readonly blocks: string[][] = [];

	private readonly delimiter: Buffer;

	private carry: Buffer;

	private state: 'body' | 'delimiter' | 'headers' | 'end' = 'body';

	/** @param boundary the boundary parameter of the request's Content-Type */
	constructor(boundary: string) {
		this.delimiter = Buffer.from(`\r\n--${boundary}`);
		// The first delimiter may stand at the very start, without a line break before it.
		this.carry = Buffer.from('\r\n');
	}

	/** @param chunk the next bytes of the body */
	push(chunk: Buffer): void {
		if (this.state === 'end') return;
		const data = Buffer.concat([this.carry, chunk]);
		let at = 0;
		for (;;) {
			const next = this.step(data, at);
			if (next === null) return;
			at = next;
		}
	}

	/** @returns where to go on, null when more bytes are needed or the last part is over */
	private step(data: Buffer, at: number): number | null {
		if (this.state === 'body') {
			const found = data.indexOf(this.delimiter, at);
			if (found < 0) {
				return this.wait(data.subarray(Math.max(at, data.length - this.delimiter.length + 1)));
			}
			this.state = 'delimiter';
			return found + this.delimiter.length;
		}
		if (this.state === 'delimiter') {
			if (data.length < at + 2) return this.wait(data.subarray(at));
			this.state = data.toString('latin1', at, at + 2) === '--' ? 'end' : 'headers';
			return this.state === 'end' ? null : at;
		}
		const end = data.indexOf('\r\n\r\n', at);
		if (end < 0) return this.wait(data.subarray(at));
		this.blocks.push(data.toString('utf8', at, end).split('\r\n').filter(Boolean));
		this.state = 'body';
		return end + 4;
	}

	private wait(rest: Buffer): null {
		this.carry = rest;
		return null;
	}
}

/**
 * @param lines a part's header lines
 * @param name the header wanted, in lower case
 * @returns its value, null where it is missing
 */
export function partHeader(lines: readonly string[], name: string): string | null {
	for (const line of lines) {
		const colon = line.indexOf(':');
		if (line.slice(0, colon).toLowerCase() === name) return line.slice(colon + 1).trim();
	}
	return null;
}
