import { rm } from 'node:fs/promises';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SKIPPED, Unavailable, loudly } from './unavailable';

type Undo = () => Promise<void> | void;

const undos: Undo[] = [];
let running: Promise<void> | undefined;

/** Notes what has to be undone at the end of the run, whatever that end is: last noted, first undone. */
export function atTheEnd(undo: Undo): void {
	undos.push(undo);
}

/** Undoes everything noted so far. One thing that cannot be undone does not keep the others standing. */
export function tearDown(): Promise<void> {
	running ??= undoAll().finally(() => {
		running = undefined;
	});
	return running;
}

async function undoAll(): Promise<void> {
	for (let undo = undos.pop(); undo; undo = undos.pop()) {
		try {
			await undo();
		} catch (error) {
			console.error('Tearing down:', error);
		}
	}
}

/** Makes a temporary folder that goes away with the run, unless `E2E_KEEP` is set. */
export function temporaryFolder(purpose: string): string {
	const folder = mkdtempSync(path.join(tmpdir(), `deapi-e2e-${purpose}-`));
	atTheEnd(async () => {
		if (process.env.E2E_KEEP) console.log(`Kept: ${folder}`);
		else await rm(folder, { recursive: true, force: true, maxRetries: 3 });
	});
	return folder;
}

/**
 * Runs a program to its end and tears down after it: also when it fails, and on Ctrl-C. Exits with 1
 * after a failure, and with 77 where this machine does not have what the program needs.
 */
export async function runAndTearDown(program: () => Promise<void>): Promise<void> {
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
		// Ctrl-C may come twice: from the terminal, and passed on by whoever started this.
		process.on(signal, () => {
			if (running === undefined) console.error('\nEnding what was started …');
			void tearDown().finally(() => process.exit(130));
		});
	}
	try {
		await program();
	} catch (error) {
		if (error instanceof Unavailable) {
			console.error(loudly(`SKIPPED, NOTHING WAS TRIED IN n8n. ${error.message}`));
			process.exitCode = SKIPPED;
		} else {
			console.error(error);
			process.exitCode = 1;
		}
	}
	await tearDown();
	// Whatever keeps the event loop alive after this is a leak of the program's own: not worth hanging for.
	process.exit();
}
