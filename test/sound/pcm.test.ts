/** The samples of a WAV, bit by bit: each encoding has known bytes for known values. */
import { ByteReader } from '../../nodes/Deapi/files/bytes';
import { decodeWav } from '../../nodes/Deapi/sound/decode/pcm';
import { wavHeader } from '../support/wav';

interface Encoding {
	sampleBytes: number;
	channels?: number;
	isFloat?: boolean;
	/** The number of a format that is neither whole numbers nor floating point. */
	tag?: number;
}

async function samplesOf(bytes: number[], { channels = 1, tag, ...encoding }: Encoding) {
	const header = wavHeader(bytes.length, { rate: 48_000, channels, ...encoding });
	if (tag !== undefined) header.writeUInt16LE(tag, 20);
	const content = Buffer.concat([header, Buffer.from(bytes)]);
	const reader = new ByteReader(content, (cause) => {
		throw cause;
	});
	const rows: number[][] = Array.from({ length: channels }, () => []);
	for await (const { rate, samples } of decodeWav(reader)) {
		expect(rate).toBe(48_000);
		for (const [channel, row] of samples.entries()) rows[channel]?.push(...row);
	}
	return rows;
}

const littleEndian = (size: number, values: number[], write: (at: Buffer, value: number) => void) =>
	values.flatMap((value) => {
		const bytes = Buffer.alloc(size);
		write(bytes, value);
		return [...bytes];
	});

test('8 bits count from the middle', async () => {
	const [row] = await samplesOf([0, 64, 128, 192, 255], { sampleBytes: 1 });
	expect(row).toEqual([-1, -0.5, 0, 0.5, 127 / 128]);
});

test.each([
	[2, 0x8000],
	[3, 0x80_0000],
	[4, 0x8000_0000],
])('%d bytes have a sign', async (sampleBytes, one) => {
	const values = [-one, -one / 2, 0, one / 4, one - 1, 1, -1];
	const bytes = littleEndian(sampleBytes, values, (at, value) =>
		at.writeIntLE(value, 0, sampleBytes),
	);
	const [row] = await samplesOf(bytes, { sampleBytes });
	expect(row).toEqual(values.map((value) => Math.fround(value / one)));
});

test.each([
	[4, (at: Buffer, value: number) => at.writeFloatLE(value)],
	[8, (at: Buffer, value: number) => at.writeDoubleLE(value)],
])('floating point of %d bytes is what it is', async (sampleBytes, write) => {
	const values = [-1, -0.25, 0, 0.5, 1.5];
	const bytes = littleEndian(sampleBytes, values, write);
	expect(await samplesOf(bytes, { sampleBytes, isFloat: true })).toEqual([values]);
});

/** ITU-T G.711: codes, and the values that they stand for in 16 bits. */
const A_LAW = 'd5:8 55:-8 d4:24 c5:264 f5:528 aa:32256 2a:-32256 80:5504';
const MU_LAW = 'ff:0 7f:0 fe:8 ef:132 6f:-132 80:32124 00:-32124 bf:1980 c0:1884';

test.each([
	['A-law', 6, A_LAW],
	['µ-law', 7, MU_LAW],
])('%s has its table', async (_name, tag, table) => {
	const entries = table.split(' ').map((entry) => entry.split(':'));
	const codes = entries.map(([code = '']) => parseInt(code, 16));
	const [row = []] = await samplesOf(codes, { sampleBytes: 1, tag });
	expect(row.map((value) => value * 0x8000 || 0)).toEqual(
		entries.map(([, value]) => Number(value)),
	);
	// All 256 codes: as many values above zero as below, and none twice, but for zero.
	const [all = []] = await samplesOf([...Array(256).keys()], { sampleBytes: 1, tag });
	const sizes = all.filter((value) => value > 0).sort((one, other) => one - other);
	expect(all.filter((value) => value < 0).sort((one, other) => other - one)).toEqual(
		sizes.map((value) => -value),
	);
	expect(new Set(sizes).size).toBe(sizes.length);
	expect(sizes.length).toBeGreaterThanOrEqual(127);
});

test('channels take turns', async () => {
	const bytes = littleEndian(2, [1, 2, 3, 4, 5, 6], (at, value) => at.writeInt16LE(value * 4096));
	const rows = await samplesOf(bytes, { sampleBytes: 2, channels: 2 });
	expect(rows).toEqual([
		[1 / 8, 3 / 8, 5 / 8],
		[2 / 8, 4 / 8, 6 / 8],
	]);
});

test('a sample that is cut off is left out', async () => {
	const [row] = await samplesOf([0, 64, 0, 64, 0], { sampleBytes: 2 });
	expect(row).toEqual([0.5, 0.5]);
});

test('all blocks of a long sound are there', async () => {
	const count = 40_000;
	const bytes = littleEndian(
		2,
		Array.from({ length: count }, (_, at) => at % 1000),
		(at, value) => at.writeInt16LE(value),
	);
	const [row = []] = await samplesOf(bytes, { sampleBytes: 2 });
	expect(row).toHaveLength(count);
	expect(row.findIndex((value, at) => value * 0x8000 !== at % 1000)).toBe(-1);
});
