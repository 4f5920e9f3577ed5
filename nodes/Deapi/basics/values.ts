import type { IDataObject } from 'n8n-workflow';

/** Whether a value is a plain object: JSON's `{…}`, not an array and not null. */
export function isObject(value: unknown): value is IDataObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value says yes, also where it came as text or as PHP prints flags. */
export function isYes(value: unknown): boolean {
	const text = typeof value === 'string' ? value.trim().toLowerCase() : value;
	return text === true || text === 1 || text === '1' || text === 'true';
}

/** A text that is worth showing, or undefined. */
export function textOf(value: unknown): string | undefined {
	return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/**
 * A number, also where it came as text (`"512"`): PHP prints numbers from its database that way, and
 * n8n expressions often give text.
 */
export function numberOf(value: unknown): number | undefined {
	if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
	if (typeof value !== 'string' || value.trim() === '') return undefined;
	const number = Number(value);
	return Number.isFinite(number) ? number : undefined;
}

/**
 * Words as a list in a sentence: `a`, `a and b`, `a, b and c`.
 *
 * @param words at least one
 * @param join the last comma's stand-in
 */
export function listOf(words: string[], join = 'and'): string {
	if (words.length < 2) return words[0] ?? '';
	return `${words.slice(0, -1).join(', ')} ${join} ${words.at(-1)}`;
}

/** Words as the start of a sentence: `the video` becomes `The video`. */
export function capitalised(words: string): string {
	return words.slice(0, 1).toUpperCase() + words.slice(1);
}

/** A duration, given in seconds, in words a person can use: `45 seconds`, `12 minutes`, `5 hours`. */
export function durationText(seconds: number): string {
	const amount = (value: number, unit: string) => `${value} ${unit}${value === 1 ? '' : 's'}`;
	if (seconds < 120) return amount(Math.ceil(seconds), 'second');
	if (seconds < 7200) return amount(Math.ceil(seconds / 60), 'minute');
	return amount(Math.ceil(seconds / 3600), 'hour');
}

/** A size, given in bytes, in MB with one decimal at most: `20 MB`, `20.3 MB`. */
export function sizeText(bytes: number): string {
	const megabytes = bytes / (1024 * 1024);
	return `${Math.ceil(megabytes * 10) / 10} MB`;
}

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
