import { readFileSync } from 'node:fs';
import path from 'node:path';
import { FLAC, Input, MP3, BufferSource, EncodedPacketSink, OGG, WAVE } from 'mediabunny';
import type { EncodedPacket } from 'mediabunny';
import { Failure } from '../../../nodes/Deapi/engine/failure';
import { SoundCutter } from '../../../nodes/Deapi/film/cut/soundCutter';
import type { Sound } from '../../../nodes/Deapi/film/sound';
import { HEAD_BYTES, kindOf } from '../../../nodes/Deapi/files/kinds';
import type { MediaType } from '../../../nodes/Deapi/files/kinds';
import { id3TagSize } from '../../../nodes/Deapi/files/mp3Frames';
import { asAdpcmWav, asPipeWav, asRf64, asUnfinishedWav } from '../../support/wav';

const FIXTURES = path.join(__dirname, '../../fixtures');

interface TestSound extends Sound {
	opened: number;
	closed: number;
}

/** A sound that can be read forwards only, as n8n's storage gives it. */
function toSound(content: Buffer, fileName?: string, partBytes = 5000): TestSound {
	const sound: TestSound = {
		size: content.length,
		fileName,
		opened: 0,
		closed: 0,
		open: async () => {
			sound.opened++;
			const parts = (async function* () {
				try {
					for (let start = 0; start < content.length; start += partBytes) {
						yield await Promise.resolve(content.subarray(start, start + partBytes));
					}
				} finally {
					sound.closed++;
				}
			})();
			return await Promise.resolve(parts);
		},
	};
	return sound;
}

function typeOf(content: Buffer): MediaType {
	const tag = id3TagSize(content);
	const afterTag = content.subarray(tag, tag + HEAD_BYTES);
	const type = kindOf({ head: content.subarray(0, HEAD_BYTES), afterTag });
	if (type === undefined) throw new Error('This is no sound');
	return type;
}

function fixture(name: string): { content: Buffer; type: MediaType } {
	const content = readFileSync(path.join(FIXTURES, name));
	return { content, type: typeOf(content) };
}

async function packetsOf(content: Buffer): Promise<EncodedPacket[]> {
	const input = new Input({
		source: new BufferSource(content),
		formats: [MP3, FLAC, OGG, WAVE],
	});
	const track = await input.getPrimaryAudioTrack();
	if (track === null) throw new Error('There is no sound in it');
	const packets: EncodedPacket[] = [];
	for await (const packet of new EncodedPacketSink(track).packets()) packets.push(packet);
	return packets;
}

function evenCuts(seconds: number, pieces: number): number[] {
	return Array.from({ length: pieces + 1 }, (_, index) => (seconds * index) / pieces);
}

function lastEnd(packets: EncodedPacket[]): number {
	const { timestamp, duration } = packets.at(-1) ?? { timestamp: 0, duration: 0 };
	return timestamp + duration;
}

/** Bytes of all packets one after another. */
function joined(packets: EncodedPacket[]): Buffer {
	return Buffer.concat(packets.map(({ data }) => data));
}

async function allPieces(sound: Sound, type: MediaType, cuts: number[]) {
	const cutter = new SoundCutter(sound, type, cuts);
	const pieces = [];
	for (let index = 0; index < cuts.length - 1; index++) pieces.push(await cutter.piece(index));
	await cutter.close();
	return pieces;
}

describe.each([
	'song.mp3',
	'mp3-cbr-noheader.mp3',
	'mp3-vbr-xing.mp3',
	'mp3-mpeg2-mono.mp3',
	'song.flac',
	'flac-24.flac',
	'ogg-opus.ogg',
	'song.ogg',
])('pieces of %s', (name) => {
	const { content, type } = fixture(name);

	it('hold the packets of the whole, unchanged, each once', async () => {
		const whole = await packetsOf(content);
		const pieces = await allPieces(toSound(content, name), type, evenCuts(lastEnd(whole), 5));
		const parts = await Promise.all(pieces.map(async (piece) => await packetsOf(piece.content)));
		expect(pieces.map((piece) => typeOf(piece.content))).toEqual(pieces.map(() => type));
		expect(joined(parts.flat()).equals(joined(whole))).toBe(true);
	});

	it('begin at the seam of packets that is nearest to their cut', async () => {
		const whole = await packetsOf(content);
		const cuts = [0, 0.3, 0.71, 0.9, lastEnd(whole)];
		const pieces = await allPieces(toSound(content, name), type, cuts);
		const longest = Math.max(...whole.map(({ duration }) => duration));
		let start = 0;
		for (const [index, piece] of pieces.entries()) {
			const seam = whole[start]?.timestamp ?? NaN;
			// A LAME tag moves the song by a decoder's delay of up to 1105 samples against its packets.
			const delay = type.extension === 'mp3' ? 1105 / 22_050 : 0;
			expect(Math.abs(seam - (cuts[index] ?? NaN))).toBeLessThanOrEqual(longest / 2 + delay + 1e-6);
			start += (await packetsOf(piece.content)).length;
		}
	});
});

it('cuts an MP3 on the time line of its song, not of its packets, where LAME says how they differ', async () => {
	const { content, type } = fixture('mp3-mpeg2-mono.mp3');
	const packet = 576 / 22_050;
	const delay = 1105 / 22_050;
	// The song's second 1 lies 50 ms, two packets, behind the packets' second 1.
	const [piece] = await allPieces(toSound(content), type, [0, 1]);
	const { length } = await packetsOf(piece?.content ?? Buffer.alloc(0));
	expect(length).toBe(Math.round((1 + delay) / packet));
	// A cover picture before it, longer than a piece of the stream.
	const tag = Buffer.alloc(20_010);
	tag.write('ID3\x04', 'latin1');
	tag.set([1, 28, 32], 7); // 20,000, seven bits a byte
	const tagged = Buffer.concat([tag, content.subarray(id3TagSize(content))]);
	const [same] = await allPieces(toSound(tagged), type, [0, 1]);
	expect(await packetsOf(same?.content ?? Buffer.alloc(0))).toHaveLength(length);
});

describe.each([
	['WAV', (wav: Buffer) => wav],
	['WAV from a pipe', asPipeWav],
	['unfinished WAV', asUnfinishedWav],
	['RF64', asRf64],
])('pieces of %s', (_, convert) => {
	it.each(['song.wav', 'wav-extensible.wav', 'wav-float.wav', 'wav-pcm16.wav'])(
		'are cut at the sample and keep their format: %s',
		async (name) => {
			const { content, type } = fixture(name);
			const whole = await packetsOf(content);
			const sound = toSound(convert(content), name);
			const pieces = await allPieces(sound, type, evenCuts(lastEnd(whole), 7));
			const parts = await Promise.all(pieces.map(async (piece) => await packetsOf(piece.content)));
			expect(joined(parts.flat()).equals(joined(whole))).toBe(true);
			const format = (wav: Buffer) => {
				const at = wav.indexOf('fmt ');
				return wav.subarray(at, at + 8 + wav.readUInt32LE(at + 4));
			};
			for (const piece of pieces) expect(format(piece.content)).toEqual(format(content));
			for (const part of parts) {
				expect(Math.abs(lastEnd(part) - lastEnd(whole) / 7)).toBeLessThan(2 / 8000);
			}
		},
	);
});

it('names pieces after the sound, with numbers of one width', async () => {
	const { content, type } = fixture('song.wav');
	const names = async (fileName: string | undefined, pieces: number) =>
		(await allPieces(toSound(content, fileName), type, evenCuts(1.8, pieces))).map(
			(piece) => piece.fileName,
		);
	expect(await names('My song.WAV', 3)).toEqual([
		'My song-01.wav',
		'My song-02.wav',
		'My song-03.wav',
	]);
	expect((await names(undefined, 100)).slice(98)).toEqual(['audio-099.wav', 'audio-100.wav']);
});

it('reads the sound once when pieces are asked for in order, also several at a time', async () => {
	const { content, type } = fixture('song.mp3');
	const cuts = evenCuts(8.6, 6);
	const expected = await allPieces(toSound(content), type, cuts);
	const sound = toSound(content);
	const cutter = new SoundCutter(sound, type, cuts);
	const pieces = await Promise.all(expected.map(async (_, index) => await cutter.piece(index)));
	expect(pieces).toEqual(expected);
	expect(sound.opened).toBe(1);
	await cutter.close();
	expect(sound.closed).toBe(1);
});

it.each(['song.mp3', 'song.wav', 'song.flac', 'song.ogg'])(
	'gives the same piece whatever was asked for before: %s',
	async (name) => {
		const { content, type } = fixture(name);
		const cuts = evenCuts(1.8, 6);
		const expected = await allPieces(toSound(content), type, cuts);
		const sound = toSound(content);
		const cutter = new SoundCutter(sound, type, cuts);
		for (const index of [3, 5, 1, 1, 4, 0]) {
			const { content: bytes, fileName } = await cutter.piece(index);
			expect(fileName).toBe(expected[index]?.fileName);
			// An OGG file has a number that is drawn anew each time; its packets are the same.
			const before = await packetsOf(expected[index]?.content ?? Buffer.alloc(0));
			expect(joined(await packetsOf(bytes)).equals(joined(before))).toBe(true);
		}
		expect(sound.opened).toBe(4);
		await cutter.close();
		expect(sound.closed).toBe(4);
	},
);

it('takes a sound out of memory as well', async () => {
	const { content, type } = fixture('song.flac');
	const inMemory = { size: content.length, open: async () => await Promise.resolve(content) };
	const cuts = evenCuts(3.5, 3);
	expect(await allPieces(inMemory, type, cuts)).toEqual(
		await allPieces(toSound(content), type, cuts),
	);
});

describe('says in words', () => {
	async function failureOf(sound: Sound, type: MediaType, cuts: number[]) {
		const cutter = new SoundCutter(sound, type, cuts);
		const failure: unknown = await cutter.piece(cuts.length - 2).catch((error: unknown) => error);
		if (failure instanceof Failure) return failure.facts;
		throw new Error('That should not have worked', { cause: failure });
	}
	const { content, type } = fixture('song.wav');

	it.each([
		['packed WAV', asAdpcmWav(content), type],
		['a WAV that ends in its header', content.subarray(0, 30), type],
		['an MP3 without a frame', Buffer.alloc(5000), fixture('song.mp3').type],
		['an OGG of noise', Buffer.from('OggS'.repeat(1000)), fixture('song.ogg').type],
	])('that it cannot cut %s', async (_, bytes, kind) => {
		const facts = await failureOf(toSound(bytes, 'thing'), kind, [0, 1]);
		expect(facts.message).toContain("the sound 'thing'");
		expect(facts.description).toContain('Convert it to MP3');
	});

	it('that the sound has nothing at a place', async () => {
		const facts = await failureOf(toSound(content), type, [0, 1, 5, 6]);
		expect(facts.message).toContain('nothing between 5.00 and 6.00 seconds');
	});

	it('that the storage broke off', async () => {
		const parts = (async function* () {
			yield await Promise.resolve(content.subarray(0, 20_000));
			throw new Error('ENOENT');
		})();
		const open = async () => await Promise.resolve(parts);
		const facts = await failureOf({ size: content.length, open }, type, [0, 1.5]);
		expect(facts.message).toContain('could not be read to its end');
	});
});
