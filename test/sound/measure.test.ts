/** What is measured of a sound is the sound's own: how its samples were divided on their way makes no difference. */
import * as fc from 'fast-check';
import type { Block } from '../../nodes/Deapi/sound/block';
import { lengthOf, partOf } from '../../nodes/Deapi/sound/block';
import { Prints } from '../../nodes/Deapi/sound/measure';
import { BandMeter } from '../../nodes/Deapi/sound/music/bands';
import { tone } from '../support/tones';

const RATE = 44_100;
const LENGTH = 90_000;
const STEREO = [tone(440, LENGTH, RATE), tone(550, LENGTH, RATE)];

/** The sums and the levels of a sound that comes in parts of these sizes, in turn. */
function measure(block: Block, sizes: number[]) {
	const prints = new Prints();
	const meter = new BandMeter(RATE);
	for (let at = 0, turn = 0; at < lengthOf(block); turn++) {
		const part = partOf(block, at, at + (sizes[turn % sizes.length] ?? 1));
		prints.add(part);
		meter.add(part);
		at += lengthOf(part);
	}
	return { prints: prints.close(), bands: meter.close() };
}

test('in blocks of any size', () => {
	const whole = measure(STEREO, [LENGTH]);
	expect(whole.prints).toHaveLength(3);
	expect(whole.bands.frames).toBe(204);
	const sizes = fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 1, maxLength: 5 });
	fc.assert(
		fc.property(sizes, (each) => {
			const parts = measure(STEREO, each);
			expect(parts.prints).toEqual(whole.prints);
			expect(parts.bands).toEqual(whole.bands);
		}),
		{ numRuns: 30, examples: [[[1152]], [[4096]], [[4097]], [[1]]] },
	);
});

test('and another sound has other sums', () => {
	const { prints } = measure(STEREO, [4096]);
	const [left = new Float32Array(0), right = new Float32Array(0)] = STEREO;
	const louder = right.slice();
	louder[LENGTH - 1] = 0.5;
	expect(measure([left, louder], [4096]).prints).toEqual([prints[0], prints[1], expect.anything()]);
	expect(measure([left, louder], [4096]).prints[2]).not.toBe(prints[2]);
	expect(measure([right, left], [4096]).prints[0]).not.toBe(prints[0]);
	expect(measure([left], [4096]).prints[0]).not.toBe(prints[0]);
});
