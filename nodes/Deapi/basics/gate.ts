/** How much work may go on at the same time: altogether, and for one name (a host, say). */
export interface GateWidth {
	all: number;
	perName?: number;
}

/** Lets a limited amount of work through at the same time; the rest waits in the order in which it came. */
export class Gate {
	private readonly running = new Map<string, number>();

	private waiting: Array<{ name: string; start: () => void }> = [];

	constructor(private readonly width: GateWidth) {}

	/**
	 * Does the work when it is its turn; what it throws is thrown on.
	 *
	 * @param name whose share it counts for
	 */
	async pass<T>(work: () => Promise<T>, name = ''): Promise<T> {
		await new Promise<void>((resolve) => {
			this.waiting.push({ name, start: resolve });
			this.advance();
		});
		try {
			return await work();
		} finally {
			this.count(name, -1);
			this.advance();
		}
	}

	private advance(): void {
		const { all, perName = all } = this.width;
		const isFree = (name: string) => (this.running.get(name) ?? 0) < perName;
		for (;;) {
			const total = [...this.running.values()].reduce((sum, each) => sum + each, 0);
			const next = total < all ? this.waiting.findIndex(({ name }) => isFree(name)) : -1;
			const [turn] = next < 0 ? [] : this.waiting.splice(next, 1);
			if (turn === undefined) return;
			this.count(turn.name, 1);
			turn.start();
		}
	}

	private count(name: string, change: number): void {
		const count = (this.running.get(name) ?? 0) + change;
		if (count > 0) this.running.set(name, count);
		else this.running.delete(name);
	}
}
