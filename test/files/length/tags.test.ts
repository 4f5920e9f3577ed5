/** What stands around and between the sound says nothing about its length, however large it is. */
import { readLength } from '../../../nodes/Deapi/files/length/readLength';
import { asStream, bytesOf, DECODED, inMemory, sumUp } from './sounds';

const MB = 1024 * 1024;

/** Bytes that look like the start of sound again and again. */
function picture(size: number): Buffer {
	return Buffer.alloc(
		size,
		Buffer.from('fffb9064 4f676753 fff86918 54414744'.replaceAll(' ', ''), 'hex'),
	);
}

/** An ID3v2 tag with a picture of so many bytes. */
function id3(size: number, { footer = false } = {}): Buffer {
	const head = Buffer.from('ID3\x04\0\0\0\0\0\0', 'latin1');
	head[5] = footer ? 0x10 : 0;
	for (let at = 6; at < 10; at++) head[at] = (size >> (7 * (9 - at))) & 0x7f;
	const foot = Buffer.from(head);
	foot.write('3DI');
	return Buffer.concat([head, picture(size), ...(footer ? [foot] : [])]);
}

function ape(size: number): Buffer {
	const head = Buffer.alloc(32);
	head.write('APETAGEX');
	head.writeUInt32LE(2000, 8);
	head.writeUInt32LE(size + 32, 12);
	head.writeUInt32LE(1, 16);
	head.writeUInt32LE(0xa000_0000, 20);
	const foot = Buffer.from(head);
	foot.writeUInt32LE(0x8000_0000, 20);
	return Buffer.concat([head, picture(size), foot]);
}

async function lengths(content: Buffer, name: string) {
	return [
		await readLength(inMemory(content), { name }),
		await readLength(asStream(content, [40_000]), { name }),
	];
}

async function expectLength(content: Buffer, kind: string, of: string) {
	for (const seconds of await lengths(content, kind))
		expect(seconds).toBeCloseTo(DECODED[of] ?? 0, 5);
}

const MP3 = 'lengths/mp3-16k-vbr.mp3';
const PLAIN = 'lengths/mp3-16k-vbr-noheader.mp3';

test.each<[string, (sound: Buffer) => Buffer[]]>([
	['an ID3v2 tag of 5 MB', (sound) => [id3(5 * MB), sound]],
	['one with a footer', (sound) => [id3(1000, { footer: true }), sound]],
	['two of them', (sound) => [id3(1000), id3(2000), sound]],
	['an APE tag of 1 MB at the end', (sound) => [sound, ape(MB)]],
	['an APE tag in front', (sound) => [ape(3000), sound]],
	[
		'an ID3v1 tag at the end',
		(sound) => [sound, Buffer.from('TAG'.padEnd(128, '\xff\xfb\x90d'), 'latin1')],
	],
	['all of them', (sound) => [id3(5000), sound, ape(70_000), Buffer.from('TAG'.padEnd(128))]],
	['zeros at the end', (sound) => [sound, Buffer.alloc(100_000)]],
])('MP3 with %s', async (_what, around) => {
	await expectLength(Buffer.concat(around(bytesOf(MP3))), 'MP3', MP3);
	await expectLength(Buffer.concat(around(bytesOf(PLAIN))), 'MP3', PLAIN);
});

test('MP3 with an ID3v2 tag and zeros, behind which FFmpeg does not look for what the encoder added', async () => {
	const between = [id3(1000), Buffer.alloc(5000)];
	await expectLength(Buffer.concat([...between, bytesOf(PLAIN)]), 'MP3', PLAIN);
	// Whether it plays the frame with the header itself depends on how far behind it lies.
	for (const seconds of await lengths(Buffer.concat([...between, bytesOf(MP3)]), 'MP3')) {
		expect(Math.abs(seconds - (DECODED[PLAIN] ?? 0))).toBeLessThan(1 / 24);
	}
});

test('MP3 with a gap of other bytes between its frames', async () => {
	const sound = bytesOf(PLAIN);
	const content = Buffer.concat([sound, Buffer.alloc(3000, 0x55), sound]);
	for (const seconds of await lengths(content, 'MP3')) {
		expect(seconds).toBeCloseTo(2 * (DECODED[PLAIN] ?? 0), 5);
	}
});

test('FLAC with an ID3v2 tag of 5 MB and a picture of 5 MB', async () => {
	const sound = bytesOf('flac-16.flac');
	const block = Buffer.alloc(4);
	block.writeUInt32BE((6 << 24) | (5 * MB));
	const afterStreamInfo = 4 + 4 + 34;
	const content = Buffer.concat([
		id3(5 * MB),
		sound.subarray(0, afterStreamInfo),
		block,
		picture(5 * MB),
		sound.subarray(afterStreamInfo),
	]);
	await expectLength(content, 'FLAC', 'flac-16.flac');
});

test('Opus with comments of 5 MB', async () => {
	const sound = bytesOf('ogg-opus.ogg');
	const second = sound.indexOf('OggS', 4);
	const third = sound.indexOf('OggS', second + 4);
	const full = 255 * 255;
	const pages: Buffer[] = [];
	for (let left = 5 * MB; left > 0; left -= full) {
		const isLast = left <= full;
		const head = Buffer.from(sound.subarray(second, second + 27));
		head[5] = pages.length === 0 ? 0 : 1;
		head.writeBigInt64LE(isLast ? 0n : -1n, 6);
		head[26] = 255;
		const parts = Buffer.alloc(255, 255);
		const body = Buffer.from(picture(isLast ? full - 255 : full));
		if (isLast) parts[254] = 0;
		if (pages.length === 0) body.write('OpusTags');
		const page = Buffer.concat([head, parts, body]);
		sumUp(page);
		pages.push(page);
	}
	const content = Buffer.concat([sound.subarray(0, second), ...pages, sound.subarray(third)]);
	expect(content.length).toBeGreaterThan(5 * MB);
	await expectLength(content, 'OGG', 'ogg-opus.ogg');
});

test('WAV with a large chunk before the samples, of an odd size', async () => {
	const sound = bytesOf('song.wav');
	const head = Buffer.from('junk\0\0\0\0', 'latin1');
	head.writeUInt32LE(5 * MB + 1, 4);
	const chunk = Buffer.concat([head, picture(5 * MB + 2)]);
	const content = Buffer.concat([sound.subarray(0, 12), chunk, sound.subarray(12)]);
	await expectLength(content, 'WAV', 'song.wav');
});
