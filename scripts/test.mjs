// Runs the tests: first all that can share the machine, then those that measure times, one by one.
// Arguments go to jest, for a single run of what they name: npm test -- test/upload
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';

const jest = createRequire(import.meta.url).resolve('jest/bin/jest');

/**
 * How V8 is to run tests, where every piece of code is used for a second or two: with more room before it
 * collects what is forgotten, later to compile for speed, and not to forget what it has compiled.
 */
const V8 = ['--max-semi-space-size=64', '--interrupt-budget=600000', '--no-flush-bytecode'];

function run(args) {
	const { status } = spawnSync(process.execPath, [...V8, jest, ...args], { stdio: 'inherit' });
	return status ?? 1;
}

const wanted = process.argv.slice(2);
if (wanted.length > 0) process.exit(run(wanted));

mkdirSync('out', { recursive: true });
let failedRuns = 0;
const total = { passed: 0, failed: 0 };
const runs = {
	shared: ['--testPathIgnorePatterns=webhook/load\\.test\\.ts$'],
	alone: ['--runInBand', 'webhook/load\\.test\\.ts$'],
};
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
