/**
 * Time for one simulation: it stands still while anything is being worked on, and then jumps to the next
 * timer. What Node does between two timers (promises, `nextTick`, `setImmediate`, compiling WebAssembly)
 * is real.
 */

/** What `setTimeout` gives out, as far as libraries use it. */
class Timer {
	isActive = true;

	constructor(
		readonly id: number,
		public at: number,
		readonly every: number | undefined,
		readonly work: () => void,
		/** Whether n8n, the package or a library has set it, and not the world around them. */
		readonly isTheirs: boolean,
	) {}

	ref(): this {
		return this;
	}

	unref(): this {
		return this;
	}

	hasRef(): boolean {
		return this.isActive;
	}

	refresh(): this {
		return this;
	}

	[Symbol.toPrimitive](): number {
		return this.id;
	}
}

const real = {
	setTimeout: globalThis.setTimeout,
	clearTimeout: globalThis.clearTimeout,
	setInterval: globalThis.setInterval,
	clearInterval: globalThis.clearInterval,
	setImmediate: globalThis.setImmediate,
	now: Date.now.bind(Date),
};

/** What V8 does in threads of its own, by the names that it has in `WebAssembly`. */
const compilers = new Map(
	['compile', 'instantiate', 'instantiateStreaming'].map((name): [string, Compile] => [
		name,
		Reflect.get(WebAssembly, name) as Compile,
	]),
);

type Compile = (...values: unknown[]) => Promise<unknown>;

type Replaced = 'setTimeout' | 'clearTimeout' | 'setInterval' | 'clearInterval' | 'setImmediate';

/** Timers by the time at which they are due, those of one moment in the order in which they were set. */
class Schedule {
	private readonly heap: Timer[] = [];

	get size(): number {
		return this.heap.length;
	}

	get first(): Timer | undefined {
		return this.heap[0];
	}

	add(timer: Timer): void {
		const { heap } = this;
		let index = heap.push(timer) - 1;
		while (index > 0) {
			const parent = (index - 1) >> 1;
			if (!this.isBefore(index, parent)) break;
			this.swap(index, parent);
			index = parent;
		}
	}

	take(): Timer | undefined {
		const { heap } = this;
		const first = heap[0];
		const last = heap.pop();
		if (first === undefined || last === undefined || heap.length === 0) return first;
		heap[0] = last;
		for (let index = 0; ;) {
			const left = 2 * index + 1;
			const right = left + 1;
			let least = index;
			if (left < heap.length && this.isBefore(left, least)) least = left;
			if (right < heap.length && this.isBefore(right, least)) least = right;
			if (least === index) return first;
			this.swap(index, least);
			index = least;
		}
	}

	private isBefore(a: number, b: number): boolean {
		const [one, other] = [this.heap[a], this.heap[b]];
		if (one === undefined || other === undefined) return false;
		return one.at < other.at || (one.at === other.at && one.id < other.id);
	}

	private swap(a: number, b: number): void {
		const [one, other] = [this.heap[a], this.heap[b]];
		if (one === undefined || other === undefined) return;
		this.heap[a] = other;
		this.heap[b] = one;
	}
}

export class SimulatedTime {
	private readonly schedule = new Schedule();

	private readonly timers = new Map<number, Timer>();

	/** What was begun that is real, takes real time and has not ended. */
	private working = 0;

	private lastId = 0;

	/** @param now milliseconds since 1970 */
	constructor(public now: number) {}

	/** Timers that n8n, the package and their libraries have set. */
	get pending(): number {
		let count = 0;
		for (const { isTheirs } of this.timers.values()) if (isTheirs) count++;
		return count;
	}

	/** Does something after so many milliseconds. */
	after(ms: number, work: () => void): number {
		return this.set(ms, undefined, work, false).id;
	}

	private set(ms: number, every: number | undefined, work: () => void, isTheirs: boolean): Timer {
		const at = this.now + Math.max(0, ms);
		const timer = new Timer(++this.lastId, at, every, work, isTheirs);
		this.timers.set(timer.id, timer);
		this.schedule.add(timer);
		return timer;
	}

	cancel(id: number | undefined): void {
		if (id === undefined) return;
		const timer = this.timers.get(id);
		if (timer) timer.isActive = false;
		this.timers.delete(id);
	}

	/** Puts this time in the place of the process's. */
	install(): void {
		const set = (work: (...values: unknown[]) => void, ms = 0, ...values: unknown[]) => {
			// Node takes what is no sensible number for one millisecond.
			const wait = Number.isFinite(ms) && ms >= 1 && ms <= 0x7fffffff ? ms : 1;
			return this.set(wait, undefined, () => work(...values), true);
		};
		const clear = (timer: unknown) => {
			if (timer instanceof Timer || typeof timer === 'number') this.cancel(Number(timer));
		};
		const setEvery = (work: () => void, ms = 1) => this.set(ms, ms, work, true);
		const setImmediate = (work: (...values: unknown[]) => void, ...values: unknown[]) => {
			this.working++;
			return real.setImmediate(() => {
				this.working--;
				work(...values);
			});
		};
		const replaced: { [name in Replaced]: unknown } = {
			setTimeout: set,
			clearTimeout: clear,
			setInterval: setEvery,
			clearInterval: clear,
			setImmediate,
		};
		Object.assign(globalThis, replaced);
		for (const [name, compile] of compilers) Reflect.set(WebAssembly, name, this.timed(compile));
		Date.now = () => this.now;
	}

	/** Lets this time stand still while V8 works in threads of its own. */
	private timed(work: Compile): Compile {
		return async (...values) => {
			this.working++;
			try {
				return await work(...values);
			} finally {
				this.working--;
			}
		};
	}

	/** Puts the process's time back. */
	uninstall(): void {
		const { now, ...functions } = real;
		Object.assign(globalThis, functions);
		for (const [name, compile] of compilers) Reflect.set(WebAssembly, name, compile);
		Date.now = now;
	}

	/** Resolves when nothing goes on any more but by a timer. */
	async settle(): Promise<void> {
		do {
			await new Promise<void>((resolve) => real.setImmediate(resolve));
		} while (this.working > 0);
	}

	/**
	 * Lets time pass until something has happened.
	 *
	 * @param until milliseconds since 1970 at which it ends at the latest
	 * @returns `happened`, `silence` where no timer is left that could bring it about, or `late`
	 */
	async run(hasHappened: () => boolean, until: number): Promise<'happened' | 'silence' | 'late'> {
		for (;;) {
			await this.settle();
			if (hasHappened()) return 'happened';
			const next = this.schedule.first;
			if (next === undefined) return 'silence';
			if (!next.isActive) {
				this.schedule.take();
				continue;
			}
			if (next.at > until) {
				this.now = until;
				return 'late';
			}
			this.schedule.take();
			this.now = Math.max(this.now, next.at);
			if (next.every === undefined) this.timers.delete(next.id);
			else {
				next.at = this.now + Math.max(1, next.every);
				this.schedule.add(next);
			}
			next.work();
		}
	}
}

/** How long a simulation really takes, in milliseconds. */
export function realNow(): number {
	return real.now();
}
