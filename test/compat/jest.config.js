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
};
