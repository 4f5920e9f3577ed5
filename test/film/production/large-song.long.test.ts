/** A sound of any size is split, its pieces one after the other. */
import { runMeasured } from '../../support/child';

const SIZE = 500_000_000;
const MOST = 60_000_000;

it('splits 500 MB of WAV into clips within 60 MB of memory, with files on disk', () => {
	const measured = runMeasured('split-memory.ts', () => [String(SIZE), String(MOST)]);
	expect(measured).toMatchObject({ pieces: 33, stored: true });
	expect(measured.growth).toBeLessThan(MOST);
}, 120_000);
