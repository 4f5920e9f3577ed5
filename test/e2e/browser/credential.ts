import { expect, expectEqual } from '../check';
import { freePort } from '../machine/ports';
import { until } from '../n8n/api';
import { nodeOf } from '../n8n/example';
import { type Scene, deapiCredential } from '../scene';
import type { Editor } from '../editor/editor';
import { picture } from '../editor/pictures';

/** A user makes a credential in the node: a wrong key is refused with our sentence, the right one passes. */
export async function credentialIsMade(scene: Scene, editor: Editor): Promise<void> {
	const { page } = editor;
	const { apiKey, baseUrl, webhookSecret } = deapiCredential(scene.stage);
	const workflow = await scene.importExample('song-to-video');
	await editor.openWorkflow(workflow.id);
	await editor.openNode(nodeOf(workflow, 'Generate Video').name);
	await page.getByTestId('node-credentials-select').click();
	await page.getByText('Create new credential').click();

	const dialog = page.getByTestId('editCredential-modal');
	const fill = async (field: string, text = '') =>
		await dialog.getByTestId(`parameter-input-${field}`).locator('input').fill(text);
	const save = dialog.getByTestId('credential-save-button');
	for (const hint of [
		'Sign in at app.deapi.ai, open Settings > API Keys and copy a key',
		'Only for the deAPI Trigger; leave it empty if you do not use that',
	]) {
		await dialog.getByText(hint).waitFor();
	}
	await dialog.getByTestId('parameter-input-apiVersion').click();
	for (const version of ['V1 (Secret Set in the Dashboard)', 'V2 (Secret Sent With Each Job)']) {
		await page.getByRole('option', { name: version }).waitFor();
	}
	await page.keyboard.press('Escape');
	const order = ['apiKey', 'webhookSecret', 'apiVersion', 'baseUrl'];
	const tops = await Promise.all(
		order.map(
			async (field) => (await dialog.getByTestId(`parameter-input-${field}`).boundingBox())?.y ?? 0,
		),
	);
	expectEqual(
		[...tops].sort((a, b) => a - b),
		tops,
		`From top to bottom: ${order.join(', ')}`,
	);
	const link = dialog.getByRole('link', { name: 'app.deapi.ai' });
	expectEqual(await link.getAttribute('href'), 'https://app.deapi.ai', 'Where a key comes from');

	const saveAndRead = async (message: string) => {
		await save.click();
		await until(`the dialog says: ${message}`, 20_000, async () => {
			// n8n folds away what is too long for it.
			const more = dialog.getByText('More details');
			if (await more.isVisible()) await more.click();
			return (await dialog.getByText(message).first().isVisible()) ? true : undefined;
		});
	};
	await fill('webhookSecret', webhookSecret);
	await fill('apiKey', apiKey);
	await fill('baseUrl', 'deapi');
	await saveAndRead("'Base URL' in the 'deAPI API' credential is not a web address: deapi.");
	await fill('baseUrl', `http://127.0.0.1:${await freePort()}`);
	await saveAndRead('deAPI could not be reached: the connection was refused.');
	await fill('baseUrl', baseUrl);
	await fill('apiKey', 'wrong-key');
	await saveAndRead('deAPI did not accept the API key.');
	await editor.screenshot(picture('credential'), [page.getByTestId('credential-edit-dialog')], {
		margin: 24,
	});

	await fill('apiKey', apiKey);
	await save.click();
	// A credential that passes its test closes the dialog.
	await dialog.waitFor({ state: 'hidden' });
	await page.getByTestId('credential-edit-button').click();
	const passed = dialog.getByTestId('credentials-config-container-test-success');
	await passed.waitFor();
	expect(await passed.isVisible(), 'The dialog should show that the test passed');
}
