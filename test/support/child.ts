/** Programs of the tests that are measured in a process of their own. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildSync } from 'esbuild';

/**
 * Runs a program of this folder and gives what it prints as JSON.
 *
 * @param createArguments is given a folder that is removed afterwards
 */
export function runMeasured(
	program: string,
	createArguments: (folder: string) => string[],
): { [fact: string]: number | boolean } {
	const modules = path.join(__dirname, '..', '..', 'node_modules');
	const folder = mkdtempSync(path.join(tmpdir(), 'measured-'));
	try {
		const outfile = path.join(folder, 'program.js');
		buildSync({
			entryPoints: [path.join(__dirname, program)],
			bundle: true,
			platform: 'node',
			target: 'node20',
			format: 'cjs',
			// n8n's engine does not bundle.
			packages: 'external',
			outfile,
		});
		const all = ['--expose-gc', outfile, ...createArguments(folder)];
		const printed = execFileSync(process.execPath, all, {
			encoding: 'utf8',
			env: { ...process.env, NODE_PATH: modules, N8N_USER_FOLDER: folder },
		});
		return JSON.parse(printed) as { [fact: string]: number | boolean };
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
