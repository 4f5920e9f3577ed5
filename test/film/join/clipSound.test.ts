/** Silence in a film's sound: FAAD2 has to hear nothing in it. */
import { silentPacket } from '../../../nodes/Deapi/film/join/clipSound';
import { decodeAac } from '../../support/aac';

/** Settings of an AAC decoder (ISO/IEC 14496-3, AudioSpecificConfig), without what they may end with. */
function settingsOf(objectType: number, rateIndex: number, channels: number): Buffer {
	const bits = (objectType << 11) | (rateIndex << 7) | (channels << 3);
	return Buffer.from([bits >> 8, bits & 0xff]);
}

const LC = 2;
const RATE_44100 = 4;

test.each([
	['mono', 1],
	['stereo', 2],
])('a silent packet in %s decodes to silence of its length', async (_name, channels) => {
	const settings = settingsOf(LC, RATE_44100, channels);
	const packet = silentPacket(settings) ?? Buffer.alloc(0);
	const rows = await decodeAac(
		settings,
		Array.from({ length: 10 }, () => packet),
	);
	// FAAD2 makes two channels of one.
	expect(rows.length).toBeGreaterThanOrEqual(channels);
	for (const row of rows) {
		expect(row).toHaveLength(10 * 1024);
		expect(row.every((sample) => sample === 0)).toBe(true);
	}
});

test('mono and stereo have packets of their own', () => {
	const [mono, stereo] = [1, 2].map((channels) =>
		silentPacket(settingsOf(LC, RATE_44100, channels))?.toString('hex'),
	);
	// The first three bits name the element: 0 is a single channel, 1 a pair.
	expect(mono).toMatch(/^0[01]/);
	expect(stereo).toMatch(/^2/);
});

test.each([
	['HE-AAC', 5],
	['HE-AAC with parametric stereo', 29],
])('%s takes the packet of its core', (_name, objectType) => {
	const core = silentPacket(settingsOf(LC, RATE_44100, 1));
	expect(silentPacket(settingsOf(objectType, RATE_44100, 1))).toEqual(core);
});

test.each([
	['more than two channels', settingsOf(LC, RATE_44100, 6)],
	['channels that the stream itself names', settingsOf(LC, RATE_44100, 0)],
	['another kind of AAC', settingsOf(23, RATE_44100, 2)],
	['a rate that is written out', settingsOf(LC, 15, 2)],
	['no settings', Buffer.alloc(0)],
])('there is none for %s', (_name, settings) => {
	expect(silentPacket(settings)).toBeUndefined();
});
