// Lints everything, counts warnings as well, and lets no comment switch a rule off. The published code
// goes through n8n's verification rules just as n8n's package scanner applies them, the rest through
// eslint.config.mjs. `npm run lint -- --fix` mends what can be mended.
import {
	buildScanConfig,
	SOURCE_FILE_PATTERNS,
} from '@n8n/scan-community-package/scanner/scanner.mjs';
import { ESLint } from 'eslint';

const OTHER_CODE = ['*.{js,mjs}', 'scripts', 'test'];

const options = { allowInlineConfig: false, fix: process.argv.includes('--fix') };
const published = new ESLint({
	...options,
	overrideConfigFile: true,
	overrideConfig: await buildScanConfig(),
});
const other = new ESLint(options);
const results = [
	...(await published.lintFiles(SOURCE_FILE_PATTERNS)),
	...(await other.lintFiles(OTHER_CODE)),
];
if (options.fix) await ESLint.outputFixes(results);
const formatter = await other.loadFormatter('stylish');
process.stdout.write(await formatter.format(results));

const sum = (count) => results.reduce((total, result) => total + result[count], 0);
const errors = sum('errorCount');
const warnings = sum('warningCount');
console.log(`${results.length} files: ${errors} errors, ${warnings} warnings`);
process.exitCode = errors + warnings > 0 ? 1 : 0;
