import type { IExecuteData, IExecutePaginationFunctions, INodeExecutionData } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { isObject, numberOf } from '../basics/values';
import { Failure } from './failure';
import { Pass } from './pass';

/** What an item says when n8n has moved past it. */
const LEFT_BEHIND = new Failure({
	message: 'The execution has already moved past this item',
	description: 'Nothing was sent for this item.',
	submitted: 'no',
	isInterrupted: true,
});

/** What the items of one node run share, over all passes of n8n's Retry On Fail. */
export class NodeRun {
	private pass: Pass | undefined;

	private hasEnded = false;

	/**
	 * @param executeData n8n's execution data of the run, which it stores with a failed execution; none
	 * for a tool that an agent calls itself
	 * @param size how many items the node has
	 * @param isStaggered whether n8n starts later items only after earlier ones: Batching
	 * @param isToldOfEnd whether n8n tells when the execution ends; up to 2.0 it does not
	 */
	constructor(
		readonly executeData: IExecuteData | undefined,
		readonly size: number,
		readonly isStaggered: boolean,
		readonly isToldOfEnd: boolean,
	) {}

	/** Registers an item. One that comes a second time begins a new pass: n8n has left the old one. */
	enter(item: number): Pass {
		if (this.pass === undefined || this.pass.has(item) || this.pass.isAbandoned) {
			this.pass?.abandon(LEFT_BEHIND);
			this.pass = new Pass(this.size);
		}
		this.pass.enter(item);
		// Retry On Fail goes on after a cancel; nobody would end the waits of such a pass.
		if (this.hasEnded) this.pass.abandon(LEFT_BEHIND);
		return this.pass;
	}

	/** Nothing may be sent after the execution has ended. */
	end(): void {
		this.hasEnded = true;
		this.pass?.abandon(LEFT_BEHIND);
	}
}

/** Something that the items of a node run share, made where it is first asked for. It ends with the run. */
export class PerRun<T> {
	private readonly byRun = new WeakMap<NodeRun, T>();

	constructor(private readonly create: (run: NodeRun) => T) {}

	of(run: NodeRun): T {
		const known = this.byRun.get(run);
		if (known !== undefined) return known;
		const made = this.create(run);
		this.byRun.set(run, made);
		return made;
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
	const size = isToolCall ? 1 : itemCountOf(context, data);
	const isStaggered = !isToolCall && isBatched(context);
	const isToldOfEnd = context.onExecutionFinish !== undefined;
	const run = new NodeRun(isToolCall ? undefined : data, size, isStaggered, isToldOfEnd);
	runs.set(key, run);
	context.onExecutionFinish?.(() => run.end());
	return run;
}

function isBatched(context: IExecutePaginationFunctions): boolean {
	const batching: unknown = context.getNodeParameter('requestOptions.batching', {});
	const batch = isObject(batching) && isObject(batching.batch) ? batching.batch : {};
	return (numberOf(batch.batchInterval) ?? 0) > 0;
}

/** How many items n8n is going to start. */
function itemCountOf(context: IExecutePaginationFunctions, { data }: IExecuteData): number {
	if (context.getNode().executeOnce === true) return 1;
	const items: INodeExecutionData[] | null | undefined = (data.main ?? data.ai_tool)?.[0];
	return items?.length ?? 1;
}
