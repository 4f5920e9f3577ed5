/**
 * Room for one file at a time. Every file that is read into new room costs n8n's process a walk through
 * its whole memory now and then, to find what has become free: with eighteen clips, read twice, that took
 * longer than all the rest.
 */
export class Scratch {
	private room = Buffer.alloc(0);

	/**
	 * Reads a content into the room.
	 *
	 * @param size bytes, as far as they are known: the room grows where there are more
	 * @param isEnough asked with all bytes so far; what is behind them is not read
	 * @returns the bytes, valid until the room is filled again
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
			part.copy(this.room, length);
			length += part.length;
			if (isEnough(this.room.subarray(0, length))) break;
		}
		return this.room.subarray(0, length);
	}

	private reserve(size: number, used: number): void {
		if (size <= this.room.length) return;
		const room = Buffer.alloc(Math.max(size, 2 * used));
		this.room.copy(room, 0, 0, used);
		this.room = room;
	}
}
