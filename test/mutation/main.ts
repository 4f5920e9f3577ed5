/**
 * Tries the tests: puts one fault after the other into the rooms where money and trust are decided, and
 * sees whether a test fails. `npm run mutate`, or for some rooms only `npm run mutate -- submit webhook`.
 *
 * Each room is run with the quick tests of its own folder. What these do not notice, and what has no reason in
 * reasons.json, is then run with all tests, unless the call ends with `--own`. All results are kept in out/mutation, so a run that was cut off goes on where it was. At
 * the end docs/mutation.md is written; with `--report` that is all that is done.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { reasonFor } from './reasons';
import { writeReport } from './report';
import type { Room } from './results';
import { ALL_TESTS, FOLDER, forgetConstants, ownTests, readRoom, ROOMS } from './results';

const stryker = createRequire(__filename).resolve('@stryker-mutator/core/package.json');

/** A fault that is noticed at all is mostly noticed in so long, in milliseconds of tests. */
const QUICK_MS = 5000;

/** What one run of Stryker changes in stryker.config.mjs. */
interface Changes {
	mutate: string[];
	incrementalFile: string;
	ignoreStatic: boolean;
	timeoutFactor?: number;
	jest: { configFile: string; enableFindRelatedTests: boolean; config?: { testMatch: string[] } };
}

const jest = { configFile: 'test/mutation/jest/config.js', enableFindRelatedTests: false };

/** Runs Stryker and says whether it came to its end. */
function run(name: string, changes: Changes, budget = Infinity): boolean {
	mkdirSync(FOLDER, { recursive: true });
	const config = path.join(FOLDER, `${name}.config.mjs`);
	const base = path.relative(FOLDER, 'stryker.config.mjs');
	writeFileSync(
		config,
		`import base from '${base}';\nexport default { ...base, ...${JSON.stringify(changes)} };\n`,
	);
	console.log(`\n== ${name}: ${new Date().toISOString()}`);
	const program = path.join(path.dirname(stryker), 'bin', 'stryker.js');
	const env = { ...process.env, MUTATION_BUDGET_MS: String(budget) };
	return (
		spawnSync(process.execPath, [program, 'run', config], { stdio: 'inherit', env }).status === 0
	);
}

/** With the tests of the room's own folder, the quick ones. */
function tryOwn(room: Room): boolean {
	forgetConstants(room);
	const changes: Changes = {
		mutate: [`nodes/Deapi/${room}/**/*.ts`],
		incrementalFile: ownTests(room),
		ignoreStatic: false,
		timeoutFactor: 0.3,
		jest: { ...jest, config: { testMatch: [`<rootDir>/test/${room}/**/*.test.ts`] } },
	};
	return run(`${room}-own`, changes, QUICK_MS);
}

/** With all tests, what the rooms' own have let pass, unless it stands among the reasons. */
function tryAll(tried: Room[]): boolean {
	const left = tried
		.flatMap((room) => readRoom(room).mutants)
		.filter((mutant) => !mutant.isNoticed && reasonFor(mutant) === undefined);
	if (left.length === 0) return true;
	return run('all', {
		mutate: [...new Set(left.map(({ range }) => range))],
		incrementalFile: ALL_TESTS,
		ignoreStatic: true,
		jest,
	});
}

const { values, positionals } = parseArgs({
	options: {
		own: { type: 'boolean', default: false },
		report: { type: 'boolean', default: false },
	},
	allowPositionals: true,
});
if (values.report) process.exit(writeReport() ? 0 : 1);
const rooms = ROOMS.filter((room) => positionals.length === 0 || positionals.includes(room));
const finished = rooms.filter(tryOwn);
const isFinished = (values.own || tryAll(finished)) && finished.length === rooms.length;
const isGood = writeReport();
process.exit(isFinished && isGood ? 0 : 1);
