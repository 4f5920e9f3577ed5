/** What is encoded comes out of another decoder: the same samples, as many, at the same place. */
import { encodeMp3 } from '../../../nodes/Deapi/sound/encode/mp3';
import type { Block } from '../../../nodes/Deapi/sound/block';
import { bitRates, decodeFrames, decodeHeard, readInfoHeader } from '../../support/mp3';
import { tone } from '../../support/tones';

/** Samples of a frame, and those that an encoder and its decoder are late by. */
const FRAME = 1152;
const DELAY = 576;

const FORMATS = [44_100, 48_000].flatMap((rate) =>
	([1, 2] as const).map((channels) => ({ rate, channels })),
);

/** Two channels of different pitch: they must not be mixed up. */
function toneBlock(channels: number, samples: number, rate: number): Block {
	return [440, 640].slice(0, channels).map((pitch) => tone(pitch, samples, rate, 0.5));
}

function largestDifference(one: Float32Array, other: Float32Array): number {
	let most = 0;
	for (const [at, sample] of one.entries()) {
		most = Math.max(most, Math.abs(sample - (other[at] ?? NaN)));
	}
	return most;
}

describe.each(FORMATS)('$rate Hz, channels: $channels', ({ rate, channels }) => {
	test.each([1, 2, 575, 576, 577, 1151, 1152, 1153, 4607, 4608, 4609, 44_101, 10 * rate])(
		'%d samples',
		async (samples) => {
			const block = toneBlock(channels, samples, rate);
			const content = await encodeMp3([block], rate, channels);
			const heard = decodeHeard(content);
			expect(heard.rate).toBe(rate);
			expect(heard.channels.map(({ length }) => length)).toEqual(block.map(() => samples));
			for (const [channel, row] of block.entries()) {
				// Encoding changes a sound a little, at its start and end more; 20 samples off would be 0.8.
				const other = heard.channels[channel] ?? new Float32Array(0);
				expect(largestDifference(row, other)).toBeLessThan(0.2);
			}

			const header = readInfoHeader(content);
			expect(header.bytes).toBe(content.length);
			expect(header.delay).toBe(DELAY);
			expect(header.frames * FRAME).toBe(header.delay + samples + header.padding);
			// All of the sound has to come out of decoders that are late.
			expect(header.padding).toBeGreaterThanOrEqual(529);
			const rates = bitRates(content);
			expect(rates).toHaveLength(header.frames + 1);
			expect(new Set(rates)).toEqual(new Set([channels === 1 ? 128 : 192]));
		},
	);
});

test('blocks of any size are the same sound', async () => {
	const [row = new Float32Array(0)] = toneBlock(1, 30_000, 44_100);
	const parts = [1, 0, 4607, 2, 9000, 30_000].reduce<{ at: number; blocks: Block[] }>(
		({ at, blocks }, size) => ({
			at: at + size,
			blocks: [...blocks, [row.subarray(at, at + size)]],
		}),
		{ at: 0, blocks: [] },
	);
	const whole = decodeFrames(await encodeMp3([[row]], 44_100, 1));
	const inParts = decodeFrames(await encodeMp3(parts.blocks, 44_100, 1));
	expect(inParts).toEqual(whole);
});

test('nothing of an earlier sound is left in the next one', async () => {
	const loud = [new Float32Array(20_000).fill(0.9)];
	const quiet = toneBlock(1, 20_000, 48_000);
	const first = await encodeMp3([quiet], 48_000, 1);
	await encodeMp3([loud], 44_100, 1);
	expect((await encodeMp3([quiet], 48_000, 1)).equals(first)).toBe(true);
});

test('several at a time do not get in the way of each other', async () => {
	const blocks = [20_000, 15_000, 30_000, 9000, 12_000, 25_000].map((samples) =>
		toneBlock(2, samples, 48_000),
	);
	const together = await Promise.all(
		blocks.map(async (block) => await encodeMp3([block], 48_000, 2)),
	);
	for (const [index, block] of blocks.entries()) {
		const alone = await encodeMp3([block], 48_000, 2);
		expect(alone.equals(together[index] ?? Buffer.alloc(0))).toBe(true);
	}
});

test('what is as loud as can be stays without overflow', async () => {
	const samples = 44_100;
	const square = Float32Array.from({ length: samples }, (_, at) => (at % 200 < 100 ? 1 : -1));
	const heard = decodeHeard(await encodeMp3([[square, square]], 44_100, 2));
	const [row = new Float32Array(0)] = heard.channels;
	const wrong = square.filter((sample, at) => Math.sign(row[at] ?? NaN) !== sample);
	// Where it goes up or down, and nowhere else.
	expect(wrong.length).toBeLessThan(samples / 50);
});
