import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, expectEqual } from '../check';
import type { Scene } from '../scene';
import { PROJECT_FOLDER } from '../stage';
import { type Editor, boxesOf } from '../editor/editor';
import { picture } from '../editor/pictures';

/** Those that README shows, also in n8n's dark look. */
const IN_README = ['song-to-video', 'idea-to-music-video', 'store-and-post'];

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
		await expectNotesBesideNodes(editor, name);
		await editor.screenshotOfCanvas(picture(`canvas-${name}`));
		if (!IN_README.includes(name)) continue;
		await editor.look('dark');
		await editor.screenshotOfCanvas(picture(`canvas-${name}-dark`));
		await editor.look('light');
	}
}

/** No note lies on a node or on its name, which stands below it. */
async function expectNotesBesideNodes({ page }: Editor, name: string): Promise<void> {
	const notes = await boxesOf([page.locator('.vue-flow__node-sticky, [data-test-id="sticky"]')]);
	const nodes = await boxesOf([page.getByTestId('canvas-node')]);
	expect(notes.length > 0 && nodes.length > 0, `${name} should have notes and nodes`);
	for (const node of nodes) {
		for (const note of notes) {
			const isApart =
				note.x >= node.x + node.width ||
				note.x + note.width <= node.x ||
				note.y >= node.y + node.height ||
				note.y + note.height <= node.y;
			expect(isApart, `A note of ${name} covers a node: ${JSON.stringify({ note, node })}`);
		}
	}
}
