import { readFileSync } from 'node:fs';
import path from 'node:path';
import { FAULTS } from './faults';

const ROOT = path.join(__dirname, '..', '..', '..');

test.each(FAULTS)('can be put back into today’s code: $name', ({ changes }) => {
	for (const { file, from, to } of changes) {
		expect(readFileSync(path.join(ROOT, file), 'utf8').split(from)).toHaveLength(2);
		expect(to).not.toBe(from);
	}
});

test('no two faults have the same name: the table tells them apart by it', () => {
	expect(new Set(FAULTS.map(({ name }) => name)).size).toBe(FAULTS.length);
});
