/** A film is planned as clips: where they lie, what they show, and what is said where that cannot be. */
import { Failure } from '../../../nodes/Deapi/engine/failure';
import type { PlanRequest } from '../../../nodes/Deapi/film/plan/plan';
import { planClips } from '../../../nodes/Deapi/film/plan/plan';
import { readScenes } from '../../../nodes/Deapi/film/plan/scenes';
import { failureOf, FORBIDDEN } from './failing';

const LTX = {
	fps: 24,
	minFrames: 49,
	maxFrames: 241,
	pictures: 0,
	scenes: [],
	modelName: 'LTX-2.3',
};

type Changes = Partial<Omit<PlanRequest, 'scenes'>> & { scenes?: string };

function request({ scenes = '', ...changes }: Changes): PlanRequest {
	return { ...LTX, seconds: 60, ...changes, scenes: readScenes(scenes) };
}

function plan(changes: Changes) {
	return planClips(request(changes));
}

function scenesOf(changes: Changes) {
	return plan(changes).clips.map(({ scene }) => scene);
}

function picturesOf(changes: Changes) {
	return plan(changes).clips.map((clip) => [clip.firstPicture, clip.lastPicture]);
}

test('a song of three minutes becomes eighteen clips of 240 frames', () => {
	const { fps, frames, clips } = plan({ seconds: 180 });
	expect({ fps, frames, count: clips.length }).toEqual({ fps: 24, frames: 4320, count: 18 });
	expect(new Set(clips.map((clip) => clip.frames))).toEqual(new Set([240]));
	expect(clips[2]).toMatchObject({
		clip: 3,
		startFrame: 480,
		frames: 240,
		asked: 240,
		start_seconds: 20,
		seconds: 10,
		cut: 'even',
	});
});

test('a sound as long as one clip is one clip', () => {
	expect(plan({ seconds: 241 / 24 }).clips).toMatchObject([
		{ clip: 1, startFrame: 0, frames: 241, start_seconds: 0, seconds: 10.042, cut: 'start' },
	]);
	expect(plan({ seconds: 242 / 24 }).clips.map(({ frames }) => frames)).toEqual([121, 121]);
});

test('without a known minimum a clip may have a single frame', () => {
	expect(plan({ seconds: 1 / 24, minFrames: undefined }).clips).toHaveLength(1);
});

describe('scenes without times', () => {
	test('are spread evenly over the clips', () => {
		expect(scenesOf({ seconds: 40, scenes: 'A\nB' })).toEqual(['A', 'A', 'B', 'B']);
		expect(scenesOf({ seconds: 50, scenes: 'A\nB' })).toEqual(['A', 'A', 'A', 'B', 'B']);
		expect(scenesOf({ seconds: 20, scenes: 'A\nB' })).toEqual(['A', 'B']);
		expect(scenesOf({ seconds: 20, scenes: 'A' })).toEqual(['A', 'A']);
	});

	test('that are none leave the clips without', () => {
		expect(scenesOf({ seconds: 20 })).toEqual([undefined, undefined]);
	});
});

describe('scenes with times', () => {
	test('begin with a cut, and last until the next one', () => {
		const { clips } = plan({ seconds: 30, scenes: '0:00 A\n0:12.5 B\n0:20 C' });
		expect(clips.map(({ startFrame, scene }) => [startFrame, scene])).toEqual([
			[0, 'A'],
			[150, 'A'],
			[300, 'B'],
			[480, 'C'],
		]);
	});

	test('leave the clips before the first one without a scene', () => {
		expect(scenesOf({ seconds: 30, scenes: '0:10 B' })).toEqual([undefined, 'B', 'B']);
	});

	test('share their stretch with the lines below that have none', () => {
		const scenes = '0:00 A\nA2\n0:20 B\nB2\nB3';
		expect(scenesOf({ seconds: 60, scenes })).toEqual(['A', 'A2', 'B', 'B', 'B2', 'B3']);
	});

	test('leave what comes before them to the lines above that have none', () => {
		expect(scenesOf({ seconds: 30, scenes: 'X\nY\n0:20 B' })).toEqual(['X', 'Y', 'B']);
	});

	test('may have their text in the next line, or none at all', () => {
		expect(scenesOf({ seconds: 20, scenes: '0:00\nA\n0:10\nB' })).toEqual(['A', 'B']);
		expect(scenesOf({ seconds: 20, scenes: '0:00 A\n0:10' })).toEqual(['A', undefined]);
	});
});

describe('pictures', () => {
	test('one stands at both ends of every clip', () => {
		expect(picturesOf({ seconds: 20, pictures: 1 })).toEqual([
			[0, 0],
			[0, 0],
		]);
	});

	test('two stand at the start and at the end', () => {
		expect(picturesOf({ seconds: 30, pictures: 2 })).toEqual([
			[0, undefined],
			[undefined, undefined],
			[undefined, 1],
		]);
	});

	test('three stand at the start, in the middle and at the end', () => {
		expect(picturesOf({ seconds: 40, pictures: 3 })).toEqual([
			[0, undefined],
			[undefined, 1],
			[1, undefined],
			[undefined, 2],
		]);
	});

	test('one for every cut fill all places', () => {
		expect(picturesOf({ seconds: 20, pictures: 3 })).toEqual([
			[0, 1],
			[1, 2],
		]);
	});
});

describe('what cannot be planned is said in words', () => {
	test.each<[string, Changes, string, string]>([
		[
			'unknown limits',
			{ maxFrames: undefined },
			'It is not known how long a clip of the model LTX-2.3 may be',
			"The film is cut by the model's limits. Choose a 'Model' from the list: deAPI states the limits of those.",
		],
		[
			'a maximum of nothing',
			{ maxFrames: 0 },
			'It is not known how long a clip of the model LTX-2.3 may be',
			"The film is cut by the model's limits. Choose a 'Model' from the list: deAPI states the limits of those.",
		],
		[
			'a sound that is shorter than a clip',
			{ seconds: 1 },
			'The sound is 1 second long; a clip of the model LTX-2.3 is at least 2.042 seconds long',
			"That is 24 frames at 24 FPS; the model makes 49 to 241. Use a longer sound, choose another 'Model', or set 'Length' to a length of your own.",
		],
		[
			'a sound that no number of clips fits',
			{ seconds: 12.5, minFrames: 200 },
			'The sound is 12.5 seconds long; the model LTX-2.3 makes clips of 8.333 to 10.042 seconds, and no number of them fits',
			"Of 300 frames at 24 FPS, 1 clip would need more than the model's 241 frames, 2 less than its 200. Change the length of the sound, or choose another 'Model'.",
		],
		[
			'a stretch that no number of clips fits',
			{ seconds: 40, minFrames: 200, scenes: '\n0:10 A\n0:22.5 B' },
			"'Scenes' leaves 12.5 seconds from line 2 (0:10) to line 3 (0:22.5); the model LTX-2.3 makes clips of 8.333 to 10.042 seconds, and no number of them fits",
			"Of 300 frames at 24 FPS, 1 clip would need more than the model's 241 frames, 2 less than its 200. Move one of the times, or choose another 'Model'.",
		],
		[
			'two times nearer than a clip',
			{ scenes: '0:00 A\n\n0:42 B\n0:43 C' },
			"'Scenes' leaves 1 second from line 3 (0:42) to line 4 (0:43); a clip of the model LTX-2.3 is at least 2.042 seconds long",
			'That is 24 frames at 24 FPS; the model makes 49 to 241. Move the times apart, or remove one of the lines.',
		],
		[
			'a time too near to the start',
			{ scenes: '0:01.5 A' },
			"'Scenes' leaves 1.5 seconds from the start to line 1 (0:01.5); a clip of the model LTX-2.3 is at least 2.042 seconds long",
			'That is 36 frames at 24 FPS; the model makes 49 to 241. Move the times apart, or remove one of the lines.',
		],
		[
			'a time too near to the end',
			{ scenes: '0:59 A' },
			"'Scenes' leaves 1 second from line 1 (0:59) to the end; a clip of the model LTX-2.3 is at least 2.042 seconds long",
			'That is 24 frames at 24 FPS; the model makes 49 to 241. Move the times apart, or remove one of the lines.',
		],
		[
			'the same time twice',
			{ scenes: '0:42 A\n0:42 B' },
			"'Scenes' leaves 0 seconds from line 1 (0:42) to line 2 (0:42); a clip of the model LTX-2.3 is at least 2.042 seconds long",
			'That is 0 frames at 24 FPS; the model makes 49 to 241. Move the times apart, or remove one of the lines.',
		],
		[
			'a line without a time above one that begins at the start',
			{ scenes: 'X\n0:00 A' },
			"'Scenes' leaves 0 seconds from the start to line 2 (0:00); a clip of the model LTX-2.3 is at least 2.042 seconds long",
			'That is 0 frames at 24 FPS; the model makes 49 to 241. Move the times apart, or remove one of the lines.',
		],
		[
			'a time past the end',
			{ scenes: '0:00 A\n1:00.5 B' },
			"Line 2 of 'Scenes' begins at 1:00.5; the sound ends at 1:00",
			'Enter an earlier time, or remove the line.',
		],
		[
			'a time at the end',
			{ seconds: 3723.25, scenes: '1:02:03.25 A' },
			"Line 1 of 'Scenes' begins at 1:02:03.25; the sound ends at 1:02:03.25",
			'Enter an earlier time, or remove the line.',
		],
		[
			'times out of order',
			{ scenes: '0:42 A\nX\n0:30 B' },
			"Line 3 of 'Scenes' begins at 0:30, before line 1 at 0:42",
			'Put the lines in the order of their times.',
		],
		[
			'more scenes than clips',
			{ seconds: 20, scenes: 'A\n\nB\nC' },
			"'Scenes' has 3 scenes in lines 1 to 4; for the whole sound there are 2 clips",
			'Each scene needs a clip. Remove lines, put two into one, or begin lines with times (e.g. 0:42): there is a cut at each time.',
		],
		[
			'more scenes than clips between two times',
			{ scenes: '0:00 A\n0:20 B\nC\n0:30 D' },
			"'Scenes' has 2 scenes in lines 2 to 3; from line 2 (0:20) to line 4 (0:30) there is 1 clip",
			'Each scene needs a clip. Remove lines, put two into one, or begin lines with times (e.g. 0:42): there is a cut at each time.',
		],
		[
			'more pictures than cuts',
			{ seconds: 20, pictures: 4 },
			"'Keyframe Image Fields' has 4 pictures; 2 clips can show 3",
			"Pictures are shown at the start, at the cuts between clips, and at the end. Use fewer pictures, or make more cuts with times in 'Scenes'.",
		],
		[
			'more clips than the user allows',
			{ seconds: 310, maxClips: 30 },
			"The film would have 31 clips; 'Max Clips' is 30",
			"Each clip is a paid job. Raise 'Max Clips' under 'Options', or use a shorter sound.",
		],
		[
			'a length that no sound has',
			{ seconds: 1e12 },
			'The film would have 99585062241 clips; at most 10000 are possible',
			'Check the length of the sound: its file may be damaged.',
		],
	])('%s', (_what, changes, message, description) => {
		const facts = failureOf(() => plan(changes));
		expect(facts).toEqual({ message, description, submitted: 'no' });
		expect(`${message} ${description}`).not.toMatch(FORBIDDEN);
	});

	test('as many clips as the user allows are planned', () => {
		expect(plan({ seconds: 300, maxClips: 30 }).clips).toHaveLength(30);
	});
});

test('limits that deAPI did not give out are named by what kept them from being read', () => {
	const unread = new Failure({ message: 'deAPI did not answer', description: 'Try again later.' });
	const { message, description, submitted } = failureOf(() =>
		plan({ maxFrames: undefined, unread }),
	);
	expect(message).toBe('deAPI did not answer');
	expect(description).toBe(
		"Try again later. Without deAPI's list of models it is not known how long a clip may be, so nothing was sent.",
	);
	expect(submitted).toBe('no');
});
