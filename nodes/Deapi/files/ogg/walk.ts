/**
 * A sound inside Ogg is as long as its packets, less what its codec does not play at the start and what the
 * last page cuts off. Positions alone would not do: a recording of a broadcast does not begin at 0, and
 * where files were put one behind the other, each begins anew.
 */
import type { ByteReader } from '../bytes';
import { unreadable, unsupportedCodec } from '../length/unreadable';
import type { OggCodec } from './codecs';
import { readOggCodec } from './codecs';
import type { OggPage } from './pages';
import { OggPages } from './pages';

/** What a page adds to the sound. */
export interface OggSound {
	/** The same object for all pages of one stream; a file may have several, one behind the other. */
	codec: OggCodec;
	/** In their order, headers included. */
	packets: OggPacket[];
	/** Samples that decoding them gives, and how many of these are played: from `from` on, up to `to`. */
	samples: number;
	from: number;
	to: number;
}

export interface OggPacket {
	content: Buffer;
	/** Samples that it adds; undefined for a header. */
	samples: number | undefined;
}

/** Packets of sound, and headers that decoders need, are smaller; of longer ones only so much is kept, in bytes. */
const KEPT_BYTES = 1024 * 1024;

/** One stream of sound, as far as it was read. */
class Stream {
	hasSound = false;

	private position = 0;
	private decoded = 0;
	/** The parts of a packet that goes on in the next page; undefined where its start was lost. */
	private open: Buffer[] | undefined = [];

	constructor(
		readonly serial: number,
		private readonly codec: OggCodec,
	) {}

	add(page: OggPage): OggSound {
		const { codec } = this;
		const packets = this.packetsOf(page).map((content) => ({
			content,
			samples: codec.samplesOf(content),
		}));
		const samples = packets.reduce((sum, packet) => sum + (packet.samples ?? 0), 0);
		if (samples > 0) this.hasSound = true;
		const from = Math.min(samples, Math.max(0, codec.preSkip - this.decoded));
		let to = samples;
		if (page.position >= 0) {
			// Only the last page may end before its packets do.
			if (page.isLast) to = Math.min(samples, Math.max(0, page.position - this.position));
			this.position = page.position;
		}
		this.decoded += samples;
		return { codec, packets, samples, from, to: Math.max(from, to) };
	}

	private packetsOf({ parts, body, isContinued }: OggPage): Buffer[] {
		const packets: Buffer[] = [];
		// Where a page is missing, a packet has lost its end or its start.
		if (!isContinued) this.open = [];
		else if (this.open?.length === 0) this.open = undefined;
		let at = 0;
		for (const size of parts) {
			this.keep(body.subarray(at, at + size));
			at += size;
			if (size === 255) continue;
			if (this.open !== undefined) packets.push(Buffer.concat(this.open));
			this.open = [];
		}
		return packets;
	}

	private keep(part: Buffer): void {
		const held = this.open?.reduce((sum, { length }) => sum + length, 0) ?? 0;
		if (held < KEPT_BYTES) this.open?.push(part);
	}
}

/** Walks through the sound of an Ogg file, page by page. */
export class OggWalk {
	private stream: Stream | undefined;
	private unsupported: string | undefined;

	private readonly pages: OggPages;

	constructor(bytes: ByteReader) {
		this.pages = new OggPages(bytes);
	}

	/**
	 * What the next page of the sound adds, or undefined at the end of the file.
	 *
	 * @throws {Failure} at the end of a file without a sound that is known here
	 */
	async next(): Promise<OggSound | undefined> {
		for (;;) {
			const page = await this.pages.next();
			if (page === undefined) {
				if (this.stream !== undefined) return undefined;
				throw this.unsupported === undefined
					? unreadable()
					: unsupportedCodec('OGG', this.unsupported);
			}
			if (page.isFirst) this.begin(page);
			if (this.stream?.serial === page.serial) return this.stream.add(page);
		}
	}

	/** Streams that begin together are played together: the first counts. */
	private begin({ serial, body }: OggPage): void {
		if (this.stream !== undefined && !this.stream.hasSound) return;
		const codec = readOggCodec(body);
		if (codec === undefined) return;
		if ('unknown' in codec) this.unsupported ??= codec.unknown;
		else this.stream = new Stream(serial, codec);
	}
}
