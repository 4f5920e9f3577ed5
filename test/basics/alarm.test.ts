import { setAlarm } from '../../nodes/Deapi/basics/alarm';
import { useClock } from '../../nodes/Deapi/basics/clock';
import { HandClock } from './hand-clock';

describe('an alarm', () => {
	let clock: HandClock;
	let restore: () => void;
	let rung: string[];
	const set = (name: string, ms: number) => setAlarm(ms, () => rung.push(name));
	beforeEach(() => {
		clock = new HandClock();
		restore = useClock(clock);
		rung = [];
	});
	afterEach(() => restore());

	test.each([1, 100, 250, 251, 60_000])('of %d ms rings once, at its time', async (ms) => {
		set('a', ms);
		await clock.pass(ms - 1);
		expect(rung).toEqual([]);
		await clock.pass(1);
		expect(rung).toEqual(['a']);
		await clock.pass(120_000);
		expect(rung).toEqual(['a']);
	});

	test('rings at its time though a later one was set before', async () => {
		set('later', 60_000);
		await clock.pass(100);
		set('sooner', 20);
		await clock.pass(20);
		expect(rung).toEqual(['sooner']);
		await clock.pass(1000);
		expect(clock.running).toBe(1);
		await clock.pass(58_880);
		expect(rung).toEqual(['sooner', 'later']);
	});

	test('that is called off does not ring, and its timer is gone within a quarter of a second', async () => {
		const callOff = set('a', 60_000);
		await clock.pass(1000);
		callOff();
		callOff();
		await clock.pass(250);
		expect(clock.running).toBe(0);
		await clock.pass(120_000);
		expect(rung).toEqual([]);
	});

	test('may set the next one', async () => {
		setAlarm(300, () => set('next', 300));
		await clock.pass(599);
		expect(rung).toEqual([]);
		await clock.pass(1);
		expect(rung).toEqual(['next']);
	});

	test('shares its timer with all others', async () => {
		for (let index = 0; index < 1000; index++) set('a', 60_000 + index);
		expect(clock.running).toBe(1);
		await clock.pass(30_000);
		expect(clock.set).toBeLessThan(130);
		await clock.pass(31_000);
		expect(rung).toHaveLength(1000);
	});

	test('rings though the timer was lost that it would have shared', async () => {
		set('lost', 60_000);
		clock.lose();
		await clock.pass(1000);
		set('a', 500);
		await clock.pass(500);
		expect(rung).toEqual(['a']);
	});

	test('belongs to the clock on which it was set', async () => {
		set('a', 1000);
		const other = new HandClock();
		useClock(other);
		const callOff = set('b', 2000);
		await other.pass(1999);
		expect(rung).toEqual([]);
		await clock.pass(1000);
		expect(rung).toEqual(['a']);
		callOff();
		await other.pass(1000);
		expect(rung).toEqual(['a']);
	});
});
