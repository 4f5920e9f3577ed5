import type { Headers, RateLimit } from '../../service/rateLimit';
import { isDayOver, restOfDay } from '../../service/rateLimit';
import { numberOf } from '../../basics/values';

/** What the headers of an accepted submit say about the next ones. */
export interface Pace {
	/** How many this minute still takes. */
	remaining: number | undefined;
	/** How many a minute takes. */
	limit: number | undefined;
	/** The day's limit, where this was the last one. */
	day: RateLimit | undefined;
}

/**
 * Reads the pace from the headers of an accepted submit.
 *
 * Source: deAPI's documentation of rate limits: `X-RateLimit-Remaining: 0` on an accepted submit means
 * that the next one in this minute will be refused.
 *
 * @param now milliseconds since 1970
 */
export function readPace(headers: Headers, now: number): Pace {
	const count = (name: string) => {
		const number = numberOf(headers[name]);
		return number !== undefined && number >= 0 ? number : undefined;
	};
	return {
		remaining: count('x-ratelimit-remaining'),
		limit: count('x-ratelimit-limit'),
		day: isDayOver(headers) ? restOfDay(headers, now) : undefined,
	};
}

/** A minute limit counts from a window's first submit, in milliseconds. */
const WINDOW_MS = 60_000;

/** The minute in which an account's submits are counted, as far as its headers tell. */
export class Window {
	/** When the window ends, in milliseconds since 1970. */
	endsAt = 0;

	/** How many more submits it takes; undefined where that is not known. */
	private left: number | undefined;

	/** How many a whole window takes; undefined until an answer has told. */
	private limit: number | undefined;

	/** Whether an answer has ever come: until then one submit goes ahead and asks. */
	private isKnown = false;

	/** Whether one more submit may start beside those that are under way. */
	hasRoom(inFlight: number, now: number): boolean {
		if (!this.isKnown) return inFlight === 0;
		const left = now < this.endsAt ? this.left : this.limit;
		return left === undefined || inFlight < left;
	}

	/** Takes what an accepted submit said. Those that are still under way may not be counted in it. */
	passed({ remaining, limit }: Pace, now: number): void {
		this.isKnown = true;
		// An answer without headers may belong to a minute long ago: the first one that tells begins anew.
		const isFirstToTell = this.left === undefined && remaining !== undefined;
		if (now >= this.endsAt || isFirstToTell) {
			this.endsAt = now + WINDOW_MS;
			this.left = undefined;
		}
		if (limit !== undefined && limit > 0) this.limit = limit;
		// Answers overtake each other: the lowest number is the latest.
		if (remaining !== undefined) this.left = Math.min(remaining, this.left ?? remaining);
		else if (this.left !== undefined) this.left = Math.max(0, this.left - 1);
	}

	/** A limit that lasts longer than the minute: when it is over, one submit goes ahead and asks. */
	ask(): void {
		this.forget();
		this.isKnown = false;
	}

	/** A refusal has said when to go on; what was known of the window is out of date. */
	forget(): void {
		this.isKnown = true;
		this.endsAt = 0;
		this.left = undefined;
	}
}
