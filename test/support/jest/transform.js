/**
 * Lets jest read TypeScript. esbuild takes the types away and checks none, `npm run typecheck` does; so a
 * first run on a fresh machine, with nothing in jest's cache, takes little longer than the next.
 */
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { transformSync, version } = require('esbuild');

const OWN_SOURCE = readFileSync(__filename);

/** @type {import('@jest/transform').SyncTransformer} */
module.exports = {
	getCacheKey: (source, file, { instrument }) =>
		[OWN_SOURCE, version, source, file, String(instrument)]
			.reduce((hash, part) => hash.update(part).update('\0'), createHash('sha1'))
			.digest('hex'),
	process: (source, file) =>
		transformSync(source, {
			sourcefile: file,
			loader: 'ts',
			format: 'cjs',
			target: 'node20',
			tsconfigRaw: {},
			// Jest knows no modules but CommonJS.
			supported: { 'dynamic-import': false },
			sourcemap: true,
			sourcesContent: false,
		}),
};
