// n8n's own verification rules, taken from the scanner that n8n runs on published packages, so that
// what passes here is what passes there.
import { buildScanConfig, SOURCE_FILE_PATTERNS } from '@n8n/scan-community-package/scanner/scanner.mjs';
import { globalIgnores } from 'eslint/config';

const rules = await buildScanConfig();

export default [
	globalIgnores(['**/*', ...SOURCE_FILE_PATTERNS.map((pattern) => `!${pattern}`)]),
	...rules,
];
