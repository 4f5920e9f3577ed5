// Runs n8n's verification rules over the source tree just as n8n's package scanner does, but counts
// warnings as well, and lets no comment switch a rule off.
import {
	buildScanConfig,
	SOURCE_FILE_PATTERNS,
} from '@n8n/scan-community-package/scanner/scanner.mjs';
import { ESLint } from 'eslint';

const eslint = new ESLint({
	allowInlineConfig: false,
	overrideConfigFile: true,
	overrideConfig: await buildScanConfig(),
});
const results = await eslint.lintFiles(SOURCE_FILE_PATTERNS);
const formatter = await eslint.loadFormatter('stylish');
process.stdout.write(await formatter.format(results));

const sum = (count) => results.reduce((total, result) => total + result[count], 0);
const errors = sum('errorCount');
const warnings = sum('warningCount');
console.log(`${results.length} files: ${errors} errors, ${warnings} warnings`);
process.exitCode = errors + warnings > 0 ? 1 : 0;
