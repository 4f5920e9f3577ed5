/**
 * The environment of a test file: that of its process, with nothing in between. Jest's own gives each file
 * globals of its own, asks jest's code at each use of one, and lets no file share a library with the next.
 * A file that needs that, as it changes what a library reads once, has `@jest-environment node` in its
 * first comment.
 */
const { ModuleMocker } = require('jest-mock');
const { installCommonGlobals } = require('jest-util');

const { console, process } = globalThis;
const { exit } = process;
// Once for a process: jest's names cannot be given twice.
installCommonGlobals(globalThis, {});
globalThis.process = process;

module.exports = class {
	global = globalThis;

	moduleMocker = new ModuleMocker(globalThis);

	// Time is put forward by test/support/clock.ts.
	fakeTimers = null;

	fakeTimersModern = null;

	exportConditions() {
		return ['node', 'node-addons'];
	}

	getVmContext() {
		return globalThis;
	}

	async setup() {}

	async teardown() {
		this.moduleMocker.restoreAllMocks();
		// Jest puts others in place for each file.
		process.exit = exit;
		globalThis.console = console;
	}
};
