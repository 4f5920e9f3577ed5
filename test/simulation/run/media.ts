/** The smallest files that pass for a song, a picture and a video. */

import { FRAMES_A_CLIP } from './clips';

const CLIP_SECONDS = FRAMES_A_CLIP / 24;
const FILM_RATE = 1000;

/** @param values the sound's samples, each for the same time */
function wav(seconds: number, rate: number, values = [0x80]): Buffer {
	const part = (rate * seconds) / values.length;
	const data = Buffer.concat(values.map((value) => Buffer.alloc(part, value)));
	const head = Buffer.alloc(44);
	head.write('RIFF', 0, 'latin1');
	head.writeUInt32LE(36 + data.length, 4);
	head.write('WAVEfmt ', 8, 'latin1');
	head.writeUInt32LE(16, 16);
	head.writeUInt16LE(1, 20);
	head.writeUInt16LE(1, 22);
	head.writeUInt32LE(rate, 24);
	head.writeUInt32LE(rate, 28);
	head.writeUInt16LE(1, 32);
	head.writeUInt16LE(8, 34);
	head.write('data', 36, 'latin1');
	head.writeUInt32LE(data.length, 40);
	return Buffer.concat([head, data]);
}

/** One second of silence. */
export const SONG = wav(1, 8000);

/** The sample that fills a clip's part of a song, counted from 1. */
const sampleOf = (clip: number) => 0x80 + 8 * clip;

const LONG_SONGS = [2, 3, 4].map((clips) => {
	const values = Array.from({ length: clips }, (_, index) => sampleOf(index + 1));
	return wav(clips * CLIP_SECONDS, FILM_RATE, values);
});

/**
 * Whether a body has a clip's part of the song, and next to nothing of any other clip.
 *
 * @param blur how many seconds a cut may be off
 */
export function hasPieceOf(clip: number, body: Buffer, blur: number): boolean {
	const run = (of: number, seconds: number) =>
		body.includes(Buffer.alloc(FILM_RATE * seconds, sampleOf(of)));
	const others = [1, 2, 3, 4].filter((other) => other !== clip);
	return run(clip, CLIP_SECONDS - 2 * blur) && !others.some((other) => run(other, blur));
}

/** The sound of an execution's items: a film's has as many clips as it is to have. */
export function songOf({ film }: { film: number }): Buffer {
	return LONG_SONGS[film - 2] ?? SONG;
}

export const PICTURE = Buffer.concat([
	Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
	Buffer.alloc(400, 7),
]);

export const NO_SOUND = Buffer.from('{"message":"This is no sound"}');

export const VIDEO = Buffer.concat([
	Buffer.from([0, 0, 0, 24]),
	Buffer.from('ftypisom\0\0\0\0isommp42', 'latin1'),
	Buffer.alloc(3000, 1),
]);
