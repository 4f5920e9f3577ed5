import { untilAborted } from '../basics/pause';
import type { Failure } from './failure';

/**
 * One pass over a node's items; Retry On Fail makes another. n8n runs each item on its own, but only
 * together can they keep the promise that nothing is sent when the node is going to stop anyway.
 */
export class Pass {
	private readonly entered = new Set<number>();

	private readonly checked = new Set<number>();

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

	/** Resolves when every item of the node has been found in order, or the pass has stopped. */
	async allChecked(): Promise<void> {
		await this.until(() => this.checked.size >= this.size);
	}

	/** Resolves when n8n has started every item, or has left the pass behind. */
	async allEntered(): Promise<void> {
		await this.until(
			() => this.entered.size >= this.size,
			() => this.isAbandoned,
		);
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
		await this.until(
			() => this.working === 0,
			() => false,
		);
	}

	/** Stops the pass: items that wait for their turn are not sent. The first cause counts. */
	stop(failure: Failure): void {
		this.stoppedBy ??= failure;
		this.stopping.abort(this.stoppedBy);
		this.notify();
	}

	/** n8n has left the pass behind, or its execution has ended. */
	abandon(failure: Failure): void {
		this.isAbandoned = true;
		this.stop(failure);
	}

	private async until(
		condition: () => boolean,
		isOver: () => boolean = () => this.stoppedBy !== undefined,
	): Promise<void> {
		while (!condition() && !isOver()) {
			await untilAborted(new Promise<void>((resolve) => this.listeners.push(resolve)));
		}
	}

	private notify(): void {
		const { listeners } = this;
		this.listeners = [];
		for (const listener of listeners) listener();
	}
}
