/** Timers of a clock end by the hand of the test. */
export class HandClock {
	time = 1_760_000_000_000;

	/** How many timers were ever set. */
	set = 0;

	private timers: Array<{ at: number; end: () => void }> = [];

	readonly now = () => this.time;

	readonly sleep = async (ms: number) => {
		this.set++;
		await new Promise<void>((end) => this.timers.push({ at: this.time + ms, end }));
	};

	get running(): number {
		return this.timers.length;
	}

	/** Lets time pass, from timer to timer. */
	async pass(ms: number): Promise<void> {
		const end = this.time + ms;
		for (;;) {
			await new Promise((resolve) => setImmediate(resolve));
			const [next] = this.timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
			if (next === undefined) break;
			this.timers.splice(this.timers.indexOf(next), 1);
			// One that is overdue ends late.
			this.time = Math.max(this.time, next.at);
			next.end();
		}
		this.time = end;
	}

	/** All timers are gone, as after the process was. */
	lose(): void {
		this.timers = [];
	}
}
