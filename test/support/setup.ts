import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { RUN_FOLDER } from './run-folder';

/** Which process has made the folder. */
const MADE_BY = 'DEAPI_TEST_USER_FOLDER_MADE_BY';

/** What does not keep a worker: its lines to jest, and the last slices of waits that nobody waits for. */
const NOTHING_OPEN = /^(PipeWrap|TTYWrap|Timeout|Immediate)$/;

/**
 * Jest hears a worker no more, and gives it half a second to end: about as long as it takes to free the
 * engine's memory beside two other workers. One that has a file or a connection open goes on, and jest
 * says so.
 */
function endWhenNothingIsOpen(): void {
	const open = process.getActiveResourcesInfo().filter((each) => !NOTHING_OPEN.test(each));
	if (open.length === 0) process.exit();
	setImmediate(endWhenNothingIsOpen);
}

// n8n-core reads these while it is loaded, once for a process. Its own folder would be the user's home.
if (process.env[MADE_BY] !== String(process.pid)) {
	const runFolder = process.env[RUN_FOLDER];
	const userFolder = mkdtempSync(path.join(runFolder ?? tmpdir(), 'n8n-engine-'));
	process.env[MADE_BY] = String(process.pid);
	process.env.N8N_USER_FOLDER = userFolder;
	process.env.N8N_DIAGNOSTICS_ENABLED = 'false';
	process.env.N8N_LOG_LEVEL ??= 'silent';
	// A run of jest removes all of its folders at its end; a worker has half a second for its own.
	if (runFolder === undefined) {
		process.on('exit', () => rmSync(userFolder, { recursive: true, force: true }));
	}
	process.on('removeListener', (event) => {
		if (event === 'message' && process.listenerCount('message') === 0) endWhenNothingIsOpen();
	});
}
