const base = require('../../jest.config.js');

/** The package's own tests, without those of the fake service and those that measure. */
module.exports = {
	...base,
	rootDir: '../..',
	testPathIgnorePatterns: ['test/fake-deapi/', 'test/simulation/', 'test/e2e/', 'memory.test.ts'],
};
