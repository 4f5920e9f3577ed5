import { partsOf } from '../sound';

/** Bytes in the parts in which they came: most go on as they are, and need not be copied first. */
class Bytes {
	readonly parts: Buffer[] = [];

	length = 0;

	add(part: Buffer): void {
		this.parts.push(part);
		this.length += part.length;
	}

	join(): Buffer {
		return Buffer.concat(this.parts);
	}
}

/** Reads a content forwards, so many bytes at a time. */
export class ByteReader {
	/** Bytes that were read or passed over. */
	position = 0;

	private readonly parts: AsyncGenerator<Buffer, undefined>;

	private rest: Buffer = Buffer.alloc(0);

	constructor(content: Buffer | AsyncIterable<Buffer>) {
		this.parts = partsOf(content);
	}

	/** The next bytes; fewer where the content ends before. */
	async read(count: number): Promise<Bytes> {
		const bytes = new Bytes();
		await this.advance(count, (part) => bytes.add(part));
		return bytes;
	}

	async skip(count: number): Promise<void> {
		await this.advance(count, () => {});
	}

	/** Closes the content where it is a stream. */
	async close(): Promise<void> {
		await this.parts.return(undefined);
	}

	private async advance(count: number, use: (part: Buffer) => void): Promise<void> {
		let missing = count;
		while (missing > 0) {
			if (this.rest.length === 0) {
				const { done, value } = await this.parts.next();
				if (done) return;
				this.rest = value;
			}
			const part = this.rest.subarray(0, missing);
			this.rest = this.rest.subarray(part.length);
			this.position += part.length;
			missing -= part.length;
			use(part);
		}
	}
}
