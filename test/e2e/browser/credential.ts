import { expect } from '../check';
import { nodeOf } from '../n8n/example';
import { type Scene, deapiCredential } from '../scene';
import type { Editor } from './editor';
import { picture } from './pictures';

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
	await fill('apiKey', 'wrong-key');
	await fill('webhookSecret', webhookSecret);
	await fill('baseUrl', baseUrl);
	await save.click();
	await dialog.getByText('More details').click();
	await dialog
		.getByText(
			'deAPI did not accept this API key. Copy it again from the deAPI dashboard under Settings > API Keys.',
		)
		.waitFor();
	await editor.screenshot(picture('credential'), [page.getByTestId('credential-edit-dialog')], {
		margin: 24,
		upTo: dialog.getByTestId('parameter-input-webhookSecret'),
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
