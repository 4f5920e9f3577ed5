/**
 * Tests the tests: puts one fault at a time into the modules that decide about money and trust, that make the
 * film and that read the sound, and checks whether a test fails. `npm run mutate`, or for some modules only:
 * `npm run mutate -- submit webhook`.
 *
 * Each module is run with the tests of its own folder: those that a few seconds are enough for, then, with what
 * these miss and what has no reason in reasons.json, all of its layer's. What is left is run with the tests of all
 * modules. `--quick` does the first of the three only, `--own` the first two. Results are kept in out/mutation, so
 * an interrupted run goes on where it stopped. At the end it writes RESULTS.md; `--report` does nothing else.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { reasonFor } from './reasons';
import { writeReport } from './report';
import type { Module } from './results';
import {
	ALL_TESTS,
	FOLDER,
	forgetConstants,
	insideOf,
	MODULES,
	ownTests,
	patientTests,
	readModule,
} from './results';

const stryker = createRequire(__filename).resolve('@stryker-mutator/core/package.json');

/** A fault that is noticed at all is mostly noticed in so long, in milliseconds of tests. */
const QUICK_MS = 5000;

/** When these tests do not come to an end, in milliseconds. */
const ENDLESS_MS = 20_000;

/** What one run of Stryker changes in stryker.config.mjs. */
interface Changes {
	mutate: string[];
	incrementalFile: string;
	ignoreStatic: boolean;
	timeoutMS?: number;
	timeoutFactor?: number;
	jest: { configFile: string; enableFindRelatedTests: boolean; config?: { testMatch: string[] } };
}

const jest = { configFile: 'test/mutation/jest/config.js', enableFindRelatedTests: false };

/** Runs Stryker and says whether it came to its end. */
function run(changes: Changes, budget = Infinity): boolean {
	mkdirSync(FOLDER, { recursive: true });
	const name = path.basename(changes.incrementalFile, '.json');
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

/** With the tests of a folder. */
const testsOf = (folder: string) => ({
	ignoreStatic: false,
	jest: { ...jest, config: { testMatch: [`<rootDir>/test/${folder}/**/*.test.ts`] } },
});

/** With the tests of the module's own folder. */
function tryOwn(module: Module): boolean {
	forgetConstants(module);
	const [layer = module] = module.split('/');
	const changes = testsOf(existsSync(`test/${module}`) ? module : layer);
	const inside = insideOf(module).map((each) => `!nodes/Deapi/${each}/**`);
	const mutate = [`nodes/Deapi/${module}/**/*.ts`, ...inside];
	const incrementalFile = ownTests(module);
	// What covers the fault may take minutes; what is run takes QUICK_MS.
	const quick = { ...changes, mutate, incrementalFile, timeoutMS: ENDLESS_MS, timeoutFactor: 0 };
	if (!run(quick, QUICK_MS)) return false;
	if (values.quick) return true;
	return tryLeft([module], {
		...testsOf(layer),
		incrementalFile: patientTests(module),
	});
}

/** Tries again what was not noticed and has no reason in reasons.json. */
function tryLeft(tried: Module[], changes: Omit<Changes, 'mutate'>): boolean {
	const left = tried
		.flatMap((module) => readModule(module).mutants)
		.filter((mutant) => !mutant.isNoticed && reasonFor(mutant) === undefined);
	if (left.length === 0) return true;
	return run({ ...changes, mutate: [...new Set(left.map(({ range }) => range))] });
}

const { values, positionals } = parseArgs({
	options: {
		quick: { type: 'boolean', default: false },
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
const withAll = { incrementalFile: ALL_TESTS, ignoreStatic: true, jest };
const isTried = values.quick || values.own || tryLeft(finished, withAll);
const isFinished = isTried && finished.length === modules.length;
const isGood = writeReport();
process.exit(isFinished && isGood ? 0 : 1);
