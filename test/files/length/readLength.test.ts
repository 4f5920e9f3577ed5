/** The length of a sound is what a decoder gives, in both of n8n's file storages. */
import { readdirSync } from 'node:fs';
import { readLength, type SoundFile } from '../../../nodes/Deapi/files/length/readLength';
import { fixture } from '../../support/workflows';
import { asStream, bytesOf, DECODED, inMemory, kindOf } from './sounds';

/** A frame of a video, in seconds: what the length decides. */
const FRAME = 1 / 24;

/** FFmpeg plays what the codec wants dropped where a second file begins, in seconds. */
const DROPPED_BETWEEN: { [name: string]: number } = {
	'lengths/ogg-opus-chained.ogg': 312 / 48_000,
	'lengths/ogg-vorbis-chained.ogg': 512 / 22_050,
};

const UNREAD = /adpcm\.wav$|wav-mp3\.wav$|speex\.ogg$/;

const modes: Array<[string, (content: Buffer) => SoundFile]> = [
	['memory', inMemory],
	['a stream of pieces of 77 bytes', (content) => asStream(content, [77])],
	['a stream of uneven pieces', (content) => asStream(content, [1, 4093, 26, 3, 70_001])],
	['a stream of unknown size', (content) => asStream(content, [65_536], 0)],
];

test('every sound of this folder has a length to compare with, or a codec that is not read', () => {
	const there = readdirSync(fixture('lengths')).map((name) => `lengths/${name}`);
	expect(there.length).toBeGreaterThan(50);
	expect(there.filter((name) => !UNREAD.test(name) && DECODED[name] === undefined)).toEqual([]);
});

describe.each(modes)('from %s', (_mode, asFile) => {
	test.each(Object.entries(DECODED))('%s', async (name, decoded) => {
		const seconds = await readLength(asFile(bytesOf(name)), kindOf(name));
		expect(Math.abs(seconds - decoded)).toBeLessThan(FRAME);
		// The lengths are written down with six decimals.
		expect(seconds + (DROPPED_BETWEEN[name] ?? 0)).toBeCloseTo(decoded, 5);
	});
});

test('a stream is let go as soon as the length is known', async () => {
	const whole = Buffer.concat([bytesOf('song.wav'), Buffer.alloc(1_000_000)]);
	const file = asStream(whole, [4096]);
	expect(await readLength(file, { name: 'WAV' })).toBeCloseTo(1.8, 5);
	expect(file.stream?.destroyed).toBe(true);
	expect(file.stream?.readableEnded).toBe(false);
});
