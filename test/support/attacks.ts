/** What the attacks on the package have in common: executions that can be cut off and run again. */
import type { IExecuteData, INode, INodeParameters, IRun, IRunExecutionData } from 'n8n-workflow';
import { WorkflowExecute } from 'n8n-core';
import { useClock } from '../../nodes/Deapi/basics/clock';
import type { Execution, RunOptions, SavedWorkflow } from './engine';
import { additionalDataFor, startWorkflow, TestCredentials, toWorkflow } from './engine';
import type { SourceItem } from './nodes';
import type { Deapi } from './deapi';
import { closeAfterTest } from './deapi';
import { deapiWorkflow, songItem } from './workflows';

/** As many songs, each with a prompt of its own in its JSON: `song 0` and so on. */
export function prompts(count: number): SourceItem[] {
	return Array.from({ length: count }, (_, index) =>
		songItem('song.mp3', { index, prompt: `song ${index}` }),
	);
}

/** A workflow over songs whose prompts come from their items. */
export function batchOf(
	items: SourceItem[],
	parameters: INodeParameters = {},
	extra: Partial<INode> = {},
): SavedWorkflow {
	return deapiWorkflow(items, { prompt: '={{ $json.prompt }}', ...parameters }, extra);
}

/** n8n's Batching: one item at a time, so many milliseconds apart. */
export function batching(batchInterval: number, batchSize = 1): INodeParameters {
	return { requestOptions: { batching: { batch: { batchSize, batchInterval } } } };
}

/** Starts a workflow against the service and returns at once. */
export function begin(
	deapi: Deapi,
	saved: SavedWorkflow,
	options: Partial<RunOptions> = {},
): Execution {
	return startWorkflow(saved, { credentials: deapi.credentials(), ...options });
}

/** The prompts of the jobs that the service has made, in order. */
export function promptsOf({ fake }: Deapi): string[] {
	return fake.jobs.map(({ fields }) => fields.prompt ?? '');
}

/**
 * n8n's "Retry execution": what it has stored of a failed execution is read again from JSON, the failed
 * node's run is taken out, and the execution goes on from its stack.
 */
export async function retryExecution(
	deapi: Deapi,
	saved: SavedWorkflow,
	failed: IRun,
	options: Partial<RunOptions> = {},
): Promise<IRun> {
	const data = JSON.parse(JSON.stringify(failed.data)) as IRunExecutionData;
	delete data.resultData.error;
	const last = data.resultData.lastNodeExecuted ?? '';
	for (const [name, runs] of Object.entries(data.resultData.runData)) {
		if (name === last || runs.at(-1)?.error !== undefined) {
			if (runs.at(-1)?.error !== undefined) runs.pop();
		}
	}
	const { workflow, workflowData } = toWorkflow(saved, options.nodeTypes);
	const credentials =
		options.credentials instanceof TestCredentials
			? options.credentials
			: new TestCredentials(options.credentials ?? deapi.credentials());
	const additionalData = additionalDataFor('retry', workflowData, credentials);
	return await new WorkflowExecute(additionalData, 'retry', data).processRunExecutionData(workflow);
}

/** What n8n keeps of the node that a failed execution stopped at. */
export function stackedOf(run: IRun): IExecuteData | undefined {
	return run.data.executionData?.nodeExecutionStack.at(-1);
}

/** A clock that is put forward by hand; those that wait see it within milliseconds. */
export function skippingClock(): { now: () => number; skip: (ms: number) => void } {
	let ahead = 0;
	const now = () => Date.now() + ahead;
	const restore = useClock({
		now,
		sleep: async (ms) => {
			await new Promise((resolve) => setTimeout(resolve, Math.min(ms, 10)));
		},
	});
	closeAfterTest(async () => {
		restore();
		await Promise.resolve();
	});
	return { now, skip: (ms) => void (ahead += ms) };
}

/**
 * Lets every wait of the package be over at once, until the test is over.
 *
 * @returns how long they have taken together, in milliseconds
 */
export function timelessClock(): () => number {
	const start = Date.now();
	let time = start;
	const restore = useClock({
		now: () => time,
		sleep: async (ms) => {
			await new Promise(setImmediate);
			time += ms;
		},
	});
	closeAfterTest(async () => {
		restore();
		await Promise.resolve();
	});
	return () => time - start;
}

/** Collects rejections that nobody handles, until the test is over. */
export function watchRejections(): unknown[] {
	const unhandled: unknown[] = [];
	const listener = (reason: unknown) => void unhandled.push(reason);
	process.on('unhandledRejection', listener);
	closeAfterTest(async () => {
		process.off('unhandledRejection', listener);
		await Promise.resolve();
	});
	return unhandled;
}

/** Lets rejections come up that nobody handles. */
export async function settle(ms = 50): Promise<void> {
	await new Promise((resolve) => setTimeout(resolve, ms));
}
