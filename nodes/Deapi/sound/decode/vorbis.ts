import { OggVorbisDecoder } from '@wasm-audio-decoders/ogg-vorbis';
import { codecFrames, data, header, isLastPage, vorbisSetup } from 'codec-parser';
import type { OggPage } from 'codec-parser';
import { inSlices } from '../slices';
import type { OggCodec } from '../../files/ogg/codecs';
import type { OggPacket } from '../../files/ogg/walk';
import type { Block } from '../block';
import { fitted, silence } from '../block';
import type { PacketDecoder } from './ogg';

/** The first byte of the packet with the codebooks (Vorbis I, section 4.2.1). */
const SETUP = 5;

/**
 * Decodes Vorbis. The library takes pages as its own parser makes them, whose fields it names; here they are
 * made of the packets that were found already.
 */
export class VorbisPackets implements PacketDecoder {
	private decoder: OggVorbisDecoder | undefined;
	private setup: Buffer | undefined;

	constructor(private readonly codec: OggCodec) {}

	async decode(packets: OggPacket[]): Promise<Block> {
		const { channels } = this.codec;
		const samples = packets.reduce((sum, packet) => sum + (packet.samples ?? 0), 0);
		this.setup ??= packets.find(({ content }) => content[0] === SETUP)?.content;
		const sound = packets.flatMap((packet) =>
			packet.samples === undefined ? [] : [packet.content],
		);
		if (this.setup === undefined || sound.length === 0) return silence(channels, samples);
		const { setup } = this;
		const decoder = await this.open();
		const page = pageOf(
			[],
			sound.map((packet) => ({ [header]: { [vorbisSetup]: setup }, [data]: packet })),
		);
		const decoded = await inSlices(async () => await decoder.decodeOggPages([page])).catch(
			() => undefined,
		);
		return fitted(decoded?.channelData ?? [], channels, samples);
	}

	close(): void {
		this.decoder?.free();
		this.decoder = undefined;
	}

	private async open(): Promise<OggVorbisDecoder> {
		if (this.decoder === undefined) {
			this.decoder = new OggVorbisDecoder();
			await this.decoder.ready;
			await this.decoder.decodeOggPages([pageOf(this.codec.head, [])]);
		}
		return this.decoder;
	}
}

function pageOf(content: unknown, frames: unknown[]): OggPage {
	const page: unknown = { [data]: content, [codecFrames]: frames, [isLastPage]: false };
	return page as OggPage;
}
