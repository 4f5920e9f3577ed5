// Lints everything, counts warnings as well, and lets no comment switch a rule off. The published code is
// checked with n8n's verification rules, exactly as n8n's package scanner applies them, all other code with
// eslint.config.mjs; prettier checks the format. `npm run lint:fix` fixes what can be fixed.
//
// The parts run as processes of their own, one for each core: rules that know the types take long.
import {
	buildScanConfig,
	SOURCE_FILE_PATTERNS,
} from '@n8n/scan-community-package/scanner/scanner.mjs';
import { ESLint } from 'eslint';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';

/** About half of the code that has types and is not published. */
const TOOLS = [
	'scripts',
	'test/e2e',
	'test/fake-deapi',
	'test/mutation',
	'test/simulation',
	'test/support',
];

const PRETTIER = createRequire(import.meta.url).resolve('prettier/bin/prettier.cjs');

const fix = process.argv.includes('--fix');
const options = { allowInlineConfig: false, fix };

const PARTS = {
	tools: async () => [new ESLint(options), TOOLS],
	tests: async () => [
		new ESLint({ ...options, ignorePatterns: TOOLS.map((folder) => `${folder}/**`) }),
		['*.{js,mjs}', 'test'],
	],
	published: async () => [
		new ESLint({
			...options,
			overrideConfigFile: true,
			overrideConfig: await buildScanConfig(),
		}),
		SOURCE_FILE_PATTERNS,
	],
};

async function lint(name) {
	const [eslint, patterns] = await PARTS[name]();
	const results = await eslint.lintFiles(patterns);
	if (fix) await ESLint.outputFixes(results);
	const formatter = await eslint.loadFormatter('stylish');
	process.stdout.write(await formatter.format(results));
	const sum = (count) => results.reduce((total, result) => total + result[count], 0);
	const errors = sum('errorCount');
	const warnings = sum('warningCount');
	console.log(`${name}: ${results.length} files, ${errors} errors, ${warnings} warnings`);
	return errors + warnings === 0;
}

async function lintAll() {
	const waiting = Object.keys(PARTS).map((part) => [
		import.meta.filename,
		'--part',
		part,
		...process.argv.slice(2),
	]);
	if (!fix) waiting.push([PRETTIER, '--check', '--log-level=warn', '.']);
	let isClean = true;
	const work = async () => {
		for (let args = waiting.shift(); args !== undefined; args = waiting.shift()) {
			const [code] = await once(spawn(process.execPath, args, { stdio: 'inherit' }), 'close');
			isClean &&= code === 0;
		}
	};
	await Promise.all(Array.from({ length: availableParallelism() }, work));
	return isClean;
}

const [, part] = process.argv.join(' ').match(/ --part (\w+)/) ?? [];
process.exitCode = (part === undefined ? await lintAll() : await lint(part)) ? 0 : 1;
