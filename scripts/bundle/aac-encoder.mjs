// Writes nodes/Deapi/sound/encode/aac/binary.ts: FFmpeg's AAC encoder as WebAssembly, out of the library
// @mediabunny/aac-encoder, with the names that its build has given to what goes in and out.
//
//   node scripts/bundle/aac-encoder.mjs
//
// The library itself calls its encoder in a worker thread, which n8n's rules do not allow, and has its
// WebAssembly as text of 600 kB. Here it is packed, which makes it half as large. test/sound/encode holds
// the file against the library that is installed.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

const root = path.join(import.meta.dirname, '../..');
const library = path.join(root, 'node_modules/@mediabunny/aac-encoder');
const code = readFileSync(path.join(library, 'dist/modules/build/aac.js'), 'utf8');
const { version } = JSON.parse(readFileSync(path.join(library, 'package.json'), 'utf8'));

/** The text of the WebAssembly: a character a byte, but for 0, for which 256 stands. */
const [, text] = /binaryDecode\('((?:[^'\\]|\\.)*)'\)/s.exec(code);
const characters = Function(`return '${text}'`)();
const binary = Buffer.from([...characters].map((character) => character.charCodeAt(0) & 0xff));

const [, exported] = /function assignWasmExports\(wasmExports\) \{(.*?)\}/s.exec(code);
const [, imported] = /var wasmImports = \{(.*?)\}/s.exec(code);
const [, start] = /initRuntime\(\) \{.*?wasmExports\["(\w+)"\]\(\)/s.exec(code);

const exports = [...exported.matchAll(/Module\["_(\w+)"\] = wasmExports\["(\w+)"\]/g)]
	.map(([, name, short]) => [name, short])
	.concat([
		['memory', /wasmMemory = wasmExports\["(\w+)"\]/.exec(exported)[1]],
		['start', start],
	]);
const imports = [...imported.matchAll(/(\w+): _?(\w+)/g)].map(([, short, name]) => [name, short]);

const table = (rows) => rows.map(([name, short]) => `\t${name}: '${short}',\n`).join('');
writeFileSync(
	path.join(root, 'nodes/Deapi/sound/encode/aac/binary.ts'),
	`/** Made by scripts/bundle/aac-encoder.mjs from @mediabunny/aac-encoder ${version}. Not to be edited. */

/** What the build calls what comes out of it. */
export const EXPORTS = {
${table(exports)}} as const;

/** What the build calls what it asks for. */
export const IMPORTS = {
${table(imports)}} as const;

/** FFmpeg's AAC encoder (libavcodec, LGPL-2.1) as WebAssembly: gzip, in base64. */
export const PACKED_BINARY =
	'${gzipSync(binary, { level: 9 }).toString('base64')}';
`,
);
