/**
 * Jest's environment for Node, in contexts that are quick. Those that jest makes ask jest's own code at
 * each use of a global, be it `Math` or `Array`, which takes some fifty times as long as the use itself.
 */
const vm = require('node:vm');
const { TestEnvironment } = require('jest-environment-node');

module.exports = class extends TestEnvironment {
	constructor(...given) {
		const { createContext } = vm;
		// Node before 20.18 does not know the word: then undefined makes a context as jest does.
		vm.createContext = () => createContext(vm.constants?.DONT_CONTEXTIFY);
		try {
			super(...given);
		} finally {
			vm.createContext = createContext;
		}
	}
};
