import { box, fullBox, u16, u32 } from '../mp4/boxes';

/** What MP4 calls the kinds of sound that a film can have (ISO/IEC 14496-1, objectTypeIndication). */
export const SOUND_KINDS = { aac: 0x40, mp3: 0x6b, mp3LowRate: 0x69 };

/**
 * The entry that says how a track's sound is encoded.
 *
 * @param kind one of `SOUND_KINDS`
 * @param config the decoder's settings, where the kind has any
 */
export function soundEntry(
	kind: number,
	{ sampleRate, channels }: { sampleRate: number; channels: number },
	config: Buffer = Buffer.alloc(0),
): Buffer {
	const fields = Buffer.concat([
		u32(0),
		u16(0, 1), // reserved; the data lie in this file
		u32(0, 0),
		u16(channels, 16, 0, 0),
		// 16 bits before the point: rates above 65535 Hz do not fit, and decoders do not look here.
		u32(sampleRate > 0xffff ? 0 : sampleRate * 0x10000),
	]);
	return box('mp4a', fields, fullBox('esds', 0, streamDescriptor(kind, config)));
}

function streamDescriptor(kind: number, config: Buffer): Buffer {
	const decoder = Buffer.concat([
		Buffer.from([kind, 0x15]), // a sound stream
		Buffer.alloc(3),
		u32(0, 0), // bit rates: not known
		config.length > 0 ? descriptor(5, config) : config,
	]);
	return descriptor(
		3,
		Buffer.concat([
			u16(0),
			Buffer.alloc(1),
			descriptor(4, decoder),
			descriptor(6, Buffer.from([2])),
		]),
	);
}

function descriptor(tag: number, content: Buffer): Buffer {
	return Buffer.concat([Buffer.from([tag, content.length]), content]);
}
