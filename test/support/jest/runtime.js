/**
 * Loads what a test file imports. Files of this project are loaded anew for each test file, as jest does;
 * libraries are loaded once for a process, by Node, as in n8n. To load n8n's engine takes a second and a
 * half, and its code is slow until Node has compiled it: both for each of a hundred files otherwise.
 */
const { default: JestRuntime } = require('jest-runtime');

/** This project's files as Node has compiled them: most of them are loaded for most test files. */
const compiled = new Map();

const { transformIgnorePatterns } = require('../../../jest.config.js');
/** Not those that are transformed first. */
const LOADED_BY_NODE = new RegExp(transformIgnorePatterns[0]);

module.exports.default = class extends JestRuntime {
	/** Whether the file runs in the environment beside this file. */
	get isShared() {
		return this._environment.getVmContext() === globalThis;
	}

	requireModule(from, name, options, isActual) {
		// What is internal belongs to jest itself.
		const isInternal = !name || options?.isInternalModule || this._resolver.isCoreModule(name);
		if (this.isShared && !isInternal) {
			const file = this._resolveCjsModule(from, name);
			if (LOADED_BY_NODE.test(file)) return require(file);
		}
		return super.requireModule(from, name, options, isActual);
	}

	createScriptFromCode(code, file) {
		if (!this.isShared) return super.createScriptFromCode(code, file);
		const known = compiled.get(file);
		const script = known?.code === code ? known.script : super.createScriptFromCode(code, file);
		compiled.set(file, { code, script });
		return { runInContext: (_context, options) => script.runInThisContext(options) };
	}
};
module.exports.__esModule = true;
