import { readFile } from 'node:fs/promises';
import { openForm } from '../editor/form';
import { expect, expectEqual } from '../check';
import { HALF_A_MINUTE, withFilms } from '../film/film';
import { readExample } from '../n8n/example';
import { type Scene, deapiCredential, fixturePath } from '../scene';
import { untilPlayable } from './generate';
import type { Editor } from '../editor/editor';
import { picture } from '../editor/pictures';

/** What someone may have to do before a video plays, beside choosing the song. */
const MOST_CLICKS = 5;
const MOST_FIELDS = 2;

const SIZE = { width: 512, height: 512 };

/**
 * Someone who has a song and a key, and has read nothing, drops the first example on an empty canvas. n8n
 * holds no credential of deAPI's yet.
 */
export async function newcomerGetsVideo(scene: Scene, editor: Editor): Promise<void> {
	const { page } = editor;
	const { apiKey = '', baseUrl = '' } = deapiCredential(scene.stage);
	await forgetCredentials(scene);
	const clicks: string[] = [];
	const fields: string[] = [];

	await editor.openNewWorkflow();
	await pasteExample(editor, 'upload-form', scene);

	clicks.push('opens the node');
	await editor.openNode('Generate Video');
	clicks.push('sets up the credential');
	await page
		.getByTestId('setup-credentials-button')
		.or(page.getByTestId('node-credentials-select'))
		.or(page.getByText('Connect to deAPI'))
		.first()
		.click();
	const create = page.getByText('Create new credential');
	if (await create.isVisible().catch(() => false)) await create.click();
	const dialog = page.getByTestId('editCredential-modal');
	// Everybody else has deAPI itself there already.
	await dialog.getByTestId('parameter-input-baseUrl').locator('input').fill(baseUrl);
	fields.push('API Key');
	await dialog.getByTestId('parameter-input-apiKey').locator('input').fill(apiKey);
	clicks.push('saves it');
	await dialog.getByTestId('credential-save-button').click();
	await dialog.waitFor({ state: 'hidden' });

	await page.keyboard.press('Escape');
	clicks.push('executes the workflow');
	const form = await openForm(page);
	await form.locator('input[type=file]').setInputFiles(fixturePath('song.mp3'));
	fields.push('Prompt');
	await form.locator('textarea').fill('A lighthouse at night');
	await form.screenshot({ path: picture('form') });
	clicks.push('submits the form');
	await form.getByRole('button', { name: 'Submit' }).click();

	// No further click: the form goes on to the video.
	await form.waitForURL(/\/results\//, { timeout: 60_000 });
	expectEqual(await untilPlayable(form), SIZE, 'The video that the form shows');
	await form.screenshot({ path: picture('first-video') });
	await form.close();
	await editor.openNode('Generate Video');
	await editor.output.getByTestId('ndv-view-binary-data').click();
	expectEqual(await untilPlayable(page), SIZE, 'The video that the editor shows');
	const [job] = scene.expectSubmits(1);
	expectEqual(job?.fields.prompt, 'A lighthouse at night', 'The prompt that deAPI got');
	expect(clicks.length <= MOST_CLICKS, `Clicks: ${clicks.join(', ')}`);
	expect(fields.length <= MOST_FIELDS, `Fields: ${fields.join(', ')}`);

	await withFilms(scene, async () => await wholeSongNext(scene, editor));
}

/** What else the first film takes: two choices, in the node that is open. */
async function wholeSongNext(scene: Scene, editor: Editor): Promise<void> {
	const { page } = editor;
	await editor.choose('whenTooLong', 'Make Several Clips and Join Them');
	await editor.choose('size', 'Portrait 576 × 1024 (9:16)');
	await editor.closeNode();
	const form = await openForm(page);
	await form.locator('input[type=file]').setInputFiles({
		name: 'my song.mp3',
		mimeType: 'audio/mpeg',
		buffer: await readFile(fixturePath(HALF_A_MINUTE.fixture)),
	});
	await form.locator('textarea').fill('A lighthouse at night');
	const download = form.waitForEvent('download', { timeout: 90_000 });
	await form.getByRole('button', { name: 'Submit' }).click();
	expectEqual((await download).suggestedFilename(), 'my song-film.mp4', "The film's file");
	await form.getByText('Your film is ready').waitFor();
	await form.close();
	await editor.openNode('Generate Video');
	await editor.output.getByTestId('ndv-view-binary-data').click();
	const size = { width: 576, height: 1024 };
	expectEqual(await untilPlayable(page), size, 'The film that the editor shows');
	scene.expectSubmits(1 + HALF_A_MINUTE.clips);
}

async function forgetCredentials({ stage: { api } }: Scene): Promise<void> {
	const all = await api.call<Array<{ id: string; type: string }>>('GET', '/rest/credentials');
	for (const { id, type } of all) {
		if (type === 'deapiApi') await api.call('DELETE', `/rest/credentials/${id}`);
	}
}

/** Pastes an example as it is shipped, as one does with a workflow that one has copied. */
async function pasteExample({ page }: Editor, name: string, scene: Scene): Promise<void> {
	const workflow = await readExample(name, {
		files: scene.files,
		credentials: { deapiApi: { id: '', name: 'deAPI account' } },
	});
	const text = JSON.stringify(JSON.stringify(workflow));
	await page.evaluate(`{
		const clipboardData = new DataTransfer();
		clipboardData.setData('text/plain', ${text});
		document.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
	}`);
	await page.getByTestId('canvas-node').first().waitFor();
}
