// Two sets of rules. The published code is held to n8n's own verification rules, taken from the scanner
// that n8n runs on packages, so that what passes here passes there. All other code is held to
// typescript-eslint's strict rules, in TypeScript with those that know the types.
import { buildScanConfig } from '@n8n/scan-community-package/scanner/scanner.mjs';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(
	globalIgnores(['dist/', 'out/']),
	{
		files: ['package.json', '{nodes,credentials}/**/*.{js,ts,json}'],
		extends: await buildScanConfig(),
	},
	{
		files: ['{scripts,test}/**/*.ts'],
		extends: [tseslint.configs.strictTypeChecked],
		languageOptions: {
			parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
		},
		rules: {
			// A number in a text reads as one, and an arrow that passes nothing on needs no block.
			'@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
			'@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
		},
	},
	{
		files: ['*.{js,mjs}', '{scripts,test}/**/*.{js,mjs}'],
		extends: [tseslint.configs.strict],
	},
	{
		// CommonJS: what gulp and jest load.
		files: ['**/*.js'],
		rules: { '@typescript-eslint/no-require-imports': 'off' },
	},
);
