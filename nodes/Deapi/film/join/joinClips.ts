import { readClip, readPackets } from './clip';
import type { Clip, ClipFacts } from './clip';
import { cannotHaveSoundtrack, cannotJoin } from './failures';
import { createHead } from '../mp4/head';
import { interleave } from '../mp4/interleave';
import type { Step } from '../mp4/interleave';
import {
	checkAlike,
	checkLength,
	createPictures,
	isOfOneRate,
	placeClips,
	rateOf,
} from './pictures';
import type { KnownClip } from './pictures';
import { planSound } from './soundtrack';
import type { SoundPlan, Soundtrack } from './soundtrack';
import type { Place } from './timeline';
import { Timeline } from './timeline';

/** What a film is made of. */
export interface FilmParts {
	/** In the order in which they are shown. */
	clips: Clip[];
	/** Pictures per second; without it the rate of the first clip. */
	fps?: number | undefined;
	soundtrack: Soundtrack;
}

/** What a film is. */
export interface FilmFacts {
	frames: number;
	/** Pictures per second. */
	fps: number;
	/** Pixels. */
	width: number;
	height: number;
	/** Seconds, to the millisecond. */
	video_seconds: number;
	/** How many pictures each clip came with. */
	framesReceived: number[];
	/** By how many seconds the sound of each clip goes on behind its pictures: what is over is left out. */
	soundLeftOut: number[];
	/** Whether each clip has sound, where that is asked for. */
	hasSound: boolean[];
}

/** A film that is ready to be written. */
export interface Film {
	facts: FilmFacts;
	/** Bytes of the whole file. */
	size: number;
	/** The file from its start to its end; the clips are read again, one at a time. */
	content(): AsyncGenerator<Buffer>;
}

/**
 * Joins clips into one MP4 film. Pictures stay as they are encoded, and keep the time that they have in
 * their clip, so that picture and sound never drift. `moov` lies in front of the packets, and the file has no fragments.
 *
 * @throws {Failure} that names the clip which is no MP4 with H.264 pictures, or differs from the first, or
 * says why the film cannot have its soundtrack
 */
export async function joinClips({ clips, fps: wanted, soundtrack }: FilmParts): Promise<Film> {
	const withSound = soundtrack.kind === 'clips';
	const known: KnownClip[] = [];
	for (const clip of clips) {
		const latest = { clip, facts: await readClip(clip, withSound) };
		checkLength(latest);
		checkAlike(known[0] ?? latest, latest);
		known.push(latest);
	}
	const [first] = known;
	if (first === undefined) {
		throw cannotHaveSoundtrack('There are no clips to join', 'Give the node at least one clip.');
	}
	const timeline = new Timeline(wanted ?? rateOf(first));
	const places = placeClips(known, timeline);
	const pictures = createPictures(known, places, timeline);
	const sound = await planSound(soundtrack, known, places, timeline.timescale);
	const { steps, dataBytes } = interleave(pictures, sound);
	const tracks = sound ? [pictures.track, sound.track] : [pictures.track];
	const head = createHead(tracks, pictures.track.end, dataBytes);
	const seconds = pictures.track.end / timeline.timescale;
	const given = clips.every(({ frames }) => frames !== undefined);
	const frames = sumOf(known.map(({ clip, facts }) => clip.frames ?? facts.pictures.length));
	const { width, height } = first.facts.entry;
	return {
		facts: {
			frames,
			fps: round(given || isOfOneRate(known, timeline.fps) ? timeline.fps : frames / seconds),
			width,
			height,
			video_seconds: round(seconds),
			framesReceived: known.map(({ facts }) => facts.pictures.length),
			soundLeftOut: known.map(({ facts }, index) => leftOut(facts, places[index], timeline)),
			hasSound: known.map(({ facts }) => facts.sound !== undefined),
		},
		size: head.length + dataBytes,
		content: () => write(head, clips, steps, sound, withSound),
	};
}

async function* write(
	head: Buffer,
	clips: Clip[],
	steps: Step[][],
	sound: SoundPlan | undefined,
	withSound: boolean,
): AsyncGenerator<Buffer> {
	yield head;
	const soundPackets = await sound?.open();
	try {
		for (const [index, clip] of clips.entries()) {
			const packets = await readPackets(clip, withSound);
			const pictures = packets.pictures.values();
			for (const step of steps[index] ?? []) {
				const parts: Uint8Array[] = [];
				for (let count = 0; count < step.pictures; count++) {
					parts.push(pictures.next().value ?? Buffer.alloc(0));
				}
				for (let count = 0; count < step.sound; count++) {
					parts.push((await soundPackets?.next(packets.sound)) ?? Buffer.alloc(0));
				}
				const bytes = Buffer.concat(parts);
				// The film's head has gone out: what it says must be true.
				if (bytes.length !== step.size) {
					throw cannotJoin(clip, 'its file changed while the film was being made', {
						always: 'Run the node again.',
					});
				}
				yield bytes;
			}
		}
	} finally {
		await soundPackets?.close();
	}
}

/** A packet of sound more than pictures is how sound is cut, and nobody's loss. */
const TOLERANCE_S = 0.1;

function leftOut(
	{ sound, origin }: ClipFacts,
	place: Place | undefined,
	{ timescale }: Timeline,
): number {
	const last = sound?.packets.at(-1);
	if (sound === undefined || last === undefined || place === undefined) return 0;
	const heard = last.timestamp + sound.packetSeconds - origin;
	const over = heard - (place.to - place.from) / timescale;
	return over > TOLERANCE_S ? round(over) : 0;
}

function sumOf(values: number[]): number {
	return values.reduce((sum, value) => sum + value, 0);
}

function round(value: number): number {
	return Math.round(value * 1000) / 1000;
}
