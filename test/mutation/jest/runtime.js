// Loads what lies in node_modules as Node does, once a process, and the package's own files afresh for
// each test file. Compiled code is kept.
const { createRequire } = require('node:module');
const path = require('node:path');
const { Script } = require('node:vm');
const { default: Runtime } = require('jest-runtime');

const compiled = new Map();

const isOwn = (name) => name.startsWith('.') || path.isAbsolute(name);

module.exports = class SharedLibraries extends Runtime {
	requireModuleOrMock(from, name) {
		if (isOwn(name) || name === '@jest/globals') return super.requireModuleOrMock(from, name);
		return createRequire(from)(name);
	}

	requireActual(from, name) {
		return isOwn(name) ? super.requireActual(from, name) : createRequire(from)(name);
	}

	createScriptFromCode(source, filename) {
		const known = compiled.get(filename);
		if (known?.source === source) return known;
		const script = new Script(this.wrapCodeInModuleWrapper(source), { filename });
		const entry = { source, runInContext: () => script.runInThisContext() };
		compiled.set(filename, entry);
		return entry;
	}
};
module.exports.default = module.exports;
