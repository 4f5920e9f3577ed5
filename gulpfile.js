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

/** The library that builds a request's body, with what it is made of. */
const FORM_DATA = /\/node_modules\/(form-data|combined-stream|delayed-stream)\//;

/**
 * Parts of the bundled libraries that only Node has, or that the nodes never reach, by what stands in
 * for them. Of Node itself a package may use `crypto` and nothing else; `npm run scan` and
 * test/package.test.ts see to it.
 * - form-data and its parts build on the first kind of stream that Node had. Here that is the same
 *   code from readable-stream, on the EventEmitter of the library events, and bodies are streamed as
 *   before. Whatever can be piped counts as a stream to form-data, so also a stream of Node's own.
 * - readable-stream asks for Node's Buffer and process, which are there without asking. Of it, nodes
 *   import `lib/internal/streams/readable` for a stream of objects, and would import
 *   `lib/_stream_readable` for one of bytes; its main entry asks for Node's own stream.
 * - mediabunny reads files on disk with Node's file system; the nodes read streams and buffers.
 * - The sound decoders come with a parser of containers, which nodes/Deapi/files does itself, and with
 *   workers, which n8n's rules do not allow. Only the names of the parser's fields are needed.
 * - form-data looks content types up in a table of 200 kB where none is given; the nodes give them
 *   all. It can send a form and measure files itself; the nodes leave both to n8n. For two small
 *   duties it brings libraries that support browsers of long ago.
 */
const REPLACED = [
	{
		filter: /^stream$/,
		importer: FORM_DATA,
		contents: `
			const { Stream } = require('readable-stream/lib/internal/streams/legacy');
			Object.defineProperty(Stream, Symbol.hasInstance, {
				value: (value) => typeof value?.pipe === 'function',
			});
			exports.Stream = Stream;`,
	},
	{
		filter: /^util$/,
		importer: FORM_DATA,
		contents: `exports.inherits = (child, parent) => {
			Object.setPrototypeOf(child.prototype, parent.prototype);
		};`,
	},
	{
		filter: /^path$/,
		importer: FORM_DATA,
		contents: `exports.basename = (file) => file.split('/').findLast((part) => part !== '') ?? '';`,
	},
	// With its slash it is the library and not Node's own.
	{ filter: /^events$/, contents: `module.exports = require('events/');` },
	{
		filter: /^buffer$/,
		importer: /\/node_modules\/(readable-stream|safe-buffer)\//,
		contents: 'module.exports = { Buffer, Blob };',
	},
	{ filter: /^process\/$/, contents: 'module.exports = process;' },
	{ filter: /^abort-controller$/, contents: '' },
	{
		filter: /^\.\/node\.js$/,
		importer: /\/node_modules\/mediabunny\//,
		contents: 'export const fs = undefined;',
	},
	{
		filter: /^codec-parser$/,
		contents: `export default class {}
			${['data', 'codecFrames', 'header', 'isLastPage', 'totalSamples', 'vorbisComments', 'vorbisSetup'].map((name) => `export const ${name} = '${name}';`).join('')}`,
	},
	{ filter: /^@eshaz\/web-worker$/, contents: 'export default class {}' },
	{ filter: /^mime-types$/, contents: 'exports.lookup = () => false;' },
	{ filter: /^(fs|http|https|url)$/, importer: FORM_DATA, contents: '' },
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
			build.onLoad({ filter: /.*/, namespace }, () => ({
				contents,
				loader: 'js',
				resolveDir: __dirname,
			}));
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
		// What a library reaches for at run time, by the name of what scripts/bundle/globals.js has for it.
		define: {
			globalThis: 'bundledGlobals',
			process: 'bundledProcess',
			console: 'bundledConsole',
			setTimeout: 'bundledNoTimer',
			clearTimeout: 'bundledNoTimer',
			// The encoder would fetch its own WebAssembly, which lies in the bundle as text.
			fetch: 'undefined',
			'WebAssembly.instantiateStreaming': 'undefined',
		},
		inject: ['scripts/bundle/globals.js'],
		// The libraries are large. Names are kept, and lines short, so that a stack trace can be read.
		minify: true,
		keepNames: true,
		lineLimit: 100,
		// WebAssembly lies in the libraries as text; escapes would double it.
		charset: 'utf8',
		sourcemap: true,
		// The maps carry their sources: the published package has no source files to point to.
		sourcesContent: true,
		legalComments: 'none',
		logLevel: 'warning',
		metafile: true,
	});
	await writeLicences(Object.keys(metafile.inputs));
}

/** What scripts/bundle/aac-encoder.mjs takes out of a library: no file of the library itself is bundled. */
const TAKEN_FROM = ['node_modules/@mediabunny/aac-encoder/'];

/** What the libraries of sound have compiled to WebAssembly, and where its source is. */
const COMPILED = `What the decoders and the encoders of sound have compiled to WebAssembly:

mpg123 (LGPL-2.1, https://www.mpg123.de), by mpg123-decoder
libvorbis and libogg (BSD-3-Clause, https://xiph.org), by @wasm-audio-decoders/ogg-vorbis
libFLAC (BSD-3-Clause, https://xiph.org/flac), by @wasm-audio-decoders/flac
libopus (BSD-3-Clause, https://opus-codec.org), by opus-decoder
LAME (LGPL-2.0, https://lame.sourceforge.io), by wasm-media-encoders
libavcodec of FFmpeg, its AAC encoder (LGPL-2.1, https://ffmpeg.org), by @mediabunny/aac-encoder

The packages named build them from these sources, unchanged, with scripts in their own repositories; whoever
builds this package with other versions of them replaces them.`;

/** Writes the licences of all bundled libraries into one file, as those licences ask for. */
async function writeLicences(inputs) {
	const folders = [...inputs, ...TAKEN_FROM]
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
		`Libraries bundled into this package, with their licences.\n\n${[...sections, `${COMPILED}\n`].join(`\n${'-'.repeat(80)}\n\n`)}`,
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
