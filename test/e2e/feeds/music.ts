import type { Editor } from '../editor/editor';
import { expect, expectEqual, expectProperties } from '../check';
import type { Scene } from '../scene';
import { addFreshNode } from '../editor/fresh';
import { listenTo, onlyJob, viewFile } from '../editor/output';

const CAPTION = 'Slow waltz with piano and strings';

/** Someone has a song made by a model that they searched for, and hears it in the editor. */
export async function musicIsMade(scene: Scene, editor: Editor): Promise<void> {
	await addFreshNode(scene, editor, { search: 'music generator', action: 'Generate music' });
	await editor.fill('caption', CAPTION);

	const all = await editor.openList('model');
	const found = await editor.searchOpenList('xl turbo');
	expect(all.length > found.length, `The list should shrink; it had ${all.join(', ')}`);
	expectEqual(found, ['ACE-Step 1.5 XL Turbo INT8 · up to 300 s'], "The models with 'xl turbo'");
	await editor.pickInOpenList('XL Turbo');

	await viewFile(editor);
	const { seconds, heard } = await listenTo(editor.page);
	expect(seconds > 5 && heard > 0, `The song should be heard; it has ${seconds} s`);
	expectProperties(
		onlyJob(scene, 'txt2music').fields,
		{ caption: CAPTION, lyrics: '[Instrumental]', model: 'AceStep_1_5_XL_Turbo_INT8' },
		'The job',
	);
}
