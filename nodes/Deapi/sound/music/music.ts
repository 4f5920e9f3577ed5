import { inSteps } from '../slices';
import type { Bands } from './bands';
import { barsOf } from './bars';
import type { Beat } from './beats';
import { beatsOf } from './beats';
import { levelsOf } from './levels';
import { onsetsOf } from './onsets';
import type { Stretch } from './pauses';
import { pausesOf } from './pauses';
import { sectionsOf } from './sections';
import { tempoOf } from './tempo';

/** What is heard in a sound; all times are seconds from its start. */
export interface Music {
	/** Beats a minute, to a tenth, of most of the sound; undefined where there is no beat. */
	bpm: number | undefined;
	beats: Array<{ seconds: number; isBar: boolean }>;
	/** Where a voice rests; where there is a beat, there are none. */
	pauses: Stretch[];
	/** Where instruments come in or stop. */
	sections: number[];
}

/**
 * Listens to a sound by its levels. The same levels give the same music for ever: clips that were paid for are
 * found again by where they were cut.
 */
export async function musicOf(bands: Bands): Promise<Music> {
	return await inSteps(listen(bands));
}

function* listen(bands: Bands): Generator<void, Music> {
	const levels = yield* levelsOf(bands);
	const onsets = yield* onsetsOf(levels);
	const tempo = yield* tempoOf(onsets);
	const beats = yield* beatsOf(onsets, tempo);
	const bars = yield* barsOf(levels, onsets, beats);
	const pauses = yield* pausesOf(levels);
	const sections = yield* sectionsOf(levels, beats);
	return {
		bpm: bpmOf(beats),
		beats: beats.map(({ seconds }, index) => ({ seconds, isBar: bars.has(index) })),
		pauses: pauses.filter((pause) => !isWithin(pause, beats)),
		sections,
	};
}

function bpmOf(beats: Beat[]): number | undefined {
	const periods = beats.map(({ period }) => period).sort((one, other) => one - other);
	const middle = periods[Math.floor(periods.length / 2)];
	return middle === undefined ? undefined : Math.round(600 / middle) / 10;
}

/** Whether there are beats before and behind the middle of a pause, as near as beats are to each other. */
function isWithin({ from, to }: Stretch, beats: Beat[]): boolean {
	const middle = (from + to) / 2;
	const next = beats.findIndex(({ seconds }) => seconds > middle);
	const [before, behind] = [beats[next - 1], beats[next]];
	return (
		before !== undefined &&
		behind !== undefined &&
		behind.seconds - before.seconds < 2 * before.period
	);
}
