import type { Page } from 'playwright-core';
import type { Editor } from './editor';
import type { FakeJob } from '../../fake-deapi';
import { expect, expectEqual } from '../check';
import type { Scene } from '../scene';

/** How long a job of the stand-in may take, in milliseconds: the node first checks it after five seconds. */
const TIMEOUT = 60_000;

/** Expects that deAPI made one job, of this type, and nothing else that is paid for. */
export function onlyJob(scene: Scene, jobType: string): FakeJob {
	const types = scene.jobs.map(({ job_type }) => job_type);
	expectEqual(types, [jobType], 'The jobs that deAPI made');
	const [job] = scene.jobs;
	expect(job, 'deAPI should have a job');
	return job;
}

/** Executes the step and opens the file that comes out. */
export async function viewFile(editor: Editor): Promise<void> {
	await editor.executeStep();
	const view = editor.output.getByTestId('ndv-view-binary-data');
	await view.waitFor({ timeout: TIMEOUT });
	await view.click();
}

/** Executes the step and expects texts in the JSON of what comes out. */
export async function expectJson(editor: Editor, texts: string[]): Promise<void> {
	await editor.executeStep();
	const json = editor.output.getByTestId('radio-button-json');
	await json.waitFor({ timeout: TIMEOUT });
	await json.click();
	for (const text of texts) await editor.output.getByText(text).first().waitFor();
}

/** Plays the one sound of the page, and gives its length in seconds and how far it came. */
export async function listenTo(page: Page): Promise<{ seconds: number; heard: number }> {
	await page.locator('audio').waitFor();
	return await page.evaluate(`(async () => {
		const audio = document.querySelector('audio');
		await audio.play();
		while (audio.currentTime < 0.3) await new Promise((resolve) => setTimeout(resolve, 50));
		audio.pause();
		return { seconds: audio.duration, heard: audio.currentTime };
	})()`);
}
