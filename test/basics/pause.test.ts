import { useClock } from '../../nodes/Deapi/basics/clock';
import { pause } from '../../nodes/Deapi/basics/pause';
import { HandClock } from './hand-clock';

describe('a pause', () => {
	let clock: HandClock;
	let restore: () => void;
	let outcome: boolean | undefined;
	const begin = (ms: number, signal?: AbortSignal) => {
		outcome = undefined;
		void pause(ms, signal).then((isOver) => (outcome = isOver));
	};
	beforeEach(() => {
		clock = new HandClock();
		restore = useClock(clock);
	});
	afterEach(() => restore());

	test('lasts as long as was asked', async () => {
		begin(60_000);
		await clock.pass(59_999);
		expect(outcome).toBeUndefined();
		await clock.pass(1);
		expect(outcome).toBe(true);
	});

	test('ends with its signal, and its timer a quarter of a second later', async () => {
		const end = new AbortController();
		begin(60_000, end.signal);
		await clock.pass(1000);
		end.abort();
		await clock.pass(0);
		expect(outcome).toBe(false);
		await clock.pass(250);
		expect(clock.running).toBe(0);
	});

	test.each([0, -1, NaN])('of %d ms is over at once, without a timer', async (ms) => {
		begin(ms);
		await clock.pass(0);
		expect(outcome).toBe(true);
		expect(clock.set).toBe(0);
	});

	test('does not begin after its signal', async () => {
		begin(60_000, AbortSignal.abort());
		await clock.pass(0);
		expect(outcome).toBe(false);
		expect(clock.set).toBe(0);
	});
});
