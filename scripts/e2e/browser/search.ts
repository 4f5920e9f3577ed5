import { expect } from '../check';
import type { Scene } from '../scene';
import type { Editor } from './editor';
import { picture } from './pictures';

/** Whoever looks for audio to video finds the nodes, with actions and a trigger. */
export async function nodesAreFound(_scene: Scene, editor: Editor): Promise<void> {
	await editor.openNewWorkflow();
	const found = await editor.searchNodes('audio to video');
	expect(found.includes('deAPI'), `The search should find deAPI, it finds: ${found.join(', ')}`);
	await editor.screenshot(picture('search'));
	await editor.look('dark');
	await editor.screenshot(picture('search-dark'));
	await editor.look('light');
	await editor.pickInPanel('deAPI');
	await editor.page.waitForTimeout(1000);
	await editor.screenshot(picture('actions'));
	console.log(await editor.page.getByTestId('node-creator-item-name').allTextContents());
}
