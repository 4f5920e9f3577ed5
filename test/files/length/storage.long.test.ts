/** A sound's length is read out of n8n's file storage piece by piece. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { ENGINE_MODULES } from '../../support/engine-versions';
import { fixture } from '../../support/workflows';

const SIZE = 20 * 1024 * 1024;
let folder = '';
let program = '';

beforeAll(() => {
	folder = mkdtempSync(path.join(tmpdir(), 'length-'));
	program = path.join(folder, 'program.js');
	buildSync({
		entryPoints: [path.join(__dirname, 'measureStorage.ts')],
		bundle: true,
		platform: 'node',
		target: 'node20',
		format: 'cjs',
		external: ['@n8n/*', 'n8n-core', 'n8n-workflow', 'reflect-metadata'],
		outfile: program,
	});
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A song as large as deAPI takes it. */
function largeSong(kind: 'wav' | 'mp3'): Buffer {
	const song = readFileSync(fixture(`song.${kind}`));
	const bytes = Buffer.alloc(SIZE);
	if (kind === 'mp3') {
		for (let at = 0; at < SIZE; at += song.length) song.copy(bytes, at);
		return bytes;
	}
	song.copy(bytes, 0, 0, 44);
	bytes.writeUInt32LE(SIZE - 8, 4);
	bytes.writeUInt32LE(SIZE - 44, 40);
	return bytes;
}

test.each([
	// A WAV says at its start how long it is: one piece, and one that is read ahead.
	['wav', 237.77, [1, 2]],
	['mp3', (SIZE / readFileSync(fixture('song.mp3')).length) * 8.67, [80, 82]],
] as const)(
	'a %s of 20 MB in n8n’s file storage is never held whole',
	async (kind, seconds, [fewest, most]) => {
		const file = path.join(folder, `large.${kind}`);
		writeFileSync(file, largeSong(kind));
		const child = spawn(process.execPath, ['--expose-gc', program, file], {
			stdio: ['ignore', 'pipe', 'inherit'],
			env: { ...process.env, NODE_PATH: ENGINE_MODULES },
		});
		const output: Buffer[] = [];
		child.stdout.on('data', (part: Buffer) => output.push(part));
		const [code] = (await once(child, 'close')) as [number];
		expect(code).toBe(0);
		const found = JSON.parse(Buffer.concat(output).toString()) as { [fact: string]: number };
		expect(found.size).toBe(SIZE);
		expect(Math.abs((found.seconds ?? 0) / seconds - 1)).toBeLessThan(0.01);
		expect(found.pieces).toBeGreaterThanOrEqual(fewest);
		expect(found.pieces).toBeLessThanOrEqual(most);
		expect(found.largestPiece).toBeLessThanOrEqual(256 * 1024);
		// Pieces that are let go may wait for their turn to be freed; on a busy machine there are more.
		expect(found.growth).toBeLessThan(SIZE / 2);
	},
);
