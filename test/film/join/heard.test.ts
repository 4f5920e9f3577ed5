/** Any sound under a film, made into AAC: judged by what FAAD2 decodes of it and ffmpeg of the original. */
import { readFileSync } from 'node:fs';
import { Failure } from '../../../nodes/Deapi/engine/failure';
import type { Clip } from '../../../nodes/Deapi/film/join/clip';
import { joinClips } from '../../../nodes/Deapi/film/join/joinClips';
import { measureSound } from '../../../nodes/Deapi/sound/measure';
import { decodeAac } from '../../support/aac';
import { FIGURES } from '../../support/decoded';
import { boxesIn, bytesOf, readFilm, toClip } from '../../support/films';
import { LoudnessMeter, strayPlaces } from '../../support/loudness';
import { soundOf } from '../../support/sounds';
import { fixture } from '../../support/workflows';

interface FilmOptions {
	from?: number;
	fadeOut?: number;
	/** The film's length; every clip is a second long. */
	seconds?: number;
	/** What the file holds when it is read again. */
	later?: Buffer;
}

async function filmOf(
	name: string,
	{ from = 0, fadeOut = 0, seconds = 9, later }: FilmOptions = {},
) {
	const content = readFileSync(fixture(name));
	let reads = 0;
	const open = async () => await Promise.resolve(reads++ === 0 ? content : (later ?? content));
	const type = { name: (name.split('.').at(-1) ?? '').toUpperCase() };
	const sound = soundOf({ open }, type);
	const measure = await measureSound(sound);
	const clips: Clip[] = Array.from({ length: seconds }, () => toClip('red', 24));
	const heard = { sound, measure, from, fadeOut };
	const film = await joinClips({ clips, fps: 24, soundtrack: { kind: 'aac', heard } });
	const bytes = await bytesOf(film);
	const read = await readFilm(bytes);
	const { settings = Buffer.alloc(0), packets = [], timescale = 0 } = read.sound ?? {};
	const samples = await decodeAac(
		settings,
		packets.map(({ data }) => data),
	);
	return { bytes, read, samples, rate: timescale, packets };
}

type Heard = Awaited<ReturnType<typeof filmOf>>;

function levelsOf(samples: Float32Array[], rate: number): number[] {
	const meter = new LoudnessMeter(rate);
	meter.add(samples);
	return meter.end();
}

/** The loudest sample of the tenth of a second that begins at a second of the film. */
function peaksOf({ samples: [row = new Float32Array(0)], rate }: Heard) {
	return (seconds: number) =>
		Math.max(...row.subarray(seconds * rate, (seconds + 0.1) * rate).map(Math.abs));
}

test.each([
	['song.mp3', 0],
	['song.ogg', 2],
	['song.flac', 0.5],
	['song.wav', 0],
	['mp3-mpeg2-mono.mp3', 0],
	['lengths/ogg-opus-60ms.ogg', 1],
	['lengths/wav-6-channels.wav', 0],
])('%s is heard from %d s on, to its end', async (name, from) => {
	const { samples, rate, packets, read } = await filmOf(name, { from, seconds: 3 });
	const figures = FIGURES[name];
	if (figures === undefined) throw new Error(`No figures of ${name}`);
	expect([44_100, 48_000]).toContain(rate);
	expect(samples).toHaveLength(Math.min(2, figures.channels));
	const expected = figures.loudness.slice(from * 20, from * 20 + 60);
	const levels = levelsOf(samples, rate).slice(0, expected.length);
	// The first packet has nothing before it to go on from.
	expect(strayPlaces(levels, expected).filter((place) => place > 0)).toEqual([]);
	// As long as the film, to the sample; what the sound lacks is silence.
	const last = packets.at(-1);
	expect(packets[0]?.timestamp).toBe(0);
	expect(((last?.timestamp ?? 0) + (last?.duration ?? 0)) * rate).toBeCloseTo(3 * rate, 3);
	expect(read.duration).toBeCloseTo(3, 6);
});

test('it fades out in a straight line, and is silent at its end', async () => {
	const loud = await filmOf('song.mp3', { seconds: 4 });
	const faded = await filmOf('song.mp3', { seconds: 4, fadeOut: 2 });
	const [one, other] = [loud, faded].map(({ samples, rate }) => {
		const rows: number[] = [];
		for (let tenth = 0; tenth < 40; tenth++) {
			const [row = new Float32Array(0)] = samples;
			const part = row.subarray((tenth * rate) / 10, ((tenth + 1) * rate) / 10);
			rows.push(Math.hypot(...part));
		}
		return rows;
	});
	for (let tenth = 0; tenth < 40; tenth++) {
		const share = Math.min(1, (39.5 - tenth) / 20);
		expect((other?.[tenth] ?? NaN) / (one?.[tenth] ?? NaN)).toBeCloseTo(share, 0.7);
	}
	const last = faded.samples[0]?.subarray(4 * faded.rate - 100, 4 * faded.rate) ?? [];
	expect(Math.max(...last.map(Math.abs))).toBeLessThan(0.01);
});

test('a sound that ends before the film fades out where it ends', async () => {
	const at = peaksOf(await filmOf('song.wav', { seconds: 3, fadeOut: 1 }));
	expect(at(1.7)).toBeLessThan(0.12);
	expect(at(0.7)).toBeGreaterThan(at(1.5));
});

test('so it does where the film begins later in it', async () => {
	// It is 2 s long.
	const at = peaksOf(await filmOf('song.wav', { from: 0.5, seconds: 3, fadeOut: 1 }));
	expect(at(1.3)).toBeLessThan(at(0.3) / 2);
	expect(at(1.3)).toBeGreaterThan(0);
	expect(at(1.7)).toBeLessThan(0.01);
});

test('sound and pictures of a moment lie together in the file', async () => {
	const { bytes, read } = await filmOf('song.mp3', { seconds: 6 });
	const placed = [read.pictures.packets, read.sound?.packets ?? []].flatMap((packets) => {
		let place = 0;
		return packets.map(({ timestamp, data }) => {
			place = bytes.indexOf(data, place + 1);
			return { time: timestamp, place };
		});
	});
	// Half a second is as much as players read ahead.
	let latest = 0;
	for (const { time } of placed.sort((one, other) => one.place - other.place)) {
		expect(time).toBeGreaterThan(latest - 0.5 - 1 / 24);
		latest = Math.max(latest, time);
	}
});

test('the file has no edit lists, its index in front, and its first picture at 0', async () => {
	const { bytes, read } = await filmOf('song.mp3', { seconds: 2 });
	const boxes = boxesIn(bytes);
	expect(boxes.filter((name) => ['edts', 'elst', 'moof', 'mvex'].includes(name))).toEqual([]);
	expect(boxes.indexOf('moov')).toBeLessThan(boxes.indexOf('mdat'));
	expect(Math.min(...read.pictures.packets.map(({ timestamp }) => timestamp))).toBe(0);
});

test('nor has one whose pictures are not decoded in the order in which they are shown', async () => {
	const clips = [toClip('red-b-frames'), toClip('blue-b-frames')];
	for (const kind of ['clips', 'none'] as const) {
		const bytes = await bytesOf(await joinClips({ clips, soundtrack: { kind } }));
		expect(boxesIn(bytes)).not.toContain('edts');
		const offsets = bytes.indexOf('ctts', 0, 'latin1');
		expect(bytes[offsets + 4]).toBe(1);
		const { pictures } = await readFilm(bytes);
		expect(Math.min(...pictures.packets.map(({ timestamp }) => timestamp))).toBe(0);
	}
});

test.each([
	['another sound', 'song.ogg', 'song.ogg'],
	['one that is shorter', 'song.wav', 'song.wav'],
])('%s at the second reading is not taken', async (_what, name) => {
	const content = Buffer.from(readFileSync(fixture(name)));
	const later =
		name === 'song.wav'
			? content.subarray(0, content.length >> 1)
			: readFileSync(fixture('ogg-vorbis.ogg'));
	const failure: unknown = await filmOf(name, { later, seconds: 2 }).catch(
		(error: unknown) => error,
	);
	expect(failure).toBeInstanceOf(Failure);
	expect((failure as Failure).facts.message).toBe('The sound has changed since it was measured');
});
