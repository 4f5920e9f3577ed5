/** However long a sound is, a few pieces of it are in memory at a time. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { bytesOf } from './sounds';

const MB = 1024 * 1024;

let folder = '';

beforeAll(() => {
	folder = mkdtempSync(path.join(tmpdir(), 'memory-'));
	buildSync({
		entryPoints: [path.join(__dirname, 'measureMemory.ts')],
		bundle: true,
		platform: 'node',
		target: 'node20',
		format: 'cjs',
		external: ['n8n-workflow'],
		outfile: path.join(folder, 'program.js'),
	});
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Measured in a process of its own: in a test's there is too much else to be freed. */
function measure(kind: string, sound: Buffer, repeatedFrom: number, megabytes: number) {
	const file = path.join(folder, 'sound');
	writeFileSync(file, sound);
	const program = ['--expose-gc', path.join(folder, 'program.js')];
	const output = execFileSync(
		process.execPath,
		[...program, kind, file, String(repeatedFrom), String(megabytes)],
		{ env: { ...process.env, NODE_PATH: path.join(__dirname, '../../../node_modules') } },
	);
	return JSON.parse(output.toString()) as { seconds: number; given: number; growth: number };
}

/** Behind an ID3v2 tag of 50 MB. */
function behindPicture(sound: Buffer): Buffer {
	return Buffer.concat([
		Buffer.from('ID3\x03\0\0\x17\x7f\x7f\x7f', 'latin1'),
		Buffer.alloc(0x17 * 2 ** 21 + 2 ** 21 - 1, 0xff),
		sound,
	]);
}

const WAV_HEAD = 44;

test.each([
	['WAV', 500, bytesOf('lengths/wav-mulaw.wav'), WAV_HEAD],
	['MP3', 20, bytesOf('song.mp3'), 0],
	['MP3', 60, behindPicture(bytesOf('song.mp3')), 0],
	['FLAC', 20, bytesOf('flac-16.flac'), 0],
	['OGG', 20, bytesOf('song.ogg'), 0],
	['OGG', 20, bytesOf('lengths/ogg-flac.ogg'), 0],
])('%s of %i MB', (kind, megabytes, sound, repeatedFrom) => {
	const content = Buffer.from(sound);
	// No size in the header: as if it were written to a pipe.
	if (kind === 'WAV') content.fill(0xff, content.indexOf('data') + 4, content.indexOf('data') + 8);
	const { seconds, given, growth } = measure(kind, content, repeatedFrom, megabytes);
	expect(given).toBe(megabytes * MB);
	expect(seconds).toBeGreaterThan(0);
	if (kind === 'WAV') expect(seconds).toBeCloseTo(given / 8000, 1);
	// The pieces that the stream itself holds, the one in hand, and what is looked through.
	expect(growth).toBeLessThan(3 * MB);
});
