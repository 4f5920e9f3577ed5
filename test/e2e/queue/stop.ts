import { copyFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, expectEqual } from '../check';
import type { SavedWorkflow } from '../n8n/api';
import { until } from '../n8n/api';
import { readExample } from '../n8n/example';
import { say, step } from '../machine/steps';
import { fixturePath } from '../scene';
import { makeCredential, startFromOutside, startedFromOutside } from './scenario';
import type { QueueStage } from './stage';

const GENERATE = 'Generate Video';
const LATER_MS = 5000;

/** An execution that a webhook has started waits for its job on a worker. */
async function waitingExecution(
	stage: QueueStage,
	name: string,
): Promise<{
	workflow: SavedWorkflow;
	executionId: string;
	requestId: string;
	reads: () => number;
}> {
	const { api, deapi, files } = stage;
	await copyFile(fixturePath('song.mp3'), path.join(files, 'song.mp3'));
	const example = await readExample('song-to-video', {
		files,
		credentials: await makeCredential(stage),
	});
	const nodes = example.nodes.map((node) =>
		node.name === GENERATE
			? { ...node, retryOnFail: true, maxTries: 5, waitBetweenTries: 500 }
			: node,
	);
	const workflow = await api.createWorkflow({
		...startedFromOutside({ ...example, nodes }, name, 'Write Video'),
		name: `Waits on a worker: ${name}`,
	});
	await api.activate(workflow);
	const before = deapi.jobs.length;
	await startFromOutside(stage, name);
	await deapi.waitFor(() => deapi.jobs.length > before, 60_000);
	const requestId = deapi.jobs.at(-1)?.request_id ?? '';
	const reads = () => deapi.requests.filter(({ path: asked }) => asked.includes(requestId)).length;
	await deapi.waitFor(() => reads() > 0, 60_000);
	const [execution] = await api.executions(workflow.id);
	expect(execution, 'The webhook should have started an execution');
	return { workflow, executionId: execution.id, requestId, reads };
}

async function expectInALog({ workerLogs }: QueueStage, requestId: string): Promise<void> {
	const logs = await Promise.all(workerLogs.map(async (log) => await readFile(log, 'utf8')));
	expect(
		logs.some((log) => log.includes(`deAPI accepted the job ${requestId}`)),
		`A worker's log should name the job ${requestId}`,
	);
}

/** Stop for an execution that a webhook started, while a worker waits for its job, with Retry On Fail. */
export async function stopInQueue(stage: QueueStage): Promise<void> {
	const { api, deapi } = stage;
	deapi.holdJobs(true);
	try {
		const { workflow, executionId, requestId, reads } = await waitingExecution(stage, 'stop');
		const jobs = deapi.jobs.length;
		await api.stop(executionId);
		const { status } = await api.executionEnds(executionId);
		await wait(1000);
		const asked = reads();
		await wait(LATER_MS);
		const later = reads() - asked;
		say(`Stop in queue mode: ${status}; status reads of the worker in the 5 s after it: ${later}`);
		expectEqual(deapi.jobs.length, jobs, 'Jobs after the Stop');
		await expectInALog(stage, requestId);
		const { customData } = await api.call<{ customData?: Record<string, string> }>(
			'GET',
			`/rest/executions/${executionId}`,
		);
		say(`custom data of the stopped execution: ${JSON.stringify(customData)}`);
		deapi.completeJob(requestId);
		await wait(3000);
		const ended = await api.execution(executionId);
		say(
			`once its job is done the execution is called ${ended.status}, with ${Object.keys(ended.runs).length} nodes`,
		);
		await api.deactivate(workflow);
	} finally {
		deapi.holdJobs(false);
	}
}

/** A worker dies while it waits: nothing is sent again, and its log has the job's ID. */
export async function workerIsKilled(stage: QueueStage): Promise<void> {
	const { api, deapi, workers } = stage;
	deapi.holdJobs(true);
	try {
		const { workflow, executionId, requestId } = await waitingExecution(stage, 'kill');
		const jobs = deapi.jobs.length;
		await step('Both workers are killed and started again', async () => {
			for (const worker of workers) await worker.kill();
			for (const worker of workers) await worker.start();
		});
		const ended = await until('the execution has ended', 150_000, async () => {
			const execution = await api.execution(executionId);
			return ['new', 'running', 'waiting'].includes(execution.status) ? undefined : execution;
		}).catch(() => undefined);
		say(`After a worker was killed the execution is called ${ended?.status ?? 'running'}`);
		expectEqual(deapi.jobs.length, jobs, 'Jobs after the death of the worker');
		await expectInALog(stage, requestId);
		await api.deactivate(workflow);
	} finally {
		deapi.holdJobs(false);
	}
}
