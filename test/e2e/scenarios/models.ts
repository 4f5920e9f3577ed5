import { setTimeout as wait } from 'node:timers/promises';
import { expect, expectEqual } from '../check';
import { type Scene, onlyItem } from '../scene';

const SOUND_TO_VIDEO = 'audio2video';

/** For so long the node may know the models from before, in milliseconds. */
const KNOWN_FOR = 61_000;

/** deAPI takes its usual model off the list: a workflow with 'Automatic' goes on with the next one, and says so. */
export async function usualModelGoes(scene: Scene): Promise<void> {
	const { settings } = scene.stage.deapi;
	const { models } = settings;
	await scene.addFile('song.mp3');
	const workflow = await scene.importExample('song-to-video');
	const modelOf = async () => {
		const { json } = onlyItem(await scene.run(workflow), 'Generate Video');
		return String(json.model);
	};
	try {
		const usual = await modelOf();
		settings.models = models.filter(({ slug }) => slug !== usual);
		await wait(KNOWN_FOR);
		const next = await modelOf();
		expect(next !== usual, `The model should be another one than ${usual}`);
		const entry = models.find(({ slug }) => slug === next);
		const types = JSON.stringify(entry?.inference_types);
		expect(types.includes(SOUND_TO_VIDEO), `${next} should make videos from sound: ${types}`);
		expectEqual(
			scene.expectSubmits(2).map(({ fields }) => fields.model),
			[usual, next],
			'The models of the jobs',
		);
	} finally {
		settings.models = models;
	}
}
