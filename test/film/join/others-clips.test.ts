/** Clips as other programs leave them: their pictures and their sound keep their distance, or it is said why not. */
import { readFileSync } from 'node:fs';
import { Failure } from '../../../nodes/Deapi/engine/failure';
import { joinClips } from '../../../nodes/Deapi/film/join/joinClips';
import { bytesOf, clipFile, clipOf, readFilm, shownAt, toClip } from '../../support/films';
import { fixture } from '../../support/workflows';

/** What ffprobe says of each clip, in seconds on its own time line. */
const TIMES = JSON.parse(readFileSync(fixture('clips.json'), 'utf8')) as {
	[name: string]: { pictures: number; first: number; last: number; sound: number | null };
};
/** A packet of AAC at 44.1 kHz, in seconds: the sound of a film is laid out in whole ones. */
const PACKET = 1024 / 44_100;

async function join(names: string[], kind: 'clips' | 'none' = 'clips') {
	const clips = names.map((name) => toClip(name, undefined, name));
	const film = await joinClips({ clips, soundtrack: { kind } });
	return { facts: film.facts, film: await readFilm(await bytesOf(film)) };
}

async function refusalOf(work: Promise<unknown>): Promise<string> {
	const failure: unknown = await work.catch((error: unknown) => error);
	if (!(failure instanceof Failure)) throw new Error('No failure', { cause: failure });
	return `${failure.facts.message}. ${failure.facts.description}`;
}

/** A clip that is encoded in the same way. */
function partnerOf(name: string): string {
	const isPlain = ['red', 'red-late', 'red-long-sound'].includes(name);
	return isPlain ? 'blue' : 'blue-b-frames';
}

/** Where in the film a packet of a clip's sound is heard, less where the picture of that moment is seen. */
async function distance(name: string, place: number): Promise<number> {
	const plain = partnerOf(name);
	const names = place === 0 ? [name, plain] : [plain, name];
	const { film } = await join(names);
	const own = await readFilm(clipFile(name));
	// One from the middle of the clip's sound.
	const packet = own.sound?.packets[22];
	const data = Buffer.from(packet?.data ?? []);
	const base = place === 0 ? 0 : (TIMES[plain]?.pictures ?? 0);
	const heard = (film.sound?.packets ?? []).filter((each) => Buffer.from(each.data).equals(data));
	const shown = shownAt(film.pictures)[base + 10] ?? NaN;
	const ownShown = shownAt(own.pictures)[10] ?? NaN;
	const distances = heard.map(
		({ timestamp }) => timestamp - shown - ((packet?.timestamp ?? NaN) - ownShown),
	);
	return distances.sort((one, two) => Math.abs(one) - Math.abs(two))[0] ?? NaN;
}

describe.each(['red', 'red-b-frames', 'red-late', 'red-at-10', 'red-fragmented', 'red-long-sound'])(
	'picture and sound of %s',
	(name) => {
		test.each([0, 1])('keep their distance as clip %d', async (place) => {
			expect(Math.abs(await distance(name, place))).toBeLessThanOrEqual(PACKET / 2 + 0.001);
		});

		test('are as long as players show them', async () => {
			const { film, facts } = await join([name, partnerOf(name)]);
			const { first = NaN, last = NaN, sound, pictures } = TIMES[name] ?? {};
			const start = first - (sound ?? first) > 0.05 ? (sound ?? first) : first;
			const seconds = last + 1 / 24 - start;
			const times = shownAt(film.pictures);
			expect(times[0]).toBe(0);
			expect(times[pictures ?? NaN]).toBeCloseTo(seconds, 3);
			expect(facts).toMatchObject({ frames: 48, fps: 24 });
			expect(facts.video_seconds).toBeCloseTo(seconds + 1, 2);
		});
	},
);

test('a film of clips with uneven frame times says its true frames and length', async () => {
	const { film, facts } = await join(['red-uneven', 'red-uneven'], 'none');
	const { pictures = NaN, last = NaN } = TIMES['red-uneven'] ?? {};
	const own = shownAt((await readFilm(clipFile('red-uneven'))).pictures);
	expect(facts.frames).toBe(2 * pictures);
	expect(facts.video_seconds).toBeGreaterThanOrEqual(2 * last);
	expect(facts.video_seconds).toBeLessThan(2 * last + 0.15);
	expect(facts.fps).toBeCloseTo((2 * pictures) / facts.video_seconds, 2);
	const times = shownAt(film.pictures);
	for (const [picture, time] of own.entries()) expect(times[picture]).toBeCloseTo(time, 3);
});

test('a clip whose sound is timed in milliseconds keeps all of it, and gets no silence in between', async () => {
	const file = Buffer.from(clipFile('red'));
	const trak = file.lastIndexOf('trak', file.indexOf('soun', 0, 'latin1'), 'latin1');
	const at = (box: string) => file.indexOf(box, trak, 'latin1');
	// Its edit list counts in the same ticks; without one the sound begins with what prepares its decoder.
	file.write('skip', at('edts'), 'latin1');
	file.writeUInt32BE(1000, at('mdhd') + 16);
	file.writeUInt32BE(23, at('stts') + 16);
	const clips = [1, 2].map((clip) => clipOf(file, `Clip ${clip}`));
	const film = await readFilm(
		await bytesOf(await joinClips({ clips, soundtrack: { kind: 'clips' } })),
	);
	const packets = film.sound?.packets ?? [];
	for (const [index, { timestamp, byteLength }] of packets.entries()) {
		expect(timestamp).toBeCloseTo(index * PACKET, 6);
		// Silence has six.
		expect(byteLength).toBeGreaterThan(6);
	}
	expect(Math.abs(packets.length * PACKET - film.duration)).toBeLessThan(PACKET);
});

test('bytes that a store has put behind a clip are left out', async () => {
	const padded = Buffer.concat([clipFile('red'), Buffer.alloc(512)]);
	const clips = [clipOf(padded, 'Clip 1')];
	const film = await joinClips({ clips, soundtrack: { kind: 'clips' } });
	const plain = await joinClips({ clips: [toClip('red')], soundtrack: { kind: 'clips' } });
	expect((await bytesOf(film)).equals(await bytesOf(plain))).toBe(true);
});

test('sound that goes on behind its pictures is told', async () => {
	const { facts } = await join(['red', 'red-long-sound']);
	// It lasts 1.5 s, in whole packets.
	const over = facts.soundLeftOut[1] ?? NaN;
	expect(facts.soundLeftOut[0]).toBe(0);
	expect(over).toBeGreaterThanOrEqual(0.5);
	expect(over).toBeLessThan(0.5 + PACKET);
});

test('pictures that an edit list hides are not shown: the clip is refused, and why', async () => {
	const text = await refusalOf(join(['red-b-frames', 'red-trimmed']));
	expect(text).toMatch(
		/^red-trimmed cannot be joined: its first 8 pictures are hidden by an edit list\. /,
	);
	expect(text).toMatch(/cut without encoding/);
});

test.each([
	['red', 0.9],
	['red', 0.5],
	['red-fragmented', 0.9],
])('%s that is cut off is called that (%d of it)', async (name, share) => {
	const whole = clipFile(name);
	const content = async () =>
		await Promise.resolve(whole.subarray(0, Math.round(share * whole.length)));
	const clips = [toClip(name), { label: 'Clip 2', content }];
	const write = async () => await bytesOf(await joinClips({ clips, soundtrack: { kind: 'none' } }));
	expect(await refusalOf(write())).toMatch(/^Clip 2 cannot be joined: it is cut off\. /);
});

test.each([
	[24, 24, undefined],
	[24, 32, undefined],
	[
		24,
		33,
		/^Clip 1 \(request ID abc\) cannot be joined: it has 24 frames, and 33 were asked for\./,
	],
	[24, 12, /it has 24 frames, and 12 were asked for/],
])('of a clip of %d frames where %d were asked for', async (_received, asked, refusal) => {
	const clips = [{ ...toClip('red', 24, 'Clip 1'), requestId: 'abc', asked }];
	const joining = joinClips({ clips, fps: 24, soundtrack: { kind: 'none' } });
	if (refusal === undefined) expect((await joining).facts.frames).toBe(24);
	else expect(await refusalOf(joining)).toMatch(refusal);
});
