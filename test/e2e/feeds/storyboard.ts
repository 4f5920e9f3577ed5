import type { Page } from 'playwright-core';
import { openForm } from '../editor/form';
import type { Editor } from '../editor/editor';
import { picture } from '../editor/pictures';
import { withFilms } from '../film/film';
import { expectEqual } from '../check';
import { type Scene, expectSuccess, fixturePath } from '../scene';

const FILM = 'A singer in a city';
const SCENES = '0:00 Dawn\n0:04 Noon';
const REWRITTEN = '0:00 Dawn over roofs\n0:04 Noon';

/** Somebody rewrites a scene of a storyboard in a form that waits; the film is made after that, and not before. */
export async function storyboardIsApproved(scene: Scene, editor: Editor): Promise<void> {
	const { page } = editor;
	const { api } = scene.stage;
	const workflow = await scene.importExample('storyboard-with-approval');
	await withFilms(scene, async () => {
		await editor.openWorkflow(workflow.id);
		const form = await openForm(page);
		await begin(form);
		const scenes = form.locator('textarea');
		await form.getByText('Your storyboard').waitFor({ timeout: 120_000 });
		await form.screenshot({ path: picture('storyboard') });
		expectEqual(prompts(scene, 'audio2video'), [], 'Clips before anybody has approved');
		expectEqual(await scenes.inputValue(), SCENES, 'The scenes that the form shows');
		await scenes.fill(REWRITTEN);
		await form.locator('select').selectOption('Make the film');
		await form.getByRole('button', { name: 'Go on' }).click();
		const [summary] = await api.executionsEnd(workflow.id, 1, 120_000);
		expectSuccess(await api.execution(summary?.id ?? ''));
		await form.close();
	});
	expectEqual(prompts(scene, 'txt2img'), [`${FILM}\nDawn`, `${FILM}\nNoon`], 'The pictures');
	expectEqual(
		prompts(scene, 'audio2video'),
		[`${FILM}\nDawn over roofs`, `${FILM}\nNoon`],
		'The clips',
	);
}

function prompts({ jobs }: Scene, type: string): string[] {
	return jobs
		.flatMap(({ job_type, fields }) => (job_type === type ? (fields.prompt ?? '') : []))
		.sort();
}

async function begin(form: Page): Promise<void> {
	await form.locator('input[type=file]').setInputFiles(fixturePath('song.mp3'));
	await form.locator('input[type=text]').first().fill(FILM);
	await form.locator('textarea').fill(SCENES);
	await form.getByRole('button', { name: 'Submit' }).click();
}
