/** Clips become one film: nothing is encoded anew, and everything is where it belongs. */
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { BufferSource, EncodedPacketSink, Input, MP3 } from 'mediabunny';
import { Failure } from '../../../nodes/Deapi/engine/failure';
import type { Clip } from '../../../nodes/Deapi/film/join/clip';
import { joinClips } from '../../../nodes/Deapi/film/join/joinClips';
import type { FilmParts } from '../../../nodes/Deapi/film/join/joinClips';
import type { Soundtrack } from '../../../nodes/Deapi/film/join/soundtrack';
import {
	bytesOf,
	clipFile,
	clipOf,
	contents,
	readFilm,
	shownAt,
	toClip,
} from '../../support/films';
import { fixture } from '../../support/workflows';
import { song, songFrom, turned } from './recipes';

const NONE: Soundtrack = { kind: 'none' };
const CLIPS: Soundtrack = { kind: 'clips' };
/** A tick of the film at 24 frames per second. */
const TICK = 1 / 24_000;
/** A packet of AAC at 44.1 kHz, in seconds. */
const PACKET = 1024 / 44_100;

/** `red` with sound that is called one of six channels, in the AAC decoder's settings. */
function sixChannels(frames: number): Clip {
	const file = Buffer.from(clipFile('red'));
	const settings = file.indexOf('1208', file.indexOf('esds', 0, 'latin1'), 'hex');
	expect(settings).toBeGreaterThan(0);
	file[settings + 1] = 0x30;
	return clipOf(file, 'Clip 2', frames);
}

/** `red` with its first pictures only, each so many ticks long, of 12,288 a second. */
function shortened(count: number, ticks = 512): Clip {
	const file = Buffer.from(clipFile('red'));
	// In the table of times, and in that of sizes.
	const times = file.indexOf('stts', 0, 'latin1');
	file.writeUInt32BE(count, times + 12);
	file.writeUInt32BE(ticks, times + 16);
	file.writeUInt32BE(count, file.indexOf('stsz', 0, 'latin1') + 12);
	return clipOf(file, 'red');
}

async function join(parts: FilmParts) {
	const film = await joinClips(parts);
	const bytes = await bytesOf(film);
	return { facts: film.facts, size: film.size, bytes, film: await readFilm(bytes) };
}

describe('the file', () => {
	it.each([
		['without sound', NONE],
		["with the clips' sound", CLIPS],
		['with a song', song('song.mp3')],
	])('has its tables in front and no fragments: %s', async (_, soundtrack) => {
		const clips = [toClip('red'), toClip('green')];
		const { bytes, size, film } = await join({ clips, fps: 24, soundtrack });
		expect(film.boxes).toEqual(['ftyp', 'moov', 'mdat']);
		expect(bytes).toHaveLength(size);
	});

	it('is the same each time it is written', async () => {
		const film = await joinClips({ clips: [toClip('red')], fps: 24, soundtrack: CLIPS });
		expect((await bytesOf(film)).equals(await bytesOf(film))).toBe(true);
	});

	it('reads one clip at a time, and each twice', async () => {
		const read: string[] = [];
		const clips = ['red', 'green', 'blue'].map((name) => ({
			label: name,
			content: async () => {
				read.push(name);
				return await Promise.resolve(clipFile(name));
			},
		}));
		const film = await joinClips({ clips, fps: 24, soundtrack: CLIPS });
		expect(read).toEqual(['red', 'green', 'blue']);
		for await (const piece of film.content()) expect(piece.length).toBeGreaterThan(0);
		expect(read).toEqual(['red', 'green', 'blue', 'red', 'green', 'blue']);
	});
});

describe('pictures', () => {
	it('are those of the clips, bit for bit, with their settings and size', async () => {
		const names = ['red', 'yellow-no-sound', 'blue'];
		const { film, facts } = await join({
			clips: names.map((name) => toClip(name, 24)),
			fps: 24,
			soundtrack: NONE,
		});
		const originals = await Promise.all(names.map(async (name) => await readFilm(clipFile(name))));
		const expected = originals.flatMap(({ pictures }) => contents(pictures.packets));
		expect(contents(film.pictures.packets)).toEqual(expected);
		expect(film.pictures.settings).toEqual(originals[0]?.pictures.settings);
		expect(film.pictures.packets.map(({ type }) => type)).toEqual(
			originals.flatMap(({ pictures }) => pictures.packets.map(({ type }) => type)),
		);
		expect(facts).toEqual({
			frames: 72,
			fps: 24,
			width: 320,
			height: 180,
			video_seconds: 3,
			framesReceived: [24, 24, 24],
			soundLeftOut: [0, 0, 0],
			hasSound: [false, false, false],
		});
		expect([film.width, film.height, film.duration]).toEqual([320, 180, 3]);
	});

	it.each([1, 24])('follow each other without a gap, and none twice: %s clips', async (count) => {
		const clips = Array.from({ length: count }, () => toClip('red', 24));
		const { film } = await join({ clips, fps: 24, soundtrack: NONE });
		const times = shownAt(film.pictures);
		expect(times).toHaveLength(24 * count);
		for (const [frame, time] of times.entries()) expect(time).toBeCloseTo(frame / 24, 9);
	});

	it('keep their time, whatever number came back', async () => {
		const clips = [toClip('red', 26), toClip('green', 20), toClip('blue', 24)];
		const { film, facts } = await join({ clips, fps: 24, soundtrack: NONE });
		const times = shownAt(film.pictures);
		const starts = [0, 26, 46, 70].map((frame) => frame / 24);
		for (const [clip, start] of starts.slice(0, 3).entries()) {
			const end = starts[clip + 1] ?? 0;
			for (let picture = 0; picture < 24; picture++) {
				const time = times[clip * 24 + picture] ?? 0;
				const own = start + picture / 24;
				// One that comes behind the end is there for a moment only.
				if (own < end - TICK) expect(Math.abs(time - own)).toBeLessThanOrEqual(TICK);
				else expect(time).toBeCloseTo(end - (24 - picture) * TICK, 6);
			}
		}
		expect(film.duration).toBeCloseTo(70 / 24, 6);
		expect(facts).toMatchObject({ frames: 70, framesReceived: [24, 24, 24] });
	});

	it('that are decoded in another order than they are shown keep both', async () => {
		const clips = [toClip('red-b-frames', 24), toClip('blue-b-frames', 24)];
		const { film } = await join({ clips, fps: 24, soundtrack: NONE });
		const originals = await Promise.all(
			clips.map(async (clip) => (await readFilm(await clip.content('all'))).pictures),
		);
		expect(contents(film.pictures.packets)).toEqual(
			originals.flatMap(({ packets }) => contents(packets)),
		);
		const expected = originals.flatMap(({ packets }, clip) =>
			packets.map(({ timestamp }) => clip + timestamp),
		);
		expect(expected).not.toEqual([...expected].sort((one, other) => one - other));
		for (const [index, { timestamp }] of film.pictures.packets.entries()) {
			expect(Math.abs(timestamp - (expected[index] ?? NaN))).toBeLessThanOrEqual(TICK);
		}
	});

	it.each([
		// Where its edit list ends it, and that is more than half a frame earlier.
		[750, 18],
		[970, 23.28],
		[990, 24],
		[1000, 24],
	])('end after %d ms where an edit list says so', async (milliseconds, frames) => {
		const file = Buffer.from(clipFile('red'));
		file.writeUInt32BE(milliseconds, file.indexOf('elst', 0, 'latin1') + 12);
		const clips = [clipOf(file, 'red'), toClip('blue')];
		const { film, facts } = await join({ clips, soundtrack: NONE });
		expect(facts.framesReceived).toEqual([24, 24]);
		expect(facts.video_seconds).toBeCloseTo(1 + frames / 24, 2);
		expect(shownAt(film.pictures)[24]).toBeCloseTo(frames / 24, 2);
	});

	it('end half a second after they begin, at 10 s, where an edit list says so', async () => {
		const file = Buffer.from(clipFile('red-at-10'));
		// The length of the second edit, in milliseconds.
		file.writeUInt32BE(500, file.indexOf('elst', 0, 'latin1') + 24);
		const clips = [clipOf(file, 'red-at-10'), toClip('blue-b-frames')];
		const { film, facts } = await join({ clips, soundtrack: NONE });
		expect(facts).toMatchObject({ framesReceived: [24, 24], video_seconds: 1.5 });
		expect(shownAt(film.pictures)[24]).toBeCloseTo(0.5, 3);
	});

	it('of which there is only one are shown at 24 frames per second', async () => {
		const { facts } = await join({ clips: [shortened(1, 1024)], soundtrack: NONE });
		expect(facts).toMatchObject({ fps: 24, framesReceived: [1] });
	});

	it('set the rate by their number and their length', async () => {
		const { facts } = await join({ clips: [shortened(12, 1024)], soundtrack: NONE });
		expect(facts).toMatchObject({ fps: 12, frames: 12, video_seconds: 1 });
		const short = await join({ clips: [shortened(12)], soundtrack: NONE });
		expect(short.facts).toMatchObject({ fps: 24, frames: 12, video_seconds: 0.5 });
	});

	it('of another rate than the film keep their times, and the rate is a mean then', async () => {
		const clips = [toClip('red'), shortened(12, 1024)];
		const { film, facts } = await join({ clips, soundtrack: NONE });
		expect(facts).toMatchObject({ fps: 18, frames: 36, video_seconds: 2 });
		const times = shownAt(film.pictures);
		for (let picture = 0; picture < 12; picture++) {
			expect(times[24 + picture]).toBeCloseTo(1 + picture / 12, 3);
		}
	});

	it('of clips of which only some have a place lie one behind the other', async () => {
		const clips = [toClip('red', 26), toClip('green'), toClip('blue', 20)];
		const { film, facts } = await join({ clips, fps: 24, soundtrack: NONE });
		const times = shownAt(film.pictures);
		expect(times[24]).toBeCloseTo(26 / 24, 6);
		expect(times[48]).toBeCloseTo(50 / 24, 6);
		expect(film.duration).toBeCloseTo(70 / 24, 6);
		expect(facts).toMatchObject({ frames: 70, video_seconds: 2.917 });
	});

	it('of a clip whose length nobody gave keep their own', async () => {
		const clips = [toClip('red'), toClip('green')];
		const { film, facts } = await join({ clips, soundtrack: NONE });
		expect(facts).toMatchObject({ frames: 48, fps: 24, video_seconds: 2 });
		expect(film.duration).toBeCloseTo(2, 6);
	});
});

describe("the clips' own sound", () => {
	it('stays with its clip, however many there are', async () => {
		const names = Array.from({ length: 40 }, (_, index) => (index % 2 ? 'green' : 'red'));
		// Places that are no whole number of packets.
		const clips = names.map((name) => toClip(name, 23));
		const { film } = await join({ clips, fps: 24, soundtrack: CLIPS });
		const packets = film.sound?.packets ?? [];
		const originals = new Map<string, string[]>();
		for (const name of ['red', 'green']) {
			const { sound } = await readFilm(clipFile(name));
			originals.set(name, contents(sound?.packets ?? []));
		}
		const found = contents(packets);
		for (const [index, name] of names.entries()) {
			// A packet from the middle of the clip, 20 behind the one that prepares the decoder.
			const wanted = originals.get(name)?.[20] ?? '';
			const start = (index * 23) / 24;
			const near = packets.findIndex(
				({ timestamp }, packet) => timestamp >= start && found[packet] === wanted,
			);
			const place = start + 19 * PACKET;
			expect(Math.abs((packets[near]?.timestamp ?? NaN) - place)).toBeLessThanOrEqual(
				PACKET / 2 + 1e-4,
			);
		}
	});

	it('goes on without gaps, in silence where a clip has none', async () => {
		const clips = ['red', 'yellow-no-sound', 'blue'].map((name) => toClip(name, 24));
		const { film } = await join({ clips, fps: 24, soundtrack: CLIPS });
		const packets = film.sound?.packets ?? [];
		for (const [index, { timestamp }] of packets.entries()) {
			expect(timestamp).toBeCloseTo(index * PACKET, 6);
		}
		expect(film.duration).toBeCloseTo(3, 1);
		const silent = packets.filter(
			({ data }) => Buffer.from(data).toString('hex') === '00c800802380',
		);
		expect(Math.abs(silent.length * PACKET - 1)).toBeLessThan(0.05);
		for (const { timestamp } of silent) {
			expect(timestamp).toBeGreaterThan(0.97);
			expect(timestamp).toBeLessThan(2.03);
		}
	});

	it('may begin with silence', async () => {
		const clips = ['yellow-no-sound', 'blue'].map((name) => toClip(name, 24));
		const { film } = await join({ clips, fps: 24, soundtrack: CLIPS });
		expect(film.sound?.packets[0]?.data).toHaveLength(6);
		const { sound } = await readFilm(clipFile('blue'));
		expect(film.sound?.settings).toEqual(sound?.settings);
	});

	it('is told for each clip', async () => {
		const names = ['red', 'yellow-no-sound', 'blue'];
		const clips = names.map((name) => toClip(name, 24));
		const { facts } = await join({ clips, fps: 24, soundtrack: CLIPS });
		expect(facts).toMatchObject({ hasSound: [true, false, true], soundLeftOut: [0, 0, 0] });
	});

	it('of a clip that begins at 10 s is no longer than its pictures', async () => {
		const { facts } = await join({ clips: [toClip('red-at-10')], soundtrack: CLIPS });
		expect(facts).toMatchObject({ hasSound: [true], soundLeftOut: [0] });
	});

	it('may have six channels where it lasts as long as the pictures', async () => {
		const { film } = await join({ clips: [sixChannels(24)], fps: 24, soundtrack: CLIPS });
		expect(film.sound?.packets.length).toBeGreaterThan(42);
	});

	it('is left out where no clip has any', async () => {
		const { film } = await join({ clips: [toClip('yellow-no-sound')], soundtrack: CLIPS });
		expect(film.sound).toBeUndefined();
	});
});

describe('a song under the film', () => {
	async function packetsOf(name: string) {
		const content = readFileSync(fixture(name));
		const input = new Input({ source: new BufferSource(content), formats: [MP3] });
		const track = await input.getPrimaryAudioTrack();
		const packets = [];
		if (track) for await (const each of new EncodedPacketSink(track).packets()) packets.push(each);
		return packets;
	}

	it.each([
		['song.mp3', 1105 / 44_100],
		['mp3-vbr-noheader.mp3', 0],
		['mp3-mpeg2-mono.mp3', 1105 / 22_050],
	])('is %s, bit for bit, its first sample at 0', async (name, delay) => {
		const clips = Array.from({ length: 9 }, () => toClip('red', 24));
		const { film } = await join({ clips, fps: 24, soundtrack: song(name) });
		const packets = film.sound?.packets ?? [];
		expect(contents(packets)).toEqual(contents(await packetsOf(name)));
		expect(packets[0]?.timestamp).toBeCloseTo(-delay, 6);
		expect(packets[1]?.timestamp).toBeCloseTo((packets[0]?.duration ?? 0) - delay, 6);
		expect(film.duration).toBeCloseTo(9, 6);
	});

	it('begins where the film does in the song', async () => {
		const clips = [toClip('red', 24), toClip('blue', 24)];
		const { film } = await join({ clips, fps: 24, soundtrack: song('song.mp3', 2) });
		const packets = film.sound?.packets ?? [];
		const originals = contents(await packetsOf('song.mp3'));
		const first = originals.indexOf(contents(packets)[0] ?? '');
		// Where it is in the song, and where in the film: as far from each other as the song is cut.
		const inSong = (first * 1152 - 1105) / 44_100;
		expect(Math.abs(inSong - (packets[0]?.timestamp ?? NaN) - 2)).toBeLessThan(1 / 24);
		expect(contents(packets)).toEqual(originals.slice(first, first + packets.length));
		const last = packets.at(-1);
		expect(last?.timestamp).toBeLessThan(2);
		expect((last?.timestamp ?? 0) + (last?.duration ?? 0)).toBeGreaterThanOrEqual(2 - 1e-6);
	});

	it('leaves out a last frame that is cut off', async () => {
		const content = readFileSync(fixture('song.mp3'));
		const clips = Array.from({ length: 9 }, () => toClip('red', 24));
		const whole = await packetsOf('song.mp3');
		const cut = songFrom(async () => await Promise.resolve(content.subarray(0, -100)));
		const { film } = await join({ clips, fps: 24, soundtrack: cut });
		expect(contents(film.sound?.packets ?? [])).toEqual(contents(whole).slice(0, -1));
	});

	it.each([
		['cannot be opened', async () => await Promise.reject(new Error('gone'))],
		[
			'breaks off',
			async () =>
				await Promise.resolve(
					Readable.from(
						(async function* () {
							yield readFileSync(fixture('song.mp3')).subarray(0, 5000);
							await Promise.reject(new Error('gone'));
						})(),
					),
				),
		],
	])('that %s is told as its source tells it', async (_, open) => {
		const joining = join({ clips: [toClip('red')], soundtrack: songFrom(open) });
		await expect(joining).rejects.toMatchObject({ facts: { message: 'Broken off' } });
	});

	it('is closed where the film is not written to its end', async () => {
		const sources: Readable[] = [];
		const open = async () => {
			const source = Readable.from([readFileSync(fixture('song.mp3'))]);
			sources.push(source);
			return await Promise.resolve(source);
		};
		const clips = [toClip('red', 24), toClip('blue', 24)];
		const film = await joinClips({ clips, fps: 24, soundtrack: songFrom(open) });
		let pieces = 0;
		for await (const piece of film.content()) {
			expect(piece.length).toBeGreaterThan(0);
			if (++pieces === 2) break;
		}
		expect(pieces).toBe(2);
		expect(sources.map(({ destroyed }) => destroyed)).toEqual([true, true]);
	});

	it('that is shorter when it is read again makes no film', async () => {
		let reads = 0;
		const content = readFileSync(fixture('song.mp3'));
		const open = async () =>
			await Promise.resolve(reads++ === 0 ? content : content.subarray(0, 5000));
		const joining = join({ clips: [toClip('red', 24)], fps: 24, soundtrack: songFrom(open) });
		await expect(joining).rejects.toMatchObject({
			facts: { message: 'red cannot be joined: its file changed while the film was being made' },
		});
	});

	/** Frames of MPEG-2 layer III of 96 bytes and 32 kbit/s in mono, without anything to hear. */
	const at24kHz = Buffer.concat(
		Array.from({ length: 50 }, () =>
			Buffer.concat([Buffer.from([0xff, 0xf3, 0x44, 0xc0]), Buffer.alloc(92)]),
		),
	);

	it.each([
		['24 kHz', songFrom(async () => await Promise.resolve(at24kHz)), 0x69],
		['44.1 kHz', song('song.mp3'), 0x6b],
	])('of %s is called the kind of MP3 that it is', async (_, soundtrack, kind) => {
		const { bytes } = await join({ clips: [toClip('red', 24)], fps: 24, soundtrack });
		// Behind the heads of two descriptors (ISO/IEC 14496-1, 7.2.6.6): MPEG-2 is 0x69, MPEG-1 0x6b.
		const descriptor = bytes.indexOf('esds', 0, 'latin1');
		expect([...bytes.subarray(descriptor, descriptor + 30)]).toContain(kind);
	});

	it('ends with the film', async () => {
		const clips = [toClip('red', 24), toClip('blue', 24)];
		const { film } = await join({ clips, fps: 24, soundtrack: song('song.mp3') });
		const packets = film.sound?.packets ?? [];
		const last = packets.at(-1);
		expect(last?.timestamp).toBeLessThan(2);
		expect((last?.timestamp ?? 0) + (last?.duration ?? 0)).toBeGreaterThanOrEqual(2 - 1e-6);
		const originals = contents(await packetsOf('song.mp3')).slice(0, packets.length);
		expect(contents(packets)).toEqual(originals);
	});
});

describe('says in words', () => {
	async function failureOf(parts: FilmParts) {
		const failure: unknown = await join(parts).catch((error: unknown) => error);
		if (!(failure instanceof Failure)) throw new Error('No failure', { cause: failure });
		const { message, description } = failure.facts;
		expect(`${message} ${description}`).not.toMatch(/error|problem|failure|mistake/i);
		return { message, description };
	}
	const fromBytes = (bytes: Buffer) => clipOf(bytes, 'Clip 2');
	const red = toClip('red', 24, 'Clip 1');
	/** A clip whose pictures have another width or height, as its table says. */
	const resized = (offset: number, pixels: number) => {
		const file = Buffer.from(clipFile('red'));
		file.writeUInt16BE(pixels, file.lastIndexOf('avc1') + 4 + offset);
		return fromBytes(file);
	};
	const fromClip = (clip: Clip): Clip => ({ ...clip, frames: 24, label: 'Clip 2' });
	const other = (name: string) => toClip(name, 24, 'Clip 2');

	it.each([
		[
			'has another size',
			other('yellow-portrait'),
			/it is 180 × 320 pixels, and Clip 1 is 320 × 180/,
		],
		['is wider', resized(24, 640), /it is 640 × 180 pixels, and Clip 1 is 320 × 180/],
		['is taller', resized(26, 360), /it is 320 × 360 pixels, and Clip 1 is 320 × 180/],
		['has other settings', other('yellow-baseline'), /encoded with different settings/],
		['is turned', fromClip(turned('red', 90)), /encoded with different settings/],
		['is not H.264', other('yellow-mpeg4'), /its pictures are not H\.264/],
		['has sound of another kind', other('yellow-48-khz'), /its sound is encoded differently/],
		['is no MP4', fromBytes(Buffer.from('<html>')), /it is not an MP4 file/],
		['is empty', fromBytes(Buffer.alloc(0)), /it is not an MP4 file/],
		['is cut off', fromBytes(clipFile('blue').subarray(0, 1500)), /: it is cut off$/],
	])('which clip %s', async (_, clip, reason) => {
		const clips = [red, clip, red];
		const { message, description } = await failureOf({ clips, fps: 24, soundtrack: CLIPS });
		expect(message).toMatch(/^Clip 2 cannot be joined: /);
		expect(message).toMatch(reason);
		expect(description).toContain('The clips themselves are not changed');
	});

	it.each([
		[
			'the size',
			other('yellow-portrait'),
			/^Make all clips of a film with the same model and size/,
		],
		['the settings', other('yellow-baseline'), /^Make all clips of a film with the same model/],
		['the sound', other('yellow-48-khz'), /^Set 'Soundtrack' to another one\./],
		['the sound, of six channels', sixChannels(26), /^Set 'Soundtrack' to another one\./],
	])('what to do where %s differs', async (_, clip, advice) => {
		const { description } = await failureOf({ clips: [red, clip], fps: 24, soundtrack: CLIPS });
		expect(description).toMatch(advice);
	});

	it('that sound of six channels ends before the pictures do', async () => {
		const clips = [sixChannels(26)];
		const { message, description } = await failureOf({ clips, fps: 24, soundtrack: CLIPS });
		expect(message).toBe(
			'Clip 2 cannot be joined: it has less sound than pictures, with more than two channels',
		);
		expect(description).toMatch(/^Convert the clips to stereo, or choose another soundtrack\./);
	});

	it('that a clip has one frame', async () => {
		const clips = [{ ...shortened(1), frames: 24, label: 'Clip 2' }];
		const { message } = await failureOf({ clips, fps: 24, soundtrack: NONE });
		expect(message).toBe('Clip 2 cannot be joined: it has 1 frame, and 24 were asked for');
	});

	it('that a clip has changed since it was read', async () => {
		let reads = 0;
		const content = async () =>
			await Promise.resolve(clipFile(reads++ === 0 ? 'green' : 'red-b-frames'));
		const clips = [red, { label: 'Clip 2', content }];
		const { message, description } = await failureOf({ clips, fps: 24, soundtrack: NONE });
		expect(message).toMatch(/^Clip 2 cannot be joined: its file changed/);
		expect(description).toMatch(/^Run the node again\./);
	});

	it('that there is nothing to hear in a song', async () => {
		const { message } = await failureOf({ clips: [red], soundtrack: song('song.wav') });
		expect(message).toBe('There is nothing to hear in the sound');
	});

	it('that a song has several sampling rates, where one track has one', async () => {
		const { message, description } = await failureOf({
			clips: Array.from({ length: 20 }, () => red),
			fps: 24,
			soundtrack: song('damaged/mp3-48k-44k.mp3'),
		});
		expect(message).toContain('an MP3 with several sampling rates');
		expect(description).toContain('Convert the sound to MP3');
	});

	it('that there is nothing to join', async () => {
		const { message } = await failureOf({ clips: [], soundtrack: NONE });
		expect(message).toBe('There are no clips to join');
	});
});
