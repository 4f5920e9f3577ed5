import type { ByteReader } from '../bytes';

const MARK = Buffer.from('OggS');
const HEADER_SIZE = 27;
/** Where the check sum stands, which is counted as 0. */
const SUM_AT = 22;
const CONTINUED = 1;
const BEGINS = 2;
const ENDS = 4;
/** How much is looked through at once for the next page, in bytes. */
const WINDOW = 64 * 1024;

/** A page of Ogg (RFC 3533). */
export interface OggPage {
	/** Whether it begins with the rest of a packet. */
	isContinued: boolean;
	isFirst: boolean;
	isLast: boolean;
	serial: number;
	/** Samples up to the end of the last packet that ends here, or -1 where none does. */
	position: number;
	/** The sizes of the parts that packets are made of: 255 where the next one belongs to it too. */
	parts: Buffer;
	body: Buffer;
}

/** So much of a file may be summed up in vain, in bytes, however often it looks like a page. */
const WASTE_AT_FIRST = 1024 * 1024;
/** And so much more with each of its bytes. */
const WASTE_PER_BYTE = 4;

/** Reads a file page by page. */
export class OggPages {
	/** Bytes that were summed up for nothing. */
	private wasted = 0;

	constructor(private readonly bytes: ByteReader) {}

	/**
	 * The next page. Passes over what is none, one that is cut off or has a wrong check sum among it:
	 * decoders do not play it either.
	 *
	 * @returns undefined at the end of the file
	 */
	async next(): Promise<OggPage | undefined> {
		for (;;) {
			const head = await this.bytes.peek(HEADER_SIZE);
			if (head.length < HEADER_SIZE) return undefined;
			const page = head.subarray(0, 4).equals(MARK) ? await readPage(this.bytes, head) : 1;
			if (typeof page === 'object') return page;
			this.wasted += page;
			const isTooMuch = this.wasted > WASTE_AT_FIRST + WASTE_PER_BYTE * this.bytes.position;
			// A page may begin inside of what only looked like one.
			await this.bytes.skip(isTooMuch ? page : 1);
			await this.toNextMark();
		}
	}

	private async toNextMark(): Promise<void> {
		const window = await this.bytes.peek(WINDOW);
		const found = window.indexOf(MARK);
		await this.bytes.skip(found === -1 ? Math.max(0, window.length - MARK.length + 1) : found);
	}
}

/** The page that begins here and goes on behind it, or the size in bytes of what only looks like one. */
async function readPage(bytes: ByteReader, head: Buffer): Promise<OggPage | number> {
	const headSize = HEADER_SIZE + (head[26] ?? 0);
	const parts = (await bytes.peek(headSize)).subarray(HEADER_SIZE);
	const size = parts.reduce((sum, part) => sum + part, headSize);
	const whole = await bytes.peek(size);
	if (whole.length < size || whole.readUInt32LE(SUM_AT) !== sumOf(whole)) {
		return Math.max(1, whole.length);
	}
	// What was seen lasts until the reader goes on.
	const page = Buffer.from(whole);
	await bytes.skip(size);
	const flags = page[5] ?? 0;
	return {
		isContinued: (flags & CONTINUED) !== 0,
		isFirst: (flags & BEGINS) !== 0,
		isLast: (flags & ENDS) !== 0,
		serial: page.readUInt32LE(14),
		position: Number(page.readBigInt64LE(6)),
		parts: page.subarray(HEADER_SIZE, headSize),
		body: page.subarray(headSize),
	};
}

/** By byte: polynomial 0x04c11db7 (RFC 3533, section 6). */
const SUMS = Uint32Array.from({ length: 256 }, (_, byte) => {
	let sum = byte << 24;
	for (let bit = 0; bit < 8; bit++) sum = sum < 0 ? (sum << 1) ^ 0x04c11db7 : sum << 1;
	return sum >>> 0;
});

function sumOf(page: Buffer): number {
	let sum = 0;
	for (let at = 0; at < page.length; at++) {
		const byte = at >= SUM_AT && at < SUM_AT + 4 ? 0 : (page[at] ?? 0);
		sum = (sum << 8) ^ (SUMS[(sum >>> 24) ^ byte] ?? 0);
	}
	return sum >>> 0;
}
