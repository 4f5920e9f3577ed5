// Mutation testing: how many faults, put into the rooms where money and trust are decided, the tests
// notice. `npm run mutate`; it takes hours on two cores and is no part of .ci/run.
/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
	testRunner: 'jest',
	jest: { configFile: 'test/mutation/jest.config.js', enableFindRelatedTests: true },
	plugins: ['@stryker-mutator/jest-runner'],
	mutate: ['nodes/Deapi/{submit,result,webhook,service,engine}/**/*.ts'],
	buildCommand: 'npx gulp --silent build',
	coverageAnalysis: 'perTest',
	ignoreStatic: true,
	// Texts for users are held by tests of their own; a word less is no fault in what is done.
	mutator: { excludedMutations: ['StringLiteral'] },
	reporters: ['clear-text', 'json', 'progress'],
	jsonReporter: { fileName: 'out/mutation.json' },
	tempDirName: 'out/stryker',
	concurrency: 2,
	timeoutMS: 20_000,
	ignorePatterns: ['dist', 'out', 'docs', 'examples', 'coverage'],
	thresholds: { high: 90, low: 85, break: 85 },
};
