import { expect, expectEqual } from '../check';
import { readExample } from '../n8n/example';
import { type Scene, itemsOf } from '../scene';

/** Three songs, the second one broken. */
async function addSongs(scene: Scene): Promise<void> {
	await scene.addFile('song.mp3', 'songs/1-good.mp3');
	await scene.addFile('not-audio.mp3', 'songs/2-broken.mp3');
	await scene.addFile('speech.mp3', 'songs/3-good.mp3');
	// Where the example writes; it needs the folder to be there.
	await scene.addFile('song.mp3', 'videos/.keep');
}

/** On Error = Continue (using error output): the broken song leaves by the error output, with a reason. */
export async function batchWithErrorOutput(scene: Scene): Promise<void> {
	await addSongs(scene);
	const execution = await scene.run(await scene.importExample('batch-with-limit'));

	const names = scene.expectSubmits(2).map(({ files }) => files[0]?.filename);
	expectEqual(names.sort(), ['1-good.mp3', '3-good.mp3'], 'Songs that deAPI got');
	expectEqual(itemsOf(execution, 'Write Video').length, 2, 'Videos written');
	const reports = itemsOf(execution, 'What Went Wrong').map(({ json }) => json);
	expectEqual(
		reports,
		[{ song: '2-broken.mp3', reason: BROKEN }],
		'What the error output says of the broken song',
	);
}

/** On Error = Continue: one item a song in the songs' order, the broken one's with its error. */
export async function batchWithContinue(scene: Scene): Promise<void> {
	await addSongs(scene);
	const { api } = scene.stage;
	const { connections, nodes, ...rest } = await readExample('batch-with-limit', scene);
	const workflow = await api.createWorkflow({
		name: rest.name,
		settings: rest.settings,
		nodes: nodes.map((node) => ({
			...node,
			onError: node.name === 'Generate Video' ? 'continueRegularOutput' : node.onError,
		})),
		// Without the nodes after it, which take videos only.
		connections: { ...connections, 'Generate Video': { main: [] } },
	});
	const execution = await scene.run(workflow);

	const jobs = scene.expectSubmits(2);
	const items = itemsOf(execution, 'Generate Video');
	expectEqual(
		items.map(({ pairedItem }) => pairedItem),
		[{ item: 0 }, { item: 1 }, { item: 2 }],
		'The songs that the items come from',
	);
	expectEqual(
		items.map(({ binary }) => binary?.data !== undefined),
		[true, false, true],
		'Items with a video',
	);
	expectEqual(items[1]?.json.error, BROKEN, "The broken song's error");
	for (const [index, name] of [
		[0, '1-good.mp3'],
		[2, '3-good.mp3'],
	] as const) {
		const job = jobs.find(({ files }) => files[0]?.filename === name);
		expect(job, `deAPI should have got ${name}`);
		expectEqual(items[index]?.json.request_id, job.request_id, `The job of ${name}`);
	}
}

/** n8n counts the items from 0. */
const BROKEN =
	"The file in 'data' ('Input Audio Field') is not an MP3, WAV, OGG or FLAC file [item 1]";
