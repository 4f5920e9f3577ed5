import { startTimer } from '../../nodes/Deapi/basics/timer';
import { useClock } from '../../nodes/Deapi/basics/clock';
import { HandClock } from './hand-clock';

describe('a timer', () => {
	let clock: HandClock;
	let restore: () => void;
	let fired: string[];
	const start = (name: string, ms: number) => startTimer(ms, () => fired.push(name));
	beforeEach(() => {
		clock = new HandClock();
		restore = useClock(clock);
		fired = [];
	});
	afterEach(() => restore());

	test.each([1, 100, 250, 251, 60_000])('of %d ms fires once, at its time', async (ms) => {
		start('a', ms);
		await clock.pass(ms - 1);
		expect(fired).toEqual([]);
		await clock.pass(1);
		expect(fired).toEqual(['a']);
		await clock.pass(120_000);
		expect(fired).toEqual(['a']);
	});

	test('fires at its time though a later one was started before', async () => {
		start('later', 60_000);
		await clock.pass(100);
		start('sooner', 20);
		await clock.pass(20);
		expect(fired).toEqual(['sooner']);
		await clock.pass(1000);
		expect(clock.running).toBe(1);
		await clock.pass(58_880);
		expect(fired).toEqual(['sooner', 'later']);
	});

	test('that is stopped does not fire, and its sleep is over within a quarter of a second', async () => {
		const stopTimer = start('a', 60_000);
		await clock.pass(1000);
		stopTimer();
		stopTimer();
		await clock.pass(250);
		expect(clock.running).toBe(0);
		await clock.pass(120_000);
		expect(fired).toEqual([]);
	});

	test('may start the next one', async () => {
		startTimer(300, () => start('next', 300));
		await clock.pass(599);
		expect(fired).toEqual([]);
		await clock.pass(1);
		expect(fired).toEqual(['next']);
	});

	test('shares its sleep with all others', async () => {
		for (let index = 0; index < 1000; index++) start('a', 60_000 + index);
		expect(clock.running).toBe(1);
		await clock.pass(30_000);
		expect(clock.set).toBeLessThan(130);
		await clock.pass(31_000);
		expect(fired).toHaveLength(1000);
	});

	test('fires though the sleep was lost that it would have shared', async () => {
		start('lost', 60_000);
		clock.lose();
		await clock.pass(1000);
		start('a', 500);
		await clock.pass(500);
		expect(fired).toEqual(['a']);
	});

	test('belongs to the clock on which it was started', async () => {
		start('a', 1000);
		const other = new HandClock();
		useClock(other);
		const stopTimer = start('b', 2000);
		await other.pass(1999);
		expect(fired).toEqual([]);
		await clock.pass(1000);
		expect(fired).toEqual(['a']);
		stopTimer();
		await other.pass(1000);
		expect(fired).toEqual(['a']);
	});
});
