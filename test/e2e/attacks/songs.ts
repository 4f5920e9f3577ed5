import { expect, expectEqual } from '../check';
import type { Execution, SavedWorkflow, WorkflowFile, WorkflowNode } from '../n8n/api';
import { readExample } from '../n8n/example';
import type { Scene } from '../scene';

/** The node under attack, by its name in the workflow. */
export const GENERATE = 'Generate Video';

interface Songs {
	count?: number;
	parameters?: Record<string, unknown>;
	/** Settings of the node itself, such as Retry On Fail. */
	node?: Partial<WorkflowNode>;
}

/** A workflow that submits some songs and stops where one fails; a song's name is its prompt. */
export async function readSongs(
	scene: Scene,
	{ count = 3, parameters, node }: Songs = {},
): Promise<WorkflowFile> {
	for (let index = 0; index < count; index++) await scene.addFile('song.mp3', `songs/${index}.mp3`);
	const { connections, nodes, ...rest } = await readExample('batch-with-limit', {
		credentials: scene.credentials,
		files: scene.files,
		parameters: {
			[GENERATE]: { prompt: '={{ $json.fileName }}', waitForCompletion: false, ...parameters },
		},
	});
	const wanted = ['Start', 'Read Songs', 'Limit', GENERATE];
	return {
		...rest,
		name: 'Songs under attack',
		nodes: nodes
			.filter(({ name }) => wanted.includes(name))
			.map((each) =>
				each.name === GENERATE ? { ...each, onError: 'stopWorkflow', ...node } : each,
			),
		connections: { ...connections, [GENERATE]: { main: [] } },
	};
}

export async function importSongs(scene: Scene, songs?: Songs): Promise<SavedWorkflow> {
	return await scene.stage.api.createWorkflow(await readSongs(scene, songs));
}

/** Runs songs that end badly. */
export async function runBadly(scene: Scene, workflow: SavedWorkflow): Promise<Execution> {
	const { api } = scene.stage;
	const execution = await api.executionEnds(await api.run(workflow, 'Start'));
	expectEqual(execution.status, 'error', 'The end of the execution');
	return execution;
}

/** Expects no song to have become more than one job. */
export function expectNoneTwice({ jobs }: Scene): void {
	const prompts = jobs.map(({ fields }) => fields.prompt);
	expectEqual(prompts.length, new Set(prompts).size, `Songs among the jobs ${prompts.join(', ')}`);
}

/** Expects a text to name the jobs. */
export function expectNamed(text: string, jobs: Array<{ request_id: string }>): void {
	for (const { request_id } of jobs) {
		expect(text.includes(request_id), `The job ${request_id} should be named in: ${text}`);
	}
}
