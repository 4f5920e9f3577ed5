/** The film's head where its packets are gigabytes, and for sound as no fixture has it, by ISO/IEC 14496-12. */
import { createHead } from '../../../nodes/Deapi/film/mp4/head';
import type { Track } from '../../../nodes/Deapi/film/mp4/samples';
import { SOUND_KINDS, soundEntry } from '../../../nodes/Deapi/film/mp4/soundEntry';

const GIGABYTE = 2 ** 30;

/** A track of one picture in each chunk. */
function trackOf(sizes: number[]): Track {
	let offset = 0;
	const chunks = sizes.map((size) => {
		offset += size;
		return { samples: 1, size, offset: offset - size };
	});
	return {
		timescale: 24_000,
		samples: sizes.map((size, index) => ({ size, decode: index * 1000, delay: 0, isKey: true })),
		chunks,
		end: sizes.length * 1000,
		entry: Buffer.alloc(0),
		picture: { width: 512, height: 288, rotation: 0 },
	};
}

function headOf(sizes: number[]): Buffer {
	const track = trackOf(sizes);
	const bytes = sizes.reduce((sum, size) => sum + size, 0);
	return createHead([track], track.end, bytes);
}

/** Where the packets of the chunks lie, as the head says. */
function positionsIn(head: Buffer): bigint[] {
	const short = head.indexOf('stco', 0, 'latin1');
	const at = short < 0 ? head.indexOf('co64', 0, 'latin1') : short;
	const count = head.readUInt32BE(at + 8);
	return Array.from({ length: count }, (_, index) =>
		short < 0
			? head.readBigUInt64BE(at + 12 + index * 8)
			: BigInt(head.readUInt32BE(at + 12 + index * 4)),
	);
}

test('packets of a few bytes lie directly behind the head', () => {
	const head = headOf([100, 200]);
	expect(head.readUInt32BE(head.length - 8)).toBe(308);
	expect(head.toString('latin1', head.length - 4)).toBe('mdat');
	expect(positionsIn(head)).toEqual([BigInt(head.length), BigInt(head.length + 100)]);
});

test('packets of more than four gigabytes have sizes and positions of eight bytes', () => {
	const sizes = [3 * GIGABYTE, 3 * GIGABYTE, 10];
	const head = headOf(sizes);
	// A size of 1 says that the true one follows the name.
	expect(head.readUInt32BE(head.length - 16)).toBe(1);
	expect(head.toString('latin1', head.length - 12, head.length - 8)).toBe('mdat');
	expect(head.readBigUInt64BE(head.length - 8)).toBe(BigInt(6 * GIGABYTE + 10 + 16));
	expect(head.includes('stco')).toBe(false);
	const start = BigInt(head.length);
	expect(positionsIn(head)).toEqual([
		start,
		start + BigInt(3 * GIGABYTE),
		start + BigInt(6 * GIGABYTE),
	]);
});

test.each([
	// The box has eight bytes besides its packets.
	[2 ** 32 - 9, 2 ** 32 - 1],
	[2 ** 32 - 8, 1],
])('%d bytes of packets: a size field of %d', (bytes, field) => {
	const half = Math.floor(bytes / 2);
	const head = headOf([half, bytes - half]);
	const long = field === 1 ? 16 : 8;
	expect(head.readUInt32BE(head.length - long)).toBe(field);
	expect(head.toString('latin1', head.length - long + 4, head.length - long + 8)).toBe('mdat');
	// No position may be above four gigabytes, with whatever lies before the packets.
	expect(head.includes('co64')).toBe(true);
});

test('positions stay short while there is room for the largest head', () => {
	expect(headOf([GIGABYTE, GIGABYTE, GIGABYTE]).includes('stco')).toBe(true);
});

/** The rate, as the entry has it: 16 bits before the point and 16 behind. */
const rateIn = (entry: Buffer) => entry.readUInt32BE(8 + 24) / 0x10000;

test.each([
	[44_100, 44_100],
	[65_535, 65_535],
	// It does not fit: the decoder's settings say it.
	[88_200, 0],
	[96_000, 0],
])('sound at %d Hz has %d in its entry', (sampleRate, expected) => {
	const entry = soundEntry(SOUND_KINDS.aac, { sampleRate, channels: 2 }, Buffer.from([0x12, 0x10]));
	expect(rateIn(entry)).toBe(expected);
	expect(entry.readUInt16BE(8 + 16)).toBe(2);
});

test('an MP3 has no settings in its descriptor, and AAC has', () => {
	const facts = { sampleRate: 44_100, channels: 2 };
	const mp3 = soundEntry(SOUND_KINDS.mp3, facts);
	const aac = soundEntry(SOUND_KINDS.aac, facts, Buffer.from([0x12, 0x10]));
	expect(aac.length - mp3.length).toBe(4);
	// ISO/IEC 14496-1: the last descriptor says that the stream is one of MP4.
	for (const entry of [mp3, aac]) expect([...entry.subarray(-3)]).toEqual([6, 1, 2]);
});
