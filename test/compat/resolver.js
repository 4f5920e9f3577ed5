const path = require('node:path');

const ENGINE = /^(n8n-core|n8n-workflow|@n8n\/[^/]+|reflect-metadata)(\/|$)/;
const folder = path.dirname(process.env.N8N_ENGINE_MODULES ?? '');

/** Jest's own resolver, but what belongs to n8n's engine comes from the engine that is to be tested. */
module.exports = (request, options) => {
	const isInside = options.basedir.startsWith(folder + path.sep);
	const isWanted = ENGINE.test(request) && !isInside;
	return options.defaultResolver(request, isWanted ? { ...options, basedir: folder } : options);
};
