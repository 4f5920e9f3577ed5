import type { Clock } from './clock';
import { currentClock } from './clock';

/** How often the timers are checked, in milliseconds: so long n8n's `sleep` outlives the last of them. */
const CHECK_MS = 250;

interface Timer {
	/** Milliseconds since 1970. */
	at: number;
	fire: () => void;
}

/**
 * The timers of one clock. n8n's rules allow none but its `sleep`, which cannot be ended early, and
 * thousands of items start several timers each, most of which never fire: all of them share one `sleep`,
 * and one that is stopped leaves nothing behind.
 */
class Timers {
	private readonly running = new Set<Timer>();

	/** When the next check is due, in milliseconds since 1970. */
	private nextCheck = Infinity;

	constructor(private readonly clock: Clock) {}

	add(timer: Timer): void {
		this.running.add(timer);
		this.checkBy(timer.at);
	}

	delete(timer: Timer): void {
		this.running.delete(timer);
	}

	private checkBy(time: number): void {
		const now = this.clock.now();
		const at = Math.min(time, now + CHECK_MS);
		// One that is overdue may never come: its `sleep` was lost.
		if (at >= this.nextCheck && this.nextCheck > now) return;
		this.nextCheck = at;
		void this.clock.sleep(Math.max(0, at - now)).then(() => this.check(at));
	}

	private check(at: number): void {
		// An earlier check was needed meanwhile; it has taken over.
		if (at !== this.nextCheck) return;
		this.nextCheck = Infinity;
		const now = this.clock.now();
		for (const timer of this.running) {
			if (timer.at > now) continue;
			this.running.delete(timer);
			timer.fire();
		}
		let next = Infinity;
		for (const timer of this.running) next = Math.min(next, timer.at);
		if (next < Infinity) this.checkBy(next);
	}
}

/** By clock: a timer belongs to the one on which it was started. */
const timersOf = new WeakMap<Clock, Timers>();

/**
 * Fires once, unless it is stopped before.
 *
 * @param ms in how many milliseconds
 * @param fire must not throw
 * @returns stops it
 */
export function startTimer(ms: number, fire: () => void): () => void {
	const clock = currentClock();
	const timers = timersOf.get(clock) ?? new Timers(clock);
	timersOf.set(clock, timers);
	const timer = { at: clock.now() + ms, fire };
	timers.add(timer);
	return () => timers.delete(timer);
}
