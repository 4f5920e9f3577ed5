/** Another sampling rate is the same sound: pitch, level, place and length stay, and nothing is added. */
import * as fc from 'fast-check';
import type { Block } from '../../nodes/Deapi/sound/block';
import { joinBlocks, lengthOf, partOf } from '../../nodes/Deapi/sound/block';
import { Resampler } from '../../nodes/Deapi/sound/resample';
import { decibels, tone, toneIn } from '../support/tones';

/** Rates that occur, and where they go: those of CDs to 44,100, others to 48,000; an odd one. */
const RATES: Array<[from: number, to: number]> = [
	[8000, 48_000],
	[11_025, 44_100],
	[12_000, 48_000],
	[16_000, 48_000],
	[22_050, 44_100],
	[24_000, 48_000],
	[32_000, 48_000],
	[44_100, 48_000],
	[48_000, 44_100],
	[88_200, 44_100],
	[96_000, 48_000],
	[192_000, 48_000],
	[37_800, 44_100],
	[11_111, 44_100],
	[47_999, 44_100],
];

/** Resamples a sound that comes in parts of these sizes, in turn. */
async function resample(
	block: Block,
	[from, to]: [number, number],
	sizes: number[] = [4096],
): Promise<Block> {
	const resampler = new Resampler(from, to, block.length);
	const parts: Block[] = [];
	for (let at = 0, turn = 0; at < lengthOf(block); turn++) {
		const size = sizes[turn % sizes.length] ?? 1;
		parts.push(await resampler.add(partOf(block, at, at + size)));
		at += size;
	}
	parts.push(await resampler.flush());
	return joinBlocks(parts, block.length);
}

/** The middle of a tone, resampled, and the first sample of it: what happens at both ends is another matter. */
async function middleOf(pitch: number, rates: [number, number]) {
	const [from, to] = rates;
	const [row = new Float32Array(0)] = await resample([tone(pitch, from / 4, from)], rates);
	const start = Math.round(to / 20);
	return { start, row: row.subarray(start, start + Math.round(to / 8)) };
}

function same(one: Block, other: Block): boolean {
	return one.every((row, channel) => {
		const twin = other[channel];
		return row.length === twin?.length && row.every((sample, at) => sample === twin[at]);
	});
}

describe.each(RATES)('from %d to %d Hz', (from, to) => {
	const lower = Math.min(from, to);

	test.each([0.01, 0.1, 0.25, 0.4])('a tone at %d of the lower rate stays', async (part) => {
		const pitch = part * lower;
		const { row, start } = await middleOf(pitch, [from, to]);
		const { loudness, phase } = toneIn(row, pitch, to);
		expect(Math.abs(decibels(loudness, 0.5))).toBeLessThan(0.1);
		// Its circle has gone on to where the middle begins: less than a tenth of a sample off.
		const expected = (2 * Math.PI * pitch * start) / to;
		const turned = phase - expected;
		const off = turned - 2 * Math.PI * Math.round(turned / (2 * Math.PI));
		expect(Math.abs(off)).toBeLessThan(2 * Math.PI * pitch * (0.1 / to) + 0.002);
		// And nothing else is heard.
		const rest = row.map(
			(sample, at) => sample - loudness * Math.sin((2 * Math.PI * pitch * at) / to + phase),
		);
		const power = rest.reduce((sum, sample) => sum + sample ** 2, 0) / rest.length;
		expect(decibels(Math.sqrt(2 * power), 0.5)).toBeLessThan(-60);
	});

	test('one value stays that value, from the first sample to the last but the edges', async () => {
		const [row = new Float32Array(0)] = await resample(
			[new Float32Array(3000).fill(0.25)],
			[from, to],
		);
		const edge = Math.ceil((40 * to) / lower);
		const others = row.subarray(edge, -edge).filter((sample) => Math.abs(sample - 0.25) > 0.0005);
		expect(others).toHaveLength(0);
		expect(row.length).toBeGreaterThan(2 * edge);
	});

	test('it is as long as it was, to the sample, however it came', async () => {
		for (const samples of [1, 2, 31, 32, 33, 1000, 4097, 10_007]) {
			const block = [tone(440, samples, from), tone(550, samples, from)];
			const whole = await resample(block, [from, to], [samples]);
			expect(lengthOf(whole)).toBe(Math.round((samples * to) / from));
			expect(same(await resample(block, [from, to], [1, 7, 500]), whole)).toBe(true);
		}
	});
});

// A little above the limit something is left, and lands a little below it: where nobody hears it.
test.each<[from: number, to: number, pitches: number[]]>([
	[88_200, 44_100, [24_500, 30_000, 43_000]],
	[96_000, 48_000, [26_500, 36_000, 47_000]],
	[192_000, 48_000, [26_500, 48_000, 60_000, 95_000]],
])('from %d to %d Hz: what is too high is not heard as another tone', async (from, to, pitches) => {
	for (const pitch of pitches) {
		const { row } = await middleOf(pitch, [from, to]);
		const power = row.reduce((sum, sample) => sum + sample ** 2, 0) / row.length;
		expect(decibels(Math.sqrt(2 * power), 0.5)).toBeLessThan(-60);
	}
});

test('any rates, any parts: the same sound of the right length', async () => {
	const rate = fc.integer({ min: 1000, max: 200_000 });
	const to = fc.constantFrom(44_100, 48_000);
	const sizes = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 5 });
	await fc.assert(
		fc.asyncProperty(rate, to, fc.nat(3000), sizes, async (from, target, samples, parts) => {
			const block = [tone(from / 20, samples, from)];
			const made = await resample(block, [from, target], parts);
			expect(lengthOf(made)).toBe(Math.round((samples * target) / from));
			expect(same(made, await resample(block, [from, target], [3001]))).toBe(true);
			expect(made[0]?.every((sample) => Math.abs(sample) < 0.7)).toBe(true);
		}),
		{ interruptAfterTimeLimit: 2000, numRuns: 40 },
	);
});
