// Runs the tests of each rule.
// With --long it runs those that take minutes instead: attacks, films in all their ways, random scenarios, every
// sound there is, files of 500 MB, and at the end, alone, those that measure time.
// Other arguments go to jest, to run some tests only: npm test -- test/submit
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';

const jest = createRequire(import.meta.url).resolve('jest/bin/jest');

/**
 * Settings of V8 for code that is used for a second or two: more memory before garbage is collected, later
 * optimisation, and compiled code that is kept.
 */
const V8 = ['--max-semi-space-size=64', '--interrupt-budget=600000', '--no-flush-bytecode'];

function run(args) {
	const { status } = spawnSync(process.execPath, [...V8, jest, ...args], { stdio: 'inherit' });
	return status ?? 1;
}

const wanted = process.argv.slice(2);
const isLong = wanted.length === 1 && wanted[0] === '--long';
if (wanted.length > 0 && !isLong) process.exit(run(wanted));

const LONG = '/attacks/|\\.long\\.test\\.ts$';
const ALONE = '(webhook/load|sound/turns)\\.test\\.ts$';

mkdirSync('out', { recursive: true });
let failedRuns = 0;
const total = { passed: 0, failed: 0 };
const runs = isLong
	? { long: [LONG, `--testPathIgnorePatterns=${ALONE}`], alone: ['--runInBand', ALONE] }
	: { quick: [`--testPathIgnorePatterns=${ALONE}|${LONG}`] };
for (const [name, args] of Object.entries(runs)) {
	const report = `out/jest-${name}.json`;
	rmSync(report, { force: true });
	if (run([...args, '--json', '--outputFile', report]) !== 0) failedRuns++;
	const result = JSON.parse(readFileSync(report, 'utf8'));
	// A pattern that names nothing would look like success.
	if (result.numTotalTests === 0) failedRuns++;
	total.passed += result.numPassedTests;
	// A file that does not even load counts as well.
	total.failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(failedRuns > 0 ? 1 : 0);
