import type { Locator } from 'playwright-core';
import { expect, expectEqual } from '../check';
import { until } from '../n8n/api';
import { readExample } from '../n8n/example';
import { type Scene, onlyItem } from '../scene';
import { createBeginning } from './generate';
import type { Editor } from './editor';
import { picture } from './pictures';

/** The model that the field starts with. */
const DEFAULT_MODEL = 'LTX-2.3 22B Distilled';

/** A new user changes nothing but the prompt, and then tries the fields: each says what it means. */
export async function panelExplains(scene: Scene, editor: Editor): Promise<void> {
	const { page, output } = editor;
	await scene.addFile('song.mp3');
	const workflow = await createBeginning(scene);
	await editor.openWorkflow(workflow.id);
	await editor.continueAfterLastNode();
	await editor.searchNodes('generate video');
	await editor.pickInPanel('deAPI');
	await editor.pickInPanel('Generate video from audio');
	await editor.chooseCredential('deAPI account');
	// n8n's editor empties the field when a credential is chosen among several.
	await editor.pickFromList('model', 'LTX-2.3 22B Distilled');
	await editor.fill('prompt', 'A lighthouse at night');
	await shows(page.getByTestId('node-parameters'), [
		'A video usually takes one to three minutes',
		'Match Audio',
		'Stop With a Message',
		'Square 512 × 512 (1:1)',
	]);
	const [prompt, wait] = await Promise.all(
		['prompt', 'waitForCompletion'].map(async (name) => await editor.parameter(name).boundingBox()),
	);
	const gap = (wait?.y ?? 0) - ((prompt?.y ?? 0) + (prompt?.height ?? 0));
	expect(
		gap > 0 && gap < 60,
		`The switch should stand right below the prompt; it is ${gap} px off`,
	);

	await editor.executeStep();
	await shows(output, ['request_id', 'Turn it on to get the video here']);
	await editor.screenshot(picture('without-waiting'), [...editor.form, output], {
		upTo: editor.parameter('whenTooLong'),
	});
	scene.expectSubmits(1);

	await editor.choose('whenTooLong', 'Shorten');
	await editor.choose('lengthMode', 'Seconds');
	await editor.choose('whenTooLong', 'Shorten');
	await editor.fill('duration', '60');
	await editor.executeStep();
	await shows(output, ['A duration that is longer than the model allows makes a shorter video']);
	await output.getByTestId('radio-button-json').click();
	await shows(output, ['"shortened"', '"requested_seconds"']);

	await editor.choose('lengthMode', 'Frames');
	await editor.choose('size', 'Custom');
	await shows(page.getByTestId('node-parameters'), [
		'97 frames at 24 FPS are 4 seconds',
		'A multiple of 32 suits most models',
	]);
	await editor.parameter('model').getByTestId('rlc-input').click();
	// The chosen one is there at once; the list comes from deAPI.
	await page.getByTestId('rlc-item').filter({ hasText: '·' }).first().waitFor();
	const models = await page.getByTestId('rlc-item').allTextContents();
	// n8n shows the chosen one under the name that it was saved with.
	const others = models.map((name) => name.trim()).filter((name) => name !== DEFAULT_MODEL);
	expect(others.length > 0, `The list should have models, it has: ${models.join(', ')}`);
	for (const model of others) {
		expect(/ · \d+–\d+ px · up to [\d.]+ s/.test(model), `An entry without limits: ${model}`);
	}
	await page.keyboard.press('Escape');

	await editor.closeNode();
	await shows(page.getByTestId('canvas-node').last(), ['Generate From Audio']);
}

/** A fresh node as an agent's tool says what to set, and starts with what an agent can do. */
export async function toolExplains(scene: Scene, editor: Editor): Promise<void> {
	const example = await readExample('ai-agent-tool', scene);
	const tool = example.nodes.find(({ type }) => type.endsWith('.deapiTool'));
	expect(tool, 'The example should have the tool');
	tool.parameters = {};
	const workflow = await scene.stage.api.createWorkflow(example);
	await editor.openWorkflow(workflow.id);
	await editor.openNode(tool.name);
	const form = editor.page.getByTestId('node-parameters');
	await shows(form, [
		'Let the model fill in Audio URL and Prompt',
		'An agent cannot hand over files',
	]);
	await editor.parameter('audioUrl').waitFor();
	const waits = editor.parameter('waitForCompletion').getByRole('switch');
	expectEqual(await waits.getAttribute('aria-checked'), 'true', 'Whether the tool waits');
	await editor.screenshot(picture('tool'), editor.form, { upTo: editor.parameter('lengthMode') });
}

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

/** Waits until all of these texts are seen somewhere in a part of the page. */
async function shows(part: Locator, texts: string[]): Promise<void> {
	for (const text of texts) {
		await until(`'${text}' is seen`, 20_000, async () => {
			const isThere = await part.getByText(text).first().isVisible();
			return isThere || (await valuesIn(part)).includes(text) ? true : undefined;
		});
	}
}

/** What the fields of a part of the page hold: a choice shows its text as a value. */
async function valuesIn(part: Locator): Promise<string[]> {
	const fields = await part.locator('input:not([type="checkbox"]), textarea').all();
	return await Promise.all(fields.map(async (field) => await field.inputValue()));
}
