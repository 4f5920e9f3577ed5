import { pause } from '../basics/pause';
import type { Failure } from './failure';

/**
 * n8n starts all items of a declarative node at once. Where no further one has come for so many steps of so
 * many milliseconds, it holds them back until the first have ended: these must not wait for the others.
 */
const NO_MORE_STEPS = 10;
const STEP_MS = 1000;

/**
 * One pass over a node's items; Retry On Fail makes another. n8n runs each item on its own, but only
 * together can they keep the promise that nothing is sent when the node is going to stop anyway.
 */
export class Pass {
	private readonly entered = new Set<number>();

	private readonly checked = new Set<number>();

	/** The one wait for all checks; it begins when the first item has been found in order. */
	private checking: Promise<boolean> | undefined;

	/** How much work is on its way to the service. */
	private working = 0;

	private listeners: Array<() => void> = [];

	private readonly stopping = new AbortController();

	/** What stopped the pass, where On Error is Stop. */
	stoppedBy: Failure | undefined;

	/** Whether n8n has left the pass behind: its items' outcomes reach nobody any more. */
	isAbandoned = false;

	/** Whether the service was not to be reached at all: the other items then try only once. */
	isUnreachable = false;

	/** @param size how many items n8n is going to start */
	constructor(private readonly size: number) {}

	/** Fires when the pass stops. */
	get signal(): AbortSignal {
		return this.stopping.signal;
	}

	has(item: number): boolean {
		return this.entered.has(item);
	}

	enter(item: number): void {
		this.entered.add(item);
		this.notify();
	}

	/** Says that an item's values and files are in order. */
	check(item: number): void {
		this.checked.add(item);
		this.notify();
	}

	/**
	 * Waits until every item of the node has been found in order, or the pass has stopped.
	 *
	 * @returns false where all that have come are in order, and n8n starts no more of them
	 */
	async allChecked(): Promise<boolean> {
		this.checking ??= this.waitForChecks();
		return await this.checking;
	}

	private async waitForChecks(): Promise<boolean> {
		const isOver = () => this.checked.size >= this.size || this.stoppedBy !== undefined;
		for (;;) {
			await this.until(() => this.checked.size >= this.entered.size || isOver());
			if (isOver()) return true;
			if (await this.noneFollows(isOver)) return false;
		}
	}

	/**
	 * Resolves when n8n has started every item, starts no more of them, or has left the pass behind.
	 *
	 * @param isStaggered whether there may be any time between two items: Batching
	 * @returns false where it starts no more of them, without having left the pass behind as far as is known
	 */
	async allEntered(isStaggered = false): Promise<boolean> {
		const isOver = () => this.entered.size >= this.size || this.isAbandoned;
		if (isStaggered) await this.until(isOver);
		while (!isOver()) if (await this.noneFollows(isOver)) return false;
		return true;
	}

	/**
	 * Waits for the next item.
	 *
	 * @returns whether none has come in the time in which n8n starts all it is going to start
	 */
	private async noneFollows(isOver: () => boolean): Promise<boolean> {
		const { size } = this.entered;
		const hasCome = () => this.entered.size > size || isOver();
		const coming = new AbortController();
		void this.until(() => hasCome() || coming.signal.aborted).then(() => coming.abort());
		let steps = 0;
		// In steps: while the processor is busy with something else, n8n starts nothing either.
		while (steps < NO_MORE_STEPS && (await pause(STEP_MS, coming.signal))) steps++;
		coming.abort();
		this.notify();
		return !hasCome();
	}

	/** Keeps account of what is on its way to the service. */
	async whileWorking<T>(work: () => Promise<T>): Promise<T> {
		this.working++;
		try {
			return await work();
		} finally {
			this.working--;
			this.notify();
		}
	}

	/** Resolves when no item is on its way to the service any more. */
	async allSettled(): Promise<void> {
		await this.until(() => this.working === 0);
	}

	/**
	 * Stops the pass: items that wait for their turn are not sent. The first cause counts.
	 *
	 * @param item the item that it is about, where the failure does not say
	 */
	stop(failure: Failure, item?: number): void {
		const isSaid = item === undefined || failure.facts.item !== undefined;
		this.stoppedBy ??= isSaid ? failure : failure.with({ item });
		this.stopping.abort(this.stoppedBy);
		this.notify();
	}

	/** n8n has left the pass behind, or its execution has ended. */
	abandon(failure: Failure): void {
		this.isAbandoned = true;
		this.stop(failure);
	}

	private async until(isOver: () => boolean): Promise<void> {
		while (!isOver()) await new Promise<void>((resolve) => this.listeners.push(resolve));
	}

	private notify(): void {
		const { listeners } = this;
		this.listeners = [];
		for (const listener of listeners) listener();
	}
}
