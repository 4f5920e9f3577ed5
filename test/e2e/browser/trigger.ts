import { expect, expectEqual } from '../check';
import { readExample, webhookPathOf } from '../n8n/example';
import { type Scene, onlyItem } from '../scene';
import type { Editor } from '../editor/editor';
import { picture } from '../editor/pictures';

/** A user tests the trigger in the editor: it listens on its test URL, and shows what deAPI sends. */
export async function triggerIsTested(scene: Scene, editor: Editor): Promise<void> {
	const { page } = editor;
	const { deapi, publicUrl } = scene.stage;
	await scene.addFile('song.mp3');
	const made = await scene.run(await scene.importExample('song-to-video'));
	const requestId = String(onlyItem(made, 'Generate Video').json.request_id);
	const example = await readExample('event-driven', scene);
	const workflow = await scene.stage.api.createWorkflow(example);

	await editor.openWorkflow(workflow.id);
	await editor.openNode('deAPI Trigger');
	await page.getByText('Webhook URLs', { exact: true }).click();
	const testPath = webhookPathOf(example, 'deAPI Trigger').replace('webhook', 'webhook-test');
	await page.getByText(testPath).waitFor();
	await page.getByText('Test with a deAPI job').waitFor();
	await page.getByText("Open 'Webhook URLs' above, copy the Production URL").waitFor();
	await page.getByText('In another tab, run a deAPI node').first().waitFor();
	await page.getByTestId('trigger-execute-button').click();
	await page.getByText('Listening for test event').waitFor();
	const { status } = await deapi.deliver({ url: publicUrl + testPath, job: requestId });
	expectEqual(status, 200, 'The answer of the test URL');

	await editor.output.getByTestId('radio-button-json').click();
	await editor.output.getByText(requestId).first().waitFor();
	await editor.output.getByTestId('radio-button-binary').click();
	await editor.output.getByText(`${requestId}.mp4`).waitFor();
	expect(
		await editor.output.getByTestId('ndv-view-binary-data').isVisible(),
		"The trigger's output should offer to view the video",
	);
	await page.getByTestId('radio-button-production').click();
	await showAs(editor, publicUrl, 'https://n8n.example.com');
	await editor.screenshot(picture('trigger'), [...editor.form, editor.output], {
		upTo: page.getByTestId('collection-parameter-add').first(),
	});
}

/** For the picture: shows a user's address in the place of this run's. */
async function showAs({ page }: Editor, from: string, to: string): Promise<void> {
	for (const text of await page.getByText(from).all()) {
		await text.evaluate(
			(element: { textContent: string }, [before, after]) => {
				element.textContent = element.textContent.replace(before, after);
			},
			[from, to] as const,
		);
	}
}
