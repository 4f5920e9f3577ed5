/** Levels of songs that nobody has recorded: made by rule, so that nothing needs to be decoded. */
import type { Bands } from '../../nodes/Deapi/sound/music/bands';
import { BANDS, LEVELS_A_SECOND } from '../../nodes/Deapi/sound/music/bands';

/** What is heard from a time on, in seconds, until it has died away. */
export interface Strike {
	at: number;
	/** Decibels in the band in which it is loudest; each band beside it has so many less. */
	level: number;
	band: number;
	narrow: number;
	/** Decibels that it loses in a second. */
	decay: number;
}

/** What is heard from one second to another, in decibels for each band. */
export interface Tone {
	from: number;
	to: number;
	levels: readonly number[];
}

/**
 * Adds up what is heard, over a noise that is the same each time.
 *
 * @param noise its level in decibels
 */
export function levelsFrom(
	seconds: number,
	strikes: readonly Strike[],
	tones: readonly Tone[] = [],
	noise = -70,
): Bands {
	const frames = Math.round(seconds * LEVELS_A_SECOND);
	const levels = new Float32Array(frames * BANDS);
	const random = evenNoise();
	for (let at = 0; at < levels.length; at++) levels[at] = powerOf(noise + 6 * random());
	const add = (frame: number, band: number, power: number) => {
		const at = frame * BANDS + band;
		if (frame >= 0 && frame < frames) levels[at] = (levels[at] ?? 0) + power;
	};
	for (const { at, level, band, narrow, decay } of strikes) {
		const first = Math.round(at * LEVELS_A_SECOND);
		const length = Math.ceil((LEVELS_A_SECOND * 60) / decay);
		for (let frame = 0; frame < length; frame++) {
			for (let each = 0; each < BANDS; each++) {
				const off = Math.abs(each - band) * narrow + (decay * frame) / LEVELS_A_SECOND;
				add(first + frame, each, powerOf(level - off));
			}
		}
	}
	for (const { from, to, levels: row } of tones) {
		const [first, end] = [Math.round(from * LEVELS_A_SECOND), Math.round(to * LEVELS_A_SECOND)];
		for (let frame = first; frame < end; frame++) {
			for (const [band, level] of row.entries()) add(frame, band, powerOf(level));
		}
	}
	return { frames, levels };
}

/** Numbers from 0 to 1, the same each time: the generator of Park and Miller. */
export function evenNoise(): () => number {
	let state = 1;
	return () => {
		state = (state * 48_271) % 2_147_483_647;
		return state / 2_147_483_647;
	};
}

const powerOf = (level: number) => 10 ** (level / 10);

/** The times of beats, in seconds. */
export function beatTimes(bpm: number, from: number, to: number): number[] {
	const times: number[] = [];
	for (let beat = 0; from + (beat * 60) / bpm < to - 1e-9; beat++) {
		times.push(from + (beat * 60) / bpm);
	}
	return times;
}

/** A drum on each beat, stronger on the first of each bar, and a lighter one between two beats. */
export function drums(beats: readonly number[], metre = 4): Strike[] {
	return beats.flatMap((at, beat): Strike[] => {
		const next = beats[beat + 1] ?? at + 0.5;
		const isFirst = beat % metre === 0;
		return [
			{ at, level: isFirst ? -8 : -14, band: 6, narrow: 4, decay: 120 },
			{ at, level: isFirst ? -20 : -26, band: 1, narrow: 5, decay: 200 },
			{ at: (at + next) / 2, level: -32, band: 0, narrow: 6, decay: 300 },
		];
	});
}
