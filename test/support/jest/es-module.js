const { createHash } = require('node:crypto');
const path = require('node:path');
const { buildSync } = require('esbuild');

/**
 * Jest loads CommonJS only: an ES module of a library is bundled, with those that it imports. What several
 * of them share by identity stays outside.
 */
const external = ['codec-parser'];

/** @type {import('@jest/transform').SyncTransformer} */
module.exports = {
	process: (source, file) => ({
		code: buildSync({
			stdin: { contents: source, resolveDir: path.dirname(file) },
			bundle: true,
			platform: 'node',
			target: 'node20',
			format: 'cjs',
			charset: 'utf8',
			external,
			write: false,
		})
			.outputFiles[0].text // Its default export is that of an ES module, not all of a CommonJS module.
			.replace(/__toESM\((require\("codec-parser"\)), 1\)/g, '__toESM($1)'),
	}),
	getCacheKey: (source, file) => createHash('sha256').update(`4${file}${source}`).digest('hex'),
};
