/** The kind of a file by its start, whatever stands in front: what people's programs leave there. */
import { readFileSync } from 'node:fs';
import { readHead } from '../../nodes/Deapi/files/head';
import { describeLooks, kindOf } from '../../nodes/Deapi/files/kinds';
import { fixture } from '../support/workflows';

const KB = 1024;
const MP3 = readFileSync(fixture('lengths/mp3-8k-noheader.mp3'));

/** An ID3 tag of so many bytes, header included, that says another size of itself where asked. */
function tag(size: number, says = size - 10): Buffer {
	const bytes = Buffer.alloc(size);
	bytes.write('ID3\x04', 'latin1');
	for (const [index, shift] of [21, 14, 7, 0].entries()) bytes[6 + index] = (says >> shift) & 0x7f;
	return bytes;
}

/** Bytes as a picture has them: none of them begins a frame. */
function junk(size: number): Buffer {
	return Buffer.from(Array.from({ length: size }, (_, index) => (index * 37 + (index >> 8)) % 251));
}

/** The first bytes, read in parts of all lengths; the kind must not depend on them. */
async function kindsOf(content: Buffer): Promise<Array<string | undefined>> {
	const lengths = [content.length, 64 * KB, 16 * KB, 777, ...(content.length < KB ? [1] : [])];
	return await Promise.all(
		lengths.map(async (length) => {
			const parts = Array.from({ length: Math.ceil(content.length / length) }, (_, index) =>
				content.subarray(index * length, (index + 1) * length),
			);
			return kindOf(await readHead(parts))?.name;
		}),
	);
}

async function expectKind(content: Buffer, name: string | undefined): Promise<void> {
	const kinds = await kindsOf(content);
	expect(kinds).toEqual(kinds.map(() => name));
}

/** A tag whose size is written in plain binary, as RealJukebox did. */
function plainSize(size: number): Buffer {
	const bytes = tag(size);
	bytes.writeUInt32BE(size - 10, 6);
	return bytes;
}

test.each<[string, Buffer[]]>([
	['nothing', []],
	['a tag', [tag(500)]],
	['a tag of 3 MB', [tag(3 * KB * KB)]],
	['two tags, the second of 20 kB', [tag(24), tag(20 * KB)]],
	['three tags of 8 kB', [tag(60), tag(8 * KB), tag(8 * KB)]],
	['two tags with zeros between them', [tag(60), Buffer.alloc(30 * KB), tag(300 * KB)]],
	['two tags with junk between them', [tag(60), junk(60 * KB), tag(300 * KB)]],
	['a tag behind junk', [junk(5000), tag(300 * KB)]],
	['a tag and 64 kB of zeros', [tag(24), Buffer.alloc(64 * KB)]],
	['a tag and 120 kB of junk', [tag(24), junk(120 * KB)]],
	['64 kB of zeros', [Buffer.alloc(64 * KB)]],
	['120 kB of junk', [junk(120 * KB)]],
	['a tag that says too small a size', [tag(20 * KB, 100)]],
	['a tag that says more than the file has', [tag(500, 5 * KB * KB)]],
	['a tag with its size in plain binary', [plainSize(33 * KB)]],
])('an MP3 with %s in front is one', async (_what, front) => {
	await expectKind(Buffer.concat([...front, MP3]), 'MP3');
});

test.each([
	['song.wav', 'WAV'],
	['song.ogg', 'OGG'],
	['song.flac', 'FLAC'],
])('%s with tags in front is still of its kind', async (name, kind) => {
	const content = readFileSync(fixture(name));
	await expectKind(Buffer.concat([tag(24), content]), kind);
	await expectKind(Buffer.concat([tag(24), tag(20 * KB), content]), kind);
});

test.each([
	['song.ogg', 'OGG'],
	['song.flac', 'FLAC'],
])('%s behind junk is still of its kind', async (name, kind) => {
	const content = readFileSync(fixture(name));
	await expectKind(Buffer.concat([junk(64 * KB), content]), kind);
	await expectKind(Buffer.concat([tag(24), Buffer.alloc(64 * KB), content]), kind);
});

test('a letter or two of a sound is none', async () => {
	await expectKind(
		Buffer.concat([junk(300), Buffer.from('OggS fLaC RIFF'), junk(9000)]),
		undefined,
	);
	// A page from the middle of a stream: nothing of it can be decoded.
	const page = readFileSync(fixture('song.ogg'));
	page[5] = 0;
	await expectKind(Buffer.concat([junk(300), page.subarray(0, 1000)]), undefined);
});

test('a tag inside a file is none in front of it', async () => {
	const song = readFileSync(fixture('song.wav'));
	const titled = Buffer.concat([song.subarray(0, 200), tag(300), song.subarray(200)]);
	await expectKind(titled, 'WAV');
	await expectKind(Buffer.concat([MP3.subarray(0, 5000), tag(300), MP3]), 'MP3');
});

test.each<[string, Buffer]>([
	['tags with nothing behind them', Buffer.concat([tag(500), tag(500)])],
	['a tag and junk', Buffer.concat([tag(500), junk(300 * KB)])],
	['zeros', Buffer.alloc(300 * KB)],
	['a thousand tags', Buffer.concat(Array.from({ length: 1000 }, () => tag(20)))],
	['nothing', Buffer.alloc(0)],
	['two frames and then something else', Buffer.concat([twoFrames(), junk(9000)])],
])('%s is no sound', async (_what, content) => {
	await expectKind(content, undefined);
});

/** Two frames as they stand in random bytes now and then. */
function twoFrames(): Buffer {
	const frames = Buffer.alloc(2 * 417);
	for (const at of [0, 417]) Buffer.from([0xff, 0xfb, 0x90, 0x00]).copy(frames, at);
	return frames;
}

test('no more is read than is needed', async () => {
	let read = 0;
	const long = Buffer.alloc(5000 * KB);
	const parts = (content: Buffer) =>
		Array.from({ length: 100 }, (_, index) =>
			content.subarray(index * 16 * KB, (index + 1) * 16 * KB),
		);
	function* counted(content: Buffer) {
		read = 0;
		for (const part of parts(content)) {
			read += part.length;
			yield part;
		}
	}
	await readHead(counted(Buffer.concat([readFileSync(fixture('song.flac')), long])));
	expect(read).toBe(16 * KB);
	await readHead(counted(long));
	expect(read).toBe(128 * KB);
	await readHead(counted(Buffer.concat([tag(200 * KB), MP3, long])));
	expect(read).toBeLessThan(250 * KB);
	await readHead(counted(Buffer.concat(Array.from({ length: 80 }, () => tag(20 * KB)))));
	expect(read).toBeLessThan(1100 * KB);
});

/** Frames of another layer than MP3's, of one kind. */
function frames(header: number[], size: number): Buffer {
	const content = Buffer.alloc(size * 6);
	for (let at = 0; at < content.length; at += size) Buffer.from(header).copy(content, at);
	return content;
}

function packets(size: number, offset: number): Buffer {
	const content = Buffer.alloc(size * 8, 0xff);
	for (let at = offset; at < content.length; at += size) content[at] = 0x47;
	return content;
}

const text = (content: string) => Buffer.from(content, 'latin1');

test.each<[looksLike: string, content: Buffer]>([
	['an MP2 sound file (MPEG Layer 2)', frames([0xff, 0xfd, 0x80, 0x04], 417)],
	['an MP2 sound file (MPEG Layer 2)', frames([0xff, 0xf5, 0x80, 0x04], 417)],
	['an MP1 sound file (MPEG Layer 1)', frames([0xff, 0xff, 0x80, 0x04], 276)],
	['an AMR sound file', text('#!AMR\n<\x91\x17\x16\xbe')],
	['an AMR sound file', text('#!AMR-WB\n')],
	['an AC-3 sound file', Buffer.from([0x0b, 0x77, 0x1f, 0x2a, 0x1c, 0x40, 0xe1, 0x2f])],
	['an E-AC-3 sound file', Buffer.from([0x0b, 0x77, 0x02, 0xff, 0x34, 0x87, 0xc0, 0x20])],
	['a DTS sound file', Buffer.from([0x7f, 0xfe, 0x80, 0x01, 0xfc, 0x3c])],
	['an AU sound file', text('.snd\0\0\0\x18')],
	['a CAF sound file', text('caff\0\x01\0\0desc')],
	['a SILK sound file', text('#!SILK_V3\x0c\0')],
	['a SILK sound file', text('\x02#!SILK_V3\x0c\0')],
	['a RIFX sound file (WAV in another byte order)', text('RIFX\0\0\0\x24WAVEfmt ')],
	['a Wave64 sound file', text('riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb')],
	['an AIFF sound file', text('FORM\0\0\x10\0AIFCFVER')],
	['a WMA or WMV file', Buffer.from('3026b2758e66cf11a6d900aa0062ce6c', 'hex')],
	["a Monkey's Audio file", text('MAC \x96\x0f\0\0')],
	['a WavPack sound file', text('wvpk\x1a\0\0\0')],
	['a DSF sound file', text('DSD \x1c\0\0\0\0\0\0\0')],
	['a MIDI file, which has notes and no sound', text('MThd\0\0\0\x06')],
	['an MXF file', Buffer.from('060e2b34020501010d01020101020400', 'hex')],
	['a WebM or Matroska file', Buffer.from('1a45dfa3a3428681', 'hex')],
	['an MPEG transport stream', packets(188, 0)],
	['an MPEG transport stream', packets(192, 4)],
	['a gzip archive', Buffer.from([0x1f, 0x8b, 0x08, 0x00, 0x00])],
	['an HEIC picture', text('\0\0\0\x18ftypheic\0\0\0\0')],
	['a web page', text('<!doctype html><html lang="en">')],
	['a web page', text('\xef\xbb\xbf<html>')],
	['a web page', Buffer.from('\ufeff<html></html>', 'utf16le')],
	['JSON text', text('\xef\xbb\xbf{"message":"Not found"}')],
	['a playlist', text('#EXTM3U\nhttp://radio.example.com/stream')],
	['a playlist', text('[playlist]\nFile1=http://radio.example.com/stream')],
	['plain text', text('MAC addresses, and how to find them')],
])('it looks like %s', async (looksLike, content) => {
	const head = await readHead([content]);
	expect(describeLooks(head)).toBe(looksLike);
	if (!/AIFF|WMA|WebM/.test(looksLike)) expect(kindOf(head)).toBeUndefined();
});
