/** A sound of any size goes through; its pieces are what takes memory. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildSync } from 'esbuild';

const SIZE = 500_000_000;
const MOST = 60_000_000;

it('cuts 500 MB of WAV within 60 MB of memory', () => {
	const folder = mkdtempSync(path.join(tmpdir(), 'cut-'));
	try {
		const program = path.join(folder, 'program.js');
		buildSync({
			entryPoints: [path.join(__dirname, '../../support/cut-memory.ts')],
			bundle: true,
			platform: 'node',
			target: 'node20',
			format: 'cjs',
			external: ['n8n-workflow'],
			outfile: program,
		});
		const printed = execFileSync(process.execPath, ['--expose-gc', program, String(SIZE)], {
			encoding: 'utf8',
		});
		const { bytes, pieces, growth }: { bytes: number; pieces: number; growth: number } =
			JSON.parse(printed);
		expect({ bytes, pieces }).toEqual({ bytes: SIZE - 44, pieces: 284 });
		expect(growth).toBeLessThan(MOST);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
});
