import type { ByteReader } from '../../files/bytes';
import type { OggCodec } from '../../files/ogg/codecs';
import type { OggPacket } from '../../files/ogg/walk';
import { OggWalk } from '../../files/ogg/walk';
import type { Block, RawBlock } from '../block';
import { joinBlocks, partOf } from '../block';
import { FlacPackets } from './flac';
import { OpusPackets } from './opus';
import { VorbisPackets } from './vorbis';

/** Decodes the packets of one stream inside Ogg. */
export interface PacketDecoder {
	/** As many samples as the packets add; what cannot be decoded is silence. */
	decode(packets: OggPacket[]): Promise<Block>;
	close(): void;
}

/** Packets that are decoded at once: a page may have those of a quarter of a minute. */
const BATCH = 16;

/** The samples of a sound inside Ogg: Vorbis, Opus or FLAC, several streams one after another. */
export async function* decodeOgg(bytes: ByteReader): AsyncGenerator<RawBlock> {
	const walk = new OggWalk(bytes);
	let stream: { codec: OggCodec; decoder: PacketDecoder } | undefined;
	try {
		for (;;) {
			const page = await walk.next();
			if (page === undefined) return;
			const { codec, packets, from, to } = page;
			if (stream?.codec !== codec) {
				stream?.decoder.close();
				stream = { codec, decoder: decoderOf(codec) };
			}
			const blocks: Block[] = [];
			for (let at = 0; at < packets.length; at += BATCH) {
				blocks.push(await stream.decoder.decode(packets.slice(at, at + BATCH)));
			}
			if (to === from) continue;
			const samples = partOf(joinBlocks(blocks, codec.channels), from, to);
			yield { rate: codec.rate, samples, layout: codec.name === 'FLAC' ? 'wav' : 'vorbis' };
		}
	} finally {
		stream?.decoder.close();
	}
}

function decoderOf(codec: OggCodec): PacketDecoder {
	if (codec.name === 'Opus') return new OpusPackets(codec);
	return codec.name === 'Vorbis' ? new VorbisPackets(codec) : new FlacPackets(codec);
}
