/** A film of any length is written without being held; one clip at a time is what takes memory. */
import path from 'node:path';
import { runMeasured } from '../../support/child';

const MOST = 100_000_000;

it('joins 18 clips of 10 MB within 100 MB of memory', () => {
	const clip = path.join(__dirname, '../../fixtures/clips/red.mp4');
	const measured = runMeasured('join-memory.ts', (folder) => [clip, folder, '18']);
	expect(measured.frames).toBe(18 * 240);
	expect(measured.size).toBeGreaterThan(180_000_000);
	expect(measured.growth).toBeLessThan(MOST);
});
