import type { Clip, ClipFacts } from './clip';
import { cannotJoin } from './failures';
import type { Sample, Track } from '../mp4/samples';
import { lengthOf, nearestRate, placeFrames, Timeline } from './timeline';

/** A clip that was looked at. */
export interface KnownClip {
	clip: Clip;
	facts: ClipFacts;
}

/** A clip's place in the film. */
export interface Place {
	/** The first frame, and the first behind the place. */
	from: number;
	to: number;
}

/** For a clip of a single picture, whose rate nobody can tell. */
const FALLBACK_FPS = 24;

/**
 * One track can hold only pictures that are encoded in one way.
 *
 * @throws {Failure} that names the first clip that differs from the first
 */
export function checkAlike([first, ...others]: KnownClip[]): void {
	if (first === undefined) return;
	const { entry, rotation } = first.facts;
	const size = `${entry.width} × ${entry.height}`;
	for (const { clip, facts } of others) {
		const { width, height, settings } = facts.entry;
		const advice =
			'Make all clips of a film with the same model and size, or convert those that differ.';
		if (width !== entry.width || height !== entry.height) {
			const reason = `it has ${width} × ${height} pixels, and ${first.clip.label} has ${size}`;
			throw cannotJoin(clip.label, reason, { advice });
		}
		if (!settings.equals(entry.settings) || facts.rotation !== rotation) {
			const reason = `its pictures are encoded with other settings than those of ${first.clip.label}`;
			throw cannotJoin(clip.label, reason, { advice });
		}
	}
}

/** The film's rate where nobody gave one: that of its first clip. */
export function rateOf({ facts }: KnownClip): number {
	const { pictures } = facts;
	return pictures.length > 1 ? nearestRate(pictures.length / lengthOf(pictures)) : FALLBACK_FPS;
}

/** Puts the clips one behind the other: each as many frames as were asked for, else its own length. */
export function placeClips(clips: KnownClip[], fps: number): Place[] {
	let from = 0;
	return clips.map(({ clip, facts }) => {
		const own = facts.pictures.length > 1 ? Math.round(lengthOf(facts.pictures) * fps) : 1;
		const to = from + (clip.frames ?? Math.max(1, own));
		const place = { from, to };
		from = to;
		return place;
	});
}

/** The track of pictures; its samples lie in `byClip`, its chunks are still to come. */
export function createPictures(
	clips: KnownClip[],
	places: Place[],
	timeline: Timeline,
): { track: Track; byClip: Sample[][] } {
	const byClip = clips.map(({ facts: { pictures } }, index) => {
		const { from, to } = places[index] ?? { from: 0, to: 0 };
		const times = placeFrames(pictures, timeline, from, to - from);
		return pictures.map(({ size, isKey }, picture): Sample => {
			const { decode, show } = times[picture] ?? { decode: 0, show: 0 };
			return { size, isKey, decode, delay: show - decode };
		});
	});
	const samples = byClip.flat();
	// A picture that is shown before its turn in the file (B-frames) makes all others wait for it.
	const wait = samples.reduce((most, { delay }) => Math.max(most, -delay), 0);
	for (const sample of samples) sample.delay += wait;
	const end = timeline.tickOf(places.at(-1)?.to ?? 0);
	const { entry, rotation } = clips[0]?.facts ?? {};
	const track: Track = {
		timescale: timeline.timescale,
		samples,
		chunks: [],
		end,
		skipped: wait,
		shown: end,
		entry: entry?.box ?? Buffer.alloc(0),
		picture: { width: entry?.width ?? 0, height: entry?.height ?? 0, rotation: rotation ?? 0 },
	};
	return { track, byClip };
}
