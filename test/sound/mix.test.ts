/** Where each channel of a sound is heard: its place is what the specifications of WAV, FLAC and Vorbis say. */
import type { Block } from '../../nodes/Deapi/sound/block';
import { mixTo } from '../../nodes/Deapi/sound/mix';

/** RFC 9639, section 9.1.3: front, centre, effects (LFE), back, side. */
const WAV = {
	3: 'FL FR FC',
	4: 'FL FR BL BR',
	5: 'FL FR FC BL BR',
	6: 'FL FR FC LFE BL BR',
	7: 'FL FR FC LFE BC SL SR',
	8: 'FL FR FC LFE BL BR SL SR',
};
/** Vorbis I, section 4.3.9. */
const VORBIS = {
	3: 'FL FC FR',
	4: 'FL FR BL BR',
	5: 'FL FC FR BL BR',
	6: 'FL FC FR BL BR LFE',
	7: 'FL FC FR SL SR BC LFE',
	8: 'FL FC FR SL SR BL BR LFE',
};

/** A block of so many channels, one of which is as loud as can be. */
const only = (channels: number, loud: number): Block =>
	Array.from({ length: channels }, (_, channel) =>
		new Float32Array(3).fill(channel === loud ? 1 : 0),
	);

const heard = (block: Block) => block.map((row) => row[1] ?? NaN);

describe.each([
	['wav', WAV],
	['vorbis', VORBIS],
] as const)('%s', (layout, orders) => {
	test.each(Object.entries(orders))('%s channels', (count, order) => {
		const channels = Number(count);
		const names = order.split(' ');
		expect(names).toHaveLength(channels);
		const front = heard(mixTo(2, only(channels, 0), layout))[0] ?? NaN;
		for (const [index, name] of names.entries()) {
			const [left = NaN, right = NaN] = heard(mixTo(2, only(channels, index), layout));
			// All but the front is 3 dB below it; low effects are not heard.
			const loudness = name.startsWith('F') && name !== 'FC' ? front : front * Math.SQRT1_2;
			expect(left).toBeCloseTo(/L$|C$/.test(name) ? loudness : 0, 6);
			expect(right).toBeCloseTo(/R$|C$/.test(name) ? loudness : 0, 6);
		}
		// Where all are as loud as can be, so is each side.
		const all = Array.from({ length: channels }, () => new Float32Array(2).fill(1));
		for (const side of heard(mixTo(2, all, layout))) expect(side).toBeCloseTo(1, 6);
		for (const side of heard(mixTo(1, all, layout))) expect(side).toBeCloseTo(1, 6);
	});
});

test('nine channels are heard in the middle, all alike', () => {
	for (let channel = 0; channel < 9; channel++) {
		const [left, right] = heard(mixTo(2, only(9, channel), 'wav'));
		expect(left).toBeCloseTo(1 / 9, 6);
		expect(right).toBeCloseTo(1 / 9, 6);
	}
});

test('two channels as one have half of each', () => {
	expect(heard(mixTo(1, only(2, 0), 'wav'))).toEqual([0.5]);
	expect(heard(mixTo(1, only(2, 1), 'wav'))).toEqual([0.5]);
});

test('one channel as two is as loud in both', () => {
	expect(heard(mixTo(2, only(1, 0), 'wav'))).toEqual([1, 1]);
});

test('as many as are wanted stay as they are', () => {
	const pair = only(2, 1);
	expect(mixTo(2, pair, 'vorbis')).toBe(pair);
	expect(mixTo(1, [], 'wav')).toEqual([new Float32Array(0)]);
});
