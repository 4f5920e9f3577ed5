/** A sound whose length is not told is refused in words that help. */
import { Readable } from 'node:stream';
import { Failure } from '../../../nodes/Deapi/engine/failure';
import { readLength, type SoundFile } from '../../../nodes/Deapi/files/length/readLength';
import { expectGoodText } from '../../support/deapi';
import { asStream, bytesOf, inMemory } from './sounds';

async function refusalOf(file: SoundFile, name: string): Promise<Failure> {
	const failure: unknown = await readLength(file, { name }).catch((error: unknown) => error);
	if (!(failure instanceof Failure)) throw new Error('It was not refused', { cause: failure });
	expectGoodText(failure.facts.message);
	expectGoodText(failure.facts.description);
	expect(failure.facts.submitted).toBe('no');
	return failure;
}

const UNREADABLE = 'The length of the sound could not be read';

test.each([
	['lengths/wav-ima-adpcm.wav', 'WAV', 'IMA ADPCM'],
	['lengths/wav-ms-adpcm.wav', 'WAV', 'Microsoft ADPCM'],
	['lengths/wav-mp3.wav', 'WAV', 'MP3'],
	['lengths/ogg-speex.ogg', 'OGG', 'Speex'],
])('%s: the codec is named', async (name, kind, codec) => {
	for (const file of [inMemory(bytesOf(name)), asStream(bytesOf(name), [99])]) {
		const { facts } = await refusalOf(file, kind);
		expect(facts.message).toBe(`The sound is ${kind} with ${codec}, whose length cannot be read`);
		expect(facts.description).toMatch(/^Save the sound again as MP3( or as WAV with PCM)?\.$/);
	}
});

test('a codec without a name is told by its number', async () => {
	const content = bytesOf('song.wav');
	content.writeUInt16LE(0x7a21, 20);
	const { facts } = await refusalOf(inMemory(content), 'WAV');
	expect(facts.message).toContain('the codec number 0x7a21');
});

test.each([
	['nothing', Buffer.alloc(0)],
	['text', bytesOf('not-audio.mp3')],
	['a tag that promises more than there is', bytesOf('broken.mp3')],
	['zeros', Buffer.alloc(300_000)],
	['a bit pattern that frames begin with', Buffer.alloc(300_000, 0xff)],
])('%s has no length as any kind of sound', async (_what, content) => {
	for (const kind of ['MP3', 'WAV', 'OGG', 'FLAC', 'M4A']) {
		expect((await refusalOf(inMemory(content), kind)).message).toBe(UNREADABLE);
	}
});

test.each([
	['song.wav', 44],
	['song.wav', 30],
	['song.ogg', 40],
	['ogg-opus.ogg', 200],
	['song.flac', 20],
	['song.flac', 50],
	['song.mp3', 200],
])('the head of %s alone, %i bytes, has no length', async (name, count) => {
	const kind = name.slice(-4).replace('.', '').toUpperCase();
	const { message } = await refusalOf(inMemory(bytesOf(name).subarray(0, count)), kind);
	expect(message).toBe(UNREADABLE);
});

test.each(['MP3', 'WAV', 'OGG', 'FLAC'])('%s from a stream that breaks off', async (kind) => {
	const lost = new Error('The disk is gone');
	const stream = Readable.from(
		(function* () {
			yield bytesOf(`song.${kind.toLowerCase()}`).subarray(0, 30);
			throw lost;
		})(),
		{ objectMode: false },
	);
	const failure = await refusalOf(
		{ size: 1_000_000, open: async () => await Promise.resolve(stream) },
		kind,
	);
	expect(failure.message).toBe(UNREADABLE);
	expect(failure.cause).toBe(lost);
	expect(stream.destroyed).toBe(true);
});

test('a file that cannot be opened', async () => {
	const gone = new Error('ENOENT');
	const open = async () => await Promise.reject<Buffer>(gone);
	const failure = await refusalOf({ size: 10, open }, 'MP3');
	expect(failure.message).toBe(UNREADABLE);
	expect(failure.cause).toBe(gone);
});
