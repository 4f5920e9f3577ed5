import type { MediaType } from '../../files/kinds';
import { openSound } from '../sound';
import type { OpenSound, Sound } from '../sound';
import { fillSlots, LEAD_SLOTS, silentPacket, slotAt } from './clipSound';
import type { Slot } from './clipSound';
import { cannotHaveSoundtrack, cannotJoin } from './failures';
import type { KnownClip, Place } from './pictures';
import type { Sample, Track } from '../mp4/samples';
import { SOUND_KINDS, soundEntry } from '../mp4/soundEntry';

/** The sound under the film: a song as it is, the clips' own, or none. */
export type Soundtrack =
	{ kind: 'original'; sound: Sound; type: MediaType } | { kind: 'clips' } | { kind: 'none' };

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
 * @param fps pictures per second
 * @returns undefined where the film has no sound
 * @throws {Failure} where an MP4 film cannot have that sound
 */
export async function planSound(
	soundtrack: Soundtrack,
	clips: KnownClip[],
	places: Place[],
	fps: number,
): Promise<SoundPlan | undefined> {
	if (soundtrack.kind === 'none') return undefined;
	const ends = places.map(({ to }) => to / fps);
	if (soundtrack.kind === 'clips') return planClipSound(clips, ends);
	return await planSong(soundtrack.sound, soundtrack.type, ends);
}

/** @param ends where the clips' places end, in seconds */
async function planSong(sound: Sound, type: MediaType, ends: number[]): Promise<SoundPlan> {
	if (type.extension !== 'mp3') {
		throw cannotHaveSoundtrack(
			`An MP4 film that plays everywhere cannot have a ${type.name} sound as it is`,
			"Convert the sound to MP3, or choose the clips' own sound as the soundtrack.",
		);
	}
	const song = await openSound(sound, type);
	const { sampleRate, numberOfChannels: channels } = song.config;
	const samples: Sample[] = [];
	const byClip = ends.map((): Sample[] => []);
	const skipped = Math.round(song.delay * sampleRate);
	let end = 0;
	try {
		let clip = 0;
		for (;;) {
			const packet = await song.next();
			if (packet === undefined) break;
			const start = packet.timestamp - song.delay;
			while (clip < ends.length && start >= (ends[clip] ?? 0)) clip++;
			if (clip === ends.length) break;
			const sample = { size: packet.byteLength, decode: end, delay: 0, isKey: true };
			end += Math.round(packet.duration * sampleRate);
			samples.push(sample);
			byClip[clip]?.push(sample);
		}
	} finally {
		await song.close();
	}
	const kind = sampleRate > 24_000 ? SOUND_KINDS.mp3 : SOUND_KINDS.mp3LowRate;
	const entry = soundEntry(kind, { sampleRate, channels });
	const track = trackOf(sampleRate, samples, end, skipped, entry);
	return { track, byClip, open: async () => packetsOfSong(await openSound(sound, type)) };
}

/** A track whose chunks are still to come; times are in samples of the sound. */
function trackOf(
	timescale: number,
	samples: Sample[],
	end: number,
	skipped: number,
	entry: Track['entry'],
): Track {
	return { timescale, samples, chunks: [], end, skipped, shown: end - skipped, entry };
}

function packetsOfSong(song: OpenSound): SoundPackets {
	return {
		next: async () => (await song.next())?.data,
		close: async () => await song.close(),
	};
}

function planClipSound(clips: KnownClip[], ends: number[]): SoundPlan | undefined {
	const first = clips.find(({ facts }) => facts.sound);
	const model = first?.facts.sound;
	if (first === undefined || model === undefined) return undefined;
	const { config, sampleRate, channels } = model;
	const ticks = Math.round(model.packetSeconds * sampleRate);
	const slotSeconds = ticks / sampleRate;
	const silence = silentPacket(config);
	const slots = clips.map(({ clip, facts: { sound } }, index) => {
		if (sound && !(sound.config.equals(config) && sound.sampleRate === sampleRate)) {
			throw cannotJoin(
				clip.label,
				`its sound is encoded otherwise than that of ${first.clip.label}`,
				{
					advice: 'Convert it, or choose another soundtrack.',
				},
			);
		}
		const start = index === 0 ? 0 : (ends[index - 1] ?? 0);
		const from = index === 0 ? -LEAD_SLOTS : slotAt(start, slotSeconds);
		const to = slotAt(ends[index] ?? 0, slotSeconds);
		const filled = fillSlots(sound, slotSeconds, start, [from, to], silence?.length ?? 0);
		if (silence === undefined && filled.some(({ packet }) => packet === undefined)) {
			throw cannotJoin(clip.label, 'it has less sound than pictures, with more than two channels', {
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
	const skipped = LEAD_SLOTS * ticks;
	const entry = soundEntry(SOUND_KINDS.aac, { sampleRate, channels }, config);
	const samples = byClip.flat();
	const track = trackOf(sampleRate, samples, end, skipped, entry);
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
