/** Seconds between two checks at most, once a wait has gone on for a while. */
const LONGEST_INTERVAL_S = 15;
const GROWTH = 1.25;

/**
 * The rhythm of status checks: the first after the poll interval, then less and less often, since a
 * Basic account may check 50 times a minute and 200 times a day.
 *
 * @param previous seconds that the check before waited; undefined for the first
 * @param pollInterval seconds, as the user set it: never more often than that
 * @returns seconds until the next check
 */
export function nextCheck(previous: number | undefined, pollInterval: number): number {
	if (previous === undefined) return pollInterval;
	return Math.max(pollInterval, Math.min(previous * GROWTH, LONGEST_INTERVAL_S));
}
