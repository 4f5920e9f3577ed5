/** Libraries that have ES modules only; jest needs CommonJS. */
const ES_MODULES =
	'mpg123-decoder|opus-decoder|@wasm-audio-decoders|@audio/decode-aac|codec-parser|p-retry';

/** @type {import('jest').Config} */
module.exports = {
	testEnvironment: '<rootDir>/test/support/jest/environment.js',
	runtime: '<rootDir>/test/support/jest/runtime.js',
	roots: ['<rootDir>/test'],
	testMatch: ['**/*.test.ts'],
	// The end-to-end runs are programs of their own: npm run e2e.
	modulePathIgnorePatterns: ['<rootDir>/test/e2e/'],
	transform: {
		'^.+\\.ts$': '<rootDir>/test/support/jest/transform.js',
		[`/node_modules/(${ES_MODULES})/.+\\.js$`]: '<rootDir>/test/support/jest/es-module.js',
	},
	transformIgnorePatterns: [`/node_modules/(?!(${ES_MODULES})/)`],
	globalSetup: '<rootDir>/test/support/run-folder.ts',
	globalTeardown: '<rootDir>/test/support/run-folder-end.ts',
	setupFiles: ['<rootDir>/test/support/setup.ts'],
	setupFilesAfterEnv: ['<rootDir>/test/support/jest/equality.js'],
	// The engine is large, so not one for each processor. On the smallest machine that this package is
	// tested on, with two processors, the third works while the others wait.
	maxWorkers: 3,
	// A worker keeps something of each file's engine, and one of gigabytes does not end in time.
	workerIdleMemoryLimit: '800MB',
	// A whole song is decoded and encoded for some tests, which takes its time on a busy machine.
	testTimeout: 120_000,
};
