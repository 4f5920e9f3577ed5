/** How fast an account may submit, read from the headers of accepted submits: rules without time. */
import { readPace, Window } from '../../../nodes/Deapi/submit/lane/pace';

const NOW = Date.UTC(2026, 4, 17, 14, 30);
const MINUTE = 60_000;
const NO_DAY = { day: undefined };

test.each([
	[{}, { remaining: undefined, limit: undefined, ...NO_DAY }],
	[
		{ 'x-ratelimit-remaining': '0', 'x-ratelimit-limit': '1' },
		{ remaining: 0, limit: 1, ...NO_DAY },
	],
	[
		{ 'x-ratelimit-remaining': '299', 'x-ratelimit-limit': '300' },
		{ remaining: 299, limit: 300, ...NO_DAY },
	],
	[
		{ 'x-ratelimit-remaining': '-1', 'x-ratelimit-limit': 'many' },
		{ remaining: undefined, limit: undefined, ...NO_DAY },
	],
	[
		{ 'x-ratelimit-remaining': '4', 'x-ratelimit-daily-remaining': '3' },
		{ remaining: 4, limit: undefined, ...NO_DAY },
	],
	[
		{ 'x-ratelimit-daily-remaining': '0', 'x-ratelimit-daily-limit': '15' },
		{
			remaining: undefined,
			limit: undefined,
			day: { kind: 'daily', endsAt: Date.UTC(2026, 4, 18), allowed: '15' },
		},
	],
])('%j', (headers, pace) => {
	expect(readPace(headers, NOW)).toEqual(pace);
});

/** How many may start at once, with none under way. */
function roomAt(window: Window, now: number): number {
	for (let inFlight = 0; inFlight < 10; inFlight++)
		if (!window.hasRoom(inFlight, now)) return inFlight;
	return Infinity;
}

const pace = (remaining?: number, limit?: number) => ({ remaining, limit, day: undefined });

describe("an account's minute", () => {
	test('lets one submit go ahead while nothing is known', () => {
		expect(roomAt(new Window(), NOW)).toBe(1);
	});

	test.each([
		['no headers', pace(), Infinity, Infinity],
		['one a minute', pace(0, 1), 0, 1],
		['three a minute', pace(2, 3), 2, 3],
		['none left, and no limit told', pace(0), 0, Infinity],
		['none left, and a limit that cannot be', pace(0, 0), 0, Infinity],
	])('with %s', (_what, first, now, later) => {
		const window = new Window();
		window.passed(first, NOW);
		expect(roomAt(window, NOW)).toBe(now);
		expect(roomAt(window, NOW + MINUTE - 1)).toBe(now);
		expect(roomAt(window, NOW + MINUTE)).toBe(later);
	});

	test('begins with its first submit, not with its last', () => {
		const window = new Window();
		window.passed(pace(2, 3), NOW);
		window.passed(pace(1, 3), NOW + 50_000);
		expect(window.endsAt).toBe(NOW + MINUTE);
		window.passed(pace(2, 3), NOW + MINUTE);
		expect(window.endsAt).toBe(NOW + 2 * MINUTE);
	});

	test('begins with the first answer that tells, not with one before it that told nothing', () => {
		const window = new Window();
		window.passed(pace(), NOW);
		window.passed(pace(0, 1), NOW + 13_000);
		expect(roomAt(window, NOW + MINUTE)).toBe(0);
		expect(window.endsAt).toBe(NOW + 13_000 + MINUTE);
	});

	test('takes the lowest number for the latest: answers overtake each other', () => {
		const window = new Window();
		window.passed(pace(1, 3), NOW);
		window.passed(pace(2, 3), NOW);
		expect(roomAt(window, NOW)).toBe(1);
	});

	test('counts down where an answer does not tell', () => {
		const window = new Window();
		window.passed(pace(2, 3), NOW);
		window.passed(pace(), NOW);
		expect(roomAt(window, NOW)).toBe(1);
		window.passed(pace(), NOW);
		window.passed(pace(), NOW);
		expect(roomAt(window, NOW)).toBe(0);
	});

	test('is not put off by an answer that does not tell, and its limit is not forgotten', () => {
		const window = new Window();
		window.passed(pace(0, 2), NOW);
		window.passed(pace(), NOW + MINUTE);
		window.passed(pace(), NOW + MINUTE + 50_000);
		expect(window.endsAt).toBe(NOW + 2 * MINUTE);
		expect(roomAt(window, NOW + 2 * MINUTE)).toBe(2);
	});

	test('that comes after a longer limit lets one submit go ahead again', () => {
		const window = new Window();
		window.passed(pace(8, 9), NOW);
		window.ask();
		expect(window.endsAt).toBe(0);
		expect(roomAt(window, NOW)).toBe(1);
	});

	test('is out of date after a refusal, which says itself when to go on', () => {
		const window = new Window();
		window.passed(pace(0, 1), NOW);
		window.forget();
		expect(window.endsAt).toBe(0);
		expect(roomAt(window, NOW)).toBe(1);
	});

	test('of a refusal as the first answer leaves the width to the lane', () => {
		const window = new Window();
		window.forget();
		expect(roomAt(window, NOW)).toBe(Infinity);
	});
});
