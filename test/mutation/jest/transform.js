// Strips the types and nothing else: a mutant need not be type checked to be tried.
const { createHash } = require('node:crypto');
const { transformSync, version } = require('esbuild');

const options = {
	loader: 'ts',
	format: 'cjs',
	target: 'node20',
	supported: { 'dynamic-import': false },
};

module.exports = {
	process: (source, file) => transformSync(source, { ...options, sourcefile: file }),
	getCacheKey: (source, file) =>
		createHash('sha1')
			.update([version, JSON.stringify(options), file, source].join('\0'))
			.digest('hex'),
};
