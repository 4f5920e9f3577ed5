/** Executions that sleep: n8n keeps them in its database and takes them up again in any process. */
import { WorkflowExecute } from 'n8n-core';
import type { IRun } from 'n8n-workflow';
import type { RunOptions, SavedWorkflow } from './engine';
import { additionalDataFor, TestCredentials, toWorkflow } from './engine';

/** Whether an execution has ended only until its time comes. */
export function sleeps(run: IRun): boolean {
	return Boolean(run.data.waitTill);
}

/** Takes up an execution that sleeps, from what n8n's database has of it, with everything else anew. */
export async function wakeUp(
	saved: SavedWorkflow,
	run: IRun,
	{ credentials, nodeTypes }: RunOptions,
): Promise<IRun> {
	const stored = JSON.parse(JSON.stringify(run.data)) as IRun['data'];
	const { workflow, workflowData } = toWorkflow(saved, nodeTypes);
	const helper =
		credentials instanceof TestCredentials ? credentials : new TestCredentials(credentials);
	const additionalData = additionalDataFor('manual', workflowData, helper);
	const engine = new WorkflowExecute(additionalData, 'manual', stored);
	return await engine.processRunExecutionData(workflow);
}
