import { expect, expectEqual } from '../check';
import type { Editor } from '../editor/editor';
import { picture } from '../editor/pictures';
import { until } from '../n8n/api';
import { type Scene, onlyItem } from '../scene';

/** Stop while a node waits: the ID of the paid job stays where n8n lets it. */
export async function jobSurvivesStop(scene: Scene, editor: Editor): Promise<void> {
	const { page } = editor;
	const { api } = scene.stage;
	await scene.addFile('song.mp3');
	const said: string[] = [];
	page.on('console', (message) => said.push(message.text()));

	const waiting = await scene.importExample('song-to-video');
	await editor.openWorkflow(waiting.id);
	await stopWhileWaiting(scene, editor);
	const [first] = scene.jobs;
	const [stopped] = await api.executions(waiting.id);
	const { customData } = await api.call<{ customData: Record<string, string> }>(
		'GET',
		`/rest/executions/${stopped?.id}`,
	);
	expectEqual(customData, { deapi_request_ids: first?.request_id }, "The execution's custom data");
	expect(
		said.some((text) => text.includes(`deAPI accepted the job ${first?.request_id}`)),
		"The browser's console should name the job",
	);

	const apart = await scene.importExample('submit-then-fetch');
	await editor.openWorkflow(apart.id);
	await stopWhileWaiting(scene, editor);
	const second = scene.jobs[1]?.request_id ?? '';
	await editor.openNode('Submit Song');
	await editor.output.getByText(second).first().waitFor();
	await editor.screenshot(picture('after-stop'), [editor.output]);
	const [execution] = await api.executions(apart.id);
	const saved = await api.execution(execution?.id ?? '');
	expectEqual(onlyItem(saved, 'Submit Song').json.request_id, second, 'The saved output');
}

/** Presses Stop when deAPI has been asked for the job's status and does not answer. */
async function stopWhileWaiting(scene: Scene, { page }: Editor): Promise<void> {
	const asked = scene.requests('status').length;
	scene.stage.deapi.faults.add({ route: 'status', fault: { type: 'hang' } });
	await page.getByTestId('execute-workflow-button').click();
	await until('the node waits for its job', 30_000, () =>
		scene.requests('status').length > asked ? true : undefined,
	);
	await page.getByTestId('stop-execution-button').click();
	await page.getByText('Execution stopped').first().waitFor();
}
