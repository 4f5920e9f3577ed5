/** What is heard in songs whose beats, sections and pauses are known. */
import { LEVELS_A_SECOND, BandMeter, BANDS } from '../../nodes/Deapi/sound/music/bands';
import { musicOf } from '../../nodes/Deapi/sound/music/music';
import { distance, hear, PAUSES, share, SONGS, truthOf } from '../support/music';
import { tone } from '../support/tones';
import { evenNoise } from './levels';

describe.each(SONGS)('%s', (song) => {
	const { beats: trueBeats, sections: trueSections } = truthOf(song);

	test('has its beats where they are', async () => {
		const { beats } = (await hear(`${song}.mp3`)).music;
		const found = beats.map(({ seconds }) => seconds);
		expect(share(trueBeats, (beat) => distance(beat, found) < 0.025)).toBeGreaterThan(0.95);
		expect(share(found, (beat) => distance(beat, trueBeats) < 0.025)).toBeGreaterThan(0.95);
		const errors = found.map((beat) => distance(beat, trueBeats)).sort((a, b) => a - b);
		expect(errors[Math.floor(errors.length / 2)]).toBeLessThan(0.005);
	});

	test('has its sections where instruments come in or stop', async () => {
		const { sections } = (await hear(`${song}.mp3`)).music;
		expect(sections).toHaveLength(trueSections.length);
		expect(sections.filter((each) => distance(each, trueSections) > 0.05)).toEqual([]);
	});

	test('has no pauses for cuts but before and behind the music', async () => {
		const { pauses } = (await hear(`${song}.mp3`)).music;
		const [first = 0, last = 0] = [trueBeats[0], trueBeats.at(-1)];
		expect(pauses.filter(({ from, to }) => to > first + 0.1 && from < last)).toEqual([]);
	});
});

test.each([
	['clicks-97', 97],
	['clicks-128', 128],
	['drums-that-pause', 110],
	// Most of it.
	['change-of-tempo', 126],
])('%s has %d beats a minute', async (song, bpm) => {
	expect((await hear(`${song}.mp3`)).music.bpm).toBe(bpm);
});

test.each(['clicks-97', 'clicks-128'])('%s has its bars where they are', async (song) => {
	const { beats } = (await hear(`${song}.mp3`)).music;
	const bars = beats.flatMap(({ seconds, isBar }) => (isBar ? [seconds] : []));
	expect(share(truthOf(song).bars, (bar) => distance(bar, bars) < 0.025)).toBeGreaterThan(0.95);
	expect(bars.length * 4).toBeLessThan(beats.length + 4);
});

test('speech has its pauses where the voice rests, and no beat', async () => {
	const { bpm, beats, pauses } = (await hear('speech.mp3')).music;
	expect({ bpm, beats }).toEqual({ bpm: undefined, beats: [] });
	const truth = PAUSES;
	const isHeard = ([from, to]: [number, number]) =>
		pauses.some((pause) => Math.abs(pause.from - from) < 0.06 && Math.abs(pause.to - to) < 0.06);
	expect(share(truth, isHeard)).toBe(1);
	const inner = pauses.filter(({ from, to }) => from > 0.3 && to < (truth.at(-1)?.[1] ?? 0) + 1);
	expect(inner.length).toBeLessThanOrEqual(truth.length + 1);
});

describe('levels', () => {
	const RATE = 44_100;

	function levelsOf(channels: Float32Array[], step: number) {
		const meter = new BandMeter(RATE);
		const length = channels[0]?.length ?? 0;
		for (let at = 0; at < length; at += step) {
			meter.add(channels.map((channel) => channel.subarray(at, at + step)));
		}
		return meter.close();
	}

	test.each([
		[8000, 0],
		[4000, 1],
		[2000, 2],
		[1000, 3],
		[500, 4],
		[250, 5],
		[60, 6],
	])('of a tone of %d Hz are in band %d', (hertz, band) => {
		const { frames, levels } = levelsOf([tone(hertz, RATE, RATE)], 1152);
		expect(frames).toBe(LEVELS_A_SECOND);
		const sums = Array.from({ length: BANDS }, (_, each) => {
			let sum = 0;
			for (let frame = 5; frame < 95; frame++) sum += levels[frame * BANDS + each] ?? 0;
			return sum;
		});
		expect(sums.indexOf(Math.max(...sums))).toBe(band);
	});

	test('do not depend on how the sound comes', () => {
		const sound = [tone(300, RATE, RATE), tone(5000, RATE, RATE)];
		const whole = levelsOf(sound, RATE);
		expect(levelsOf(sound, 1)).toEqual(whole);
		expect(levelsOf(sound, 1000)).toEqual(whole);
	});

	test('begin when the sound begins, in all bands alike', () => {
		const click = new Float32Array(RATE).fill(0);
		click[RATE / 2] = 1;
		const { levels } = levelsOf([click], 1152);
		const loudest = Array.from({ length: BANDS }, (_, band) => {
			const row = levels.filter((_level, at) => at % BANDS === band);
			return row.indexOf(Math.max(...row));
		});
		for (const frame of loudest)
			expect(Math.abs(frame - LEVELS_A_SECOND / 2)).toBeLessThanOrEqual(1);
	});

	test.each([
		[44_100, ['7.72730', '3.54469', '1.72692', '0.808089', '0.465316', '0.237073', '0.326577']],
		[48_000, ['7.55001', '3.40297', '1.81884', '0.896357', '0.458891', '0.249881', '0.370939']],
	])('of the same noise at %d Hz are the same for ever', (rate, expected) => {
		const random = evenNoise();
		const noise = [0, 1].map(() =>
			Float32Array.from({ length: rate / 4 + 137 }, () => 2 * random() - 1),
		);
		const meter = new BandMeter(rate);
		for (let at = 0; at < rate; at += 1152) {
			meter.add(noise.map((channel) => channel.subarray(at, at + 1152)));
		}
		const { frames, levels } = meter.close();
		expect(frames).toBe(25);
		const found = Array.from({ length: BANDS }, (_, band) => {
			const row = levels.filter((_level, at) => at % BANDS === band);
			// Each octave has half the power of the one above; weighed by time, so that none lies elsewhere.
			return row.reduce((sum, level, frame) => sum + level * (frame + 1), 0).toPrecision(6);
		});
		expect(found).toEqual(expected);
	});

	test('are there where the channels are each other’s opposite', () => {
		const left = tone(1000, RATE, RATE);
		const { levels } = levelsOf([left, left.map((each) => -each)], 1152);
		expect(Math.max(...levels)).toBeGreaterThan(0.001);
	});
});

test.each([
	['silence', new Float32Array(44_100 * 30)],
	['a tone', tone(440, 44_100 * 30, 44_100)],
	['nothing at all', new Float32Array(0)],
	['a moment', tone(440, 441, 44_100)],
])('%s has neither beat nor pause nor section', async (_what, sound) => {
	const meter = new BandMeter(44_100);
	meter.add([sound]);
	expect(await musicOf(meter.close())).toEqual({
		bpm: undefined,
		beats: [],
		pauses: [],
		sections: [],
	});
});
