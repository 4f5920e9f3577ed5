/** How lengths and places are called in messages. */

/**
 * A time as players show it: `0:42`, `1:02:03`, with the fraction where there is one: `0:42.5`.
 *
 * @param seconds shown to the millisecond
 */
export function timeText(seconds: number): string {
	const milliseconds = Math.round(seconds * 1000);
	const whole = Math.floor(milliseconds / 1000);
	const fraction = String(milliseconds % 1000)
		.padStart(3, '0')
		.replace(/0+$/, '');
	const hours = Math.floor(whole / 3600);
	const minutes = Math.floor(whole / 60) % 60;
	const parts = hours > 0 ? [hours, twoDigits(minutes)] : [minutes];
	const clock = [...parts, twoDigits(whole % 60)].join(':');
	return fraction === '' ? clock : `${clock}.${fraction}`;
}

function twoDigits(number: number): string {
	return String(number).padStart(2, '0');
}

/** Seconds to the millisecond: finer than any frame, and short enough to read. */
export function roundSeconds(seconds: number): number {
	return Math.round(seconds * 1000) / 1000;
}

/** A number with its word, in the plural where it has to be: `1 second`, `2.042 seconds`. */
export function countText(count: number, word: string): string {
	return `${count} ${word}${count === 1 ? '' : 's'}`;
}

/** A length in seconds to the millisecond: `1 second`, `2.042 seconds`. */
export function secondsText(seconds: number): string {
	return countText(roundSeconds(seconds), 'second');
}
