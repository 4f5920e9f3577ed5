/**
 * What the items of one node run share. n8n runs each item on its own; but only together can they
 * keep their promises: that nothing is sent when the node is going to stop anyway, that the IDs of
 * all paid jobs stand in the message that stops it, and that n8n's Retry On Fail, which starts the
 * whole node again, never sends an item a second time.
 */
import type { IExecuteData, IExecutePaginationFunctions, INodeExecutionData } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import type { Failure } from './errors';
import type { Lane } from './lane';
import type { SubmittedJob } from './types';

/** One pass over the node's items; Retry On Fail makes another. */
export class Attempt {
	private readonly started = new Set<number>();

	private readonly checked = new Set<number>();

	private readonly submitting = new Set<number>();

	private readonly listeners = new Set<() => void>();

	/** What stopped the run, where On Error is Stop. */
	stoppedBy: { error: unknown } | undefined;

	/** A daily limit that one of the items met: the others need not ask. */
	dailyLimit: Failure | undefined;

	/** Whether deAPI was not to be reached at all: the others then try only once. */
	isUnreachable = false;

	/** The lanes that items of this pass wait in. */
	readonly lanes = new Set<Lane>();

	constructor(private readonly expected: number) {}

	has(item: number): boolean {
		return this.started.has(item);
	}

	start(item: number): void {
		this.started.add(item);
	}

	/** Says that an item's values and files are in order. */
	pass(item: number): void {
		this.checked.add(item);
		this.notify();
	}

	/** Resolves when every item of the node has been found in order, or the run has stopped. */
	async allChecked(): Promise<void> {
		await this.until(() => this.checked.size >= this.expected || this.stoppedBy !== undefined);
	}

	/** Keeps account of the items that are on their way to deAPI. */
	async whileSubmitting<T>(item: number, work: () => Promise<T>): Promise<T> {
		this.submitting.add(item);
		try {
			return await work();
		} finally {
			this.submitting.delete(item);
			this.notify();
		}
	}

	/** Resolves when no item is on its way to deAPI any more. */
	async allSettled(): Promise<void> {
		await this.until(() => this.submitting.size === 0);
	}

	/**
	 * Stops the run: items that wait for their turn are not sent. The first cause counts.
	 */
	stop(error: unknown): void {
		this.stoppedBy ??= { error };
		for (const lane of this.lanes) lane.leave(this, this.stoppedBy.error);
		this.notify();
	}

	private async until(condition: () => boolean): Promise<void> {
		if (condition()) return;
		await new Promise<void>((resolve) => {
			const listener = () => {
				if (!condition()) return;
				this.listeners.delete(listener);
				resolve();
			};
			this.listeners.add(listener);
		});
	}

	private notify(): void {
		for (const listener of [...this.listeners]) listener();
	}
}

/** What is known of an item's submit: a job, or an outcome that must not be repeated. */
export type Submission = { job: SubmittedJob } | { unclear: Failure };

export class NodeRun {
	/** By item index; outlives the passes of Retry On Fail. */
	readonly submissions = new Map<number, Submission>();

	private attempt: Attempt | undefined;

	constructor(readonly size: number) {}

	/** Registers an item; an item that comes a second time begins a new pass. */
	enter(item: number): Attempt {
		if (this.attempt === undefined || this.attempt.has(item)) this.attempt = new Attempt(this.size);
		this.attempt.start(item);
		return this.attempt;
	}

	/** The jobs that this run has submitted so far, in the items' order. */
	get jobs(): Array<{ item: number; request_id: string }> {
		return [...this.submissions]
			.sort(([a], [b]) => a - b)
			.flatMap(([item, submission]) =>
				'job' in submission ? [{ item, request_id: submission.job.request_id }] : [],
			);
	}
}

const runs = new WeakMap<object, NodeRun>();

/**
 * The run that an item belongs to. n8n hands all items of a run, and all passes of Retry On Fail, the
 * same execution data; when that is gone, so is the run.
 *
 * An agent that calls its tools itself gives each of them its own execution data, every time: there
 * the arguments of the call, which stay the same object in each pass of Retry On Fail, are the run.
 */
export function nodeRunOf(context: IExecutePaginationFunctions): NodeRun {
	const data = context.getExecuteData();
	const isToolCall = data.node.name !== context.getNode().name;
	const key = isToolCall ? context.getInputData(0, NodeConnectionTypes.AiTool).json : data;
	const known = runs.get(key);
	if (known) return known;
	const run = new NodeRun(isToolCall ? 1 : itemCountOf(context, data));
	runs.set(key, run);
	return run;
}

/** How many items n8n is going to start at once; 0 where that is not known, as with batching. */
function itemCountOf(context: IExecutePaginationFunctions, { data }: IExecuteData): number {
	const { batch } = context.getNodeParameter('requestOptions.batching', {}) as {
		batch?: { batchInterval?: number };
	};
	if ((batch?.batchInterval ?? 0) > 0) return 0;
	if (context.getNode().executeOnce === true) return 1;
	const items: INodeExecutionData[] | null | undefined = (data.main ?? data.ai_tool)?.[0];
	return items?.length ?? 1;
}
