/**
 * The environment of a test file: that of its process, with nothing in between. Jest's own gives each file
 * globals of its own, asks jest's code at each use of one, and lets no file share a library with the next.
 * What a test changes of the process it puts back, as it would between two tests of a file.
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

	/** What ./runtime.js does without. */
	getVmContext() {
		return globalThis;
	}

	async setup() {}

	async teardown() {
		// Jest puts others in place for each file.
		process.exit = exit;
		globalThis.console = console;
	}
};
