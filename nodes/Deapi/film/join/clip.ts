import { BufferSource, EncodedPacketSink, Input, MP4 } from 'mediabunny';
import type { EncodedPacket, InputAudioTrack, InputTrack, InputVideoTrack } from 'mediabunny';
import '../quiet';
import { Failure } from '../../engine/failure';
import { cannotJoin } from './failures';
import { findPictureEntry } from '../mp4/pictureEntry';
import type { PictureEntry } from '../mp4/pictureEntry';

/** A clip to be joined. */
export interface Clip {
	/**
	 * The file; it is asked for twice, so that one clip at a time is in memory. Its bytes need to last only
	 * until the next clip's are asked for.
	 *
	 * @param part `tables`: what lies behind the file's tables may be missing
	 */
	content(part: 'tables' | 'all'): Promise<Buffer>;
	/** Frames of its place in the film; without it the clip's own length. */
	frames?: number | undefined;
	/** How messages call it, at the start of a sentence. */
	label: string;
}

/** What the film's tables need to know about a packet. */
export interface PacketFacts {
	/** Seconds, on the clip's own time line. */
	timestamp: number;
	/** Bytes. */
	size: number;
	isKey: boolean;
}

/** A clip's sound: AAC. */
export interface ClipSound {
	/** The AAC decoder's settings (AudioSpecificConfig). */
	config: Buffer;
	sampleRate: number;
	channels: number;
	/** Seconds that each packet lasts. */
	packetSeconds: number;
	packets: PacketFacts[];
}

export interface ClipFacts {
	pictures: PacketFacts[];
	/** How the pictures are encoded. */
	entry: PictureEntry;
	/** Degrees by which players turn the pictures, clockwise. */
	rotation: number;
	/** Undefined where the clip has none, or it was not asked for. */
	sound: ClipSound | undefined;
}

/** The packets themselves, in the order of their facts. */
export interface ClipPackets {
	pictures: Uint8Array[];
	sound: Uint8Array[];
}

/**
 * Reads what a clip is made of.
 *
 * @param withSound whether its sound is wanted
 * @throws {Failure} where it is no MP4, its pictures are not H.264, or its sound is not AAC
 */
export async function readClip(clip: Clip, withSound: boolean): Promise<ClipFacts> {
	return await withTracks(clip, 'tables', async (content, video, audio) => {
		const pictures = (await packetsOf(video, true)).map(toFacts);
		const entry = findPictureEntry(content);
		if (entry === undefined) throw cannotJoin(clip.label, 'its pictures are not H.264');
		if (pictures[0]?.isKey !== true) {
			throw cannotJoin(clip.label, 'it does not begin with a complete picture');
		}
		const sound = withSound && audio ? await readSound(clip, audio) : undefined;
		return { pictures, entry, rotation: await video.getRotation(), sound };
	});
}

/** Reads a clip's packets, views of its content; the arguments as for `readClip`. */
export async function readPackets(clip: Clip, withSound: boolean): Promise<ClipPackets> {
	return await withTracks(clip, 'all', async (_, video, audio) => ({
		pictures: (await packetsOf(video, false)).map(({ data }) => data),
		sound: withSound && audio ? (await packetsOf(audio, false)).map(({ data }) => data) : [],
	}));
}

async function withTracks<T>(
	clip: Clip,
	part: 'tables' | 'all',
	read: (content: Buffer, video: InputVideoTrack, audio: InputAudioTrack | null) => Promise<T>,
): Promise<T> {
	const content = await clip.content(part);
	const input = new Input({ source: new BufferSource(content), formats: [MP4] });
	try {
		if (!(await input.canRead())) throw cannotJoin(clip.label, 'it is not an MP4 file');
		const video = await readable(clip, input.getPrimaryVideoTrack());
		if (video === null) throw cannotJoin(clip.label, 'it has no pictures');
		if ((await video.getCodec()) !== 'avc') {
			throw cannotJoin(clip.label, 'its pictures are not H.264');
		}
		return await readable(clip, read(content, video, await input.getPrimaryAudioTrack()));
	} finally {
		input.dispose();
	}
}

/** Turns what the library says about a broken file into words. */
async function readable<T>(clip: Clip, reading: Promise<T>): Promise<T> {
	return await reading.catch((error: unknown) => {
		throw error instanceof Failure
			? error
			: cannotJoin(clip.label, 'its file is broken', { cause: error });
	});
}

async function readSound(clip: Clip, track: InputAudioTrack): Promise<ClipSound | undefined> {
	const config = await track.getDecoderConfig();
	if ((await track.getCodec()) !== 'aac' || !config?.description) {
		throw cannotJoin(clip.label, 'its sound is not AAC', {
			advice: 'Convert it, or choose another soundtrack.',
		});
	}
	const packets = await packetsOf(track, true);
	// The first and the last may be shortened.
	const middle = packets[packets.length >> 1];
	if (middle === undefined) return undefined;
	return {
		config: copyOf(config.description),
		sampleRate: config.sampleRate,
		channels: config.numberOfChannels,
		packetSeconds: middle.duration,
		packets: packets.map(toFacts),
	};
}

async function packetsOf(track: InputTrack, metadataOnly: boolean): Promise<EncodedPacket[]> {
	const sink = new EncodedPacketSink(track);
	const packets: EncodedPacket[] = [];
	let packet = await sink.getFirstPacket({ metadataOnly });
	while (packet) {
		packets.push(packet);
		packet = await sink.getNextPacket(packet, { metadataOnly });
	}
	return packets;
}

function toFacts({ timestamp, byteLength, type }: EncodedPacket): PacketFacts {
	return { timestamp, size: byteLength, isKey: type === 'key' };
}

/** A copy: a view of a few bytes would keep the whole clip in memory. */
function copyOf(bytes: ArrayBufferLike | ArrayBufferView): Buffer {
	return ArrayBuffer.isView(bytes)
		? Buffer.from(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
		: Buffer.from(new Uint8Array(bytes));
}
