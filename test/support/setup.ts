import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { RUN_FOLDER } from './run-folder';

/** Which process has made the folder. */
const MADE_BY = 'DEAPI_TEST_USER_FOLDER_MADE_BY';

// n8n-core reads these while it is loaded, once for a process. Its own folder would be the user's home.
if (process.env[MADE_BY] !== String(process.pid)) {
	const userFolder = mkdtempSync(path.join(process.env[RUN_FOLDER] ?? tmpdir(), 'n8n-engine-'));
	process.env[MADE_BY] = String(process.pid);
	process.env.N8N_USER_FOLDER = userFolder;
	process.env.N8N_DIAGNOSTICS_ENABLED = 'false';
	process.env.N8N_LOG_LEVEL ??= 'silent';
	process.on('exit', () => rmSync(userFolder, { recursive: true, force: true }));
	// Nothing is open any more. To take the whole engine out of memory takes longer than jest waits.
	process.once('beforeExit', () => process.exit());
}
