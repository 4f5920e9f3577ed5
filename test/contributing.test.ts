/** What CONTRIBUTING.md says about a new operation is true of one that there is. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(__dirname, '..');
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

const [, chapter = ''] = /## Add an operation\n([\s\S]+?)\n## /.exec(read('CONTRIBUTING.md')) ?? [];

/** The files of ours below a folder that hold a word. */
function filesWith(word: string, folder: string): string[] {
	return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
		.map((name) => path.posix.join(folder, name.split(path.sep).join('/')))
		.filter((name) => name.endsWith('.ts') && name !== 'test/contributing.test.ts')
		.filter((name) => read(name).includes(word))
		.sort();
}

test("'Add an operation' shows a whole file, as it is", () => {
	const [, file = '', code = ''] =
		/`(nodes\/[\w/]+\.ts)`:\s+```ts\n([\s\S]+?)```/.exec(chapter) ?? [];
	expect(code).toContain('submitOperation({');
	expect(code).toBe(read(file));
});

test('its line is in the node', () => {
	const [, line = ''] = /`(const image = resource\(.+\);)`/.exec(chapter) ?? [];
	expect(line).toContain('removeBackground');
	expect(read('nodes/Deapi/Deapi.node.ts')).toContain(line);
});

test('it costs one file and one line in nodes/, and three files in test/', () => {
	expect(filesWith('removeBackground', 'nodes')).toEqual([
		'nodes/Deapi/Deapi.node.ts',
		'nodes/Deapi/resources/image/removeBackground.ts',
	]);
	expect(filesWith('backgroundRemoval', 'test')).toEqual([
		'test/fake-deapi/operations/background-removal.ts',
		'test/fake-deapi/operations/index.ts',
		'test/resources/table/image.ts',
	]);
});
