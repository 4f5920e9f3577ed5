import { untilPlayable } from '../browser/generate';
import type { Editor } from '../editor/editor';
import { expect, expectEqual } from '../check';
import type { Scene } from '../scene';
import { addFreshNode } from '../editor/fresh';
import { onlyJob, viewFile } from '../editor/output';

/** Someone has a video enlarged by a model that lets them choose how much, and sees it in the editor. */
export async function videoIsUpscaled(scene: Scene, editor: Editor): Promise<void> {
	await addFreshNode(scene, editor, {
		search: 'upscale',
		action: 'Upscale a video',
		file: ['result.mp4', 'clip.mp4'],
	});
	const all = await editor.openList('model');
	const found = await editor.searchOpenList('flash');
	expect(all.length > found.length, `The list should shrink; it had ${all.join(', ')}`);
	expectEqual(found, ['FlashVSR Tiny · experimental · scale 2–4'], "The models with 'flash'");
	await editor.pickInOpenList('FlashVSR');
	await viewFile(editor);
	await untilPlayable(editor.page);
	const { fields, files } = onlyJob(scene, 'vid-upscale');
	expectEqual(fields.model, 'FlashVSR_Tiny', 'The model');
	expectEqual(
		files.map(({ name, filename }) => ({ name, filename })),
		[{ name: 'video', filename: 'clip.mp4' }],
		'The files that deAPI got',
	);
}
