import { Failure } from '../../engine/failure';
import type { Scene } from './scenes';
import { timeText } from '../../basics/values';

/** A part of the film between two fixed cuts: the start, the lines with a time, the end. */
export interface Stretch {
	/** Where it begins, in frames from the start of the film. */
	startFrame: number;
	/** Its length in frames. */
	frames: number;
	/** The line whose time is its beginning; absent at the start of the film. */
	from?: Scene;
	/** The line whose time is its end; absent at the end of the film. */
	to?: Scene;
	/** What it shows, in the order of the lines; those that say something only. */
	scenes: Scene[];
}

/** The part of a sound that a film has. */
interface Part {
	/** Where it begins in the sound, in seconds. */
	start: number;
	/** Its length in seconds, and in frames of the film. */
	seconds: number;
	frames: number;
}

/**
 * Divides a film at the times of its scenes. A line without a time belongs to the line with a time
 * before it, or to the start of the film where there is none.
 *
 * @param scenes in the order of their lines
 * @param sound the part of it that the film has
 * @param fps frames per second
 * @returns stretches that follow each other without a gap, from frame 0 to the last; none is checked
 * for its length
 * @throws {Failure} where a time lies past the end, or before the time of a line above it
 */
export function toStretches(scenes: Scene[], sound: Part, fps: number): Stretch[] {
	const groups = groupByTime(scenes);
	checkTimes(groups, sound, fps);
	const starts = groups.map(({ from }) =>
		Math.round(((from?.seconds ?? sound.start) - sound.start) * fps),
	);
	const stretches = groups.map((group, index) => {
		const startFrame = starts[index] ?? 0;
		const end = starts[index + 1] ?? sound.frames;
		return { ...group, startFrame, frames: end - startFrame, to: groups[index + 1]?.from };
	});
	const [first] = stretches;
	const isNothing = stretches.length > 1 && first?.frames === 0 && first.scenes.length === 0;
	return isNothing ? stretches.slice(1) : stretches;
}

/** Begins with the group of the film's start, which may hold nothing. */
function groupByTime(scenes: Scene[]): Array<{ from?: Scene; scenes: Scene[] }> {
	let group: { from?: Scene; scenes: Scene[] } = { scenes: [] };
	const groups = [group];
	for (const scene of scenes) {
		if (scene.seconds !== undefined) {
			group = { from: scene, scenes: [] };
			groups.push(group);
		}
		if (scene.text !== '') group.scenes.push(scene);
	}
	return groups;
}

function checkTimes(groups: Array<{ from?: Scene }>, sound: Part, fps: number): void {
	let before: { line: number; seconds: number } | undefined;
	for (const { from } of groups) {
		if (from?.seconds === undefined) continue;
		const { line, seconds } = from;
		if (before && seconds < before.seconds) {
			throw new Failure({
				message: `Line ${line} of 'Scenes' begins at ${timeText(seconds)}, before line ${before.line} at ${timeText(before.seconds)}`,
				description: 'Put the lines in the order of their times.',
				submitted: 'no',
			});
		}
		if (Math.round((seconds - sound.start) * fps) >= sound.frames) {
			throw new Failure({
				message: `Line ${line} of 'Scenes' begins at ${timeText(seconds)}; the sound ends at ${timeText(sound.start + sound.seconds)}`,
				description: 'Enter an earlier time, or remove the line.',
				submitted: 'no',
			});
		}
		before = { line, seconds };
	}
}

/**
 * Which part of the film a stretch is, for a sentence: `from line 2 (0:42) to the end`.
 *
 * @returns undefined where it is the whole film
 */
export function stretchText({ from, to }: Stretch): string | undefined {
	if (!from && !to) return undefined;
	return `from ${from ? lineText(from) : 'the start'} to ${to ? lineText(to) : 'the end'}`;
}

function lineText({ line, seconds = 0 }: Scene): string {
	return `line ${line} (${timeText(seconds)})`;
}
