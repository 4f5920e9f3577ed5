import type { ClipSound, PacketFacts } from './clip';

/**
 * The clips' own sound in the film.
 *
 * Packets of AAC last a fixed time, and players want them without gaps. So the film's sound is a row of
 * slots of one packet each, and a clip's packets go into those that lie in its place. Each clip finds its
 * slots by the film's time line: half a packet (12 ms at 44.1 kHz) is the most that it can be off, however
 * many clips there are. Where a clip has no sound, its slots get silence.
 */
export interface Slot {
	/** Which packet of the clip, or undefined for silence. */
	packet: number | undefined;
	size: number;
}

/**
 * Finds what goes into the slots of a clip's place.
 *
 * @param sound undefined where the clip has none
 * @param slotSeconds how long a slot lasts
 * @param start where the clip's own time line begins in the film, in seconds
 * @param slots the first slot of the place, and the first behind it
 * @param silence size of a silent packet in bytes
 */
export function fillSlots(
	sound: ClipSound | undefined,
	slotSeconds: number,
	start: number,
	[from, to]: [from: number, to: number],
	silence: number,
): Slot[] {
	const filled = bySlot(sound?.packets ?? [], slotSeconds, start);
	return Array.from(
		{ length: to - from },
		(_, index) => filled.get(from + index) ?? { packet: undefined, size: silence },
	);
}

/** The slots whose middle lies before this time in the film, in seconds: the first that is not. */
export function slotAt(seconds: number, slotSeconds: number): number {
	return Math.round(seconds / slotSeconds);
}

function bySlot(packets: PacketFacts[], slotSeconds: number, start: number): Map<number, Slot> {
	const [{ timestamp: first } = { timestamp: 0 }] = packets;
	const base = slotAt(start + first, slotSeconds);
	return new Map(
		packets.map(({ timestamp, size }, packet) => [
			base + slotAt(timestamp - first, slotSeconds),
			{ packet, size },
		]),
	);
}

/** Object types of AAC whose core is the common one: LC, and HE with or without parametric stereo. */
const LC_OBJECT_TYPES = [2, 5, 29];

/**
 * A packet of AAC without sound for these decoder settings, by ISO/IEC 14496-3: one element per channel or
 * pair whose highest band is 0, then the end.
 *
 * @returns undefined for more than two channels
 */
export function silentPacket(config: Buffer): Buffer | undefined {
	const [first = 0, second = 0] = config;
	const objectType = first >> 3;
	const rateIndex = ((first & 7) << 1) | (second >> 7);
	const channels = (second >> 3) & 15;
	if (!LC_OBJECT_TYPES.includes(objectType) || rateIndex === 15) return undefined;
	if (channels === 1) return Buffer.from('00c800802380', 'hex');
	if (channels === 2) return Buffer.from('210049900219002380', 'hex');
	return undefined;
}
