/** The rhythm of status checks, as a rule without time. */
import { nextCheck } from '../../nodes/Deapi/result/nextCheck';

test.each([
	[undefined, 5, 5],
	[5, 5, 6.25],
	[12, 5, 15],
	[14, 5, 15],
	[15, 5, 15],
	[undefined, 1, 1],
	[1, 1, 1.25],
	[undefined, 40, 40],
	[40, 40, 40],
	// The user has set another interval in between: never more often than that.
	[5, 20, 20],
])('after %p seconds with an interval of %p the next check comes in %p', (before, set, next) => {
	expect(nextCheck(before, set)).toBe(next);
});

test('a wait of 10 minutes takes less than 50 checks, so that a Basic account can wait for a job', () => {
	let [seconds, checks] = [0, 0];
	let interval: number | undefined;
	while (seconds < 600) {
		interval = nextCheck(interval, 5);
		seconds += interval;
		checks++;
	}
	expect(checks).toBeLessThan(50);
});
