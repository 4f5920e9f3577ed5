import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import type { FakeJob } from '../../fake-deapi';
import { openForm } from '../editor/form';
import { expectEqual, expectProperties, sha256 } from '../check';
import type { Editor } from '../editor/editor';
import { picture } from '../editor/pictures';
import { type Scene, expectSuccess, fixturePath, onlyItem } from '../scene';
import { HALF_A_MINUTE, clipsOf, expectFilm, withFilms } from './film';

const PROMPT = 'A singer with red hair, film look';
const SCENES = ['A street at dawn', 'A stage', 'Rain on a window', 'A street at night'];

/** Somebody gives a form a song and a portrait: each clip begins with the portrait, edited to its scene. */
export async function sameSinger(scene: Scene, editor: Editor): Promise<void> {
	const { page } = editor;
	const { api, deapi } = scene.stage;
	const workflow = await scene.importExample('same-singer-film');
	const png = await readFile(fixturePath('frame.png'));
	// What stands behind its end shows in no picture, and tells the pictures apart.
	const pictureOf = ({ request_id }: FakeJob) => Buffer.concat([png, Buffer.from(request_id)]);
	deapi.settings.picture = pictureOf;
	try {
		await withFilms(scene, async () => {
			await editor.openWorkflow(workflow.id);
			const form = await openForm(page);
			await fillIn(form);
			await page.getByText('Workflow executed successfully').first().waitFor({ timeout: 120_000 });
			await form.close();
			const [summary] = await api.executionsEnd(workflow.id, 1);
			const execution = await api.execution(summary?.id ?? '');
			expectSuccess(execution);

			const pictures = scene.jobs.filter(({ job_type }) => job_type === 'img2img');
			const clips = scene.expectSubmits(HALF_A_MINUTE.clips);
			const item = onlyItem(execution, 'Make Film');
			await expectFilm(api, clips, item, HALF_A_MINUTE);
			expectEqual(
				pictures.map(({ fields }) => fields.prompt).sort(),
				SCENES.map((words) => `${PROMPT}\n${words}`).sort(),
				'The prompts of the pictures',
			);
			for (const clip of clips) {
				const own = pictures.find(({ fields }) => fields.prompt === clip.fields.prompt);
				const first = clip.files.find(({ name }) => name === 'first_frame_image');
				expectEqual(first?.sha256, own && sha256(pictureOf(own)), 'The first picture of a clip');
			}
			const stated = clipsOf(item.json) as Array<{ picture_request_id?: string }>;
			expectEqual(
				new Set(stated.map((clip) => clip.picture_request_id)),
				new Set(pictures.map(({ request_id }) => request_id)),
				'The pictures that the item names',
			);
			expectProperties(
				pictures[0]?.files[0] ? { ...pictures[0].files[0] } : undefined,
				{
					name: 'image',
					sha256: sha256(await readFile(fixturePath('sea.png'))),
				},
				'The portrait that deAPI got',
			);
		});
	} finally {
		deapi.settings.picture = undefined;
	}
	await editor.openNode('Make Film');
	const keyframes = editor.parameter('keyframes');
	await keyframes.scrollIntoViewIfNeeded();
	await editor.screenshot(picture('same-singer'), [...editor.form, editor.output]);
}

async function fillIn(form: Page): Promise<void> {
	const [song, portrait] = await form.locator('input[type=file]').all();
	await song?.setInputFiles(fixturePath(HALF_A_MINUTE.fixture));
	await portrait?.setInputFiles(fixturePath('sea.png'));
	const [prompt, scenes] = await form.locator('textarea').all();
	await prompt?.fill(PROMPT);
	await scenes?.fill(SCENES.join('\n'));
	await form.getByRole('button', { name: 'Submit' }).click();
}
