/**
 * Tests the tests: puts one fault at a time into the modules that decide about money and trust, that make the
 * film and that read the sound, and checks whether a test fails. `npm run mutate`, or for some modules only:
 * `npm run mutate -- submit webhook`.
 *
 * Each module is run with the quick tests of its own folder. What these miss, and what has no reason in
 * reasons.json, is then run with all tests, unless the call ends with `--own`. Results are kept in
 * out/mutation, so an interrupted run goes on where it stopped. At the end it writes RESULTS.md; `--report`
 * does nothing else.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { reasonFor } from './reasons';
import { writeReport } from './report';
import type { Module } from './results';
import { ALL_TESTS, FOLDER, forgetConstants, MODULES, ownTests, readModule } from './results';

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

/** With the tests of the module's own folder, the quick ones. */
function tryOwn(module: Module): boolean {
	forgetConstants(module);
	const changes: Changes = {
		mutate: [`nodes/Deapi/${module}/**/*.ts`],
		incrementalFile: ownTests(module),
		ignoreStatic: false,
		timeoutFactor: 0.3,
		jest: { ...jest, config: { testMatch: [`<rootDir>/test/${module}/**/*.test.ts`] } },
	};
	return run(`${module}-own`, changes, QUICK_MS);
}

/** With all tests, what the modules' own tests missed and reasons.json does not explain. */
function tryAll(tried: Module[]): boolean {
	const left = tried
		.flatMap((module) => readModule(module).mutants)
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
const modules = MODULES.filter(
	(module) => positionals.length === 0 || positionals.includes(module),
);
const finished = modules.filter(tryOwn);
const isFinished = (values.own || tryAll(finished)) && finished.length === modules.length;
const isGood = writeReport();
process.exit(isFinished && isGood ? 0 : 1);
