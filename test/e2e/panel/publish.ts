import { expect } from '../check';
import type { Editor } from '../editor/editor';
import { picture } from '../editor/pictures';
import { readExample } from '../n8n/example';
import { type Scene, deapiCredential } from '../scene';

/** Without a secret nobody can tell deAPI's calls from others: n8n's message says what to do. */
export async function secretIsMissing(scene: Scene, editor: Editor): Promise<void> {
	const { page } = editor;
	const { api } = scene.stage;
	const data = deapiCredential(scene.stage, { webhookSecret: '' });
	const deapiApi = await api.createCredential('deapiApi', 'deAPI without a secret', data);
	const workflow = await api.createWorkflow(
		await readExample('event-driven', {
			files: scene.files,
			credentials: { ...scene.credentials, deapiApi },
		}),
	);
	await editor.openWorkflow(workflow.id);
	await editor.publish();
	for (const text of [
		"'Webhook Secret' is empty in the 'deAPI API' credential",
		'copy the secret from the webhook settings of the deAPI dashboard',
		'Accept Unsigned Calls',
	]) {
		await page.getByText(text).first().waitFor();
	}
	await page.screenshot({ path: picture('no-secret') });
	const { status } = await api.call<{ status: string }>(
		'GET',
		`/rest/workflows/${workflow.id}/publication-status`,
	);
	expect(status !== 'published', `The workflow should not be published, it is ${status}`);
	await api.call('DELETE', `/rest/credentials/${deapiApi.id}`);
}
