/** What looks like sound and is none, and sound at places where it is easily overlooked. */
import { readLength } from '../../../nodes/Deapi/files/length/readLength';
import { asStream, bytesOf, DECODED, inMemory, sumUp } from './sounds';

async function expectSeconds(content: Buffer, kind: string, seconds: number): Promise<void> {
	const type = { name: kind };
	expect(await readLength(inMemory(content), type)).toBeCloseTo(seconds, 5);
	expect(await readLength(asStream(content, [5001]), type)).toBeCloseTo(seconds, 5);
}

describe('MP3', () => {
	const NAME = 'lengths/mp3-8k-noheader.mp3';
	const sound = bytesOf(NAME);
	const SECONDS = DECODED[NAME] ?? 0;
	/** Bytes and seconds of each of its frames: 16 kbit/s, 8 kHz. */
	const FRAME = 144;
	const FRAME_SECONDS = 576 / 8000;
	const gap = Buffer.alloc(700, 0x55);

	/** A frame without content, of the header that is given. */
	function empty(header: string, size: number): Buffer {
		return Buffer.concat([Buffer.from(header, 'hex')], size);
	}

	test('two headers of different kinds prove nothing', async () => {
		// 128 kbit/s at 44.1 kHz, then at 48 kHz.
		const fake = Buffer.concat([empty('fffb9064', 417), empty('fffb9464', 384), gap]);
		await expectSeconds(Buffer.concat([sound, gap, fake]), 'MP3', SECONDS);
	});

	test('an ID3v1 tag is no sound, whatever its text', async () => {
		// 8 kbit/s at 24 kHz: frames of 24 bytes.
		const frames = Array.from({ length: 5 }, () => empty('fff314c4', 24));
		const tag = Buffer.concat([Buffer.from('TAG'), ...frames], 128);
		await expectSeconds(Buffer.concat([sound, tag]), 'MP3', SECONDS);
	});

	test.each([
		['the end', Buffer.alloc(0)],
		['a tag', Buffer.from('TAG'.padEnd(128))],
	])('a single frame behind a gap counts where %s follows', async (_what, behind) => {
		const content = Buffer.concat([sound, gap, sound.subarray(0, FRAME), behind]);
		await expectSeconds(content, 'MP3', SECONDS + FRAME_SECONDS);
	});

	test('the first frame counts wherever it begins', async () => {
		for (let length = 64_000; length < 65_700; length += 72) {
			await expectSeconds(Buffer.concat([Buffer.alloc(length), sound]), 'MP3', SECONDS);
		}
	});
});

describe('WAV', () => {
	const behind = Buffer.from('LIST\x08\0\0\0INFOxxxx'.repeat(20), 'latin1');

	test.each([0, 0xffff_ffff, 0x7fff_f000])('of the size %i goes on to its end', async (size) => {
		const sound = bytesOf('song.wav');
		sound.writeUInt32LE(size, 40);
		await expectSeconds(sound, 'WAV', 1.8);
		expect(await readLength(asStream(sound, [999], 0), { name: 'WAV' })).toBeCloseTo(1.8, 5);
	});

	test('RF64 ends where it says, before other chunks', async () => {
		const name = 'lengths/wav-rf64.wav';
		await expectSeconds(Buffer.concat([bytesOf(name), behind]), 'WAV', DECODED[name] ?? 0);
	});
});

describe('FLAC', () => {
	const NAME = 'lengths/flac-small-blocks.flac';
	const BLOCK_SECONDS = 123 / 8000;
	const SECONDS = DECODED[NAME] ?? 0;
	const sound = bytesOf(NAME);

	/** Where the frame of this number begins: blocks of one size, numbers below 128. */
	function frame(number: number): number {
		const mark = Buffer.from([0xff, 0xf8, sound[frames + 2] ?? 0, sound[frames + 3] ?? 0, number]);
		const at = sound.indexOf(mark);
		expect(at).toBeGreaterThan(0);
		return at;
	}
	const frames = sound.indexOf(Buffer.from([0xff, 0xf8]));

	test('a header with the number of another frame is none', async () => {
		// The tenth frame's header, complete with its check sum, inside the third.
		const copy = sound.subarray(frame(10), frame(10) + 16);
		const at = frame(3) + 20;
		await expectSeconds(
			Buffer.concat([sound.subarray(0, at), copy, sound.subarray(at)]),
			'FLAC',
			SECONDS,
		);
	});

	test('nor is one whose check sum is wrong', async () => {
		const fake = Buffer.from(sound.subarray(frame(4), frame(4) + 5));
		const at = frame(3) + 20;
		const content = Buffer.concat([sound.subarray(0, at), fake, sound.subarray(at)]);
		await expectSeconds(content, 'FLAC', SECONDS);
	});

	test('a hole of some frames costs little more than those', async () => {
		const content = Buffer.concat([sound.subarray(0, frame(20)), sound.subarray(frame(30))]);
		const seconds = await readLength(inMemory(content), { name: 'FLAC' });
		expect(seconds).toBeLessThanOrEqual(SECONDS - 10 * BLOCK_SECONDS + 1e-6);
		expect(seconds).toBeGreaterThan(SECONDS - 14 * BLOCK_SECONDS);
	});

	test('a frame counts wherever its header lies', async () => {
		const first = frame(0);
		const at = frame(30);
		const room = 64 * 1024 - (at - first);
		for (let before = 0; before < 20; before++) {
			const gap = Buffer.alloc(room - before);
			const content = Buffer.concat([sound.subarray(0, at), gap, sound.subarray(at)]);
			await expectSeconds(content, 'FLAC', SECONDS);
		}
	});
});

test('of streams that are played together inside Ogg the first one counts', async () => {
	const pages = (content: Buffer, serial: number): Buffer[] => {
		const found: Buffer[] = [];
		for (let at = 0; at < content.length;) {
			const next = content.indexOf('OggS', at + 4);
			const page = Buffer.from(content.subarray(at, next === -1 ? content.length : next));
			page.writeUInt32LE(serial, 14);
			sumUp(page);
			found.push(page);
			at += page.length;
		}
		return found;
	};
	const sound = pages(bytesOf('lengths/ogg-opus-60ms.ogg'), 1);
	const longer = pages(bytesOf('song.ogg'), 2);
	const content: Buffer[] = [];
	for (let turn = 0; turn < Math.max(sound.length, longer.length); turn++) {
		content.push(...sound.slice(turn, turn + 1), ...longer.slice(turn, turn + 1));
	}
	const seconds = DECODED['lengths/ogg-opus-60ms.ogg'] ?? 0;
	await expectSeconds(Buffer.concat(content), 'OGG', seconds);
});
