import { createBeginning } from '../browser/generate';
import { expect, expectEqual } from '../check';
import type { Editor } from '../editor/editor';
import { addAnotherCredential } from '../editor/fresh';
import { picture } from '../editor/pictures';
import { shows } from '../editor/shows';
import type { Scene } from '../scene';

/** What the field 'Model' starts with. */
const MODEL = 'Automatic';

/** What the field offers, by where the videos go. */
const SIZES = [
	'Custom',
	'Landscape 1024 × 576 (16:9)',
	'Portrait 576 × 1024 (9:16)',
	'Square 512 × 512 (1:1)',
];

/** A new user changes nothing but the prompt, and then tries the fields: each says what it means. */
export async function panelExplains(scene: Scene, editor: Editor): Promise<void> {
	const { page, output } = editor;
	await scene.addFile('song.mp3');
	await addAnotherCredential(scene);
	const workflow = await createBeginning(scene);
	await editor.openWorkflow(workflow.id);
	await editor.continueAfterLastNode();
	await editor.searchNodes('generate video');
	await editor.pickInPanel('deAPI');
	await editor.pickInPanel('Generate video from audio');
	await editor.chooseCredential('deAPI account');
	expectEqual(await editor.chosenIn('model'), MODEL, 'The model that the field shows');
	await editor.fill('prompt', 'A lighthouse at night');
	await shows(page.getByTestId('node-parameters'), [
		'A video usually takes one to three minutes, a film several times as long',
		'Match Audio',
		'Stop With a Message',
		'Square 512 × 512 (1:1)',
	]);
	const [prompt, wait] = await Promise.all(
		['prompt', 'waitForCompletion'].map(async (name) => await editor.parameter(name).boundingBox()),
	);
	const gap = (wait?.y ?? 0) - ((prompt?.y ?? 0) + (prompt?.height ?? 0));
	expect(
		gap > 0 && gap < 60,
		`The switch should stand right below the prompt; it is ${gap} px off`,
	);

	await editor.executeStep();
	await shows(output, ['request_id', 'Turn it on to get the video here']);
	await editor.screenshot(picture('without-waiting'), [...editor.form, output], {
		upTo: editor.parameter('whenTooLong'),
	});
	scene.expectSubmits(1);

	await editor.choose('whenTooLong', 'Shorten');
	await editor.choose('lengthMode', 'Seconds');
	await editor.choose('whenTooLong', 'Shorten');
	await editor.fill('duration', '60');
	await editor.executeStep();
	await shows(output, ['A duration that is longer than the model allows makes a shorter video']);
	await output.getByTestId('radio-button-json').click();
	await shows(output, ['"shortened"', '"requested_seconds"']);

	await editor.choose('lengthMode', 'Frames');
	expectEqual(await editor.choicesOf('size'), SIZES, 'The sizes');
	await editor.choose('size', 'Custom');
	await shows(page.getByTestId('node-parameters'), [
		'97 frames at 24 FPS are 4 seconds',
		'A multiple of 32 suits most models',
	]);
	const [first, ...models] = await editor.openList('model');
	expectEqual(first, MODEL, 'The first entry of the list');
	expect(models.length > 1, `The list should have models, it has: ${models.join(', ')}`);
	for (const model of models) {
		expect(/ · \d+–\d+ px · up to [\d.]+ s/.test(model), `An entry without limits: ${model}`);
	}
	await page.keyboard.press('Escape');

	await editor.closeNode();
	await shows(page.getByTestId('canvas-node').last(), ['Generate From Audio']);
}
