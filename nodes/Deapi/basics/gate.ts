/** Lets so much work through at the same time, the rest in the order in which it came. */
export class Gate {
	private running = 0;

	private readonly waiting: Array<() => void> = [];

	/** @param width how much work at the same time */
	constructor(private readonly width: number) {}

	/** Does the work when it is its turn; what it throws is thrown on. */
	async pass<T>(work: () => Promise<T>): Promise<T> {
		// Whoever leaves hands the place over, so that nobody who comes new gets ahead.
		if (this.running < this.width) this.running++;
		else await new Promise<void>((resolve) => this.waiting.push(resolve));
		try {
			return await work();
		} finally {
			const next = this.waiting.shift();
			if (next) next();
			else this.running--;
		}
	}
}
