/**
 * A sound inside Ogg is as long as its packets, less what its codec does not play at the start and
 * what the last page cuts off. Positions alone would not do: a recording of a broadcast does not begin
 * at 0, and where files were put one behind the other, each begins anew.
 */
import type { ByteReader } from '../bytes';
import { PACKET_END, PACKET_START, readOggCodec, type OggCodec } from './oggCodecs';
import { unreadable, unsupportedCodec } from './unreadable';

const MARK = Buffer.from('OggS');
const HEADER_SIZE = 27;
const BEGINS = 2;
const ENDS = 4;
/** How much is looked through at once for the next page, in bytes. */
const WINDOW = 64 * 1024;

interface Page {
	isFirst: boolean;
	isLast: boolean;
	serial: number;
	/** Samples up to the end of the last packet that ends here, or -1 where none does. */
	position: number;
	/** The sizes of the parts that packets are made of: 255 where the next one belongs to it too. */
	parts: Buffer;
	body: Buffer;
}

/** One stream of sound; a file may have several, one behind the other. */
class Link {
	private samples = 0;
	private position: number | undefined;
	private start = Buffer.alloc(0);
	private end = Buffer.alloc(0);
	hasSound = false;

	constructor(
		readonly serial: number,
		private readonly codec: OggCodec,
	) {}

	get seconds(): number {
		const played = Math.max(0, this.samples - this.codec.preSkip);
		return this.codec.rate > 0 ? played / this.codec.rate : 0;
	}

	add(page: Page): void {
		let samples = 0;
		let at = 0;
		for (const size of page.parts) {
			const part = page.body.subarray(at, at + size);
			at += size;
			this.start =
				this.start.length < PACKET_START ? Buffer.concat([this.start, part]) : this.start;
			this.end = Buffer.concat([this.end, part]).subarray(-PACKET_END);
			if (size === 255) continue;
			samples += this.codec.samplesOf(this.start, this.end);
			this.start = Buffer.alloc(0);
			this.end = Buffer.alloc(0);
		}
		if (samples > 0) this.hasSound = true;
		if (page.position >= 0) {
			// Only the last page may end before its packets do.
			const room = page.position - (this.position ?? 0);
			if (page.isLast) samples = Math.min(samples, Math.max(0, room));
			this.position = page.position;
		}
		this.samples += samples;
	}
}

/**
 * The length of a sound inside Ogg in seconds: Vorbis, Opus or FLAC.
 *
 * @throws {Failure} where no sound is found, or one in another codec
 */
export async function readOggLength(bytes: ByteReader): Promise<number> {
	const links: Link[] = [];
	let unsupported: string | undefined;
	for (;;) {
		const page = await nextPage(bytes);
		if (page === 'end') break;
		if (page === undefined) continue;
		let link = links.at(-1);
		// Streams that begin together are played together: the first counts.
		if (page.isFirst && (link === undefined || link.hasSound)) {
			const codec = readOggCodec(page.body);
			if (codec && 'name' in codec) unsupported ??= codec.name;
			if (codec && 'samplesOf' in codec) links.push((link = new Link(page.serial, codec)));
		}
		if (link?.serial === page.serial) link.add(page);
	}
	if (links.length > 0) return links.reduce((sum, { seconds }) => sum + seconds, 0);
	throw unsupported === undefined ? unreadable() : unsupportedCodec('OGG', unsupported);
}

/** The page that stands here, or undefined after going on by what is none. */
async function nextPage(bytes: ByteReader): Promise<Page | 'end' | undefined> {
	const head = await bytes.peek(HEADER_SIZE);
	if (head.length < HEADER_SIZE) return 'end';
	if (!head.subarray(0, 4).equals(MARK)) {
		const window = await bytes.peek(WINDOW);
		const found = window.indexOf(MARK);
		await bytes.skip(found === -1 ? window.length - MARK.length + 1 : found);
		return undefined;
	}
	const flags = head[5] ?? 0;
	const facts = {
		isFirst: (flags & BEGINS) !== 0,
		isLast: (flags & ENDS) !== 0,
		serial: head.readUInt32LE(14),
		position: Number(head.readBigInt64LE(6)),
	};
	const count = head[26] ?? 0;
	const headSize = HEADER_SIZE + count;
	const parts = Buffer.from((await bytes.peek(headSize)).subarray(HEADER_SIZE));
	const bodySize = parts.reduce((sum, size) => sum + size, 0);
	const whole = await bytes.take(headSize + bodySize);
	// A page whose end is missing is not played.
	if (whole.length < headSize + bodySize) return 'end';
	return { ...facts, parts, body: whole.subarray(headSize) };
}
