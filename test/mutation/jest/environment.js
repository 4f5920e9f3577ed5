// The environment of all tests, here for one process and with a word to Stryker about each test.
const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');
const { mixinJestEnvironment } = require('@stryker-mutator/jest-runner');
const SharedEnvironment = require('../../support/jest/environment');
const { isSkipped, note } = require('./known-tests');

// n8n-core reads these while it is loaded, and that is once a process here.
const userFolder = mkdtempSync(path.join(tmpdir(), 'n8n-mutation-'));
Object.assign(process.env, {
	N8N_USER_FOLDER: userFolder,
	N8N_DIAGNOSTICS_ENABLED: 'false',
	N8N_LOG_LEVEL: 'silent',
});
process.on('exit', () => rmSync(userFolder, { recursive: true, force: true }));
process.setMaxListeners(0);
require('reflect-metadata');

class StrykerEnvironment extends SharedEnvironment {
	constructor(config, context) {
		super(config, context);
		this.testPath = context.testPath;
		Object.assign(globalThis, config.projectConfig.globals);
	}

	handleTestEvent(event) {
		if (event.name === 'test_start' && isSkipped(event.test)) event.test.mode = 'skip';
		if (event.name === 'test_done') note(this.testPath, event.test);
	}
}

module.exports = mixinJestEnvironment(StrykerEnvironment);
