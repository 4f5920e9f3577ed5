const base = require('../../jest.config.js');

if (!process.env.N8N_ENGINE_MODULES) throw new Error('Start this with: npm run test:compat');

/** The package's own configuration, with another version of n8n's engine. */
module.exports = {
	...base,
	rootDir: '../..',
	// Jest's own: they go through the resolver and the transform for libraries as well.
	testEnvironment: 'node',
	runtime: undefined,
	resolver: '<rootDir>/test/compat/resolver.js',
	// An ES module that the engine of n8n 2.0 requires as Node lets it, but jest does not.
	transform: {
		...base.transform,
		'/node_modules/p-retry/.+\\.js$': '<rootDir>/test/compat/es-module.js',
	},
	transformIgnorePatterns: ['/node_modules/(?!p-retry/)'],
};
