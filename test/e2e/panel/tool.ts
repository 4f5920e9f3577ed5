import { expect, expectEqual } from '../check';
import type { Editor } from '../editor/editor';
import { picture } from '../editor/pictures';
import { shows } from '../editor/shows';
import { readExample } from '../n8n/example';
import type { Scene } from '../scene';

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
