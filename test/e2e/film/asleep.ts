import { expect, expectEqual } from '../check';
import { type WorkflowFile, type WorkflowNode, until } from '../n8n/api';
import { nodeOf, readExample } from '../n8n/example';
import { type Scene, expectSuccess, itemsOf, onlyItem } from '../scene';
import { GENERATE, HALF_A_MINUTE, expectPictures, withFilms } from './film';

/** n8n puts an execution into its database when it waits longer than this, in seconds. */
const SLEEP = 66;

/**
 * The song is cut, its clips are submitted, and the execution sleeps in n8n's database while deAPI works.
 * n8n dies meanwhile; started again, it goes on where it was, and nothing is paid for twice.
 */
export async function asleep(scene: Scene): Promise<void> {
	const { api, n8n } = scene.stage;
	await withFilms(scene, async () => {
		await scene.addFile(HALF_A_MINUTE.fixture, 'song.mp3');
		const workflow = await api.createWorkflow(await sleepingWorkflow(scene));
		const id = await api.run(workflow, 'Start');
		await until('the execution sleeps', 60_000, async () =>
			(await api.execution(id)).status === 'waiting' ? true : undefined,
		);
		scene.expectSubmits(HALF_A_MINUTE.clips);

		await n8n.kill();
		await n8n.start();
		const execution = await api.executionEnds(id, (SLEEP + 90) * 1000);
		expectSuccess(execution);
		scene.expectSubmits(HALF_A_MINUTE.clips);
		expectEqual(itemsOf(execution, 'Get Clips').length, HALF_A_MINUTE.clips, 'Clips fetched');
		const { json, binary } = onlyItem(execution, 'Join Clips');
		expectEqual(json.clips, HALF_A_MINUTE.clips, 'Clips joined');
		expect(binary?.data, 'The item should have the film');
		await expectPictures(await api.binary(binary.data), HALF_A_MINUTE.frames);
	});
}

/** Reads the song, cuts it, submits a job a piece, sleeps, fetches the clips and joins them. */
async function sleepingWorkflow(scene: Scene): Promise<WorkflowFile> {
	const example = await readExample('song-to-video', {
		credentials: scene.credentials,
		files: scene.files,
	});
	const { type } = nodeOf(example, GENERATE);
	const deapi = (name: string, parameters: WorkflowNode['parameters']): WorkflowNode => ({
		...{ name, type, typeVersion: 1, position: [0, 0], parameters },
		credentials: nodeOf(example, GENERATE).credentials,
	});
	const nodes: WorkflowNode[] = [
		nodeOf(example, 'Start'),
		nodeOf(example, 'Read Song'),
		deapi('Split Into Clips', { resource: 'audio', operation: 'splitIntoClips' }),
		deapi('Submit Clips', {
			prompt: 'A singer on a rooftop at sunset',
			lengthMode: 'frames',
			frames: '={{ $json.frames }}',
		}),
		{
			name: 'Sleep',
			type: 'n8n-nodes-base.wait',
			typeVersion: 1.1,
			position: [0, 0],
			parameters: { amount: SLEEP, unit: 'seconds' },
		},
		deapi('Get Clips', {
			resource: 'job',
			requestId: '={{ $json.request_id }}',
			waitForCompletion: true,
			options: { pollInterval: 1 },
		}),
		deapi('Join Clips', { operation: 'joinClips' }),
	];
	const names = nodes.map(({ name }) => name);
	return {
		name: 'A whole song, asleep while deAPI works',
		nodes: nodes.map((node, index) => ({ ...node, position: [index * 220, 0] })),
		connections: Object.fromEntries(
			names
				.slice(1)
				.map((node, index) => [names[index] ?? '', { main: [[{ node, type: 'main', index: 0 }]] }]),
		),
		settings: { executionOrder: 'v1' },
	};
}
