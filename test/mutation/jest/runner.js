// Runs the test files that can notice a mutant, one after the other, and none after the first that did.
const { default: TestRunner } = require('jest-runner');
const { begin, choose, end, hasFailed, holdTo } = require('./known-tests');

module.exports = class FirstFailure extends TestRunner {
	async runTests(tests, watcher, options) {
		begin();
		for (const { test, names } of choose(tests, this._globalConfig.testNamePattern)) {
			if (hasFailed()) break;
			holdTo(names);
			await super.runTests([test], watcher, { ...options, serial: true });
		}
		end();
	}
};
