/** A sound of any size is read, measured and cut in the same memory. */
import { runMeasured } from '../support/child';

const SIZE = 500_000_000;
const MOST = 120_000_000;

it('measures 500 MB of WAV within 120 MB of memory, and makes pieces of it', () => {
	const measured = runMeasured('sound-memory.ts', () => [String(SIZE)]);
	const samples = (SIZE - 44) / 4;
	expect(measured).toMatchObject({ samples, seconds: 3 * 8 });
	expect(measured.growth).toBeLessThan(MOST);
});
