/** Songs whose beats, sections and pauses are known, and what the package hears in them. */
import { readFileSync } from 'node:fs';
import type { Music } from '../../nodes/Deapi/sound/music/music';
import { musicOf } from '../../nodes/Deapi/sound/music/music';
import { measureSound, secondsOf } from '../../nodes/Deapi/sound/measure';
import { inMemory } from '../files/length/sounds';
import { soundOf } from './sounds';
import { fixture } from './workflows';

/** In seconds, as scripts/fixtures/music.mjs composed it. */
interface Truth {
	beats: number[];
	/** The first beats of bars. */
	bars: number[];
	/** Where instruments come in or stop. */
	sections: number[];
}

const { speech, ...songs } = JSON.parse(readFileSync(fixture('music/truth.json'), 'utf8')) as {
	[song: string]: Truth;
} & { speech: { pauses: Array<[number, number]> } };

/** Of a song in test/fixtures/music. */
export function truthOf(song: string): Truth {
	const truth = songs[song];
	if (truth === undefined) throw new Error(`Nobody has composed ${song}`);
	return truth;
}

/** Where the voice of speech.mp3 rests: from and to. */
export const PAUSES = speech.pauses;

/** The songs that have a beat. */
export const SONGS = ['clicks-97', 'clicks-128', 'drums-that-pause', 'change-of-tempo'];

/** One of them in every kind of file. */
export const KINDS = ['.mp3', '.wav', '.flac', '-vorbis.ogg', '-opus.ogg'];

export interface Heard {
	seconds: number;
	music: Music;
}

const heard = new Map<string, Promise<Heard>>();

/** What is heard in a file of test/fixtures/music. */
export async function hear(name: string): Promise<Heard> {
	const known = heard.get(name) ?? listen(name);
	heard.set(name, known);
	return await known;
}

async function listen(name: string): Promise<Heard> {
	const kind = name.replace(/^.*\./, '').toUpperCase();
	const sound = soundOf(inMemory(readFileSync(fixture(`music/${name}`))), { name: kind });
	const measure = await measureSound(sound);
	return { seconds: secondsOf(measure), music: await musicOf(measure.bands) };
}

/** How far a time is from the nearest of some others, in seconds. */
export function distance(time: number, others: number[]): number {
	return Math.min(...others.map((other) => Math.abs(other - time)));
}

/** Which part of some things is as it is wanted. */
export function share<T>(all: T[], isWanted: (each: T) => boolean): number {
	return all.filter(isWanted).length / all.length;
}
