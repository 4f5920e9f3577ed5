/** What a clip is found to be made of, before it is joined; ffprobe's figures are in clips.json. */
import { readFileSync } from 'node:fs';
import { Failure } from '../../../nodes/Deapi/engine/failure';
import type { Clip } from '../../../nodes/Deapi/film/join/clip';
import { readClip } from '../../../nodes/Deapi/film/join/clip';
import { box, boxesIn, clipFile, clipOf, toClip, u32 } from '../../support/films';
import { fixture } from '../../support/workflows';

const TIMES = JSON.parse(readFileSync(fixture('clips.json'), 'utf8')) as {
	[name: string]: { pictures: number; first: number; sound: number | null };
};

const fromBytes = (bytes: Buffer) => clipOf(bytes, 'Clip 1');

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

test('a clip without a single picture is refused', async () => {
	const file = patched('red', 'stts', 12, [0, 0, 0, 0]);
	file.writeUInt32BE(0, file.indexOf('stsz', 0, 'latin1') + 12);
	const { facts } = await refusalOf(fromBytes(file));
	expect(facts.message).toBe('Clip 1 cannot be joined: it does not begin with a complete picture');
});

test('pictures whose settings may change on the way are H.264 too', async () => {
	// ISO/IEC 14496-15 has two names for them.
	const file = Buffer.from(clipFile('red'));
	file.write('avc3', file.lastIndexOf('avc1', undefined, 'latin1'), 'latin1');
	const facts = await readClip(fromBytes(file), false);
	expect(facts.pictures).toHaveLength(24);
	expect(facts.entry.box.toString('latin1', 4, 8)).toBe('avc3');
});

/** The place of a box of the track of sound, which is the last one. */
const inSound = (file: Buffer, name: string) =>
	file.indexOf(name, file.indexOf('soun', 0, 'latin1'), 'latin1');

test('the tables alone say what a clip is', async () => {
	const file = clipFile('red');
	const tables = file.subarray(0, file.indexOf('mdat', 0, 'latin1') + 4);
	const facts = await readClip(fromBytes(tables), true);
	expect(facts).toEqual(await readClip(toClip('red'), true));
});

test('a track of sound without a packet is none', async () => {
	const file = Buffer.from(clipFile('red'));
	file.writeUInt32BE(0, inSound(file, 'stts') + 8);
	file.writeUInt32BE(0, inSound(file, 'stsz') + 12);
	expect(await readClip(fromBytes(file), true)).toMatchObject({ sound: undefined });
});

test.each([
	[960, 960],
	[1000, 1024],
	[1024, 1024],
	[512, 512],
	[2048, 2048],
])('packets of sound of %d samples last %d', async (ticks, samples) => {
	const file = Buffer.from(clipFile('red'));
	file.writeUInt32BE(ticks, inSound(file, 'stts') + 16);
	const { sound } = await readClip(fromBytes(file), true);
	expect((sound?.packetSeconds ?? NaN) * 44_100).toBeCloseTo(samples, 6);
});

test('sound of a kind that nobody knows is refused', async () => {
	const file = Buffer.from(clipFile('red'));
	file.write('samr', inSound(file, 'mp4a'), 'latin1');
	file.write('skip', inSound(file, 'esds'), 'latin1');
	const { facts } = await refusalOf(fromBytes(file), true);
	expect(facts.message).toBe('Clip 1 cannot be joined: its sound is not AAC');
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

/** `red` with other edits of its pictures: how many milliseconds, and from which tick of 12,288 a second on. */
function edited(edits: Array<[milliseconds: number, start: number]>): Buffer {
	const file = clipFile('red');
	const at = file.indexOf('edts', 0, 'latin1') - 4;
	const list = edits.flatMap(([milliseconds, start]) => [milliseconds, start, 0x10000]);
	const whole = box('edts', box('elst', u32(0, edits.length, ...list)));
	const grown = whole.length - 36;
	const edit = Buffer.concat([file.subarray(0, at), whole, file.subarray(at + 36)]);
	for (const name of ['moov', 'trak']) {
		const place = edit.indexOf(name, 0, 'latin1') - 4;
		edit.writeUInt32BE(edit.readUInt32BE(place) + grown, place);
	}
	return edit;
}

test.each([
	['one picture', [[958, 512]], 'its first picture is hidden by an edit list'],
	['two pictures', [[916, 1024]], 'its first 2 pictures are hidden by an edit list'],
	[
		'two parts',
		[
			[500, 0],
			[500, 0],
		],
		'an edit list puts it together from 2 parts',
	],
] as Array<[string, Array<[number, number]>, string]>)(
	'a clip cut without encoding is refused: %s',
	async (_, edits, reason) => {
		const { message, description } = (await refusalOf(fromBytes(edited(edits)))).facts;
		expect(message).toBe(`Clip 1 cannot be joined: ${reason}`);
		expect(description).toMatch(/Cut the clip with encoding/);
	},
);

test('one that an edit list only ends is taken, and where it ends', async () => {
	const facts = await readClip(fromBytes(edited([[750, 0]])), false);
	expect(facts).toMatchObject({ end: 0.75, origin: 0 });
	expect(facts.pictures).toHaveLength(24);
});
