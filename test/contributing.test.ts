/** The example in CONTRIBUTING.md is code: it compiles where it says that it lies. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const ROOT = path.join(__dirname, '..');

test("'Add an operation' shows an operation that compiles", () => {
	const text = readFileSync(path.join(ROOT, 'CONTRIBUTING.md'), 'utf8');
	const [, code = ''] = /```ts\n([\s\S]+?)```/.exec(text) ?? [];
	expect(code).toContain('submitOperation({');

	const file = path.join(ROOT, 'nodes/Deapi/resources/image/removeBackground.ts');
	const { config } = ts.readConfigFile(path.join(ROOT, 'tsconfig.json'), (name) =>
		readFileSync(name, 'utf8'),
	) as { config: unknown };
	const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
	const host = ts.createCompilerHost(options);
	const readFile = host.readFile.bind(host);
	const fileExists = host.fileExists.bind(host);
	host.readFile = (name) => (name === file ? code : readFile(name));
	host.fileExists = (name) => name === file || fileExists(name);
	const program = ts.createProgram([file], options, host);
	const source = program.getSourceFile(file);
	const problems = [
		...program.getSyntacticDiagnostics(source),
		...program.getSemanticDiagnostics(source),
	].map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
	expect(problems).toEqual([]);
});
