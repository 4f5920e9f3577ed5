import type { Editor } from '../editor/editor';
import { picture } from '../editor/pictures';
import { expect, expectEqual, expectProperties } from '../check';
import type { Scene } from '../scene';
import { addAnotherCredential, addFreshNode } from '../editor/fresh';
import { listenTo, onlyJob, viewFile } from '../editor/output';

const TEXT = 'Good morning! The sea is calm today.';

/** Someone has a text read aloud by a voice that they searched for, and hears it in the editor. */
export async function speechIsMade(scene: Scene, editor: Editor): Promise<void> {
	await addAnotherCredential(scene);
	await addFreshNode(scene, editor, { search: 'text to speech', action: 'Generate speech' });
	await editor.fill('text', TEXT);

	const all = await editor.openList('voice');
	expectEqual(all, ['Sky', 'Bella · female', 'Adam · male'], 'The voices of the language');
	await editor.screenshot(picture('voices'), editor.form, { upTo: editor.parameter('speed') });
	expectEqual(await editor.searchOpenList('bel'), ['Bella · female'], "The voices with 'bel'");
	await editor.pickInOpenList('Bella');
	expectEqual(await editor.chosenIn('voice'), 'Bella · female', 'The voice that the field shows');

	await viewFile(editor);
	const { seconds, heard } = await listenTo(editor.page);
	expect(seconds > 5 && heard > 0, `The speech should be heard; it has ${seconds} s`);
	await editor.screenshot(picture('speech'), [...editor.form, editor.output]);
	expectProperties(
		onlyJob(scene, 'txt2audio').fields,
		{ text: TEXT, model: 'Kokoro', voice: 'af_bella', lang: 'en-us', format: 'mp3' },
		'The job',
	);
}
