import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Scene } from '../scene';
import { PROJECT_FOLDER } from '../stage';
import type { Editor } from './editor';
import { picture } from './pictures';

/** Every shipped example opens in the editor, light and dark. */
export async function examplesOnCanvas(scene: Scene, editor: Editor): Promise<void> {
	const files = await readdir(path.join(PROJECT_FOLDER, 'examples'));
	for (const name of files.map((file) => path.parse(file).name)) {
		const workflow = await scene.importExample(name);
		await editor.openWorkflow(workflow.id);
		await editor.zoomToFit();
		await editor.screenshot(picture(`canvas-${name}`));
		await editor.look('dark');
		await editor.screenshot(picture(`canvas-${name}-dark`));
		await editor.look('light');
	}
}
