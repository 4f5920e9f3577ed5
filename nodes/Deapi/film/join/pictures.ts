import type { Clip, ClipFacts } from './clip';
import { cannotJoin, notAsAsked } from './failures';
import type { Sample, Track } from '../mp4/samples';
import type { Place } from './timeline';
import { isAtRate, lengthOf, nearestRate, placeFrames, Timeline } from './timeline';

/** A clip that was looked at. */
export interface KnownClip {
	clip: Clip;
	facts: ClipFacts;
}

/** For a clip of a single picture, whose rate nobody can tell. */
const FALLBACK_FPS = 24;

/**
 * One track can hold only pictures that are encoded in one way.
 *
 * @param first the film's first clip
 * @throws {Failure} that names the other clip where it differs
 */
export function checkAlike(first: KnownClip, { clip, facts }: KnownClip): void {
	const { entry, rotation } = first.facts;
	const { width, height, settings } = facts.entry;
	const advice =
		'Make all clips of a film with the same model and size, or convert those that differ.';
	if (width !== entry.width || height !== entry.height) {
		const reason = `it is ${width} × ${height} pixels, and ${inText(first.clip.label)} is ${entry.width} × ${entry.height}`;
		throw cannotJoin(clip, reason, { advice });
	}
	if (!settings.equals(entry.settings) || facts.rotation !== rotation) {
		const reason = `its pictures are encoded with different settings from those of ${inText(first.clip.label)}`;
		throw cannotJoin(clip, reason, { advice });
	}
}

/** A label inside a sentence. */
const inText = (label: string) => label.replace(/^The /, 'the ');

/** Models that make frames in groups make groups of this size; so far a clip may be off. */
const GROUP = 8;

/**
 * A clip that is far from what was asked for shows something else than the sound under it.
 *
 * @throws {Failure} that names it
 */
export function checkLength({ clip, facts }: KnownClip): void {
	const received = facts.pictures.length;
	const asked = clip.asked ?? clip.frames ?? received;
	if (Math.abs(received - asked) > GROUP) throw notAsAsked(clip, received, asked);
}

/** The film's rate where nobody gave one: that of its first clip. */
export function rateOf({ facts }: KnownClip): number {
	const { pictures } = facts;
	return pictures.length > 1 ? nearestRate(pictures.length / lengthOf(pictures)) : FALLBACK_FPS;
}

/** Puts the clips one behind the other: each as many frames as its place has, else its own length. */
export function placeClips(clips: KnownClip[], timeline: Timeline): Place[] {
	// With parts of a tick: what is rounded must not add up.
	let end = 0;
	return clips.map((known) => {
		const { frames } = known.clip;
		const from = Math.round(end);
		end +=
			frames === undefined
				? Math.max(1, ownTicks(known, timeline))
				: (frames * timeline.timescale) / timeline.fps;
		return { from, to: Math.round(end) };
	});
}

function ownTicks({ facts }: KnownClip, { fps, timescale }: Timeline): number {
	const { pictures, origin, end = Infinity } = facts;
	const shown = timesOf(facts);
	const late = (shown[0] ?? origin) - origin;
	const own = isAtRate(shown, fps) ? shown.length / fps : lengthOf(pictures);
	// Edit lists count in milliseconds.
	const isCut = end - origin < late + own - 0.5 / fps;
	return Math.round((isCut ? end - origin : late + own) * timescale);
}

/** Whether all pictures of a film follow each other at its rate. */
export function isOfOneRate(clips: KnownClip[], fps: number): boolean {
	return clips.every(({ facts }) => isAtRate(timesOf(facts), fps));
}

function timesOf({ pictures }: ClipFacts): number[] {
	return pictures.map(({ timestamp }) => timestamp).sort((one, other) => one - other);
}

/** The track of pictures; its samples lie in `byClip`, its chunks are still to come. */
export function createPictures(
	clips: KnownClip[],
	places: Place[],
	timeline: Timeline,
): { track: Track; byClip: Sample[][] } {
	const byClip = clips.map(({ facts: { pictures, origin } }, index) => {
		const times = placeFrames(pictures, timeline, places[index] ?? { from: 0, to: 0 }, origin);
		return pictures.map(({ size, isKey }, picture): Sample => {
			const { decode, show } = times[picture] ?? { decode: 0, show: 0 };
			return { size, isKey, decode, delay: show - decode };
		});
	});
	const { entry, rotation } = clips[0]?.facts ?? {};
	const track: Track = {
		timescale: timeline.timescale,
		samples: byClip.flat(),
		chunks: [],
		end: places.at(-1)?.to ?? 0,
		entry: entry?.box ?? Buffer.alloc(0),
		picture: { width: entry?.width ?? 0, height: entry?.height ?? 0, rotation: rotation ?? 0 },
	};
	return { track, byClip };
}
