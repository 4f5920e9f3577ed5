// Mutation testing: how many faults the tests notice in the modules that decide about money and trust,
// and in those that make the film and read the sound.
// `npm run mutate` runs this for one module at a time; see test/mutation/main.ts.
/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
	testRunner: 'jest',
	jest: { configFile: 'test/mutation/jest/config.js', enableFindRelatedTests: false },
	plugins: ['@stryker-mutator/jest-runner', './test/mutation/saving-reporter.mjs'],
	mutate: ['nodes/Deapi/{webhook,film,submit,result,service,sound,engine}/**/*.ts'],
	coverageAnalysis: 'perTest',
	// Texts for users are held by tests of their own; a word less is no fault in what is done.
	mutator: { excludedMutations: ['StringLiteral'] },
	incremental: true,
	incrementalFile: 'out/mutation/all.json',
	reporters: ['progress-append-only', 'saving'],
	tempDirName: 'out/stryker',
	concurrency: 2,
	timeoutMS: 15_000,
	// All tests, one after another.
	dryRunTimeoutMinutes: 20,
	ignorePatterns: ['dist', 'out', 'docs', 'examples', 'coverage', '.git'],
	disableTypeChecks: false,
	warnings: { slow: false },
	thresholds: { high: 90, low: 85, break: null },
};
