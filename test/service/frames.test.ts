/** How many frames a video has: what a model makes at all, and what its limits leave of that. */
import type { FrameGrid, FrameRule } from '../../nodes/Deapi/service/frames';
import {
	downToGrid,
	framesWithSound,
	gridOf,
	onGrid,
	upToGrid,
} from '../../nodes/Deapi/service/frames';
import type { Range } from '../../nodes/Deapi/service/models';
import { toModel } from '../../nodes/Deapi/service/models';

const EIGHTS: FrameGrid = { step: 8, first: 1 };
const ANY: FrameGrid = { step: 1, first: 1 };

test.each<[string, FrameGrid]>([
	['ltx', EIGHTS],
	['Ltx2-19B', EIGHTS],
	['wan-2', ANY],
	['not-ltx', ANY],
	['', ANY],
])('the model %j makes the frames of %j', (slug, grid) => {
	expect(gridOf(slug)).toEqual(grid);
});

test.each<[FrameGrid, number, up: number, down: number]>([
	[EIGHTS, 1, 1, 1],
	[EIGHTS, 2, 9, 1],
	[EIGHTS, 225, 225, 225],
	[EIGHTS, 226, 233, 225],
	[EIGHTS, 232, 233, 225],
	[ANY, 232, 232, 232],
	[{ step: 4, first: 5 }, 13, 13, 13],
	[{ step: 4, first: 5 }, 14, 17, 13],
])('on the grid %j lie around %d: %d and %d', (grid, frames, up, down) => {
	expect(upToGrid(frames, grid)).toBe(up);
	expect(downToGrid(frames, grid)).toBe(down);
});

test('no model makes fewer frames than its first number', () => {
	expect(upToGrid(-20, EIGHTS)).toBe(1);
	expect(upToGrid(1, { step: 4, first: 9 })).toBe(9);
});

describe('a video with sound', () => {
	test.each<[string, object, Range]>([
		['nothing', {}, {}],
		['frames', { min_frames: 49, max_frames: '241' }, { min: 49, max: 241 }],
		['seconds', { min_audio_duration: '2.01', max_audio_duration: 9.99 }, { min: 49, max: 239 }],
		[
			'frames more than seconds',
			{ min_frames: 50, max_frames: 200, min_audio_seconds: 2, max_audio_seconds: 10 },
			{ min: 50, max: 200 },
		],
		[
			'seconds more than frames',
			{ min_frames: 9, max_frames: 257, min_audio_seconds: 2, max_audio_seconds: 10 },
			{ min: 48, max: 240 },
		],
		[
			'the one by frames, the other by seconds',
			{ min_frames: 9, max_audio_seconds: 10 },
			{ min: 9, max: 240 },
		],
	])('at 24 frames a second, of a model that limits %s', (_what, limits, range) => {
		const model = toModel({ slug: 'm', info: { limits } });
		expect(model && framesWithSound(model, 24)).toEqual(range);
	});
});

test.each<[string, Range, FrameRule]>([
	['wan', { min: 10, max: 16 }, { grid: ANY, min: 10, max: 16 }],
	['ltx', {}, { grid: EIGHTS }],
	['ltx', { min: 10 }, { grid: EIGHTS, min: 10 }],
	['ltx', { min: 9, max: 232 }, { grid: EIGHTS, min: 9, max: 225 }],
	['ltx', { max: 7 }, { grid: EIGHTS, max: 1 }],
	['ltx', { min: 9, max: 9 }, { grid: EIGHTS, min: 9, max: 9 }],
	// Nothing of the grid lies in these: they count as they are.
	['ltx', { min: 10, max: 16 }, { grid: ANY, min: 10, max: 16 }],
	['ltx', { max: 0 }, { grid: ANY, max: 0 }],
])('the model %s with the range %j makes %j', (slug, range, rule) => {
	expect(onGrid(slug, range)).toEqual(rule);
});
