import type { Page } from 'playwright-core';
import type { SavedWorkflow } from '../n8n/api';
import { expect, expectEqual } from '../check';
import { readExample } from '../n8n/example';
import type { Scene } from '../scene';
import type { Editor } from '../editor/editor';
import { picture } from '../editor/pictures';

/** What the field 'Model' starts with. */
const MODEL = 'Automatic';

const PROMPT = 'A singer on a rooftop at sunset, warm light, slow camera move';

/** A user adds the node to a workflow, fills in its form, runs it, and watches the video. */
export async function videoIsMade(scene: Scene, editor: Editor): Promise<void> {
	const { page } = editor;
	await scene.addFile('song.mp3');
	const workflow = await createBeginning(scene);
	await editor.openWorkflow(workflow.id);
	await editor.continueAfterLastNode();
	const found = await editor.searchNodes('audio to video');
	expect(found.includes('deAPI'), `The search should find deAPI, it finds: ${found.join(', ')}`);
	await editor.pickInPanel('deAPI');
	const actions = page.getByTestId('node-creator-item-name');
	await actions.filter({ hasText: 'Generate video from audio' }).waitFor();
	await editor.screenshot(picture('actions'), [page.getByTestId('node-creator')]);

	await editor.pickInPanel('Generate video from audio');
	await editor.chooseCredential('deAPI account');
	const model = await editor.chosenIn('model');
	expect(model.startsWith(MODEL), `The field should show the model ${MODEL}, it shows: ${model}`);
	await editor.fill('prompt', PROMPT);
	await editor.choose('lengthMode', 'Match Audio');
	await editor.toggle('waitForCompletion');
	await editor.executeStep();
	await editor.output.getByTestId('ndv-view-binary-data').waitFor();
	// The file is called after the song.
	await editor.output.getByText('song.mp4').first().waitFor();
	await editor.output.getByTestId('radio-button-json').click();
	await editor.output.getByText('"request_id"').first().waitFor();
	const json = await editor.output.innerText();
	expect(!/\bnull\b/.test(json), `The item should hold no empty fields: ${json}`);
	await editor.output.getByTestId('radio-button-binary').click();
	await editor.output.getByTestId('ndv-view-binary-data').click();
	const video = await untilPlayable(page);
	expectEqual(video, { width: 512, height: 512 }, 'The video that the editor shows');
	await page.getByTestId('node-credentials-select').scrollIntoViewIfNeeded();
	await editor.screenshot(picture('node'), [...editor.form, editor.output]);

	const [job] = scene.expectSubmits(1);
	expect(job, 'deAPI should have a job');
	const { prompt, frames } = job.fields;
	expectEqual(
		{ model: job.fields.model, prompt },
		{ model: 'Ltx2_3_22B_Dist_INT8', prompt: PROMPT },
		'The job',
	);
	expect(Number(frames) > 200, `The song has 8.6 s, so more than 200 frames; it got ${frames}`);
}

/** A file that is no sound: the editor shows what is wrong with it and what to do. */
export async function errorIsShown(scene: Scene, editor: Editor): Promise<void> {
	await scene.addFile('not-audio.mp3', 'song.mp3');
	const workflow = await scene.importExample('song-to-video', {
		'Generate Video': { options: {} },
	});
	await editor.openWorkflow(workflow.id);
	await editor.openNode('Generate Video');
	await editor.executeStep();
	for (const text of [
		"The file in 'data' ('Input Audio Field') is not an MP3, WAV, OGG or FLAC file",
		'If another node downloaded it',
		'Error details',
	]) {
		await editor.output.getByText(text).first().waitFor();
	}
	// deAPI has said nothing: it was not asked.
	expectEqual(await editor.output.getByText('From deAPI').count(), 0, 'Details from deAPI');
	await editor.screenshot(picture('error'), [...editor.form, editor.output], {
		upTo: editor.parameter('prompt'),
	});
	expectEqual(scene.requests('submit').length, 0, 'Submits of a file that is no sound');
}

/** The first two nodes of the example, from which the user goes on. */
export async function createBeginning(scene: Scene): Promise<SavedWorkflow> {
	const { connections, nodes, settings } = await readExample('song-to-video', scene);
	return await scene.stage.api.createWorkflow({
		name: 'A video of my song',
		nodes: nodes.filter(({ name }) => ['Start', 'Read Song'].includes(name)),
		connections: { Start: connections.Start },
		settings,
	});
}

/** Waits until the browser could play the video to its end. */
export async function untilPlayable(page: Page): Promise<{ width: number; height: number }> {
	const video = page.locator('video');
	await video.waitFor();
	await page.waitForFunction('document.querySelector("video")?.readyState === 4');
	return await video.evaluate((element: { videoWidth: number; videoHeight: number }) => ({
		width: element.videoWidth,
		height: element.videoHeight,
	}));
}
