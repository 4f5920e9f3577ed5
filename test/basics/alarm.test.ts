import { setAlarm } from '../../nodes/Deapi/basics/alarm';
import { useClock } from '../../nodes/Deapi/basics/clock';

/** Timers of a clock end by the hand of the test. */
class HandClock {
	time = 1_760_000_000_000;

	/** How many timers were ever set. */
	set = 0;

	private timers: Array<{ at: number; end: () => void }> = [];

	readonly now = () => this.time;

	readonly sleep = async (ms: number) => {
		this.set++;
		await new Promise<void>((end) => this.timers.push({ at: this.time + ms, end }));
	};

	get running(): number {
		return this.timers.length;
	}

	/** Lets time pass, from timer to timer. */
	async pass(ms: number): Promise<void> {
		const end = this.time + ms;
		for (;;) {
			await new Promise((resolve) => setImmediate(resolve));
			const [next] = this.timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
			if (next === undefined) break;
			this.timers.splice(this.timers.indexOf(next), 1);
			this.time = next.at;
			next.end();
		}
		this.time = end;
	}

	/** All timers are gone, as after the process was. */
	lose(): void {
		this.timers = [];
	}
}

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
