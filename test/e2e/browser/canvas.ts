import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { expectEqual } from '../check';
import type { Scene } from '../scene';
import { PROJECT_FOLDER } from '../stage';
import type { Editor } from './editor';
import { picture } from './pictures';

/** Every shipped example opens in the editor, and n8n finds nothing wrong with its nodes. */
export async function examplesOnCanvas(scene: Scene, editor: Editor): Promise<void> {
	const files = await readdir(path.join(PROJECT_FOLDER, 'examples'));
	for (const name of files.map((file) => path.parse(file).name)) {
		const workflow = await scene.importExample(name);
		await editor.openWorkflow(workflow.id);
		await editor.zoomToFit();
		const nodes = editor.canvasNodes;
		expectEqual(await nodes.count(), workflow.nodes.length, `Nodes on the canvas of ${name}`);
		const issues = editor.page.getByTestId('node-issues');
		expectEqual(await issues.count(), 0, `Nodes of ${name} with which n8n finds something wrong`);
		await editor.screenshotOfCanvas(picture(`canvas-${name}`));
		if (name !== 'song-to-video') continue;
		await editor.look('dark');
		await editor.screenshotOfCanvas(picture(`canvas-${name}-dark`));
		await editor.look('light');
	}
}
