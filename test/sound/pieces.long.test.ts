/** A sound in pieces: together they are the whole, each is in its place, and all of them are what was measured. */
import { Failure } from '../../nodes/Deapi/engine/failure';
import type { SoundContent } from '../../nodes/Deapi/files/bytes';
import type { Block } from '../../nodes/Deapi/sound/block';
import { joinBlocks } from '../../nodes/Deapi/sound/block';
import type { Measure } from '../../nodes/Deapi/sound/measure';
import { measureSound, secondsOf } from '../../nodes/Deapi/sound/measure';
import { openSound } from '../../nodes/Deapi/sound/open';
import type { Sound } from '../../nodes/Deapi/sound/open';
import type { Piece, Stretch } from '../../nodes/Deapi/sound/pieces';
import { Pieces } from '../../nodes/Deapi/sound/pieces';
import { asStream, bytesOf, inMemory, kindOf } from '../files/length/sounds';
import { FIGURES } from '../support/decoded';
import { LoudnessMeter, strayPlaces } from '../support/loudness';
import type { DecodedMp3 } from '../support/mp3';
import { bitRates, decodeHeard } from '../support/mp3';
import { BROKE_OFF, soundOf } from '../support/sounds';
import { tone, toneIn } from '../support/tones';
import { wavOf } from '../support/wav';

interface TestSound extends Sound {
	opened: number;
	closed: number;
}

/** A sound that can be read forwards only, as n8n's storage gives it; it counts its readers. */
function toSound(content: Buffer, kind: string): TestSound {
	const file = asStream(content, [5000, 1, 333]);
	const sound: TestSound = {
		...soundOf(file, { name: kind }),
		opened: 0,
		closed: 0,
		open: async () => {
			sound.opened++;
			const opened = await file.open();
			const close = () => {
				sound.closed++;
			};
			file.stream?.once('close', close);
			return opened;
		},
	};
	return sound;
}

function fixtureSound(name: string): TestSound {
	return toSound(bytesOf(name), kindOf(name).name);
}

/** Stretches without a gap; the last one reaches beyond the end by what clips reach. */
function evenStretches(seconds: number, count: number, beyond = 0.04): Stretch[] {
	return Array.from({ length: count }, (_, index) => ({
		from: (seconds * index) / count,
		to: (seconds * (index + 1)) / count + (index === count - 1 ? beyond : 0),
	}));
}

async function allPieces(sound: Sound, measure: Measure | undefined, stretches: Stretch[]) {
	const pieces = new Pieces(sound, measure, stretches);
	const made: Piece[] = [];
	for (const index of stretches.keys()) made.push(await pieces.piece(index));
	return made;
}

function heard(piece: Piece): DecodedMp3 {
	return decodeHeard(piece.content);
}

function lengthOf({ channels }: DecodedMp3): number {
	return channels[0]?.length ?? 0;
}

function loudnessOf(decoded: DecodedMp3[]): number[] {
	const meter = new LoudnessMeter(decoded[0]?.rate ?? 0);
	for (const { channels } of decoded) meter.add(channels);
	return meter.end();
}

/** What is said instead of a piece. */
async function failureOf(piece: Promise<Piece>): Promise<Failure> {
	const failure: unknown = await piece.then(
		() => undefined,
		(error: unknown) => error,
	);
	if (!(failure instanceof Failure)) throw new Error('No failure', { cause: failure });
	const { message, description } = failure.facts;
	expect(`${message} ${description}`).not.toMatch(/error|problem|failure|mistake/i);
	return failure;
}

describe.each([
	...['song.mp3', 'mp3-vbr-xing.mp3', 'mp3-mpeg2-mono.mp3', 'song.flac', 'flac-24.flac'],
	...['song.ogg', 'ogg-opus.ogg', 'song.wav', 'wav-float.wav', 'lengths/ogg-flac-stereo.ogg'],
	...['damaged/mp3-44k-48k.mp3', 'damaged/ogg-opus-chained-mono-stereo.ogg'],
])('pieces of %s', (name) => {
	test('are together as long and as loud as the whole, and each begins at its sample', async () => {
		const sound = fixtureSound(name);
		const measure = await measureSound(sound);
		const { rate, samples, channels } = measure;
		const stretches = evenStretches(secondsOf(measure), 5);
		const pieces = await allPieces(sound, measure, stretches);
		const decoded = pieces.map(heard);
		expect(decoded.map((each) => [each.rate, each.channels.length])).toEqual(
			pieces.map(() => [rate, channels]),
		);
		const ends = [...stretches.slice(1).map(({ from }) => Math.round(from * rate)), samples];
		const lengths = ends.map((end, index) => end - (ends[index - 1] ?? 0));
		expect(decoded.map(lengthOf)).toEqual(lengths);
		expect(pieces.map(({ seconds }) => seconds)).toEqual(lengths.map((length) => length / rate));
		// Seams of pieces are heard as no more than a place that is softer by little.
		expect(strayPlaces(loudnessOf(decoded), FIGURES[name]?.loudness ?? [])).toEqual([]);
		// One bit rate, no less than people hear.
		const rates = new Set(pieces.flatMap(({ content }) => bitRates(content)));
		expect(rates).toEqual(new Set([channels === 2 ? 192 : 128]));
	});
});

/** LAME takes up to half a decibel off, so that nothing that it rounds is louder than can be. */
function expectLevel(loudness: number | undefined, expected: number): void {
	expect(loudness).toBeLessThan(expected + 0.005);
	expect(loudness).toBeGreaterThan(expected * 0.94 - 0.005);
}

/** A second of each pitch, one after another, in both channels. */
const PITCHES = [300, 500, 700, 900, 1100, 1300];

/** Each channel is as loud as its share says. */
function scale(rate: number, shares: number[] = [0.5]): Buffer {
	const row = Float32Array.from(PITCHES.flatMap((pitch) => [...tone(pitch, rate, rate, 1)]));
	return wavOf(
		shares.map((share) => row.map((sample) => sample * share)),
		rate,
	);
}

test('a piece has what lies at its place, and nothing of its neighbours', async () => {
	const sound = toSound(scale(48_000), 'WAV');
	const stretches = PITCHES.map((_, index) => ({ from: index, to: index + 1 }));
	const pieces = await allPieces(sound, await measureSound(sound), stretches);
	for (const [index, piece] of pieces.entries()) {
		const [row = new Float32Array(0)] = heard(piece).channels;
		const found = PITCHES.map((pitch) => toneIn(row, pitch, 48_000).loudness);
		expect(found.map((loudness) => loudness > 0.01)).toEqual(PITCHES.map((_, at) => at === index));
		expectLevel(found[index], 0.5);
		// In its place to the sample: its sine begins at 0. A sample would be 2 % of a circle or more.
		expect(Math.abs(toneIn(row, PITCHES[index] ?? 0, 48_000).phase)).toBeLessThan(0.02);
	}
});

describe('the way of reading', () => {
	const content = bytesOf('song.mp3');
	const stretches = evenStretches(8, 6);

	test('once for pieces in order, also several at a time', async () => {
		const expected = await allPieces(toSound(content, 'MP3'), undefined, stretches);
		const sound = toSound(content, 'MP3');
		const pieces = new Pieces(sound, undefined, stretches);
		const made = await Promise.all(expected.map(async (_, index) => await pieces.piece(index)));
		expect(made).toEqual(expected);
		await new Promise(setImmediate);
		expect([sound.opened, sound.closed]).toEqual([1, 1]);
	});

	test('closes the sound behind the last piece, and where it is told to', async () => {
		const sound = toSound(content, 'MP3');
		const pieces = new Pieces(sound, undefined, stretches);
		await pieces.piece(0);
		expect([sound.opened, sound.closed]).toEqual([1, 0]);
		await pieces.close();
		await new Promise(setImmediate);
		expect([sound.opened, sound.closed]).toEqual([1, 1]);
		await pieces.piece(5);
		await new Promise(setImmediate);
		expect([sound.opened, sound.closed]).toEqual([2, 2]);
		await pieces.close();
		await new Promise(setImmediate);
		expect([sound.opened, sound.closed]).toEqual([2, 2]);
	});

	test.each(['song.mp3', 'song.wav', 'song.flac', 'song.ogg', 'ogg-opus.ogg'])(
		'gives the same piece whatever was asked for before: %s',
		async (name) => {
			const sound = fixtureSound(name);
			const measure = await measureSound(sound);
			const parts = evenStretches(secondsOf(measure), 6);
			const expected = await allPieces(sound, measure, parts);
			await new Promise(setImmediate);
			sound.opened = 0;
			sound.closed = 0;
			const pieces = new Pieces(sound, measure, parts);
			for (const index of [3, 5, 1, 1, 4, 0]) {
				expect(await pieces.piece(index)).toEqual(expected[index]);
			}
			await pieces.close();
			await new Promise(setImmediate);
			// Only for what lies before; the piece that was given last is still there.
			expect([sound.opened, sound.closed]).toEqual([3, 3]);
		},
	);

	test('takes a sound out of memory as well', async () => {
		const whole = soundOf(inMemory(content), { name: 'MP3' });
		expect(await allPieces(whole, undefined, stretches)).toEqual(
			await allPieces(toSound(content, 'MP3'), undefined, stretches),
		);
	});

	test('reads once where stretches overlap, and gives each what is in it', async () => {
		const sound = toSound(content, 'MP3');
		const measure = await measureSound(sound);
		const overlapping = [0, 1.5, 3, 6].map((from) => ({ from, to: from + 2.2 }));
		sound.opened = 0;
		const made = await allPieces(sound, measure, overlapping);
		expect(sound.opened).toBe(1);
		for (const [index, stretch] of overlapping.entries()) {
			expect(made[index]).toEqual((await allPieces(sound, measure, [stretch]))[0]);
		}
	});

	test('an index that there is not is a defect of the caller', async () => {
		const pieces = new Pieces(toSound(content, 'MP3'), undefined, stretches);
		await expect(pieces.piece(6)).rejects.toThrow(RangeError);
	});
});

describe('the end of the sound', () => {
	test('is the end of its piece', async () => {
		const sound = toSound(scale(44_100), 'WAV');
		const measure = await measureSound(sound);
		const [first, last] = await allPieces(sound, measure, [
			{ from: 0, to: 5 },
			{ from: 5, to: 9 },
		]);
		expect([first?.seconds, last?.seconds]).toEqual([5, 1]);
		expect(last && lengthOf(heard(last))).toBe(44_100);
	});

	test('may be reached by several pieces', async () => {
		const sound = toSound(scale(44_100), 'WAV');
		const pieces = await allPieces(sound, await measureSound(sound), [
			{ from: 4, to: 7 },
			{ from: 5, to: 7 },
			{ from: 5.9, to: 7 },
		]);
		expect(pieces.map(({ seconds }) => seconds)).toEqual([2, 1, 0.1]);
	});

	test('has nothing behind it', async () => {
		const sound = toSound(scale(44_100), 'WAV');
		const pieces = new Pieces(sound, await measureSound(sound), [{ from: 6, to: 7 }]);
		expect((await failureOf(pieces.piece(0))).message).toContain('has changed');
	});
});

describe('a sound that has changed since it was measured is refused', () => {
	const original = scale(48_000);
	const stretches = PITCHES.map((_, index) => ({ from: index, to: index + 1 }));

	/** The pieces that are made of another sound, up to the one that is refused. */
	async function made(other: Buffer, kind = 'WAV') {
		const measure = await measureSound(toSound(original, 'WAV'));
		const sound = toSound(other, kind);
		const pieces = new Pieces(sound, measure, stretches);
		const done: number[] = [];
		for (const index of stretches.keys()) {
			const piece = pieces.piece(index);
			if (await piece.catch(() => undefined)) {
				done.push(index);
				continue;
			}
			expect((await failureOf(piece)).facts.message).toBe(
				'The sound has changed since it was measured',
			);
			break;
		}
		await pieces.close();
		// The file tells so in its own time.
		await new Promise((resolve) => setImmediate(resolve));
		expect(sound.closed).toBe(sound.opened);
		return done;
	}

	test('not the one that is the same', async () => {
		expect(await made(original)).toEqual([0, 1, 2, 3, 4, 5]);
	});

	test.each([
		['one byte in its first second', 44 + 2 * 1000, []],
		['one byte in its third second', 44 + 2 * (2 * 48_000 + 10_000), [0, 1]],
		['the last byte of its third second', 44 + 2 * 3 * 48_000 - 1, [0, 1]],
		['its last byte', original.length - 1, [0, 1, 2, 3, 4]],
	])('%s', async (_, at, expected) => {
		const other = Buffer.from(original);
		other[at] = (other[at] ?? 0) ^ 1;
		expect(await made(other)).toEqual(expected);
	});

	test('one that has become shorter, at the latest where it ends', async () => {
		const shorter = original.subarray(0, 44 + 2 * Math.round(3.5 * 48_000));
		expect(await made(shorter)).toEqual([0, 1, 2]);
	});

	test('one that has become longer, at the latest with its last piece', async () => {
		const longer = Buffer.concat([original, Buffer.alloc(200)]);
		longer.writeUInt32LE(longer.length - 44, 40);
		expect(await made(longer)).toEqual([0, 1, 2, 3, 4]);
	});

	test.each<[string, Buffer]>([
		['another rate', scale(44_100)],
		['another number of channels', scale(48_000, [0.5, 0.5])],
	])('%s: before its first piece', async (_, other) => {
		expect(await made(other)).toEqual([]);
	});

	test('another kind of file', async () => {
		const measure = await measureSound(toSound(original, 'WAV'));
		const pieces = new Pieces(toSound(bytesOf('song.flac'), 'FLAC'), measure, stretches);
		await failureOf(pieces.piece(0));
	});

	test('and what was refused once is refused again', async () => {
		const measure = await measureSound(toSound(original, 'WAV'));
		const other = Buffer.from(original);
		other[44 + 5000] = 99;
		const pieces = new Pieces(toSound(other, 'WAV'), measure, stretches);
		for (const index of [0, 0, 3]) await failureOf(pieces.piece(index));
	});
});

describe('storage that breaks off', () => {
	const content = scale(48_000);
	const cause = new Error('ENOENT');

	function breakingAt(bytes: number): Sound {
		return soundOf(
			{
				open: async () => {
					const file = asStream(content.subarray(0, bytes), [20_000]);
					const opened = await file.open();
					const parts = (async function* () {
						if (!Buffer.isBuffer(opened)) yield* opened;
						throw cause;
					})();
					const broken: SoundContent = Object.assign(parts, { destroy: () => undefined });
					return broken;
				},
			},
			{ name: 'WAV' },
		);
	}

	test('is said in words, and what lies before it is there', async () => {
		const stretches = PITCHES.map((_, index) => ({ from: index, to: index + 1 }));
		const pieces = new Pieces(breakingAt(44 + 96_000 * 2.5), undefined, stretches);
		expect((await pieces.piece(1)).seconds).toBe(1);
		const failure = await failureOf(pieces.piece(2));
		expect(failure.message).toBe(BROKE_OFF);
		expect(failure.cause).toBe(cause);
	});

	test('is said where it is measured', async () => {
		const failure: unknown = await measureSound(breakingAt(100_000)).catch(
			(error: unknown) => error,
		);
		expect(failure).toBeInstanceOf(Failure);
		expect(failure).toMatchObject({ message: BROKE_OFF, cause });
	});

	test('is said where it cannot even be opened', async () => {
		const open = async () => await Promise.reject<SoundContent>(cause);
		const failure: unknown = await measureSound(soundOf({ open }, { name: 'WAV' })).catch(
			(error: unknown) => error,
		);
		expect(failure).toMatchObject({ message: BROKE_OFF, cause });
	});
});

describe('rates and channels', () => {
	test.each([
		[8000, 48_000],
		[11_025, 44_100],
		[16_000, 48_000],
		[22_050, 44_100],
		[44_100, 44_100],
		[48_000, 48_000],
		[96_000, 48_000],
	])('%d Hz goes as %d Hz', async (from, to) => {
		const sound = toSound(scale(from), 'WAV');
		const measure = await measureSound(sound);
		const [, piece] = await allPieces(sound, measure, [
			{ from: 0, to: 1 },
			{ from: 1, to: 2 },
		]);
		if (piece === undefined) throw new Error('There is no piece');
		const decoded = heard(piece);
		expect(decoded.rate).toBe(to);
		expect(lengthOf(decoded)).toBe(to);
		const { loudness } = toneIn(decoded.channels[0] ?? new Float32Array(0), 500, to);
		expectLevel(loudness, 0.5);
	});

	test.each<[channels: number, shares: number[], left: number, right: number]>([
		[1, [0.4], 0.4, NaN],
		[2, [0.4, 0.2], 0.4, 0.2],
		// Front left, front right, center, low effects, then what is behind; each side adds up to one.
		[3, [0.4, 0.2, 0], 0.234, 0.117],
		[3, [0, 0, 0.4], 0.166, 0.166],
		[4, [0, 0, 0.4, 0.2], 0.166, 0.083],
		[5, [0.4, 0, 0, 0, 0.2], 0.166, 0.059],
		[6, [0, 0, 0, 0.9, 0, 0], 0, 0],
		[6, [0.4, 0.2, 0, 0, 0, 0], 0.166, 0.083],
		[7, [0.4, 0.2, 0, 0, 0, 0, 0], 0.128, 0.064],
		[8, [0.4, 0.2, 0, 0, 0, 0, 0, 0], 0.128, 0.064],
		[8, [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5], 0.5, 0.5],
	])('%d channels, as loud as %p', async (channels, shares, left, right) => {
		const rate = 48_000;
		const sound = toSound(scale(rate, shares), 'WAV');
		const [piece] = await allPieces(sound, undefined, [{ from: 0, to: 1 }]);
		if (piece === undefined) throw new Error('There is no piece');
		const decoded = heard(piece);
		expect(decoded.channels).toHaveLength(Math.min(2, channels));
		for (const [index, row] of decoded.channels.entries()) {
			const { loudness } = toneIn(row, PITCHES[0] ?? 0, rate);
			expectLevel(loudness, index === 0 ? left : right);
		}
	});
});

test('what is heard of a piece is what was decoded of the sound', async () => {
	const sound = fixtureSound('song.flac');
	const { blocks, rate, channels } = await openSound(sound);
	const all: Block[] = [];
	for await (const block of blocks) all.push(block);
	const whole = joinBlocks(all, channels);
	const [piece] = await allPieces(sound, undefined, [{ from: 0.7, to: 1.9 }]);
	if (piece === undefined) throw new Error('There is no piece');
	const start = Math.round(0.7 * rate);
	for (const [channel, row] of heard(piece).channels.entries()) {
		const before = whole[channel]?.subarray(start, start + row.length) ?? new Float32Array(0);
		const off = row.map((sample, at) => sample - (before[at] ?? NaN));
		const power = (samples: Float32Array) => samples.reduce((sum, sample) => sum + sample ** 2, 0);
		// What encoding takes away: 20 dB below, and much more if it were moved by a sample.
		expect(power(off)).toBeLessThan(power(before) / 100);
	}
});
