const { createHash } = require('node:crypto');
const path = require('node:path');
const { buildSync } = require('esbuild');

// Jest loads CommonJS only: an ES module is bundled, with those that it imports.
module.exports = {
	process: (source, file) => ({
		code: buildSync({
			stdin: { contents: source, resolveDir: path.dirname(file) },
			bundle: true,
			platform: 'node',
			target: 'node20',
			format: 'cjs',
			write: false,
		}).outputFiles[0].text,
	}),
	getCacheKey: (source) => createHash('sha256').update(`2${source}`).digest('hex'),
};
