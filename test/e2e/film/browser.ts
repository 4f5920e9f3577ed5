import type { Editor } from '../editor/editor';
import { picture } from '../editor/pictures';
import { expect, expectEqual } from '../check';
import type { SavedWorkflow } from '../n8n/api';
import { readExample } from '../n8n/example';
import type { Scene } from '../scene';
import {
	GENERATE,
	HALF_A_MINUTE,
	THREE_MINUTES,
	clipsOf,
	colorOf,
	importWholeSong,
	isPiece,
	withFilms,
} from './film';
import { OUT_OF_MEMORY } from './limits';
import { expectEndsWithSong, watchFilm } from './watch';

const PROMPT = 'A singer walks through the city at night, neon lights, slow camera';

/** A song of three minutes, one node: the film of all clips plays in the editor, with the song's sound. */
export async function filmIsMade(scene: Scene, editor: Editor): Promise<void> {
	const { page } = editor;
	const { api } = scene.stage;
	await withFilms(scene, async () => {
		const workflow = await createBeginning(scene);
		await editor.openWorkflow(workflow.id);
		await editor.continueAfterLastNode();
		await editor.searchNodes('audio to video');
		await editor.pickInPanel('deAPI');
		await editor.pickInPanel('Generate video from audio');
		await editor.chooseCredential('deAPI account');
		await editor.fill('prompt', PROMPT);
		await editor.choose('whenTooLong', 'Make Several Clips and Join Them');
		await editor.choose('size', 'Landscape');
		await editor.toggle('waitForCompletion');
		await editor.executeStep();
		const view = editor.output.getByTestId('ndv-view-binary-data');
		await view.waitFor({ timeout: 90_000 });
		await editor.output.getByText('song-film.mp4').first().waitFor();
		const jobs = scene.expectSubmits(THREE_MINUTES.clips);

		const [summary] = await api.executionsEnd(workflow.id, 1);
		const execution = await api.execution(summary?.id ?? '');
		const [run] = Object.values(execution.runs).flatMap((runs) =>
			runs.filter(({ data }) => data?.main?.[0]?.[0]?.json.clips !== undefined),
		);
		const clips = clipsOf(run?.data?.main?.[0]?.[0]?.json);
		await view.click();
		const video = editor.output.locator('video');
		await video.waitFor();
		const seen = await watchFilm(
			page,
			clips.map(({ start_seconds, seconds }) => start_seconds + seconds / 2),
		);
		expectEqual(
			{ width: seen.width, height: seen.height },
			{ width: 1024, height: 576 },
			'The film',
		);
		expectEndsWithSong(seen, 183);
		expectEqual(
			seen.colors,
			clips.map((clip) => colorOf(jobs, clip)),
			'The colours in the middle of each clip',
		);
		expect(seen.loudness > 0.01, `The film should be heard; its sound is ${seen.loudness}`);
	});
}

/** A clip fails: the panel says which and why, and what to do. */
export async function failedClipIsShown(scene: Scene, editor: Editor): Promise<void> {
	await withFilms(scene, async () => {
		scene.stage.deapi.failJob(({ files }) => isPiece(files, 3), OUT_OF_MEMORY);
		const workflow = await importWholeSong(scene, { song: HALF_A_MINUTE.fixture });
		await editor.openWorkflow(workflow.id);
		await editor.openNode(GENERATE);
		await editor.executeStep();
		const { output } = editor;
		await output.getByText('Clip 3 of 4: deAPI could not make it').first().waitFor();
		for (const text of [OUT_OF_MEMORY.error_message, "in 'Existing Clips'"]) {
			await output.getByText(text).first().waitFor();
		}
		await editor.screenshot(picture('failed-clip'), [...editor.form, output], {
			upTo: editor.parameter('lengthMode'),
		});
		scene.expectSubmits(HALF_A_MINUTE.clips);
	});
}

/** The first two nodes of the example, with a long song. */
async function createBeginning(scene: Scene): Promise<SavedWorkflow> {
	await scene.addFile(THREE_MINUTES.fixture, 'song.mp3');
	const { connections, nodes, settings } = await readExample('song-to-video', scene);
	return await scene.stage.api.createWorkflow({
		name: 'A film of my song',
		nodes: nodes.filter(({ name }) => ['Start', 'Read Song'].includes(name)),
		connections: { Start: connections.Start },
		settings,
	});
}
