/** The layers of the package: a module imports only modules of lower layers, and none grows too large to read. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const SOURCES = path.join(__dirname, '../nodes/Deapi');

/** The modules by layer, from the lowest up. */
const LAYERS = [
	['basics'],
	['engine'],
	['files'],
	['sound'],
	['service'],
	['prepare'],
	['result'],
	['submit'],
	['webhook', 'film'],
	['resources'],
];

const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
	.filter((file) => file.endsWith('.ts'))
	.map((file) => file.split(path.sep).join('/'));

/** The two descriptions of nodes, which may import all modules. */
const NODES = 'the nodes';

const moduleOf = (file: string) => (file.includes('/') ? (file.split('/')[0] ?? '') : NODES);
const layerOf = (name: string) => LAYERS.findIndex((modules) => modules.includes(name));

/** The files of ours that a file imports, as paths below the sources. */
function importsOf(file: string): string[] {
	const text = readFileSync(path.join(SOURCES, file), 'utf8');
	return [...text.matchAll(/(?:from|import) '(\.{1,2}\/[^']+)'/g)].map(([, target = '']) =>
		path.posix.join(path.posix.dirname(file), target),
	);
}

test('every module has a layer', () => {
	const modules = new Set(files.map(moduleOf));
	modules.delete(NODES);
	expect([...modules].sort()).toEqual(LAYERS.flat().sort());
});

test('a module imports only modules of lower layers', () => {
	const upward = files.flatMap((file) => {
		const own = moduleOf(file);
		if (own === NODES) return [];
		return importsOf(file).flatMap((target) => {
			const other = moduleOf(target);
			return other === own || layerOf(other) < layerOf(own) ? [] : [`${file} -> ${target}`];
		});
	});
	expect(upward).toEqual([]);
});

test('no folder has more than twelve files', () => {
	const counts = new Map<string, number>();
	for (const file of files) {
		const folder = path.posix.dirname(file);
		counts.set(folder, (counts.get(folder) ?? 0) + 1);
	}
	expect([...counts].filter(([, count]) => count > 12)).toEqual([]);
});

test('no file has more than 300 lines, descriptions of fields aside', () => {
	const long = files.filter((file) => {
		const lines = readFileSync(path.join(SOURCES, file), 'utf8').split('\n').length;
		return lines > 300 && !file.startsWith('resources/');
	});
	expect(long).toEqual([]);
});
