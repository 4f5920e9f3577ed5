/** A sound of any size goes through; its pieces are what takes memory. */
import { runMeasured } from '../../support/child';

const SIZE = 500_000_000;
const MOST = 60_000_000;

it('cuts 500 MB of WAV within 60 MB of memory', () => {
	const measured = runMeasured('cut-memory.ts', () => [String(SIZE)]);
	expect(measured).toMatchObject({ bytes: SIZE - 44, pieces: 284 });
	expect(measured.growth).toBeLessThan(MOST);
});
