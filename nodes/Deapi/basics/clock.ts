import { sleep } from 'n8n-workflow';

/** Where the package takes the time from. */
export interface Clock {
	/** Milliseconds since 1970. */
	now(): number;
	/** Resolves after so many milliseconds. */
	sleep(ms: number): Promise<void>;
}

const SYSTEM_CLOCK: Clock = { now: () => Date.now(), sleep: async (ms) => await sleep(ms) };

let current = SYSTEM_CLOCK;

/** The time, for everything in this package that waits or compares times. */
export const clock: Clock = {
	now: () => current.now(),
	sleep: async (ms) => await current.sleep(ms),
};

/** The clock that is in place now. */
export function currentClock(): Clock {
	return current;
}

/**
 * Puts another clock in place: a test of what takes hours must not take hours.
 *
 * @returns puts the system's clock back
 */
export function useClock(other: Clock): () => void {
	current = other;
	return () => {
		current = SYSTEM_CLOCK;
	};
}
