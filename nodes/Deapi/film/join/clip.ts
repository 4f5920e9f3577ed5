import { BufferSource, EncodedPacketSink, Input, Logging, LogLevel, MP4 } from 'mediabunny';
import type { EncodedPacket, InputAudioTrack, InputTrack, InputVideoTrack } from 'mediabunny';
import { Failure } from '../../engine/failure';
import type { Mp4Fault } from '../../files/mp4/whole';
import { faultOf } from '../../files/mp4/whole';
import { editsOf } from '../mp4/edits';
import { cannotJoin } from './failures';
import { findPictureEntry } from '../mp4/pictureEntry';
import type { PictureEntry } from '../mp4/pictureEntry';

// What is unusual about a file is said in this package's own messages, and not on n8n's console.
Logging.level = LogLevel.Silent;

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
	/** How many frames it was to have, where that is not what its place has. */
	asked?: number | undefined;
	/** How messages call it, at the start of a sentence. */
	label: string;
	/** The job that made it, where that is known. */
	requestId?: string | undefined;
}

/** What the film's tables need to know about a packet. */
export interface PacketFacts {
	/** Seconds, on the clip's own time line. */
	timestamp: number;
	/** Seconds, as the file has it. */
	duration: number;
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
	/** The second of the clip's own time line at which its place in the film starts. */
	origin: number;
	/** Where an edit list ends it, in seconds of its own time line. */
	end: number | undefined;
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
		const { parts, end } = editsOf(content);
		refuseHidden(clip, pictures, parts);
		if (entry === undefined) throw cannotJoin(clip, 'its pictures are not H.264');
		if (pictures[0]?.isKey !== true) {
			throw cannotJoin(clip, 'it does not begin with a complete picture');
		}
		const sound = withSound && audio ? await readSound(clip, audio) : undefined;
		const rotation = await video.getRotation();
		return { pictures, entry, rotation, sound, origin: originOf(pictures, sound), end };
	});
}

const CUT_AS_IT_WAS =
	'Programs that cut without encoding leave pictures in the file and hide them. Cut the clip with encoding, e.g. in FFmpeg without "-c copy", or remove it.';

/** Pictures that an edit list hides are needed to decode the others: a film would show them. */
function refuseHidden(clip: Clip, pictures: PacketFacts[], parts: number): void {
	const hidden = pictures.filter(({ timestamp }) => timestamp < -NEGLIGIBLE_S).length;
	if (hidden === 0 && parts <= 1) return;
	const what = hidden === 1 ? 'picture' : `${hidden} pictures`;
	const reason =
		hidden === 0
			? `an edit list puts it together from ${parts} parts`
			: `its first ${what} ${hidden === 1 ? 'is' : 'are'} hidden by an edit list`;
	throw cannotJoin(clip, reason, { advice: CUT_AS_IT_WAS });
}

/** Less than the shortest tick that programs use, in seconds. */
const NEGLIGIBLE_S = 0.0005;
/** So much earlier than the pictures the sound may begin by what only prepares its decoder, in seconds. */
const PRIMING_S = 0.05;

/** Time lines need not begin at 0, and pictures may begin after the sound: both keep their distance. */
function originOf(pictures: PacketFacts[], sound: ClipSound | undefined): number {
	const shown = earliestOf(pictures);
	const heard = sound ? Math.max(0, earliestOf(sound.packets)) : shown;
	return shown - heard > PRIMING_S ? heard : shown;
}

function earliestOf(packets: PacketFacts[]): number {
	return packets.reduce((least, { timestamp }) => Math.min(least, timestamp), Infinity);
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
		const fault = part === 'all' ? faultOf(content) : undefined;
		if (fault !== undefined) throw broken(clip, fault);
		if (!(await input.canRead())) throw broken(clip, 'is not an MP4 file');
		const video = await readable(clip, input.getPrimaryVideoTrack());
		// Its index may be missing for one reason only.
		if (video === null) throw broken(clip, faultOf(content) ?? 'has no pictures');
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
			: cannotJoin(clip, 'its file is broken', { cause: error });
	});
}

function broken(clip: Clip, fault: Mp4Fault): Failure {
	const advice = 'The file is incomplete. Fetch it again, or remove it.';
	return cannotJoin(clip, `it ${fault}`, fault === 'is cut off' ? { advice } : {});
}

async function readSound(clip: Clip, track: InputAudioTrack): Promise<ClipSound | undefined> {
	const config = await track.getDecoderConfig();
	if ((await track.getCodec()) !== 'aac' || !config?.description) {
		throw cannotJoin(clip, 'its sound is not AAC', {
			always: "Set 'Soundtrack' to another one, or use clips with AAC sound.",
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
		packetSeconds: packetSecondsOf(middle.duration, config.sampleRate),
		packets: packets.map(toFacts),
	};
}

/** So many samples an AAC packet has, twice as many with SBR (ISO/IEC 14496-3). */
const PACKET_SAMPLES = [960, 1024, 1920, 2048];
/** More than a file rounds that counts in milliseconds. */
const ROUNDED = 0.05;

/** How long a packet truly is: some files count in ticks that are no part of a sample. */
function packetSecondsOf(seconds: number, sampleRate: number): number {
	const samples = seconds * sampleRate;
	const distance = (count: number) => Math.abs(count - samples);
	const [nearest = samples] = PACKET_SAMPLES.toSorted((a, b) => distance(a) - distance(b));
	return distance(nearest) <= ROUNDED * nearest ? nearest / sampleRate : seconds;
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

function toFacts({ timestamp, duration, byteLength, type }: EncodedPacket): PacketFacts {
	return { timestamp, duration, size: byteLength, isKey: type === 'key' };
}

/** A copy: a view of a few bytes would keep the whole clip in memory. */
function copyOf(bytes: ArrayBufferLike | ArrayBufferView): Buffer {
	return ArrayBuffer.isView(bytes)
		? Buffer.from(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
		: Buffer.from(new Uint8Array(bytes));
}
