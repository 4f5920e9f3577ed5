/**
 * Where a film is cut by music that is written down here, so that nothing needs to be heard: at its beats, pauses and
 * sections. Clips that were paid for are found again by where they lie, so the frames are held as they are.
 */
import type { PlanRequest } from '../../../nodes/Deapi/film/plan/plan';
import type { Places } from '../../../nodes/Deapi/film/plan/places';
import { placesOf } from '../../../nodes/Deapi/film/plan/places';
import { planClips, planSteps } from '../../../nodes/Deapi/film/plan/plan';
import { readScenes } from '../../../nodes/Deapi/film/plan/scenes';
import type { Music } from '../../../nodes/Deapi/sound/music/music';

const MINUTE: PlanRequest = {
	...{ fps: 24, minFrames: 49, maxFrames: 241, grid: { step: 8, first: 1 }, modelName: 'LTX-2.3' },
	...{ seconds: 60, endsSound: true, scenes: [], pictures: 0 },
};

/** Four beats a bar, the first one a bar's first. */
function beatsAt(bpm: number, from: number, to: number): Music['beats'] {
	const period = 60 / bpm;
	const count = Math.ceil((to - from) / period);
	return Array.from({ length: count }, (_, beat) => ({
		seconds: from + beat * period,
		isBar: beat % 4 === 0,
	}));
}

const music = (heard: Partial<Music>): Music => ({
	...{ bpm: undefined, beats: [], pauses: [], sections: [] },
	...heard,
});

const SONG = music({ bpm: 100, beats: beatsAt(100, 0.4, 60), sections: [14.8, 34, 43.6] });
const PAUSES = [
	...[4.1, 4.35, 8.2, 9.1, 13, 13.2, 17.5, 18.4, 24, 24.3, 27.7, 28],
	...[33, 33.8, 36.1, 36.2, 41, 42, 45, 45.3, 50, 50.6, 55, 55.4],
];
/** Pauses, by where they begin and end in turn. */
const pausesAt = (times: number[]): Music['pauses'] =>
	times.flatMap((from, index) => (index % 2 === 0 ? [{ from, to: times[index + 1] ?? from }] : []));
const TALK = music({ pauses: pausesAt(PAUSES) });
const LONG = music({
	bpm: 97,
	beats: beatsAt(97, 0.2, 300),
	sections: [22, 61.3, 100.1, 160, 203.2, 250.4],
});

const lineOf = (text: string) => text.split(' ');

test.each<[string, Partial<PlanRequest>, number, number[], string]>([
	[
		'beats',
		{ cutAt: 'music', music: SONG },
		1444,
		[0, 182, 355, 528, 758, 989, 1219],
		'start beat beat beat beat beat beat',
	],
	[
		'sections',
		{ cutAt: 'sections', music: SONG },
		1444,
		[0, 182, 355, 585, 816, 1046, 1219],
		'start beat section beat section section beat',
	],
	[
		'sections, in as few clips as can be',
		{ cutAt: 'sections', music: SONG, maxClips: 6 },
		1442,
		[0, 240, 481, 722, 960, 1201],
		'start beat even even beat even',
	],
	[
		'beats of a part of a song',
		{ cutAt: 'music', music: SONG, start: 7.3, seconds: 45 },
		1080,
		[0, 180, 410, 641, 871],
		'start beat beat beat beat',
	],
	[
		'beats, in short clips',
		{ cutAt: 'music', music: SONG, minFrames: 25, maxFrames: 121 },
		1447,
		[0, 96, 182, 297, 413, 528, 643, 758, 873, 989, 1104, 1219, 1334],
		'start beat beat beat beat beat beat beat beat beat beat beat beat',
	],
	[
		'beats, at 25 frames per second',
		{ cutAt: 'music', music: SONG, minFrames: 25, maxFrames: 161, fps: 25 },
		1506,
		[0, 160, 310, 460, 610, 760, 910, 1060, 1210, 1345],
		'start beat beat beat beat beat beat beat beat beat',
	],
	[
		'beats, by a model that makes any number of frames',
		{ cutAt: 'music', music: SONG, grid: undefined },
		1440,
		[0, 182, 355, 528, 758, 989, 1219],
		'start beat beat beat beat beat beat',
	],
	[
		'beats, where the sound goes on behind the film',
		{ cutAt: 'music', music: SONG, seconds: 59.3, endsSound: false },
		1423,
		[0, 182, 355, 528, 758, 989, 1190],
		'start beat beat beat beat beat beat',
	],
	[
		'pauses',
		{ cutAt: 'music', music: TALK },
		1447,
		[0, 209, 426, 579, 804, 997, 1206],
		'start pause pause pause pause pause pause',
	],
	[
		'pauses, in short clips',
		{ cutAt: 'music', music: TALK, minFrames: 25, maxFrames: 121 },
		1446,
		[0, 103, 208, 313, 434, 547, 668, 773, 884, 996, 1084, 1205, 1325],
		'start pause pause pause pause even pause even even pause pause pause pause',
	],
	[
		'pauses, and beats behind them',
		{
			cutAt: 'music',
			music: music({ beats: beatsAt(120, 20, 60), pauses: pausesAt(PAUSES.slice(0, 8)) }),
		},
		1441,
		[0, 208, 432, 624, 816, 1008, 1200],
		'start pause pause beat beat beat beat',
	],
	[
		'sections and scenes',
		{
			...{ cutAt: 'sections', music: SONG, maxClips: 9 },
			scenes: readScenes('0:00 A\n0:21.3 B\n0:40 C'),
		},
		1444,
		[0, 182, 355, 511, 643, 816, 960, 1046, 1219],
		'start beat section scene beat section scene section beat',
	],
	[
		'beats and scenes',
		{ cutAt: 'music', music: SONG, scenes: readScenes('0:00 A\n0:21.3 B\n0:40 C') },
		1446,
		[0, 182, 326, 511, 744, 960, 1104, 1277],
		'start beat beat scene beat scene beat beat',
	],
	[
		'beats of five minutes, in one clip more than is needed at most',
		{ cutAt: 'music', music: LONG, seconds: 300 },
		7205,
		[
			...[0, 183, 361, 598, 836, 1073, 1311, 1549, 1786, 2024, 2261, 2499, 2736, 2974, 3211],
			...[3449, 3686, 3924, 4161, 4399, 4636, 4874, 5111, 5349, 5586, 5824, 6061, 6299, 6537],
			...[6774, 7012],
		],
		`start${' beat'.repeat(30)}`,
	],
])('%s: a film is cut there, and why', (_name, changes, frames, starts, words) => {
	const plan = planClips({ ...MINUTE, ...changes });
	expect(plan.clips.map(({ startFrame }) => startFrame)).toEqual(starts);
	expect(plan.clips.map(({ cut }) => cut)).toEqual(lineOf(words));
	expect(plan.frames).toBe(frames);
	const beats = changes.music?.beats ?? [];
	const pauses = changes.music?.pauses ?? [];
	for (const { cut, startFrame } of plan.clips) {
		const time = (changes.start ?? 0) + startFrame / plan.fps;
		const near = beats.some(({ seconds }) => Math.abs(seconds - time) <= 0.02 + 0.5 / plan.fps);
		if (cut === 'beat' || cut === 'section') expect(near).toBe(true);
		if (cut === 'pause') expect(pauses.some(({ from, to }) => from < time && time < to)).toBe(true);
	}
});

test('five minutes with sections in all but equal clips, where more are allowed', () => {
	const { clips } = planClips({
		...{ ...MINUTE, seconds: 300, music: LONG },
		...{ cutAt: 'sections', maxClips: 40 },
	});
	const sections = clips.filter(({ cut }) => cut === 'section');
	expect(clips).toHaveLength(34);
	expect(sections.map(({ startFrame }) => startFrame)).toEqual([528, 1471, 2402, 3840, 4877, 6009]);
});

test.each([
	[33, [528, 1471, 2402, 3840, 4877]],
	[32, [528, 1471, 2402, 4877]],
	[31, [4877]],
])('and the best of them where only %d are', (maxClips, expected) => {
	const { clips } = planClips({
		...{ ...MINUTE, seconds: 300, music: LONG },
		...{ cutAt: 'sections', maxClips },
	});
	expect(clips).toHaveLength(maxClips);
	const sections = clips.filter(({ cut }) => cut === 'section');
	expect(sections.map(({ startFrame }) => startFrame)).toEqual(expected);
});

test('a long film is planned in steps, and none of them is long', () => {
	const request: PlanRequest = { ...MINUTE, seconds: 300, music: LONG, cutAt: 'music' };
	let steps = 0;
	const work = planSteps(request);
	let step = work.next();
	for (; step.done !== true; step = work.next()) steps++;
	expect(step.value).toEqual(planClips(request));
	// 7,200 frames at which a clip may end, each after 193 lengths: 1.4 million pairs, each time that they are gone through.
	expect(steps % 13).toBe(0);
	expect(steps).toBeLessThan(13 * 27);
});

describe('the places for cuts', () => {
	const pauses = [
		{ from: 1, to: 1.2 },
		{ from: 3, to: 4 },
		{ from: 6, to: 6.35 },
	];
	const film = { start: 0, fps: 24, frames: 240 };
	const costAt = ({ costs }: Places, seconds: number) => costs[Math.round(seconds * 24)] ?? NaN;

	test('lie inside of pauses, and the longer the better, up to half a second', () => {
		const places = placesOf(music({ pauses }), 'music', film);
		const frames = [...places.cuts.keys()].sort((one, other) => one - other);
		// Four hundredths of a second are left free at each end.
		expect(frames.filter((frame) => frame < 60)).toEqual([25, 26, 27]);
		expect(frames.filter((frame) => frame >= 60 && frame < 120)).toEqual(
			Array.from({ length: 23 }, (_, index) => 73 + index),
		);
		const [short, long, middle] = [1.1, 3.5, 6.175].map((each) => costAt(places, each));
		expect(short).toBeGreaterThan(middle ?? NaN);
		expect(middle).toBeGreaterThan(long ?? NaN);
		expect(long).toBeCloseTo(0.05, 6);
		expect(costAt(places, 3.1)).toBeGreaterThan(long ?? NaN);
		expect(costAt(places, 3.1)).toBeCloseTo(costAt(places, 3.9), 6);
		expect(costAt(places, 5)).toBe(2);
		expect(new Set(places.cuts.values())).toEqual(new Set(['pause']));
	});

	test('are those of the film, which may begin later in the sound', () => {
		const whole = placesOf(music({ pauses }), 'music', film);
		const later = placesOf(music({ pauses }), 'music', { start: 2, fps: 24, frames: 192 });
		for (let frame = 0; frame <= 192; frame++) {
			expect(later.costs[frame]).toBeCloseTo(whole.costs[frame + 48] ?? NaN, 9);
			expect(later.cuts.get(frame)).toBe(whole.cuts.get(frame + 48));
		}
	});

	test('the film’s own ends are none', () => {
		const everywhere = music({ pauses: [{ from: -1, to: 11 }] });
		const { cuts, costs } = placesOf(everywhere, 'music', film);
		expect(costs).toHaveLength(241);
		expect(cuts.has(0)).toBe(false);
		expect(cuts.has(240)).toBe(false);
		expect(cuts.size).toBe(239);
	});
});

test('equal clips leave the grid of the model where none would be long enough on it', () => {
	const { clips } = planClips({ ...MINUTE, minFrames: 50, maxFrames: 57, seconds: 153 / 24 });
	expect(clips.map(({ startFrame }) => startFrame)).toEqual([0, 51, 102]);
});
