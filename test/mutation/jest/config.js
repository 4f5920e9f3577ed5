const path = require('node:path');
const base = require('../../../jest.config.js');

/** The package's own tests, in one process, without those that measure and those of the fake service. */
module.exports = {
	...base,
	rootDir: '../../..',
	testPathIgnorePatterns: [
		'test/(fake-deapi|simulation|e2e|package|compat)/',
		'/(memory|load|storage)(\\.long)?\\.test\\.ts$',
	],
	testEnvironment: path.join(__dirname, 'environment.js'),
	runner: '<rootDir>/test/mutation/jest/runner.js',
	globalSetup: undefined,
	globalTeardown: undefined,
	setupFiles: [],
};
