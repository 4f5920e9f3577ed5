import { expect } from '../check';
import type { Scene } from '../scene';
import type { Editor } from './editor';
import { picture } from './pictures';

/** Whoever looks for audio to video finds the trigger in the panel of nodes, in its light and dark look. */
export async function triggerIsFound(_scene: Scene, editor: Editor): Promise<void> {
	await editor.openNewWorkflow();
	const found = await editor.searchNodes('audio to video');
	expect(found.includes('deAPI'), `The search should find deAPI, it finds: ${found.join(', ')}`);
	const panel = editor.page.getByTestId('node-creator');
	const entry = editor.page.getByTestId('node-creator-item-name').locator('../..').first();
	await editor.screenshot(picture('search'), [panel], { upTo: entry });
	await editor.look('dark');
	await editor.screenshot(picture('search-dark'), [panel], { upTo: entry });
	await editor.look('light');

	await editor.pickInPanel('deAPI');
	for (const name of ['On video ready', 'On video failed', 'On video started']) {
		await panel.getByText(name).waitFor();
	}
}
