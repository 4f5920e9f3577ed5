/** What holds for every plan, tried with thousands of random sounds, models, scenes and pictures. */
import fc from 'fast-check';
import type { ExistingClip } from '../../../nodes/Deapi/film/plan/existing';
import { matchExisting, readExistingClips } from '../../../nodes/Deapi/film/plan/existing';
import type { Plan, PlanRequest } from '../../../nodes/Deapi/film/plan/plan';
import { planClips } from '../../../nodes/Deapi/film/plan/plan';
import { readScenes } from '../../../nodes/Deapi/film/plan/scenes';
import { timeText } from '../../../nodes/Deapi/basics/values';
import { Failure } from '../../../nodes/Deapi/engine/failure';
import { FORBIDDEN } from './failing';

interface Request extends PlanRequest {
	minFrames: number;
	maxFrames: number;
}

const SECONDS = fc.oneof(
	fc.double({ min: 0.01, max: 400, noNaN: true }),
	fc.integer({ min: 1, max: 400_000 }).map((milliseconds) => milliseconds / 1000),
);
const FPS = fc.oneof(
	fc.constantFrom(24, 25, 30, 60, 23.976, 29.97),
	fc.integer({ min: 1, max: 120 }),
);

/** Models from loose (nearly any length can be made) to tight (many cannot). */
const LIMITS = fc.oneof(
	fc.constant({ minFrames: 49, maxFrames: 241 }),
	fc
		.tuple(fc.integer({ min: 1, max: 250 }), fc.integer({ min: 10, max: 400 }))
		.map(([minFrames, more]) => ({ minFrames, maxFrames: minFrames + more })),
);

/** A line: a time as a part of the sound (a little more than all of it at most), or none. */
const LINES = fc.array(
	fc.record({
		part: fc.option(fc.double({ min: 0, max: 1.02, noNaN: true }), { nil: undefined, freq: 2 }),
		text: fc.constantFrom('', 'A car', 'Rain', 'A hand on a door'),
	}),
	{ maxLength: 6 },
);

const REQUESTS: fc.Arbitrary<Request> = fc
	.record({
		seconds: SECONDS,
		fps: FPS,
		limits: LIMITS,
		lines: LINES,
		isSorted: fc.boolean(),
		pictures: fc.integer({ min: 0, max: 5 }),
	})
	.map(({ seconds, fps, limits, lines, isSorted, pictures }) => {
		const times = lines.flatMap(({ part }) => (part === undefined ? [] : [part * seconds]));
		if (isSorted) times.sort((a, b) => a - b);
		const rows = lines.map(({ part, text }) => {
			const time = part === undefined ? '' : timeText(times.shift() ?? 0);
			return `${time} ${text}`.trim();
		});
		const scenes = readScenes(rows.join('\n'));
		return { seconds, fps, ...limits, scenes, pictures, modelName: 'LTX-2.3' };
	});

/** Cuts that have to be there, and what lies between them, told the slow and simple way. */
function fixedCuts({ seconds, fps, scenes }: Request) {
	const timed = scenes.flatMap((scene) => scene.seconds ?? []);
	return [0, ...timed.map((time) => Math.round(time * fps)), Math.round(seconds * fps)];
}

/** The fewest clips for a stretch by trying every number, or undefined where none fits. */
function fewestClips(frames: number, { minFrames, maxFrames }: Request): number | undefined {
	for (let count = 1; count * minFrames <= frames; count++) {
		if (frames <= count * maxFrames) return count;
	}
	return undefined;
}

/** The number of clips that each stretch should have, or undefined where there can be no plan. */
function expectedCounts(request: Request): number[] | undefined {
	const { scenes, pictures } = request;
	const cuts = fixedCuts(request);
	const timedLines = scenes.filter((scene) => scene.seconds !== undefined);
	const counts: number[] = [];
	for (let index = 0; index + 1 < cuts.length; index++) {
		const from = timedLines[index - 1]?.line ?? 0;
		const to = timedLines[index]?.line ?? Infinity;
		const texts = scenes.filter(({ line, text }) => line >= from && line < to && text !== '');
		const frames = (cuts[index + 1] ?? 0) - (cuts[index] ?? 0);
		const isNothing = index === 0 && cuts.length > 2 && frames === 0 && texts.length === 0;
		if (isNothing) continue;
		const count = fewestClips(frames, request);
		if (count === undefined || texts.length > count) return undefined;
		counts.push(count);
	}
	const all = counts.reduce((sum, count) => sum + count, 0);
	return pictures > all + 1 ? undefined : counts;
}

/** Times that go back cannot be told from the cuts, where both fall on one frame. */
function isInOrder({ scenes }: Request): boolean {
	const times = scenes.flatMap((scene) => scene.seconds ?? []);
	return times.every((time, index) => index === 0 || time >= (times[index - 1] ?? 0));
}

function tryPlan(request: Request): Plan | Failure {
	try {
		return planClips(request);
	} catch (thrown) {
		if (thrown instanceof Failure) return thrown;
		throw thrown;
	}
}

/** Runs a check on every random request for which there is a plan. */
function forEveryPlan(check: (plan: Plan, request: Request) => void) {
	let plans = 0;
	fc.assert(
		fc.property(REQUESTS, (request) => {
			const plan = tryPlan(request);
			if (plan instanceof Failure) return;
			plans++;
			check(plan, request);
		}),
		{ numRuns: 4_000 },
	);
	expect(plans).toBeGreaterThan(500);
}

test('there is a plan wherever one is possible, with as few clips as the maximum allows', () => {
	let refused = 0;
	fc.assert(
		fc.property(REQUESTS, (request) => {
			const outcome = tryPlan(request);
			const counts = isInOrder(request) ? expectedCounts(request) : undefined;
			if (outcome instanceof Failure) {
				refused++;
				expect(counts).toBeUndefined();
				const { message, description } = outcome.facts;
				expect(`${message} ${description}`).not.toMatch(FORBIDDEN);
				expect(`${message} ${description}`).not.toMatch(/NaN|undefined|Infinity/);
				return;
			}
			expect(outcome.clips).toHaveLength(counts?.reduce((sum, count) => sum + count, 0) ?? -1);
		}),
		{ numRuns: 4_000 },
	);
	expect(refused).toBeGreaterThan(500);
});

test('clips follow each other without a gap, and are together as long as the sound', () => {
	forEveryPlan(({ frames, fps, clips }, { seconds, fps: asked }) => {
		expect(fps).toBe(asked);
		expect(frames).toBe(Math.round(seconds * fps));
		let end = 0;
		const astray = clips.filter((clip, index) => {
			const isInPlace = clip.clip === index + 1 && clip.startFrame === end;
			end += clip.frames;
			return !isInPlace;
		});
		expect(astray).toEqual([]);
		expect(end).toBe(frames);
	});
});

test('no clip is shorter or longer than the model makes', () => {
	forEveryPlan(({ clips }, { minFrames, maxFrames }) => {
		const isMade = (frames: number) =>
			Number.isInteger(frames) && frames >= minFrames && frames <= maxFrames;
		expect(clips.filter(({ frames }) => !isMade(frames))).toEqual([]);
	});
});

test('a cut falls on the frame of every time, and clips between two of them differ by one frame', () => {
	forEveryPlan(({ frames, clips }, request) => {
		const cuts = fixedCuts(request);
		const starts = new Set(clips.map(({ startFrame }) => startFrame));
		expect(cuts.filter((cut) => cut !== frames && !starts.has(cut))).toEqual([]);
		for (let index = 0; index + 1 < cuts.length; index++) {
			const [from = 0, to = 0] = cuts.slice(index, index + 2);
			const within = clips.filter(({ startFrame }) => startFrame >= from && startFrame < to);
			const lengths = within.map((clip) => clip.frames);
			if (lengths.length === 0) continue;
			expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
		}
	});
});

test('every scene is shown, in the order of the lines, and evenly', () => {
	forEveryPlan(({ clips }, request) => {
		const timed = request.scenes.filter(({ seconds }) => seconds !== undefined);
		for (const [index, from] of [undefined, ...timed].entries()) {
			const to = timed[index];
			const startFrame = Math.round((from?.seconds ?? 0) * request.fps);
			const endFrame = to?.seconds === undefined ? Infinity : Math.round(to.seconds * request.fps);
			const shown = clips
				.filter((clip) => clip.startFrame >= startFrame && clip.startFrame < endFrame)
				.map(({ scene }) => scene);
			const texts = request.scenes
				.filter(({ line }) => line >= (from?.line ?? 0) && line < (to?.line ?? Infinity))
				.flatMap(({ text }) => (text === '' ? [] : [text]));
			if (texts.length === 0) {
				expect(new Set(shown)).toEqual(new Set(shown.length === 0 ? [] : [undefined]));
				continue;
			}
			// Each text takes its part of the clips: that number rounded down or up.
			let at = 0;
			for (const [place, text] of texts.entries()) {
				const end = Math.ceil(((place + 1) * shown.length) / texts.length);
				expect(end - at).toBeGreaterThanOrEqual(Math.floor(shown.length / texts.length));
				expect(end - at).toBeLessThanOrEqual(Math.ceil(shown.length / texts.length));
				expect(shown.slice(at, end).filter((scene) => scene !== text)).toEqual([]);
				at = end;
			}
		}
	});
});

test('pictures stand at the start, at the end and evenly between, and never on one side of a cut only', () => {
	forEveryPlan(({ clips }, { pictures }) => {
		const before = [undefined, ...clips.map(({ lastPicture }) => lastPicture)];
		const after = [...clips.map(({ firstPicture }) => firstPicture), undefined];
		expect(before.slice(1, -1)).toEqual(after.slice(1, -1));
		const places = before.map((picture, place) => picture ?? after[place]);
		if (pictures < 2) {
			expect(new Set(places)).toEqual(new Set([pictures === 1 ? 0 : undefined]));
			return;
		}
		const filled = places.flatMap((picture, place) => (picture === undefined ? [] : [place]));
		expect(filled.map((place) => places[place])).toEqual([...Array(pictures).keys()]);
		expect([filled[0], filled.at(-1)]).toEqual([0, clips.length]);
		for (const [picture, place] of filled.entries()) {
			const ideal = (picture * clips.length) / (pictures - 1);
			expect(Math.abs(place - ideal)).toBeLessThanOrEqual(0.5);
		}
	});
});

test('times lead back to the frames, so every clip finds itself in what an earlier run said', () => {
	forEveryPlan((plan, { fps }) => {
		const astray = plan.clips.filter(
			({ startFrame, frames, start_seconds, seconds }) =>
				Math.round(start_seconds * fps) !== startFrame || Math.round(seconds * fps) !== frames,
		);
		expect(astray).toEqual([]);
		const said = plan.clips.map(({ clip, start_seconds, seconds, frames }): ExistingClip => {
			return { clip, start_seconds, seconds, frames, request_id: `job-${clip}` };
		});
		const found = matchExisting(plan, readExistingClips(JSON.stringify(said)));
		expect([...found].map(([clip, { request_id }]) => [clip, request_id])).toEqual(
			plan.clips.map(({ clip }) => [clip, `job-${clip}`]),
		);
	});
});
