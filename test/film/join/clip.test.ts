/** What a clip is found to be made of, before it is joined; ffprobe's figures are in clips.json. */
import { readFileSync } from 'node:fs';
import { Failure } from '../../../nodes/Deapi/engine/failure';
import type { Clip } from '../../../nodes/Deapi/film/join/clip';
import { readClip } from '../../../nodes/Deapi/film/join/clip';
import { boxesIn, clipFile, toClip } from '../../support/films';
import { fixture } from '../../support/workflows';

const TIMES = JSON.parse(readFileSync(fixture('clips.json'), 'utf8')) as {
	[name: string]: { pictures: number; first: number; sound: number | null };
};

const fromBytes = (content: Buffer): Clip => ({
	label: 'Clip 1',
	content: async () => await Promise.resolve(content),
});

async function refusalOf(clip: Clip, withSound = false): Promise<Failure> {
	const failure: unknown = await readClip(clip, withSound).catch((error: unknown) => error);
	if (!(failure instanceof Failure)) throw new Error('No failure', { cause: failure });
	return failure;
}

/** A clip of the fixtures with other bytes at a place behind the name of a box. */
function patched(name: string, box: string, offset: number, bytes: number[]): Buffer {
	const file = Buffer.from(clipFile(name));
	expect(boxesIn(file)).toContain(box);
	file.set(bytes, file.indexOf(box, 0, 'latin1') + offset);
	return file;
}

const SKIPPED = [...Buffer.from('skip')];

test.each([
	['red', 0],
	['red-b-frames', 0],
	['red-at-10', 10],
	['red-long-sound', 0],
	// Their sound begins first, and not only to prepare its decoder.
	['red-late', 0],
	['red-fragmented', 0],
])('%s: its pictures, its sound, and where both begin', async (name, begins) => {
	const { first = NaN, pictures } = TIMES[name] ?? {};
	const silent = await readClip(toClip(name), false);
	expect(silent.pictures).toHaveLength(pictures ?? NaN);
	expect(silent).toMatchObject({ rotation: 0, sound: undefined });
	expect(silent.origin).toBeCloseTo(first, 3);
	const { origin, sound } = await readClip(toClip(name), true);
	expect(sound).toMatchObject({ sampleRate: 44_100, channels: 1 });
	expect(sound?.packetSeconds).toBeCloseTo(1024 / 44_100, 5);
	expect(origin).toBeCloseTo(begins, 3);
});

test('a clip without sound has none', async () => {
	expect(await readClip(toClip('yellow-no-sound'), true)).toMatchObject({ sound: undefined });
});

test.each([
	['pictures that are not H.264', clipFile('yellow-mpeg4'), 'its pictures are not H.264'],
	[
		'a first picture that needs an earlier one',
		// The flags of a fragment's first sample: it is no sync sample.
		patched('red-fragmented', 'trun', 16, [1, 1, 0, 0]),
		'it does not begin with a complete picture',
	],
	['no list of sizes', patched('red', 'stsz', 0, SKIPPED), 'its file is broken'],
	['no pictures', patched('red', 'trak', 0, SKIPPED), 'it has no pictures'],
])('%s: the clip is refused, and why', async (_, file, reason) => {
	const { facts, cause } = await refusalOf(fromBytes(file));
	expect(facts.message).toBe(`Clip 1 cannot be joined: ${reason}`);
	expect(cause instanceof Error).toBe(reason === 'its file is broken');
});

test('sound that is no AAC is refused where it is wanted, and only there', async () => {
	// The kind of sound in its descriptor: 0x40 is AAC, 0x6b MP3 (ISO/IEC 14496-1).
	const file = Buffer.from(clipFile('red'));
	file[file.indexOf(0x40, file.indexOf('esds', 0, 'latin1'))] = 0x6b;
	const clip = fromBytes(file);
	expect((await readClip(clip, false)).pictures).toHaveLength(24);
	const { message, description } = (await refusalOf(clip, true)).facts;
	expect(message).toBe('Clip 1 cannot be joined: its sound is not AAC');
	expect(description).toMatch(/Set 'Soundtrack' to another one, or use clips with AAC sound/);
});
