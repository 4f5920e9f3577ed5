import type { Clock } from './clock';
import { currentClock } from './clock';

/** How often the alarms are looked at, in milliseconds: so long a timer outlives the last of them. */
const LOOK_MS = 250;

interface Alarm {
	/** Milliseconds since 1970. */
	at: number;
	ring: () => void;
}

/**
 * The alarms of one clock. n8n's rules allow no timers of our own and its `sleep` cannot be ended early,
 * but thousands of items set several alarms each, most of which never ring: all of them share one timer,
 * and one that is called off leaves nothing behind.
 */
class Alarms {
	private readonly set = new Set<Alarm>();

	/** When the next look is due, in milliseconds since 1970. */
	private nextLook = Infinity;

	constructor(private readonly clock: Clock) {}

	add(alarm: Alarm): void {
		this.set.add(alarm);
		this.lookBy(alarm.at);
	}

	delete(alarm: Alarm): void {
		this.set.delete(alarm);
	}

	private lookBy(time: number): void {
		const now = this.clock.now();
		const at = Math.min(time, now + LOOK_MS);
		// One that is overdue may never come: its timer was lost.
		if (at >= this.nextLook && this.nextLook > now) return;
		this.nextLook = at;
		void this.clock.sleep(Math.max(0, at - now)).then(() => this.look(at));
	}

	private look(at: number): void {
		// An earlier look was needed meanwhile; it has taken over.
		if (at !== this.nextLook) return;
		this.nextLook = Infinity;
		const now = this.clock.now();
		for (const alarm of this.set) {
			if (alarm.at > now) continue;
			this.set.delete(alarm);
			alarm.ring();
		}
		let next = Infinity;
		for (const alarm of this.set) next = Math.min(next, alarm.at);
		if (next < Infinity) this.lookBy(next);
	}
}

/** By clock: an alarm belongs to the one on which it was set. */
const boards = new WeakMap<Clock, Alarms>();

/**
 * Rings once, unless it is called off before.
 *
 * @param ms in how many milliseconds
 * @param ring must not throw
 * @returns calls it off
 */
export function setAlarm(ms: number, ring: () => void): () => void {
	const clock = currentClock();
	const alarms = boards.get(clock) ?? new Alarms(clock);
	boards.set(clock, alarms);
	const alarm = { at: clock.now() + ms, ring };
	alarms.add(alarm);
	return () => alarms.delete(alarm);
}
