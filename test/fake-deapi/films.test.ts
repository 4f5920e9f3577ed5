/**
 * Films: real H.264 in MP4 of the frames, rate and size that a job asked for.
 */
import { ALL_FORMATS, BufferSource, EncodedPacketSink, Input } from 'mediabunny';

import { FILM_COLORS, type FakeDeapi, type FakeDeapiOptions, type FilmOptions } from './index';
import { form, get, start, submitted } from './testing/plain-http';
import { cpuTimer } from '../support/cpu-timer';

const FILM: FakeDeapiOptions = { results: 'film' };

async function filmBytes(fake: FakeDeapi, fields: Record<string, string> = {}): Promise<Buffer> {
	const requestId = await submitted(fake, form(fields));
	fake.completeJob(requestId);
	const response = await get(fake, fake.resultUrl(requestId), {});
	expect(response.status).toBe(200);
	const bytes = Buffer.from(await response.arrayBuffer());
	expect(response.headers.get('content-length')).toBe(String(bytes.length));
	return bytes;
}

/** What a player reads of a film. */
async function read(bytes: Buffer) {
	const input = new Input({ formats: ALL_FORMATS, source: new BufferSource(bytes) });
	const video = await input.getPrimaryVideoTrack();
	const audio = await input.getPrimaryAudioTrack();
	if (!video) throw new Error('The film has no picture.');
	const packetsOf = async (track: NonNullable<typeof video | typeof audio>) => {
		const packets = [];
		for await (const packet of new EncodedPacketSink(track).packets()) packets.push(packet);
		return packets;
	};
	const config = await video.getDecoderConfig();
	return {
		codec: config?.codec,
		parameters: Buffer.from(config?.description as Uint8Array).toString('hex'),
		size: [config?.codedWidth, config?.codedHeight],
		pictures: await packetsOf(video),
		sound: audio ? await packetsOf(audio) : [],
		audio: audio ? await audio.getDecoderConfig() : null,
	};
}

const filmOf = async (options: FilmOptions, fields?: Record<string, string>) =>
	await read(await filmBytes(await start({ ...FILM, film: options }), fields));

describe('a film', () => {
	it('has the frames and the rate that were asked for, each frame in its place', async () => {
		const film = await filmOf({}, { model: 'LtxStudio_30B_Dist_FP8', frames: '131', fps: '30' });
		expect(film.pictures).toHaveLength(131);
		film.pictures.forEach(({ timestamp, duration }, frame) => {
			expect(timestamp).toBeCloseTo(frame / 30, 3);
			expect(duration).toBeCloseTo(1 / 30, 3);
		});
		expect(film.codec).toMatch(/^avc1\./);
		const keys = film.pictures.flatMap(({ type }, frame) => (type === 'key' ? [frame] : []));
		expect(keys).toEqual(Array.from({ length: 11 }, (_, group) => group * 12));
	});

	it.each([
		['512', '512', [512, 512]],
		['576', '1024', [576, 1024]],
		['1024', '576', [1024, 576]],
		['960', '512', [1024, 576]],
		['512', '896', [576, 1024]],
	])('of %s × %s has the nearest size there is', async (width, height, size) => {
		const film = await filmOf({}, { width, height });
		expect(film.size).toEqual(size);
	});

	it('has a tone from before its first frame to past its last, in stereo', async () => {
		const { sound, audio } = await filmOf({}, { frames: '241' });
		expect(audio).toMatchObject({ codec: 'mp4a.40.2', sampleRate: 44_100, numberOfChannels: 2 });
		expect(sound[0]?.timestamp).toBeCloseTo(-1024 / 44_100, 4);
		const last = sound.at(-1);
		const end = (last?.timestamp ?? 0) + (last?.duration ?? 0);
		expect(end).toBeGreaterThanOrEqual(241 / 24);
		expect(end).toBeLessThan(241 / 24 + 0.03);
	});

	it('has its moov box in front and no fragments', async () => {
		const bytes = await filmBytes(await start(FILM));
		const boxes: string[] = [];
		for (let at = 0; at < bytes.length; at += bytes.readUInt32BE(at)) {
			boxes.push(bytes.toString('latin1', at + 4, at + 8));
		}
		expect(boxes.slice(0, 2)).toEqual(['ftyp', 'moov']);
		expect(boxes).toContain('mdat');
		expect(boxes).not.toContain('moof');
	});

	it('has another colour than the one before, and the same codec parameters', async () => {
		const fake = await start(FILM);
		const films: Buffer[] = [];
		for (let job = 0; job <= FILM_COLORS.length; job += 1) films.push(await filmBytes(fake));
		expect(films[0]?.equals(films.at(-1) ?? Buffer.alloc(0))).toBe(true);
		const read6 = await Promise.all(films.slice(0, -1).map(read));
		expect(new Set(read6.map(({ parameters }) => parameters)).size).toBe(1);
		const first = read6.map(({ pictures }) => Buffer.from(pictures[0]?.data ?? []).toString('hex'));
		expect(new Set(first).size).toBe(FILM_COLORS.length);
		const tones = read6.map(({ sound }) => Buffer.from(sound[20]?.data ?? []).toString('hex'));
		expect(new Set(tones).size).toBe(FILM_COLORS.length);
	});

	it('may be longer or shorter, of another size, silent or of other parameters', async () => {
		expect((await filmOf({ extraFrames: 3 })).pictures).toHaveLength(100);
		expect((await filmOf({ extraFrames: -2 })).pictures).toHaveLength(95);
		expect((await filmOf({ size: { width: 1024, height: 576 } })).size).toEqual([1024, 576]);
		expect((await filmOf({ sound: false })).audio).toBeNull();
		const [usual, other] = [await filmOf({}), await filmOf({ codec: 'other' })];
		expect(other.parameters).not.toBe(usual.parameters);
		expect(other.size).toEqual(usual.size);
	});

	it('may be no film, and differ by job', async () => {
		const film: FakeDeapiOptions['film'] = ({ index, fields }) =>
			index === 1
				? { instead: Buffer.from('{"no":"film"}') }
				: { extraFrames: Number(fields.seed) };
		const fake = await start({ ...FILM, film });
		expect((await read(await filmBytes(fake, { seed: '4' }))).pictures).toHaveLength(101);
		expect(String(await filmBytes(fake))).toBe('{"no":"film"}');
	});

	it('is quick to make: a song of eighteen clips', async () => {
		const fake = await start({ ...FILM, recordBodies: false });
		const used = cpuTimer();
		for (let clip = 0; clip < 18; clip += 1) await filmBytes(fake, { frames: '241' });
		expect(used()).toBeLessThan(2000);
	});
});
