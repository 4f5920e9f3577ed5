import { copyFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Execution, SavedWorkflow, WorkflowFile, WorkflowNode } from '../n8n/api';
import { expect, expectBytes, expectEqual, sha256OfFile } from '../check';
import { nodeOf, readExample, webhookPathOf } from '../n8n/example';
import { type Credentials, expectSuccess, fixturePath, itemsOf, onlyItem } from '../scene';
import { DEAPI_KEY, DEAPI_WEBHOOK_SECRET } from '../stage';
import { step } from '../machine/steps';
import type { QueueStage } from './stage';

/** Half of the executions wait for their video, half leave it to the trigger. */
const EACH = 30;

const TIMEOUT_MS = 300_000;

/** What the trigger answers. */
const ACCEPTED = '{"status":"accepted"}';
const DUPLICATE = '{"status":"ignored","reason":"duplicate"}';

/**
 * Has the workers run 60 executions that are started from outside, and compares what deAPI saw with what
 * the main instance shows.
 */
export async function sixtyExecutions(stage: QueueStage): Promise<void> {
	const { api, deapi, files } = stage;
	await copyFile(fixturePath('song.mp3'), path.join(files, 'song.mp3'));
	const credentials = await makeCredential(stage);

	const waiting = await api.createWorkflow(
		startedFromOutside(
			await readExample('song-to-video', { files, credentials }),
			'wait',
			'Write Video',
		),
	);
	const example = await readExample('event-driven', { files, credentials });
	const triggerUrl = stage.publicUrl + webhookPathOf(example, 'deAPI Trigger');
	const submitting = await api.createWorkflow(
		alsoGettingTheJob(
			startedFromOutside(
				await readExample('event-driven', {
					files,
					credentials,
					parameters: { 'Submit Song': { options: { webhookUrl: triggerUrl } } },
				}),
				'submit',
			),
			credentials,
		),
	);
	await step('Two workflows are published', async () => {
		await api.activate(waiting);
		await api.activate(submitting);
	});

	const [waited, all] = await step(`${2 * EACH} executions`, async () => {
		await Promise.all(
			Array.from({ length: EACH }).flatMap(() => [
				startFromOutside(stage, 'wait'),
				startFromOutside(stage, 'submit'),
			]),
		);
		return [
			await executionsOf(stage, waiting, EACH),
			// Those that submit, and those that the trigger starts.
			await executionsOf(stage, submitting, 2 * EACH),
		];
	});
	const submitted = all.filter(({ runs }) => runs['Submit Song']);
	const triggered = all.filter(({ runs }) => runs['deAPI Trigger']);

	await step('Every job is accounted for', async () => {
		const song = await sha256OfFile(path.join(files, 'song.mp3'));
		const submits = deapi.requests.filter(({ route }) => route === 'submit');
		expectEqual(submits.length, 2 * EACH, 'Submits that deAPI saw');
		expectEqual(
			new Set(deapi.jobs.map(({ files: [audio] }) => audio?.sha256)),
			new Set([song]),
			'Songs that deAPI got',
		);
		const idsOf = (executions: Execution[], node: string) =>
			executions.map((execution) => String(onlyItem(execution, node).json.request_id));
		const withWebhook = deapi.jobs.filter(({ webhookUrl }) => webhookUrl !== null);
		const without = deapi.jobs.filter(({ webhookUrl }) => webhookUrl === null);
		expectSame(idsOf(waited, 'Generate Video'), idsOfJobs(without), 'Jobs of those that waited');
		expectSame(idsOf(submitted, 'Submit Song'), idsOfJobs(withWebhook), 'Jobs submitted');
		expectSame(idsOf(triggered, 'deAPI Trigger'), idsOfJobs(withWebhook), 'Jobs that started');
	});

	await step('Every delivery was taken once, and is known when it comes again', async () => {
		const completed = deapi.deliveries.filter(({ event }) => event === 'job.completed');
		const accepted = completed.filter(({ responseBody }) => responseBody === ACCEPTED);
		expectEqual(new Set(completed.map(({ deliveryId }) => deliveryId)).size, EACH, 'Deliveries');
		// All of n8n's processes share this machine: an answer may come too late, and then deAPI asks again.
		for (const { ok, responseBody } of completed.filter(({ attempt }) => attempt > 1)) {
			expect(ok, `A delivery that came again should be taken: ${responseBody}`);
		}
		expect(
			accepted.length <= EACH,
			`No delivery should be accepted twice, of ${EACH} there were ${accepted.length}`,
		);
		for (const { deliveryId, requestId } of completed.slice(0, 5)) {
			const again = await deapi.deliver({ url: triggerUrl, deliveryId, job: requestId ?? '' });
			expectEqual(again.responseBody, DUPLICATE, 'The answer to a delivery that comes again');
		}
		const executions = await executionsOf(stage, submitting, 2 * EACH);
		expectEqual(executions.length, 2 * EACH, 'Executions after the repetitions');
	});

	const result = await readFile(fixturePath('result.mp4'));
	await step('Every video of an execution can be read on the main instance', async () => {
		const items = [
			...waited.flatMap((execution) => itemsOf(execution, 'Generate Video')),
			...triggered.flatMap((execution) => itemsOf(execution, 'Get Job')),
		];
		expectEqual(items.length, 2 * EACH, 'Items');
		for (const { binary } of items) {
			expect(binary?.data, 'Each item should have a video');
			expect(
				binary.data.id?.startsWith('database:'),
				`The video should lie in the database, its ID is ${binary.data.id}`,
			);
			expectBytes(await api.binary(binary.data), result, 'A video');
		}
	});
	await step("Every video of the trigger has reached the worker's next node", async () => {
		for (const execution of triggered) {
			const { json, binary } = onlyItem(execution, 'deAPI Trigger');
			expect(binary?.data, `The trigger's item should have a video: ${JSON.stringify(json)}`);
			const written = path.join(files, `${String(json.request_id)}.mp4`);
			expectBytes(await readFile(written), result, 'The video that the worker wrote');
		}
		await expectEditorShows(stage, triggered);
	});
	await step('Both workers did their share', async () => await expectBothWorked(stage));
	// Their addresses are those of the example, which other scenarios take as well.
	for (const workflow of [waiting, submitting]) await api.deactivate(workflow);
}

/** The credential for the stand-in for deAPI. */
export async function makeCredential({ api, deapi }: QueueStage): Promise<Credentials> {
	const deapiApi = await api.createCredential('deapiApi', 'deAPI account', {
		apiKey: DEAPI_KEY,
		webhookSecret: DEAPI_WEBHOOK_SECRET,
		apiVersion: 'v1',
		baseUrl: deapi.url,
	});
	return { deapiApi };
}

/** Puts a webhook in the place of the manual start, and leaves a node out. */
export function startedFromOutside(
	workflow: WorkflowFile,
	webhookPath: string,
	leftOut?: string,
): WorkflowFile {
	const start: Partial<WorkflowNode> = {
		type: 'n8n-nodes-base.webhook',
		typeVersion: 2,
		webhookId: webhookPath,
		parameters: { path: webhookPath, httpMethod: 'POST', responseMode: 'onReceived', options: {} },
	};
	const connections = Object.fromEntries(
		Object.entries(workflow.connections).filter(
			([, targets]) => !leftOut || !JSON.stringify(targets).includes(`"${leftOut}"`),
		),
	);
	const nodes = workflow.nodes
		.filter(({ name }) => name !== leftOut)
		.map((node) => (node.name === 'Start' ? { ...node, ...start } : node));
	return { ...workflow, nodes, connections };
}

/** Has the trigger's execution also fetch the video with a node of its own. */
function alsoGettingTheJob(workflow: WorkflowFile, credentials: Credentials): WorkflowFile {
	const name = 'Get Job';
	const getJob: WorkflowNode = {
		name,
		type: nodeOf(workflow, 'Submit Song').type,
		typeVersion: 1,
		position: [224, 480],
		parameters: {
			resource: 'job',
			operation: 'get',
			requestId: '={{ $json.request_id }}',
			options: {},
		},
		credentials,
	};
	const targets = ['Is the Video There?', name].map((node) => ({ node, type: 'main', index: 0 }));
	return {
		...workflow,
		nodes: [...workflow.nodes, getJob],
		connections: { ...workflow.connections, 'deAPI Trigger': { main: [targets] } },
	};
}

/**
 * n8n stores in the database whose execution a file is, and its editor shows only files of an execution:
 * the trigger has to store its file within its own.
 */
async function expectEditorShows({ api }: QueueStage, triggered: Execution[]): Promise<void> {
	for (const execution of triggered) {
		const file = onlyItem(execution, 'deAPI Trigger').binary?.data;
		expect(file, 'The trigger should have given a video');
		await api.binary(file);
	}
}

/** Calls a published workflow's webhook. */
export async function startFromOutside(
	{ deapi, publicUrl }: QueueStage,
	name: string,
): Promise<void> {
	// The stand-in for deAPI can post to anything, and trusts the certificate of this run.
	const { status } = await deapi.deliver({ url: `${publicUrl}/webhook/${name}`, event: 'start' });
	expectEqual(status, 200, `The answer of the webhook '${name}'`);
}

/** Waits until a workflow's executions have ended, and reads them on the main instance. */
export async function executionsOf(
	{ api }: QueueStage,
	workflow: SavedWorkflow,
	count: number,
): Promise<Execution[]> {
	const summaries = await api.executionsEnd(workflow.id, count, TIMEOUT_MS);
	expectEqual(summaries.length, count, `Executions of '${workflow.name}'`);
	const executions: Execution[] = [];
	for (const { id } of summaries) executions.push(await api.execution(id));
	executions.forEach(expectSuccess);
	return executions;
}

function idsOfJobs(jobs: Array<{ request_id: string }>): string[] {
	return jobs.map(({ request_id }) => request_id);
}

/** Expects the same IDs in both lists, each once. */
function expectSame(actual: string[], expected: string[], what: string): void {
	expectEqual([...actual].sort(), [...expected].sort(), what);
}

/** Each worker notes in its log which executions it took. */
async function expectBothWorked({ workerLogs }: QueueStage): Promise<void> {
	for (const log of workerLogs) {
		const taken = (await readFile(log, 'utf8')).match(/started execution/gi)?.length ?? 0;
		expect(taken > 0, `${path.basename(log)} should tell of executions, it tells of none`);
	}
}
