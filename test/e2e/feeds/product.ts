import type { Page } from 'playwright-core';
import { openForm } from '../editor/form';
import type { Editor } from '../editor/editor';
import { picture } from '../editor/pictures';
import { expectEqual } from '../check';
import { type Scene, expectSuccess, fixturePath } from '../scene';

const SCENE = 'On a wet rock by the sea, evening light';
const MOVEMENT = 'Waves roll in';

/** Somebody puts a picture of a product into a form, which ends with the video. */
export async function productBecomesVideo(scene: Scene, editor: Editor): Promise<void> {
	const { page } = editor;
	const { api } = scene.stage;
	const workflow = await scene.importExample('product-picture-to-video');
	await editor.openWorkflow(workflow.id);
	const form = await openForm(page);
	await fillIn(form);
	await form.waitForURL(/\/results\//, { timeout: 120_000 });
	await form.close();
	const [summary] = await api.executionsEnd(workflow.id, 1, 120_000);
	expectSuccess(await api.execution(summary?.id ?? ''));
	expectEqual(
		scene.jobs.map(({ job_type }) => job_type),
		['img-rmbg', 'img2img', 'img2video', 'vid-upscale'],
		'The jobs',
	);
	const [, edit, video] = scene.jobs;
	expectEqual(edit?.fields.prompt?.endsWith(SCENE), true, 'Whether the scene is in the prompt');
	expectEqual(video?.fields.prompt, MOVEMENT, 'The prompt of the video');
	await editor.zoomToFit();
	await editor.screenshotOfCanvas(picture('product-done'));
}

async function fillIn(form: Page): Promise<void> {
	await form.locator('input[type=file]').setInputFiles(fixturePath('sea.png'));
	const [where, how] = await form.locator('textarea').all();
	await where?.fill(SCENE);
	await how?.fill(MOVEMENT);
	await form.getByRole('button', { name: 'Submit' }).click();
}
