/**
 * A buffer for one file at a time, used again for the next. A new buffer for each file makes n8n's process
 * collect garbage, which walks through its whole memory: with eighteen clips, read twice, that took longer
 * than all the rest.
 */
export class Scratch {
	private buffer = Buffer.alloc(0);

	/**
	 * Reads a content into the buffer.
	 *
	 * @param size bytes, as far as they are known: the buffer grows where there are more
	 * @param isEnough asked with all bytes so far; what is behind them is not read
	 * @returns the bytes, valid until the buffer is filled again
	 */
	async fill(
		content: AsyncIterable<Buffer>,
		size: number,
		isEnough: (bytes: Buffer) => boolean,
	): Promise<Buffer> {
		let length = 0;
		this.reserve(size, 0);
		for await (const part of content) {
			this.reserve(length + part.length, length);
			part.copy(this.buffer, length);
			length += part.length;
			if (isEnough(this.buffer.subarray(0, length))) break;
		}
		return this.buffer.subarray(0, length);
	}

	private reserve(size: number, used: number): void {
		if (size <= this.buffer.length) return;
		const buffer = Buffer.alloc(Math.max(size, 2 * used));
		this.buffer.copy(buffer, 0, 0, used);
		this.buffer = buffer;
	}
}
