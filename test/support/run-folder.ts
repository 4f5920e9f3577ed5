import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Names the folder of a whole run to its workers. */
export const RUN_FOLDER = 'DEAPI_TEST_RUN_FOLDER';

/**
 * Makes one folder for all that a run of jest stores, before its workers start. Jest's test files cannot
 * clean up after themselves: no exit of a process reaches them.
 */
export default function makeRunFolder(): void {
	process.env[RUN_FOLDER] = mkdtempSync(path.join(tmpdir(), 'deapi-tests-'));
}

/** Removes the run's folder. */
export function removeRunFolder(): void {
	const folder = process.env[RUN_FOLDER];
	if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
}
