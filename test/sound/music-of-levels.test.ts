/**
 * What is heard in levels that are made by rule: it has to be what they were made of, and the same for ever. Clips
 * that were paid for are found again by where they lie, and that goes by the music.
 */
import { musicOf } from '../../nodes/Deapi/sound/music/music';
import { distance } from '../support/music';
import type { Tone } from './levels';
import { beatTimes, drums, levelsFrom } from './levels';

/** Chords that fill the song, and a few notes. */
const FULL = [-60, -50, -40, -34, -30, -32, -36];
const THIN = [-70, -60, -52, -46, -44, -50, -60];
const VOICE = [-50, -44, -34, -26, -22, -24, -38];

const STEADY = beatTimes(124, 0.37, 30);
const WALTZ = beatTimes(93.3, 1.21, 28);
const ALL = beatTimes(110, 0.5, 34);
const PAUSING = ALL.filter((beat) => beat < 12 || beat > 19.4);
const CHANGING = [...beatTimes(100, 0.3, 17.1), ...beatTimes(137, 17.1, 36)];

const during = (from: number, to: number, levels: readonly number[]): Tone => ({
	from,
	to,
	levels,
});

/** Beats as milliseconds; the first one of a bar has a star. */
const asText = (beats: Array<{ seconds: number; isBar: boolean }>) =>
	beats.map(({ seconds, isBar }) => `${Math.round(seconds * 1000)}${isBar ? '*' : ''}`).join(' ');

test.each([
	{
		name: 'a steady beat',
		bands: levelsFrom(30, drums(STEADY), [during(0, 15.3, THIN), during(15.3, 30, FULL)]),
		truth: { bpm: 124, beats: STEADY, sections: [15.3] },
		beats: [
			'373* 857 1341 1824 2308* 2792 3276 3760 4244* 4728 5212 5695 6179* 6663 7147 7631',
			'8115* 8599 9083 9567 10051* 10534 11018 11502 11986* 12470 12954 13438 13922* 14405 14889 15373',
			'15857* 16341 16824 17308 17792* 18276 18760 19244 19728* 20212 20695 21179 21663* 22147 22631 23115',
			'23599* 24083 24567 25051 25534* 26018 26502 26986 27470* 27954 28438 28921 29405* 29889',
		].join(' '),
		sections: [15_373],
	},
	{
		name: 'a waltz',
		bands: levelsFrom(30, drums(WALTZ, 3), [during(1, 28, FULL)]),
		truth: { bpm: 93.3, beats: WALTZ, sections: [28] },
		beats: [
			'1214* 1856 2499 3142* 3785 4428 5071* 5715 6358 7001* 7644 8287 8930* 9573 10216 10859*',
			'11502 12145 12788* 13431 14075 14718* 15361 16004 16647* 17290 17933 18576* 19219 19862 20505* 21148',
			'21791 22435* 23078 23721 24364* 25007 25650 26293* 26936 27580 28224* 28866 29512',
		].join(' '),
		sections: [26_293],
	},
	{
		name: 'drums that pause and go on in step',
		bands: levelsFrom(34, drums(PAUSING), [during(0, 34, FULL)]),
		truth: { bpm: 110, beats: ALL, sections: [12, 19.4] },
		beats: [
			'505 1050 1595 2140 2685 3231 3776 4322 4867 5412 5958 6503 7048 7594 8139 8684',
			'9230 9775 10320 10865 11411 11956 12501 13046 13591 14137 14682 15228 15774 16319 16865 17411',
			'17956 18502 19048 19593 20139 20685 21230 21776 22321 22867 23412 23958 24503 25048 25594 26139',
			'26685 27230 27776 28321 28867 29412 29958 30503 31048 31594 32140 32685 33231 33776',
		].join(' '),
		sections: [12_501, 19_593],
	},
	{
		name: 'a change of tempo',
		bands: levelsFrom(36, drums(CHANGING), [during(0, 36, THIN)]),
		truth: { bpm: 137, beats: CHANGING, sections: [17.1] },
		beats: [
			'303* 903 1503 2103 2703* 3303 3903 4503 5103* 5703 6303 6903 7503* 8103 8703 9303',
			'9903* 10503 11103 11703 12303* 12903 13503 14103 14703* 15303 15903 16503 17103* 17542 17979 18415',
			'18854* 19294 19732 20169 20607* 21045 21483 21921 22359* 22797 23235 23673 24111* 24549 24987 25425',
			'25862* 26300 26738 27177 27614* 28052 28489 28928 29366* 29804 30241 30679 31117* 31555 31993 32431',
			'32869* 33307 33745 34183 34621* 35059 35496 35934',
		].join(' '),
		sections: [17_103],
	},
])('$name', async ({ bands, truth, beats, sections }) => {
	const heard = await musicOf(bands);
	const found = heard.beats.map(({ seconds }) => seconds);
	expect(truth.beats.filter((beat) => distance(beat, found) > 0.006)).toEqual([]);
	expect(heard.bpm).toBe(truth.bpm);
	expect(heard.pauses).toEqual([]);
	// Half a bar and more: what changes does so on a beat.
	expect(heard.sections.filter((each) => distance(each, truth.sections) > 1.8)).toEqual([]);
	expect(asText(heard.beats)).toBe(beats);
	expect(heard.sections.map((each) => Math.round(each * 1000))).toEqual(sections);
});

test('speech', async () => {
	const words = [
		during(0.5, 2.2, VOICE),
		during(2.35, 4.9, VOICE),
		during(5.6, 7.4, VOICE),
		during(7.65, 9.3, VOICE),
		during(10.2, 13.7, VOICE),
		during(13.8, 15.1, VOICE),
		during(16, 18.8, VOICE),
	];
	expect(await musicOf(levelsFrom(20, [], words))).toEqual({
		...{ bpm: undefined, beats: [], sections: [] },
		// Those of a fifth of a second and more, between what is said.
		pauses: [
			{ from: 4.9, to: 5.6 },
			{ from: 7.4, to: 7.65 },
			{ from: 9.3, to: 10.2 },
			{ from: 15.1, to: 16 },
			{ from: 18.8, to: 19 },
		],
	});
});

test('two kinds of sound without a beat are two sections', async () => {
	const low = [-80, -80, -70, -60, -40, -20, -18];
	const high = [-18, -20, -40, -60, -70, -80, -80];
	const bands = levelsFrom(24, [], [during(0, 11, low), during(11, 24, high)]);
	const { beats, sections } = await musicOf(bands);
	expect(beats).toEqual([]);
	expect(sections).toEqual([11]);
});

test('noise has nothing', async () => {
	expect(await musicOf(levelsFrom(30, []))).toEqual({
		...{ bpm: undefined, beats: [], pauses: [], sections: [] },
	});
});
