import { fillSlots, silentPacket, slotAt } from './clipSound';
import type { Slot } from './clipSound';
import { cannotHaveSoundtrack, cannotJoin } from './failures';
import type { KnownClip } from './pictures';
import { framesOf } from './song';
import type { Song, SongFrame } from './song';
import type { Place } from './timeline';
import type { Sample, Track } from '../mp4/samples';
import { SOUND_KINDS, soundEntry } from '../mp4/soundEntry';
import { encodeAac, PACKET_SAMPLES } from '../../sound/encode/aac/encode';
import type { Measure } from '../../sound/measure';
import type { Sound } from '../../sound/open';
import { samplesOf } from '../../sound/pieces';
import { shaped } from '../../sound/shape';

/** Any sound, from a place on, that is made into what every player takes. */
export interface HeardSound {
	sound: Sound;
	/** What it was when it was read to its end. */
	measure: Measure;
	/** Where in it the film begins, in seconds. */
	from: number;
	/** So many seconds at its end get quieter, down to silence. */
	fadeOut: number;
}

/** The sound under the film: any sound as AAC, an MP3 as it is, the clips' own, or none. */
export type Soundtrack =
	| { kind: 'aac'; heard: HeardSound }
	| { kind: 'original'; song: Song }
	| { kind: 'clips' }
	| { kind: 'none' };

/** The sound of a film that is being put together. */
export interface SoundPlan {
	/** Its chunks are still to come. */
	track: Track;
	/** The samples in the place of each clip. */
	byClip: Sample[][];
	/** Starts giving out the packets, in the order of the samples. */
	open(): Promise<SoundPackets>;
}

export interface SoundPackets {
	/** @param clip the packets of the clip in whose place the sample lies */
	next(clip: readonly Uint8Array[]): Promise<Uint8Array | undefined>;
	close(): Promise<void>;
}

/**
 * Puts the soundtrack under the film.
 *
 * @param timescale ticks per second of the places
 * @returns undefined where the film has no sound
 * @throws {Failure} where an MP4 film cannot have that sound
 */
export async function planSound(
	soundtrack: Soundtrack,
	clips: KnownClip[],
	places: Place[],
	timescale: number,
): Promise<SoundPlan | undefined> {
	if (soundtrack.kind === 'none') return undefined;
	const ends = places.map(({ to }) => to / timescale);
	if (soundtrack.kind === 'clips') return planClipSound(clips, ends);
	if (soundtrack.kind === 'original') return await planSong(soundtrack.song, ends);
	return await planHeard(soundtrack.heard, ends);
}

/**
 * Encodes a sound for the whole film. Its packets stay in memory until the film is written, 24 kB for each
 * second: the film's head says how large they are, and to encode them takes far longer than all the rest.
 */
async function planHeard(
	{ sound, measure, from, fadeOut }: HeardSound,
	ends: number[],
): Promise<SoundPlan> {
	const { rate, channels } = measure;
	const to = ends.at(-1) ?? 0;
	const shape = {
		samples: Math.round(to * rate),
		fadeOut: Math.round(fadeOut * rate),
		heard: measure.samples - Math.round(from * rate),
	};
	const read = samplesOf(sound, measure, { from, to: from + to });
	const { config, packets } = await encodeAac(shaped(read, channels, shape), rate, channels);
	const byClip = ends.map((): Sample[] => []);
	let clip = 0;
	const samples = packets.map((packet, index): Sample => {
		const sample = { size: packet.length, decode: index * PACKET_SAMPLES, delay: 0, isKey: true };
		while (clip < ends.length - 1 && sample.decode / rate >= (ends[clip] ?? 0)) clip++;
		byClip[clip]?.push(sample);
		return sample;
	});
	const entry = soundEntry(SOUND_KINDS.aac, { sampleRate: rate, channels }, config);
	const track = trackOf(rate, samples, shape.samples, entry);
	return { track, byClip, open: async () => await Promise.resolve(packetsOf(packets)) };
}

function packetsOf(packets: Buffer[]): SoundPackets {
	const rest = packets.values();
	return {
		next: async () => await Promise.resolve(rest.next().value),
		close: async () => {},
	};
}

/** @param ends where the clips' places end, in seconds */
async function planSong(song: Song, ends: number[]): Promise<SoundPlan> {
	const samples: Sample[] = [];
	const byClip = ends.map((): Sample[] => []);
	let first: SongFrame | undefined;
	let end = 0;
	let clip = 0;
	for await (const next of framesOf(song)) {
		const { frame, content, at } = next;
		first ??= next;
		while (clip < ends.length && at / frame.rate >= (ends[clip] ?? 0)) clip++;
		if (clip === ends.length) break;
		const sample = { size: content.length, decode: end, delay: 0, isKey: true };
		end += frame.samples;
		samples.push(sample);
		byClip[clip]?.push(sample);
	}
	if (first === undefined) {
		throw cannotHaveSoundtrack('There is nothing to hear in the sound', 'Use another sound.');
	}
	const { rate, isMono } = first.frame;
	const kind = rate > 24_000 ? SOUND_KINDS.mp3 : SOUND_KINDS.mp3LowRate;
	const entry = soundEntry(kind, { sampleRate: rate, channels: isMono ? 1 : 2 });
	const track = trackOf(rate, samples, end, entry);
	// As it is means all of it: what only prepares the decoder is there, and is not heard.
	if (first.at < 0) track.skipped = -first.at;
	return { track, byClip, open: async () => await Promise.resolve(packetsOfSong(framesOf(song))) };
}

/** A track whose chunks are still to come; times are in samples of the sound. */
function trackOf(timescale: number, samples: Sample[], end: number, entry: Track['entry']): Track {
	return { timescale, samples, chunks: [], end, entry };
}

function packetsOfSong(frames: AsyncGenerator<SongFrame>): SoundPackets {
	return {
		next: async () => {
			const { done, value } = await frames.next();
			return done === true ? undefined : value.content;
		},
		close: async () => void (await frames.return(undefined)),
	};
}

/** A clip that is made again is likely to have the same kind of sound. */
const OTHER_SOUND = "Set 'Soundtrack' to another one.";

function planClipSound(clips: KnownClip[], ends: number[]): SoundPlan | undefined {
	const [first] = clips.flatMap(({ clip, facts: { sound } }) => (sound ? [{ clip, sound }] : []));
	if (first === undefined) return undefined;
	const { config, sampleRate, channels, packetSeconds } = first.sound;
	const ticks = Math.round(packetSeconds * sampleRate);
	const slotSeconds = ticks / sampleRate;
	const silence = silentPacket(config);
	const slots = clips.map(({ clip, facts: { sound, origin } }, index) => {
		if (sound && !sound.config.equals(config)) {
			throw cannotJoin(clip, `its sound is encoded differently from that of ${first.clip.label}`, {
				always: OTHER_SOUND,
			});
		}
		const start = ends[index - 1] ?? 0;
		const from = slotAt(start, slotSeconds);
		const to = slotAt(ends[index] ?? 0, slotSeconds);
		const filled = fillSlots(sound, slotSeconds, start - origin, [from, to], silence?.length ?? 0);
		if (silence === undefined && filled.some(({ packet }) => packet === undefined)) {
			throw cannotJoin(clip, 'it has less sound than pictures, with more than two channels', {
				advice: 'Convert the clips to stereo, or choose another soundtrack.',
			});
		}
		return filled;
	});
	let count = 0;
	const byClip = slots.map((row) =>
		row.map(({ size }): Sample => ({ size, decode: count++ * ticks, delay: 0, isKey: true })),
	);
	const end = count * ticks;
	const entry = soundEntry(SOUND_KINDS.aac, { sampleRate, channels }, config);
	const samples = byClip.flat();
	const track = trackOf(sampleRate, samples, end, entry);
	return { track, byClip, open: async () => packetsOfSlots(slots.flat(), silence) };
}

function packetsOfSlots(slots: Slot[], silence: Buffer | undefined): SoundPackets {
	const rest = slots.values();
	return {
		next: async (clip) => {
			const slot = rest.next().value;
			return slot?.packet === undefined ? silence : clip[slot.packet];
		},
		close: async () => {},
	};
}
