/** A film is cut where its music allows it: judged by songs whose beats, pauses and sections are known. */
import type { PlanRequest } from '../../../nodes/Deapi/film/plan/plan';
import { planClips } from '../../../nodes/Deapi/film/plan/plan';
import { readScenes } from '../../../nodes/Deapi/film/plan/scenes';
import type { Heard } from '../../support/music';
import { distance, hear, KINDS, PAUSES, share, SONGS, truthOf } from '../../support/music';

/** LTX-2.3 as deAPI has it, and others that make shorter clips, at other rates. */
const LTX = { fps: 24, minFrames: 49, maxFrames: 241, grid: { step: 8, first: 1 } };
const MODELS = [
	LTX,
	{ ...LTX, minFrames: 25, maxFrames: 121 },
	{ ...LTX, minFrames: 25, maxFrames: 161, fps: 25 },
	{ ...LTX, maxFrames: 257, fps: 30 },
];

function planOf({ seconds, music }: Heard, changes: Partial<PlanRequest>) {
	const always = { ...LTX, seconds, endsSound: true, music, scenes: [], pictures: 0 };
	return planClips({ ...always, modelName: 'LTX-2.3', ...changes });
}

/** Where cuts fall, in seconds; for all models together. */
function cutsOf(heard: Heard, cutAt: 'music' | 'sections', models = MODELS): number[] {
	return models.flatMap((model) => {
		const { clips, fps } = planOf(heard, { ...model, cutAt });
		return clips.slice(1).map(({ startFrame }) => startFrame / fps);
	});
}

test.each(['music', 'sections'] as const)('nine of ten cuts fall on a beat (%s)', async (cutAt) => {
	for (const song of SONGS) {
		const { beats } = truthOf(song);
		const cuts = cutsOf(await hear(`${song}.mp3`), cutAt);
		expect(cuts.length).toBeGreaterThan(20);
		expect(share(cuts, (cut) => distance(cut, beats) <= 0.045)).toBeGreaterThanOrEqual(0.9);
	}
});

test('most cuts of speech fall into a pause', async () => {
	// A sentence is longer than half a clip of five seconds: there, one clip more would not do.
	const long = MODELS.filter(({ maxFrames, fps }) => maxFrames / fps > 6);
	const cuts = cutsOf(await hear('speech.mp3'), 'music', long);
	const isInside = (cut: number) => PAUSES.some(([from, to]) => cut >= from && cut <= to);
	expect(share(cuts, isInside)).toBeGreaterThanOrEqual(0.85);
});

test('four of five changes of section have a cut, where cuts at sections are wanted', async () => {
	const found: boolean[] = [];
	for (const song of SONGS) {
		const heard = await hear(`${song}.mp3`);
		for (const model of MODELS) {
			const { clips, fps } = planOf(heard, { ...model, cutAt: 'sections', maxClips: 30 });
			const cuts = clips.map(({ startFrame }) => startFrame / fps);
			found.push(...truthOf(song).sections.map((each) => distance(each, cuts) <= 0.05));
		}
	}
	expect(found.length).toBeGreaterThan(40);
	expect(share(found, Boolean)).toBeGreaterThanOrEqual(0.8);
});

test('the same song is cut at the same places in every kind of file', async () => {
	const plans: number[][] = [];
	for (const kind of KINDS) {
		const heard = await hear(`clicks-128${kind}`);
		plans.push(
			(['music', 'sections'] as const).flatMap((cutAt) =>
				planOf(heard, { ...MODELS[1], cutAt }).clips.map(({ startFrame }) => startFrame),
			),
		);
	}
	const [first = [], ...others] = plans;
	expect(first.length).toBeGreaterThan(16);
	for (const starts of others) {
		expect(starts).toHaveLength(first.length);
		const apart = starts.filter((start, index) => Math.abs(start - (first[index] ?? NaN)) > 1);
		expect(apart).toEqual([]);
	}
});

/**
 * Clips that were paid for are found again by where they lie: a change here lets everybody who has a film under way
 * pay anew. So the numbers are held as they are.
 */
test.each([
	['clicks-97.mp3', 'music', [0, 216, 424, 662, 899, 1137, 1374, 1612, 1820, 2028]],
	['clicks-97.mp3', 'sections', [0, 216, 424, 662, 899, 1137, 1374, 1553, 1731, 1909, 2087]],
	['clicks-128-opus.ogg', 'music', [0, 185, 320, 545, 770]],
	['drums-that-pause.mp3', 'music', [0, 235, 457, 680, 902, 1125, 1348, 1570]],
	['change-of-tempo.mp3', 'sections', [0, 241, 471, 702, 932, 1115, 1309, 1526, 1743]],
	['speech.mp3', 'music', [0, 184, 425, 666, 899, 1124]],
] as const)('%s is cut by %s at the same frames for ever', async (file, cutAt, starts) => {
	const { clips } = planOf(await hear(file), { cutAt });
	expect(clips.map(({ startFrame }) => startFrame)).toEqual(starts);
});

describe('clips are paid for', () => {
	const counts = async (song: string, changes: Partial<PlanRequest>) => {
		const heard = await hear(`${song}.mp3`);
		return MODELS.map((model) => planOf(heard, { ...model, ...changes }).clips.length);
	};

	test.each([...SONGS, 'speech'])(
		'music takes one more than equal cuts at most: %s',
		async (song) => {
			const equal = await counts(song, { cutAt: 'equal' });
			const music = await counts(song, { cutAt: 'music' });
			expect(music.filter((count, index) => count > (equal[index] ?? 0) + 1)).toEqual([]);
		},
	);

	test('sections take no more than the user allows', async () => {
		const most = await counts('clicks-97', { cutAt: 'sections', maxClips: 40 });
		const [equal = 0] = await counts('clicks-97', { cutAt: 'equal' });
		expect(most[0]).toBeGreaterThan(equal);
		const heard = await hear('clicks-97.mp3');
		expect(planOf(heard, { cutAt: 'sections', maxClips: equal }).clips).toHaveLength(equal);
		expect(planOf(heard, { cutAt: 'music', maxClips: equal }).clips).toHaveLength(equal);
	});
});

describe('an item says why a clip begins where it does', () => {
	test('by words', async () => {
		const heard = await hear('clicks-97.mp3');
		const scenes = readScenes('0:40.1 Rain');
		const { clips } = planOf(heard, { cutAt: 'sections', scenes });
		const words = clips.map(({ cut }) => cut);
		expect(words[0]).toBe('start');
		expect(new Set(words)).toEqual(new Set(['start', 'beat', 'section', 'scene']));
		const scene = clips.find(({ cut }) => cut === 'scene');
		expect(scene).toMatchObject({ startFrame: Math.round(40.1 * 24), scene: 'Rain' });
	});

	test('by pauses of speech', async () => {
		const { clips, bpm } = planOf(await hear('speech.mp3'), { cutAt: 'music' });
		expect(new Set(clips.map(({ cut }) => cut))).toEqual(new Set(['start', 'pause']));
		expect(bpm).toBeUndefined();
	});

	test('by nothing where cuts are equal', async () => {
		const heard = await hear('clicks-97.mp3');
		const silent = { ...heard, music: { bpm: undefined, beats: [], pauses: [], sections: [] } };
		const equal = planOf(heard, { cutAt: 'equal' });
		expect(new Set(equal.clips.map(({ cut }) => cut))).toEqual(new Set(['start', 'even']));
		expect(equal.bpm).toBe(97);
		// Where nothing is heard, 'Beats and Pauses' has nothing to go by.
		expect(planOf(silent, { cutAt: 'music' }).clips).toEqual(equal.clips);
	});
});

describe('on the grid of a model', () => {
	const GRID = LTX.grid;

	test('equal clips have as many frames as it makes, and differ by one step of it', () => {
		const { clips, frames } = planClips({
			...{ ...LTX, seconds: 183, endsSound: true, scenes: [], pictures: 0, modelName: 'LTX' },
		});
		const lengths = clips.map((clip) => clip.frames);
		expect(clips.map(({ asked }) => asked)).toEqual(lengths);
		expect([...new Set(lengths)].sort()).toEqual([225, 233]);
		// 4392 frames of sound, and some of silence.
		expect(frames).toBe(4395);
	});

	test('a scene’s time or the end of a film that goes on asks for the next number', () => {
		const { clips, frames } = planClips({
			...{ ...LTX, seconds: 30, pictures: 0, modelName: 'LTX' },
			scenes: readScenes('0:00 A\n0:09 B\n0:20 C'),
		});
		expect(clips.map(({ startFrame, frames: place, asked }) => [startFrame, place, asked])).toEqual(
			[
				[0, 216, 217],
				[216, 129, 129],
				[345, 135, 137],
				[480, 240, 241],
			],
		);
		expect(frames).toBe(720);
	});

	test('pauses are cut where the model makes as many frames, if they are long enough', async () => {
		const plans = (await Promise.all(['speech.mp3'].map(hear))).flatMap((heard) =>
			MODELS.map((model) => planOf(heard, { ...model, cutAt: 'music' })),
		);
		const inner = plans.flatMap(({ clips }) => clips.slice(0, -1));
		expect(share(inner, ({ frames, asked }) => frames === asked)).toBeGreaterThan(0.5);
		expect(inner.every(({ asked }) => (asked - GRID.first) % GRID.step === 0)).toBe(true);
	});
});
