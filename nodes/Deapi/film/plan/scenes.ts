import { Failure } from '../../engine/failure';

/** One line of the field 'Scenes'. */
export interface Scene {
	/** The line in the field, counted from 1, empty lines included. */
	line: number;
	/** What the line says, without its time; empty where it is only a time. */
	text: string;
	/** Where the scene begins, in seconds from the start of the sound; absent in a line without a time. */
	seconds?: number;
}

const LINE_END = /\r\n|\n|\r/;

/** Hours (may be absent), minutes, seconds, fraction. Bounded everywhere, so that no text is slow. */
const CLOCK = String.raw`(?:(\d{1,3}):)?(\d{1,4}):(\d{2})(?:[.,](\d{1,9}))?`;
const TIME_IN_BRACKETS = new RegExp(String.raw`^\[${CLOCK}\]`);
const BARE_TIME = new RegExp(String.raw`^${CLOCK}(?=\s|$)`);

/** What files of lyrics (LRC) say about the song: title, artist and the like, not a scene. */
const LYRICS_TAG = /^\[(?:ti|ar|al|au|lr|by|re|ve|tool|la|length|offset|#):[^\]]*\]$/i;

/**
 * Reads the field 'Scenes': one scene per line. Empty lines and the header lines of LRC lyrics
 * (`[ar:Artist]`) are skipped.
 *
 * A line may begin with a time: `0:42 `, `1:02:03 `, `0:42.5 `, or in brackets as in LRC lyrics,
 * `[00:42.50]`, with or without a space after it. Minutes may go past 59 where there are no hours.
 *
 * @throws {Failure} where a line begins with what looks like a time but is none (`0:75`), or with
 * several times in brackets
 */
export function readScenes(text: string): Scene[] {
	const scenes: Scene[] = [];
	for (const [index, row] of text.split(LINE_END).entries()) {
		const content = row.trim();
		if (content === '' || LYRICS_TAG.test(content)) continue;
		scenes.push(readLine(content, index + 1));
	}
	return scenes;
}

function readLine(content: string, line: number): Scene {
	const inBrackets = TIME_IN_BRACKETS.exec(content);
	const time = inBrackets ?? BARE_TIME.exec(content);
	if (!time) return { line, text: content };
	const text = content.slice(time[0].length).trim();
	if (inBrackets && TIME_IN_BRACKETS.test(text)) {
		throw new Failure({
			message: `Line ${line} of 'Scenes' begins with several times`,
			description: 'Give each time a line of its own, in the order of the times.',
			submitted: 'no',
		});
	}
	return { line, text, seconds: readTime(time, line) };
}

function readTime([shown, hours, minutes, seconds, fraction = '0']: RegExpExecArray, line: number) {
	const hasTooManyMinutes = hours !== undefined && Number(minutes) > 59;
	if (hasTooManyMinutes || Number(seconds) > 59) {
		throw new Failure({
			message: `Line ${line} of 'Scenes' begins with '${shown}', which is not a time`,
			description: `Write minutes:seconds or hours:minutes:seconds, e.g. 1:15 or 1:02:03; seconds go up to 59. If '${shown}' is part of what the scene shows, put a word in front of it.`,
			submitted: 'no',
		});
	}
	const whole = Number(hours ?? 0) * 3600 + Number(minutes) * 60 + Number(seconds);
	// Read in one go: adding the fraction to the rest would round twice.
	return Number(`${whole}.${fraction}`);
}

/**
 * The scenes of a part of a sound: lyrics have the times of the whole song. What the part begins in the middle
 * of is its first scene. A line without a time goes with the line with a time above it.
 *
 * @param from where the part begins in the sound, and where it ends, in seconds
 * @param whole the length of the whole sound in seconds: times behind it stay, to be refused
 */
export function scenesWithin(scenes: Scene[], from: number, to: number, whole: number): Scene[] {
	const begun = scenes.findLastIndex(({ seconds = Infinity }) => seconds <= from);
	const kept = begun < 0 || from === 0 ? scenes : scenes.slice(begun);
	let time = -1;
	return kept
		.filter(({ seconds = time }) => {
			time = seconds;
			return time < to || time >= whole;
		})
		.map((scene) =>
			scene.seconds !== undefined && scene.seconds < from ? { ...scene, seconds: from } : scene,
		);
}
