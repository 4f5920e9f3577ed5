/** The sound of a film has the film's length, and the end that is wanted. */
import type { Block } from '../../nodes/Deapi/sound/block';
import type { Shape } from '../../nodes/Deapi/sound/shape';
import { shaped } from '../../nodes/Deapi/sound/shape';

async function* blocksOf(sizes: number[]): AsyncGenerator<Block> {
	for (const size of sizes) {
		yield await Promise.resolve([new Float32Array(size).fill(1), new Float32Array(size).fill(-1)]);
	}
}

/** What comes of ones in the left channel, and of their opposites in the right one. */
async function shape(sizes: number[], wanted: Shape): Promise<number[]> {
	const [left, right]: [number[], number[]] = [[], []];
	for await (const [one = new Float32Array(0), other = one] of shaped(blocksOf(sizes), 2, wanted)) {
		left.push(...one);
		right.push(...other);
	}
	expect(right.map((value) => -value || 0)).toEqual(left.map((value) => value || 0));
	return left;
}

const ones = (count: number) => Array.from({ length: count }, () => 1);
const zeros = (count: number) => Array.from({ length: count }, () => 0);

test('what is missing is silence', async () => {
	const long = await shape([3, 4], { samples: 20_000, fadeOut: 0, heard: 7 });
	expect(long).toEqual([...ones(7), ...zeros(19_993)]);
});

test('what is over is left out', async () => {
	expect(await shape([3, 4, 5], { samples: 5, fadeOut: 0, heard: 12 })).toEqual(ones(5));
	expect(await shape([3, 4, 5], { samples: 7, fadeOut: 0, heard: 12 })).toEqual(ones(7));
});

test.each([
	['one block', [10]],
	['several', [3, 1, 5, 1]],
])('the end fades out in a straight line, to silence: %s', async (_name, sizes) => {
	const faded = await shape(sizes, { samples: 10, fadeOut: 4, heard: 10 });
	expect(faded).toEqual([...ones(6), 0.75, 0.5, 0.25, 0]);
});

test('where the sound ends before the film, its own end fades out', async () => {
	const faded = await shape([8], { samples: 12, fadeOut: 4, heard: 8 });
	expect(faded).toEqual([...ones(4), 0.75, 0.5, 0.25, 0, ...zeros(4)]);
});

test('where the film ends before the sound, the film’s end does', async () => {
	const faded = await shape([12], { samples: 8, fadeOut: 4, heard: 12 });
	expect(faded).toEqual([...ones(4), 0.75, 0.5, 0.25, 0]);
});

test('what is longer than the film fades out from its start on', async () => {
	expect(await shape([4], { samples: 4, fadeOut: 100, heard: 4 })).toEqual([0.75, 0.5, 0.25, 0]);
});
