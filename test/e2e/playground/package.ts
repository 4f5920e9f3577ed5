import { cp, mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { run } from '../machine/child';
import { nameAndVersion } from '../machine/pack';
import { say, step } from '../machine/steps';
import { PROJECT_FOLDER } from '../stage';

const SOURCES = ['nodes', 'credentials'];

/** How often to look; an editor writes several files, or one file several times, in a row. */
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
	let built = await stateOfSources();
	for (let last = built; ;) {
		await wait(SETTLING_MS);
		const now = await stateOfSources();
		const isSettled = now === last;
		last = now;
		if (now === built || !isSettled) continue;
		built = now;
		try {
			await step('The sources changed: build, and start n8n again', again);
		} catch (error) {
			console.error(error instanceof Error ? error.message : error);
			say(`n8n goes on with the last good build, until the sources change again. Log: ${logFile}`);
		}
	}
}

/**
 * Which files there are and when each was written. Node's own watcher loses a file that is replaced by
 * another one of its name, as git and many editors do it.
 */
async function stateOfSources(): Promise<string> {
	const entries = await Promise.all(
		SOURCES.map(
			async (folder) =>
				await readdir(path.join(PROJECT_FOLDER, folder), { recursive: true, withFileTypes: true }),
		),
	);
	const files = entries.flat().filter((entry) => entry.isFile());
	const states = await Promise.all(
		files.map(async ({ parentPath, name }) => {
			const file = path.join(parentPath, name);
			// One that goes away between the list and the look is a change too.
			const { mtimeMs, size, ino } = await stat(file).catch(() => ({
				mtimeMs: 0,
				size: 0,
				ino: 0,
			}));
			return `${file} ${mtimeMs} ${size} ${ino}`;
		}),
	);
	return states.sort().join('\n');
}
