/** AAC comes out of another decoder, FAAD2: the same samples, at the same place. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Block } from '../../../nodes/Deapi/sound/block';
import { PACKED_BINARY } from '../../../nodes/Deapi/sound/encode/aac/binary';
import { encodeAac } from '../../../nodes/Deapi/sound/encode/aac/encode';
import { decodeAac } from '../../support/aac';
import { tone } from '../../support/tones';

/** Samples of a packet. */
const PACKET = 1024;

async function* inBlocks(row: Float32Array[], sizes: number[]): AsyncGenerator<Block> {
	let at = 0;
	for (const size of sizes) {
		yield await Promise.resolve(row.map((channel) => channel.subarray(at, at + size)));
		at += size;
	}
}

async function encode(row: Float32Array[], rate: number, sizes = [row[0]?.length ?? 0]) {
	return await encodeAac(inBlocks(row, sizes), rate, row.length);
}

function largestDifference(one: Float32Array, other: Float32Array, from: number): number {
	let most = 0;
	for (let at = from; at < one.length; at++) {
		most = Math.max(most, Math.abs((one[at] ?? 0) - (other[at] ?? NaN)));
	}
	return most;
}

const FORMATS = [44_100, 48_000].flatMap((rate) => [1, 2].map((channels) => ({ rate, channels })));

describe.each(FORMATS)('$rate Hz, channels: $channels', ({ rate, channels }) => {
	test.each([1, 1023, 1024, 1025, 20_000])('%d samples', async (samples) => {
		// Two channels of different pitch: they must not be mixed up.
		const row = [441, 640].slice(0, channels).map((pitch) => tone(pitch, samples, rate));
		const { config, packets } = await encode(row, rate);
		expect(packets).toHaveLength(Math.ceil(samples / PACKET));
		const heard = await decodeAac(config, packets);
		expect(heard.map(({ length }) => length)).toEqual(row.map(() => packets.length * PACKET));
		for (const [channel, original] of row.entries()) {
			const other = heard[channel] ?? new Float32Array(0);
			// The packet that prepares the decoder is left out; one sample off would be 0.04, one channel 0.9.
			expect(largestDifference(original, other, PACKET)).toBeLessThan(0.2);
			// Behind the end is silence.
			const behind = other.subarray(samples + 128);
			expect(largestDifference(new Float32Array(behind.length), behind, 0)).toBeLessThan(0.1);
		}
	});

	test('a click is where it was, to the sample', async () => {
		const row = Array.from({ length: channels }, () => new Float32Array(20_000));
		for (const channel of row) channel.fill(0.9, 10_000, 10_001);
		const { config, packets } = await encode(row, rate);
		for (const channel of await decodeAac(config, packets)) {
			const loudest = channel.reduce(
				(best, value, at) => (value > (channel[best] ?? 0) ? at : best),
				0,
			);
			expect(loudest).toBe(10_000);
		}
	});
});

test('it has 192 kbit/s where a sound needs them', async () => {
	let state = 1;
	const noise = () =>
		Float32Array.from({ length: 96_000 }, () => {
			state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
			return state / 2 ** 32 - 0.5;
		});
	const { packets } = await encode([noise(), noise()], 48_000);
	const bytes = packets.reduce((sum, { length }) => sum + length, 0);
	expect((bytes * 8) / 2).toBeGreaterThan(180_000);
	expect((bytes * 8) / 2).toBeLessThan(205_000);
});

test('blocks of any size are the same sound', async () => {
	const row = [tone(441, 9000, 44_100)];
	const whole = await encode(row, 44_100);
	const parts = await encode(row, 44_100, [1, 0, 1023, 2048, 7, 5921]);
	expect(parts.packets).toEqual(whole.packets);
});

test('several at a time do not get in the way of each other', async () => {
	const rows = [441, 640, 1000].map((pitch) => [tone(pitch, 30_000, 48_000)]);
	const together = await Promise.all(rows.map(async (row) => await encode(row, 48_000)));
	for (const [index, row] of rows.entries()) {
		expect((await encode(row, 48_000)).packets).toEqual(together[index]?.packets);
	}
});

test('the encoder is that of the library, byte for byte', () => {
	const library = path.join(__dirname, '../../../node_modules/@mediabunny/aac-encoder');
	const code = readFileSync(path.join(library, 'dist/modules/build/aac.js'), 'utf8');
	// The library has a character for a byte, most of them as they are, and another one for 0.
	const [, text = ''] = /binaryDecode\('(.{400000,}?)'\);? \}/s.exec(code) ?? [];
	const unescaped = text.replace(/\\(x[0-9a-f]{2}|.)/gis, (_all, what: string) =>
		what.length === 3
			? String.fromCharCode(parseInt(what.slice(1), 16))
			: ({ n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', v: '\v', '0': '\0' }[what] ?? what),
	);
	const bytes = Buffer.from(unescaped, 'latin1');
	expect(gunzipSync(Buffer.from(PACKED_BINARY, 'base64')).equals(bytes)).toBe(true);
});
