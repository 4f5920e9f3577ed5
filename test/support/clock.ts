/**
 * A clock that can be put forward and otherwise runs on: for what takes minutes. Timers stay real, so
 * HTTP and n8n's engine work as ever; a wait that looks at the clock ends with its next look.
 */
export interface Clock {
	skip(ms: number): void;
}

/** Puts a clock in place that goes back to the true time after each test. */
export function clockForTests(): Clock {
	let ahead = 0;
	const trueNow = Date.now.bind(Date);
	beforeEach(() => {
		ahead = 0;
		jest.spyOn(Date, 'now').mockImplementation(() => trueNow() + ahead);
	});
	afterEach(() => {
		jest.restoreAllMocks();
	});
	return {
		skip: (ms) => {
			ahead += ms;
		},
	};
}
