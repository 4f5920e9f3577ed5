/** The smallest files that pass for a song, a picture and a video. */
import { readFileSync } from 'node:fs';
import { decodeFrames } from '../../support/mp3';
import { fixture } from '../../support/workflows';
import { FRAMES_A_CLIP } from './clips';

const CLIP_SECONDS = FRAMES_A_CLIP / 24;
/** Enough for the tones; encoders take longer for more. */
const FILM_RATE = 16_000;

function wav(rate: number, samples: Buffer): Buffer {
	const head = Buffer.alloc(44);
	head.write('RIFF', 0, 'latin1');
	head.writeUInt32LE(36 + samples.length, 4);
	head.write('WAVEfmt ', 8, 'latin1');
	head.writeUInt32LE(16, 16);
	head.writeUInt16LE(1, 20);
	head.writeUInt16LE(1, 22);
	head.writeUInt32LE(rate, 24);
	head.writeUInt32LE(rate, 28);
	head.writeUInt16LE(1, 32);
	head.writeUInt16LE(8, 34);
	head.write('data', 36, 'latin1');
	head.writeUInt32LE(samples.length, 40);
	return Buffer.concat([head, samples]);
}

/** A frame of MPEG 2.5 at 8 kHz and 8 kbit/s, which lasts 72 ms, without anything in it. */
const EMPTY_FRAME = Buffer.concat([Buffer.from('ffe318c4', 'hex')], 72);

/** A second of silence, as an MP3, and not longer than a video: it is sent as it is. */
export const SONG = Buffer.concat(Array.from({ length: 14 }, () => EMPTY_FRAME));

/** Another second of silence: its last frame has other bytes where no sound is. */
const OTHER_SONG = Buffer.concat([SONG.subarray(0, -1), Buffer.from([1])]);

/** A sound may be another one when it is read again; all are of the same length. */
export type Version = 0 | 1;

const VERSIONS: readonly Version[] = [0, 1];

/** The tone of a clip's part of a song, in Hz; the clip is counted from 1. */
const toneOf = (clip: number, version: Version) => 400 * clip + 200 * version;

/** How many clips a song with a beat has: a shorter one has not enough of it to be heard. */
export const BEAT_CLIPS = 5;

/** A clip of a song with a beat is two beats long, which is less than what the model makes. */
const BEAT_CLIP_SECONDS = 1;
const BEAT_SECONDS = BEAT_CLIP_SECONDS / 2;

/** How long a clip of a film is that has so many. */
export function clipSecondsOf(film: number): number {
	return film === BEAT_CLIPS ? BEAT_CLIP_SECONDS : CLIP_SECONDS;
}

/** A short hit, high above all tones. */
function clickAt(seconds: number): number {
	return 60 * Math.exp(-150 * seconds) * Math.sin(2 * Math.PI * 5000 * seconds);
}

function longSong(film: number, version: Version): Buffer {
	const length = clipSecondsOf(film);
	const hasBeat = film === BEAT_CLIPS;
	const samples = Uint8Array.from({ length: film * length * FILM_RATE }, (_, index) => {
		const seconds = index / FILM_RATE;
		const tone = toneOf(1 + Math.floor(seconds / length), version);
		const sound = (hasBeat ? 40 : 60) * Math.sin(2 * Math.PI * tone * seconds);
		return 128 + sound + (hasBeat ? clickAt(seconds % BEAT_SECONDS) : 0);
	});
	return wav(FILM_RATE, Buffer.from(samples));
}

const songs = new Map<string, Buffer>();

/** The sound of an execution's items: a film's has as many clips as it is to have. */
export function songOf({ film }: { film: number }, version: Version = 0): Buffer {
	if (film === 0) return version === 0 ? SONG : OTHER_SONG;
	const name = `${film} ${version}`;
	const song = songs.get(name) ?? longSong(film, version);
	songs.set(name, song);
	return song;
}

/** Seconds that are looked at for one tone. */
const WINDOW = 0.05;

/** How strong a tone is in some samples (Goertzel's algorithm). */
function powerOf(tone: number, samples: Float32Array, rate: number): number {
	const factor = 2 * Math.cos((2 * Math.PI * tone) / rate);
	let [last, before] = [0, 0];
	for (const sample of samples) [last, before] = [sample + factor * last - before, last];
	return last ** 2 + before ** 2 - factor * last * before;
}

/**
 * Which version of a song a clip's part of it in a body is of, as an MP3 with next to nothing of any other clip.
 *
 * @param seconds how long the clips are
 * @param blur how many seconds a cut may be off
 * @returns undefined where it is no such part
 */
export function versionOfPiece(
	clip: number,
	body: Buffer,
	seconds: number,
	blur: number,
): Version | undefined {
	const start = body.indexOf('Content-Type: audio/mpeg\r\n\r\n');
	if (start === -1) return undefined;
	const from = start + 'Content-Type: audio/mpeg\r\n\r\n'.length;
	const { rate, channels } = decodeFrames(body.subarray(from, body.indexOf('\r\n--', from)));
	const [samples = new Float32Array(0)] = channels;
	const step = Math.round(WINDOW * rate);
	const tones = VERSIONS.flatMap((version) =>
		Array.from({ length: BEAT_CLIPS }, (_, index) => ({ clip: index + 1, version, heard: 0 })),
	);
	for (let at = 0; at + step <= samples.length; at += step) {
		const powers = tones.map((tone) =>
			powerOf(toneOf(tone.clip, tone.version), samples.subarray(at, at + step), rate),
		);
		const most = Math.max(...powers);
		const strongest = tones[powers.indexOf(most)];
		if (strongest !== undefined && most > 1) strongest.heard += WINDOW;
	}
	const own = tones.find((tone) => tone.clip === clip && tone.heard >= seconds - 2 * blur);
	const isPure = tones.every((tone) => tone === own || tone.heard <= blur);
	return isPure ? own?.version : undefined;
}

/** Which version of a short song stands whole in a body. */
export function versionOfSong(body: Buffer): Version | undefined {
	return VERSIONS.find((version) => body.includes(songOf({ film: 0 }, version)));
}

/** Of 512 × 512 pixels, by its first chunk. */
export const PICTURE = Buffer.concat([
	Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x02\0\0\0\x02\0', 'latin1'),
	Buffer.alloc(400, 7),
]);

/** From which the pictures of a film's clips are made. */
export const REFERENCE = Buffer.concat([PICTURE, Buffer.from('the reference')]);

/** The picture that a job has made: no other one has its bytes. */
export function pictureOf(job: string): Buffer {
	return Buffer.concat([PICTURE, Buffer.from(job)]);
}

export const NO_SOUND = Buffer.from('{"message":"This is no sound"}');

/** A real one: what is cut off is no video. */
export const VIDEO = readFileSync(fixture('results/red-512x512.mp4'));
