/** Every sound becomes the samples that ffmpeg decodes of it: as long, as loud, with each part in its place. */
import { readdirSync } from 'node:fs';
import { readLength } from '../../nodes/Deapi/files/length/readLength';
import type { SoundFile } from '../../nodes/Deapi/files/length/readLength';
import { measureSound } from '../../nodes/Deapi/sound/measure';
import { openSound } from '../../nodes/Deapi/sound/open';
import { asStream, bytesOf, inMemory, kindOf } from '../files/length/sounds';
import type { Figures } from '../support/decoded';
import { FIGURES } from '../support/decoded';
import { LoudnessMeter, strayPlaces } from '../support/loudness';
import { soundOf } from '../support/sounds';
import { fixture } from '../support/workflows';
import { DIFFERENCES } from './differences';

/** What nobody notices, in seconds: a frame of film. */
const FRAME = 1 / 24;

// The decoder of FLAC says on the console what it does not like.
beforeAll(() => void jest.spyOn(console, 'error').mockImplementation());
afterAll(() => jest.restoreAllMocks());

async function decode(file: SoundFile, name: string) {
	const open = await openSound(soundOf(file, kindOf(name)));
	const meter = new LoudnessMeter(open.rate);
	for await (const block of open.blocks) {
		expect(block).toHaveLength(open.channels);
		meter.add(block);
	}
	const { rate, channels } = open;
	return { rate, channels, seconds: meter.length / rate, loudness: meter.end() };
}

/** The rate in which a sound is heard: those of 8 kHz and of CDs have their families. */
function heardRate(rate: number): number {
	return rate % 11_025 === 0 ? 44_100 : 48_000;
}

function outside(places: number[], name: string): number[] {
	const [from, to] = DIFFERENCES[name]?.places ?? [0, 0];
	return places.filter((place) => place < from || place >= to);
}

test('every damaged sound has figures to compare with', () => {
	const there = readdirSync(fixture('damaged')).map((name) => `damaged/${name}`);
	expect(there.length).toBeGreaterThan(80);
	expect(there.filter((name) => FIGURES[name] === undefined)).toEqual([]);
	expect(Object.keys(DIFFERENCES).filter((name) => FIGURES[name] === undefined)).toEqual([]);
});

const SOUNDS: Array<[string, Figures]> = Object.entries(FIGURES);

test.each(SOUNDS)('%s is decoded as ffmpeg does it', async (name, figures) => {
	const content = bytesOf(name);
	const sound = await decode(asStream(content, [1, 4096, 777, 65_536]), name);
	const expected = DIFFERENCES[name]?.seconds ?? figures.seconds;
	expect(Math.abs(sound.seconds - expected)).toBeLessThan(FRAME);
	expect(sound.channels).toBe(Math.min(2, figures.channels));
	expect(sound.rate).toBe(heardRate(figures.rate));
	expect(outside(strayPlaces(sound.loudness, figures.loudness), name)).toEqual([]);

	// And the quick answer to how long it is does not differ.
	const quick = await readLength(inMemory(content), kindOf(name));
	expect(Math.abs(quick - sound.seconds)).toBeLessThan(FRAME);
});

test.each([
	...['song.mp3', 'song.wav', 'song.flac', 'song.ogg', 'ogg-opus.ogg', 'lengths/ogg-flac.ogg'],
	...['mp3-22k-44k.mp3', 'mp3-junk-inside.mp3', 'mp3-three-id3.mp3'].map(damaged),
	...['flac-two-files-8k-16k.flac', 'flac-junk-between-frames.flac'].map(damaged),
	...['ogg-opus-junk-between-pages.ogg', 'ogg-vorbis-chained-mono-stereo.ogg'].map(damaged),
	...['wav-id3-in-front.wav', 'wav-24-in-32-stereo.wav', 'wav-junk-behind.wav'].map(damaged),
])("%s is the same sound however n8n's storage gives it", async (name) => {
	const content = bytesOf(name);
	const measure = async (file: SoundFile) => await measureSound(soundOf(file, kindOf(name)));
	const inOnePart = await measure(inMemory(content));
	expect(await measure(asStream(content, [4096, 1, 777, 65_536, 3]))).toEqual(inOnePart);
	expect(await measure(asStream(content, [1_000_000]))).toEqual(inOnePart);
});

function damaged(name: string): string {
	return `damaged/${name}`;
}
