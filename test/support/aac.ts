/** Decodes AAC with FAAD2, a decoder that has nothing to do with the encoder. */
import { decoder } from '@audio/decode-aac';

/**
 * The samples of packets that follow each other, a row a channel.
 *
 * @param config the decoder's settings (AudioSpecificConfig)
 */
export async function decodeAac(config: Buffer, packets: Uint8Array[]): Promise<Float32Array[]> {
	const faad = await decoder({ asc: config });
	try {
		// FAAD2 keeps the first frame's samples to itself: the first packet is there once more.
		const [first] = packets;
		return faad.decode(first ? [first, ...packets] : []).channelData;
	} finally {
		faad.free();
	}
}
