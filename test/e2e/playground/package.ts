import { cp, mkdir, rm } from 'node:fs/promises';
import { watch } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { run } from '../machine/child';
import { nameAndVersion } from '../machine/pack';
import { say, step } from '../machine/steps';
import { atTheEnd } from '../machine/teardown';
import { PROJECT_FOLDER } from '../stage';

const SOURCES = ['nodes', 'credentials'];

/** An editor writes several files, or one file several times, in a row. */
const SETTLING_MS = 300;

/**
 * Builds the package and puts it where n8n keeps community packages. It is a copy: from a link, the
 * nodes would find the `n8n-workflow` of this checkout in place of n8n's own.
 */
export async function linkPackage(userFolder: string, logFile: string): Promise<void> {
	const gulp = path.join(PROJECT_FOLDER, 'node_modules/gulp/bin/gulp.js');
	await run(process.execPath, [gulp, 'build'], { cwd: PROJECT_FOLDER, logFile });
	const { name } = await nameAndVersion(PROJECT_FOLDER);
	const target = path.join(userFolder, '.n8n/nodes/node_modules', name);
	await rm(target, { recursive: true, force: true });
	await mkdir(target, { recursive: true });
	for (const entry of ['package.json', 'dist']) {
		await cp(path.join(PROJECT_FOLDER, entry), path.join(target, entry), { recursive: true });
	}
}

/** Builds and starts again after each change of the sources, for as long as this program runs. */
export async function followSources(again: () => Promise<void>, logFile: string): Promise<void> {
	let changes = 0;
	for (const folder of SOURCES) {
		const watcher = watch(path.join(PROJECT_FOLDER, folder), { recursive: true }, () => {
			changes += 1;
		});
		atTheEnd(() => {
			watcher.close();
		});
	}
	for (let seen = 0; ;) {
		await wait(SETTLING_MS);
		if (changes === seen) continue;
		const before = seen;
		seen = changes;
		await wait(SETTLING_MS);
		if (changes !== seen) {
			seen = before;
			continue;
		}
		try {
			await step('The sources changed: build, and start n8n again', again);
		} catch (error) {
			console.error(error instanceof Error ? error.message : error);
			say(`n8n goes on with the last good build, until the sources change again. Log: ${logFile}`);
		}
	}
}
