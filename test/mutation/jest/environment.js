// All test files of a mutation run share one world, Node's own: n8n's engine takes seconds to load, and
// it is not what is tried here. The package's own files are loaded afresh for each test file.
const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');
const { TestEnvironment } = require('jest-environment-node');
const { ModuleMocker } = require('jest-mock');
const { mixinJestEnvironment } = require('@stryker-mutator/jest-runner');
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

class SharedWorld extends TestEnvironment {
	constructor(config, context) {
		super(config, context);
		this.testPath = context.testPath;
		this.console = globalThis.console;
		this.exit = process.exit;
		this.env = { ...process.env };
		this.global = globalThis;
		this.moduleMocker = new ModuleMocker(globalThis);
		Object.assign(globalThis, config.projectConfig.globals);
	}

	/** A file gives back what it has changed; in a world of its own nobody would have seen it. */
	async teardown() {
		this.moduleMocker.restoreAllMocks();
		globalThis.console = this.console;
		process.exit = this.exit;
		for (const name of Object.keys(process.env)) {
			if (!(name in this.env)) Reflect.deleteProperty(process.env, name);
		}
		Object.assign(process.env, this.env);
		await super.teardown();
	}

	handleTestEvent(event) {
		if (event.name === 'test_start' && isSkipped(event.test)) event.test.mode = 'skip';
		if (event.name === 'test_done') note(this.testPath, event.test);
	}
}

module.exports = mixinJestEnvironment(SharedWorld);
