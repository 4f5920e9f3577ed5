/**
 * A clock that can be put forward and otherwise runs on: for what takes minutes. Timers stay real, so
 * HTTP and n8n's engine work as ever; a wait that looks at the clock ends with its next look.
 */
export interface Clock {
	skip(ms: number): void;
	/** Lets the clock run ten times as fast until the test is over. */
	hurry(): void;
}

/** Puts a clock in place that goes back to the true time after each test. */
export function clockForTests(): Clock {
	let ahead = 0;
	let timer: NodeJS.Timeout | undefined;
	const trueNow = Date.now.bind(Date);
	beforeEach(() => {
		ahead = 0;
		jest.spyOn(Date, 'now').mockImplementation(() => trueNow() + ahead);
	});
	afterEach(() => {
		clearInterval(timer);
		jest.restoreAllMocks();
	});
	return {
		skip: (ms) => {
			ahead += ms;
		},
		hurry: () => {
			timer = setInterval(() => {
				ahead += 90;
			}, 10);
		},
	};
}
