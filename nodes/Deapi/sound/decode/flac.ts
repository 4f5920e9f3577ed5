import { FLACDecoder } from '@wasm-audio-decoders/flac';
import { inSlices } from '../slices';
import type { ByteReader } from '../../files/bytes';
import type { StreamInfo } from '../../files/flac/frame';
import { crc16, readStreamInfo } from '../../files/flac/frame';
import type { FlacFrame } from '../../files/flac/walk';
import { FlacWalk } from '../../files/flac/walk';
import type { OggCodec } from '../../files/ogg/codecs';
import { FLAC_INFO_AT } from '../../files/ogg/codecs';
import type { OggPacket } from '../../files/ogg/walk';
import type { Block, RawBlock } from '../block';
import { fitted, joinBlocks, silence } from '../block';
import type { PacketDecoder } from './ogg';

/** The samples of a FLAC. */
export async function* decodeFlac(bytes: ByteReader): AsyncGenerator<RawBlock> {
	const walk = await FlacWalk.open(bytes);
	const frames = new FlacFrames();
	try {
		for (;;) {
			const frame = await walk.next();
			if (frame === undefined) return;
			yield await frames.decode(frame);
		}
	} finally {
		frames.close();
	}
}

/** Decodes frames of FLAC, wherever they come from. */
export class FlacFrames {
	private decoder: FLACDecoder | undefined;
	private info: StreamInfo | undefined;

	async decode({ info, samples, content }: FlacFrame): Promise<RawBlock> {
		const { rate, channels } = info;
		const block = content === undefined ? undefined : await this.samplesOf(info, content);
		const fitting = block ? fitted(block, channels, samples) : silence(channels, samples);
		return { rate, samples: fitting, layout: 'wav' };
	}

	close(): void {
		this.decoder?.free();
		this.decoder = undefined;
	}

	private async samplesOf(info: StreamInfo, content: Buffer): Promise<Block | undefined> {
		// Frames of another kind come from a file that was put behind the first.
		if (this.info !== info) this.close();
		this.info = info;
		try {
			const decoder = (this.decoder ??= await decoderFor(info));
			const decoded = await inSlices(async () => await decoder.decodeFrames([content]));
			return decoded.samplesDecoded === 0 ? undefined : decoded.channelData;
		} catch {
			// WebAssembly that stumbles over a damaged frame is not used again.
			this.decoder = undefined;
			return undefined;
		}
	}
}

async function decoderFor(info: StreamInfo): Promise<FLACDecoder> {
	const decoder = new FLACDecoder();
	await decoder.ready;
	// Frames may leave out what holds for all of them.
	await decoder.decodeFrames([startOf(info)]);
	return decoder;
}

/** Decodes FLAC inside Ogg, where each packet is a frame. */
export class FlacPackets implements PacketDecoder {
	private readonly frames = new FlacFrames();
	private readonly info: StreamInfo | undefined;

	constructor(private readonly codec: OggCodec) {
		this.info = readStreamInfo(codec.head.subarray(FLAC_INFO_AT));
	}

	async decode(packets: OggPacket[]): Promise<Block> {
		const blocks: Block[] = [];
		for (const { content, samples = 0 } of packets) {
			if (samples === 0 || this.info === undefined) continue;
			const isWhole = crc16(0, content, 0, content.length) === 0;
			const frame = { info: this.info, samples, content: isWhole ? content : undefined };
			blocks.push((await this.frames.decode(frame)).samples);
		}
		return joinBlocks(blocks, this.codec.channels);
	}

	close(): void {
		this.frames.close();
	}
}

/** The start of a FLAC file: the mark, and STREAMINFO as the last block before the frames. */
function startOf({ block }: StreamInfo): Buffer {
	return Buffer.concat([Buffer.from('fLaC\x80\0\0\x22', 'latin1'), block]);
}
