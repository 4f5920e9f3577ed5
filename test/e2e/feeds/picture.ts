import type { Editor } from '../editor/editor';
import { picture } from '../editor/pictures';
import { expect, expectEqual, expectProperties } from '../check';
import type { Scene } from '../scene';
import { addFreshNode } from '../editor/fresh';
import { onlyJob, viewFile } from '../editor/output';

const PROMPT = 'A lighthouse in morning light, oil painting';

/** Someone has a picture made by a model that they searched for, and sees it in the editor. */
export async function pictureIsMade(scene: Scene, editor: Editor): Promise<void> {
	await addFreshNode(scene, editor, { search: 'image generation', action: 'Generate an image' });
	await editor.fill('prompt', PROMPT);

	const all = await editor.openList('model');
	const found = await editor.searchOpenList('schnell');
	expect(all.length > found.length, `The list should shrink; it had ${all.join(', ')}`);
	expectEqual(found, ['FLUX.1 schnell · 256–2048 px'], "The models with 'schnell'");
	await editor.screenshot(picture('models'), editor.form, { upTo: editor.parameter('seed') });
	await editor.pickInOpenList('schnell');

	await viewFile(editor);
	const image = editor.output.locator('img').last();
	await image.waitFor();
	await editor.page.waitForFunction(
		'[...document.querySelectorAll("[data-test-id=output-panel] img")].some((image) => image.naturalWidth > 100)',
	);
	expectProperties(
		onlyJob(scene, 'txt2img').fields,
		{ prompt: PROMPT, model: 'Flux1schnell', width: '512', height: '512' },
		'The job',
	);
}
