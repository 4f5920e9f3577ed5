import { OpusDecoder } from 'opus-decoder';
import { inSlices } from '../slices';
import type { OggCodec } from '../../files/ogg/codecs';
import type { OggPacket } from '../../files/ogg/walk';
import type { Block } from '../block';
import { fitted, joinBlocks } from '../block';
import type { PacketDecoder } from './ogg';

/** Where the head says how loud the sound is to be played, in 256ths of a decibel (RFC 7845, section 5.1). */
const GAIN_AT = 16;
/** From here on it says how the channels lie in the packets, where they are more than two. */
const FAMILY_AT = 18;

/** Decodes Opus. */
export class OpusPackets implements PacketDecoder {
	private decoder: OpusDecoder | undefined;

	constructor(private readonly codec: OggCodec) {}

	async decode(packets: OggPacket[]): Promise<Block> {
		const { head, channels } = this.codec;
		if (this.decoder === undefined) {
			this.decoder = new OpusDecoder({ channels, ...mappingOf(head) });
			await this.decoder.ready;
		}
		const { decoder } = this;
		const gain = 10 ** (head.readInt16LE(GAIN_AT) / 256 / 20);
		return await inSlices(() => {
			const blocks = packets.map(({ content, samples = 0 }) =>
				fitted(samples === 0 ? [] : decodeOne(decoder, content), channels, samples),
			);
			return louder(joinBlocks(blocks, channels), gain);
		});
	}

	close(): void {
		this.decoder?.free();
		this.decoder = undefined;
	}
}

/** A packet that is no packet gives nothing. */
function decodeOne(decoder: OpusDecoder, packet: Buffer): Block {
	try {
		return decoder.decodeFrame(packet).channelData;
	} catch {
		return [];
	}
}

function mappingOf(head: Buffer) {
	if ((head[FAMILY_AT] ?? 0) === 0 || head.length <= FAMILY_AT + 3) return {};
	return {
		streamCount: head[FAMILY_AT + 1] ?? 1,
		coupledStreamCount: head[FAMILY_AT + 2] ?? 0,
		channelMappingTable: [...head.subarray(FAMILY_AT + 3)],
	};
}

function louder(block: Block, gain: number): Block {
	return gain === 1 ? block : block.map((row) => row.map((sample) => sample * gain));
}
