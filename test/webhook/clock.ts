/** The package's time, in the hands of a test: what takes minutes must not take minutes. */
import { useClock } from '../../nodes/Deapi/basics/clock';

export interface TestClock {
	/** Moves the time forward at once, in milliseconds; waits that end by then end now. */
	skip(ms: number): void;
	/** Lets the time run a hundred times as fast until the test is over. */
	hurry(): void;
	/** How many waits of the package have not ended. */
	readonly waiting: number;
}

const HURRY = 100;

/** Puts a clock in place for each test of the file that calls it. */
export function clockForEachTest(): TestClock {
	let speed = 1;
	/** The true time from which on it runs at this speed, and the time that it was then. */
	let since = { real: 0, shown: 0 };
	const sleepers = new Set<{ end: number; wake: () => void }>();
	const now = () => since.shown + (performance.now() - since.real) * speed;
	const setTo = (shown: number) => {
		since = { real: performance.now(), shown };
	};
	const wake = () => {
		for (const sleeper of sleepers) if (now() >= sleeper.end) sleeper.wake();
	};
	let restore = () => {};
	beforeEach(() => {
		speed = 1;
		setTo(Date.now());
		restore = useClock({
			now,
			sleep: async (ms) =>
				await new Promise((resolve) => {
					const sleeper = {
						end: now() + ms,
						wake: () => {
							clearTimeout(timer);
							sleepers.delete(sleeper);
							resolve();
						},
					};
					const timer = setTimeout(sleeper.wake, ms / speed);
					sleepers.add(sleeper);
				}),
		});
	});
	afterEach(() => {
		restore();
		for (const sleeper of sleepers) sleeper.wake();
	});
	return {
		skip: (ms) => {
			setTo(now() + ms);
			wake();
		},
		hurry: () => {
			setTo(now());
			speed = HURRY;
		},
		get waiting() {
			return sleepers.size;
		},
	};
}
