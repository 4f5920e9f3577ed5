/** The house: rooms on floors, each importing only rooms below it, none too large to see through. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const HOUSE = path.join(__dirname, '../nodes/Deapi');

/** From the ground floor up. */
const FLOORS = [
	['basics'],
	['engine'],
	['files'],
	['service'],
	['prepare'],
	['result'],
	['submit'],
	['webhook', 'film'],
	['resources'],
];

const files = readdirSync(HOUSE, { recursive: true, encoding: 'utf8' })
	.filter((file) => file.endsWith('.ts'))
	.map((file) => file.split(path.sep).join('/'));

const roomOf = (file: string) => (file.includes('/') ? (file.split('/')[0] ?? '') : 'the entrance');
const floorOf = (room: string) => FLOORS.findIndex((rooms) => rooms.includes(room));

/** The files of ours that a file imports, as paths in the house. */
function importsOf(file: string): string[] {
	const text = readFileSync(path.join(HOUSE, file), 'utf8');
	return [...text.matchAll(/(?:from|import) '(\.{1,2}\/[^']+)'/g)].map(([, target = '']) =>
		path.posix.join(path.posix.dirname(file), target),
	);
}

test('every room has a floor', () => {
	const rooms = new Set(files.map(roomOf));
	rooms.delete('the entrance');
	expect([...rooms].sort()).toEqual(FLOORS.flat().sort());
});

test('a room imports only rooms below it', () => {
	const climbing = files.flatMap((file) => {
		const room = roomOf(file);
		if (room === 'the entrance') return [];
		return importsOf(file).flatMap((target) => {
			const other = roomOf(target);
			return other === room || floorOf(other) < floorOf(room) ? [] : [`${file} -> ${target}`];
		});
	});
	expect(climbing).toEqual([]);
});

test('no folder has more than nine files', () => {
	const counts = new Map<string, number>();
	for (const file of files) {
		const folder = path.posix.dirname(file);
		counts.set(folder, (counts.get(folder) ?? 0) + 1);
	}
	expect([...counts].filter(([, count]) => count > 9)).toEqual([]);
});

test('no file has more than 300 lines, descriptions of fields aside', () => {
	const long = files.filter((file) => {
		const lines = readFileSync(path.join(HOUSE, file), 'utf8').split('\n').length;
		return lines > 300 && !file.startsWith('resources/');
	});
	expect(long).toEqual([]);
});
