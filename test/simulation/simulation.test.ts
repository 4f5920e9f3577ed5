/**
 * The whole package under simulation: see README.md beside this file. It replaces the timers of all libraries.
 *
 * @jest-environment node
 */
import { trySeed } from './trial';

const SEEDS = 300;
const PARTS = 10;

describe('what the package promises holds in any scenario', () => {
	for (let part = 0; part < PARTS; part++) {
		const from = 1 + (part * SEEDS) / PARTS;
		const to = ((part + 1) * SEEDS) / PARTS;
		it(`seeds ${from} to ${to}`, async () => {
			const reports: string[] = [];
			for (let seed = from; seed <= to; seed++) {
				const { report } = await trySeed(seed);
				if (report !== undefined) reports.push(report);
			}
			expect(reports.join('\n\n')).toBe('');
		});
	}
});
