const { readFile, readdir, rm, writeFile } = require('node:fs/promises');
const path = require('node:path');
const esbuild = require('esbuild');
const { dest, parallel, series, src, watch } = require('gulp');
const { n8n } = require('./package.json');

const STATIC_FILES = ['nodes/**/*.svg', 'nodes/**/*.node.json', 'credentials/**/*.svg'];

/** The sources of what package.json registers with n8n: one list, so that neither can lack an entry. */
const entryPoints = [...n8n.nodes, ...n8n.credentials].map((file) =>
	file.replace(/^dist\//, '').replace(/\.js$/, '.ts'),
);

/**
 * Parts of the bundled libraries that the nodes never reach, by what stands in for them:
 * - form-data looks content types up in a table of 200 kB where none is given; the nodes give them
 *   all. It can send a form and measure files itself; the nodes leave both to n8n. For two small
 *   duties it brings libraries that support browsers of long ago.
 */
const REPLACED = [
	{ filter: /^mime-types$/, contents: 'exports.lookup = () => false;' },
	{ filter: /^(fs|http|https|url)$/, importer: /node_modules\/form-data\//, contents: '' },
	{ filter: /^asynckit$/, contents: '' },
	{ filter: /^hasown$/, contents: 'module.exports = Object.hasOwn;' },
	{
		filter: /^es-set-tostringtag$/,
		contents: `module.exports = (object, value) =>
			Object.defineProperty(object, Symbol.toStringTag, { value, configurable: true });`,
	},
];

const replaceUnused = {
	name: 'replace-unused',
	setup(build) {
		for (const [index, { filter, importer = /./, contents }] of REPLACED.entries()) {
			const namespace = `replaced-${index}`;
			build.onResolve({ filter }, (args) =>
				importer.test(args.importer) ? { path: args.path, namespace } : undefined,
			);
			build.onLoad({ filter: /.*/, namespace }, () => ({ contents, loader: 'js' }));
		}
	},
};

/** Removes what an earlier build left, so that a renamed file is not published as well. */
async function clean() {
	await rm('dist', { recursive: true, force: true });
}

/**
 * Bundles every node and credential into a file of its own: n8n installs a community package without
 * its dependencies, so what the nodes need has to lie inside. Only `n8n-workflow` comes from n8n.
 */
async function bundle() {
	const { metafile } = await esbuild.build({
		entryPoints,
		outdir: 'dist',
		outbase: '.',
		bundle: true,
		platform: 'node',
		target: 'node20',
		format: 'cjs',
		external: ['n8n-workflow'],
		plugins: [replaceUnused],
		sourcemap: true,
		// The maps carry their sources: the published package has no source files to point to.
		sourcesContent: true,
		legalComments: 'none',
		logLevel: 'warning',
		metafile: true,
	});
	await writeLicences(Object.keys(metafile.inputs));
}

/** Writes the licences of all bundled libraries into one file, as those licences ask for. */
async function writeLicences(inputs) {
	const folders = inputs
		.map((input) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1])
		.filter((folder) => folder !== undefined);
	const sections = [];
	for (const folder of [...new Set(folders)].sort()) {
		const { name, version, license } = JSON.parse(
			await readFile(path.join(folder, 'package.json'), 'utf8'),
		);
		const licenceFile = (await readdir(folder)).find((file) => /^licen[cs]e/i.test(file));
		const text = licenceFile
			? await readFile(path.join(folder, licenceFile), 'utf8')
			: `Licensed under ${license}.`;
		sections.push(`${name} ${version} (${license})\n\n${text.trim()}\n`);
	}
	await writeFile(
		'dist/THIRD-PARTY-LICENSES.txt',
		`Libraries bundled into this package, with their licences.\n\n${sections.join(`\n${'-'.repeat(80)}\n\n`)}`,
	);
}

/** Copies what n8n reads as it is: icons and codex files. */
function copyStaticFiles() {
	return src(STATIC_FILES, { base: '.', encoding: false }).pipe(dest('dist'));
}

const build = series(clean, parallel(bundle, copyStaticFiles));

exports.build = build;
exports.watch = series(build, function rebuildOnChange() {
	watch(['nodes/**/*', 'credentials/**/*'], parallel(bundle, copyStaticFiles));
});
exports.default = build;
