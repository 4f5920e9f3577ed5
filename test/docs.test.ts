/** The documents: short enough to be read, links that lead somewhere, and messages as the code says them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(__dirname, '..');
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

const documents = [
	...readdirSync(ROOT),
	...readdirSync(path.join(ROOT, 'docs')).map((name) => `docs/${name}`),
	...readdirSync(path.join(ROOT, 'test')).flatMap((name) =>
		['README.md', 'RESULTS.md'].map((file) => `test/${name}/${file}`),
	),
].filter((file) => file.endsWith('.md') && existsSync(path.join(ROOT, file)));

test.each([
	['README.md', 2000],
	['CONTRIBUTING.md', 1300],
])('%s has at most %d words', (file, most) => {
	expect(read(file).split(/\s+/).length).toBeLessThanOrEqual(most);
});

/** The anchors that GitHub makes of a document's headings. */
function anchorsOf(file: string): string[] {
	return [...read(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
		heading
			.toLowerCase()
			.replace(/[^\w\- ]/g, '')
			.replaceAll(' ', '-'),
	);
}

test.each(documents)('every link and picture of %s leads somewhere', (file) => {
	const targets = [
		...read(file).matchAll(/\]\(([^)\s]+)\)/g),
		...read(file).matchAll(/(?:src|srcset)="([^"]+)"/g),
	].map(([, target = '']) => target);
	const dead = targets.filter((target) => {
		if (/^https?:/.test(target)) return false;
		const [name = '', anchor] = target.split('#');
		const found = name === '' ? file : path.posix.join(path.posix.dirname(file), name);
		if (!existsSync(path.join(ROOT, found))) return true;
		return anchor !== undefined && !anchorsOf(found).includes(anchor);
	});
	expect(dead).toEqual([]);
});

test('docs/messages.md quotes messages as the code has them', () => {
	const code = readdirSync(path.join(ROOT, 'nodes'), { recursive: true, encoding: 'utf8' })
		.filter((file) => file.endsWith('.ts'))
		.map((file) => read(path.join('nodes', file)))
		.join('\n')
		.replaceAll("\\'", "'");
	const rows = read('docs/messages.md').matchAll(/^\| (\*.+?\*) \|/gm);
	const quoted = [...rows].flatMap(([, cell = '']) =>
		[...cell.matchAll(/\*([^*]+)\*/g)].map(([, message = '']) => message),
	);
	expect(quoted.length).toBeGreaterThan(30);
	// The code puts some messages together: `; the model …`, `is not …` and the kinds of files.
	const parts = quoted.flatMap((message) =>
		message.split(/…|(?=; )|(?<=is not )/).map((part) => part.trim()),
	);
	expect(parts.filter((part) => part.length > 3 && !code.includes(part))).toEqual([]);
});
