import { setTimeout as wait } from 'node:timers/promises';
import { expect, expectEqual } from '../check';
import type { SavedWorkflow, WorkflowNode } from '../n8n/api';
import type { Scene } from '../scene';
import { readSongs } from './songs';

const CALL = 'Execute Workflow';
const LATER_MS = 4000;

/** A workflow that has the songs in a sub-workflow. */
async function importParent(
	scene: Scene,
	parameters: Record<string, unknown>,
	call: Partial<WorkflowNode>,
): Promise<{ parent: SavedWorkflow; sub: SavedWorkflow }> {
	const { api } = scene.stage;
	const songs = await readSongs(scene, { parameters });
	const sub = await api.createWorkflow({
		...songs,
		name: 'Songs in a sub-workflow',
		nodes: songs.nodes.map((node) =>
			node.name === 'Start'
				? {
						...node,
						type: 'n8n-nodes-base.executeWorkflowTrigger',
						typeVersion: 1.1,
						parameters: { inputSource: 'passthrough' },
					}
				: node,
		),
	});
	await api.activate(sub);
	const [start] = songs.nodes;
	expect(start, 'The workflow should have a start');
	const parent = await api.createWorkflow({
		name: 'The parent of songs',
		settings: songs.settings,
		nodes: [
			{ ...start, name: 'Start' },
			{
				name: CALL,
				type: 'n8n-nodes-base.executeWorkflow',
				typeVersion: 1.2,
				position: [200, 0],
				parameters: {
					source: 'database',
					workflowId: { __rl: true, mode: 'id', value: sub.id },
					options: { waitForSubWorkflow: true },
				},
				...call,
			},
		],
		connections: { Start: { main: [[{ node: CALL, type: 'main', index: 0 }]] } },
	});
	return { parent, sub };
}

/** Retry On Fail at Execute Workflow starts a new execution: what had a job is submitted again. */
export async function subWorkflowIsRepeated(scene: Scene): Promise<void> {
	const { deapi } = scene.stage;
	const fault = { type: 'status', status: 422, body: { message: 'No.' } } as const;
	deapi.faults.add({ route: 'submit', after: 1, fault });
	const retry = { retryOnFail: true, maxTries: 2, waitBetweenTries: 100 };
	const { parent, sub } = await importParent(scene, {}, retry);
	try {
		await scene.run(parent);
		const executions = await scene.stage.api.executions(sub.id);
		expectEqual(executions.length, 2, 'Executions of the sub-workflow');
		// The songs are uploaded side by side: the one that came first has its job before the refusal.
		const [accepted] = scene.jobs;
		const again = scene.jobs.filter(({ fields }) => fields.prompt === accepted?.fields.prompt);
		expectEqual(again.length, 2, 'Jobs of the accepted song, as docs/reliability.md says');
	} finally {
		deapi.faults.clear();
		await scene.stage.api.deactivate(sub);
	}
}

/** Stop for the parent while its sub-workflow waits for its jobs: that one goes on until it is stopped too. */
export async function parentIsStopped(scene: Scene): Promise<void> {
	const { api, deapi } = scene.stage;
	deapi.holdJobs(true);
	const { parent, sub } = await importParent(
		scene,
		{ waitForCompletion: true, options: { pollInterval: 1 } },
		{},
	);
	try {
		const id = await api.run(parent, 'Start');
		await deapi.waitFor(() => scene.requests('status').length >= 3, 60_000);
		await api.stop(id);
		await api.executionEnds(id);
		const asked = scene.requests('status').length;
		await wait(LATER_MS);
		const [execution] = await api.executions(sub.id);
		expectEqual(execution?.status, 'running', 'The sub-workflow, as docs/reliability.md says');
		expect(scene.requests('status').length > asked, 'It should still wait for its jobs');
		if (execution) await api.stop(execution.id);
	} finally {
		deapi.holdJobs(false);
		await api.deactivate(sub);
	}
}
