/** The smallest files that pass for a song, a picture and a video. */

import { FRAMES_A_CLIP } from './clips';

function wav(seconds: number, rate: number): Buffer {
	const data = Buffer.alloc(rate * seconds, 0x80);
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

const LONG_SONGS = [2, 3, 4].map((clips) => wav((clips * FRAMES_A_CLIP) / 24, 1000));

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
