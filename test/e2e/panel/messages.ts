import { expectEqual } from '../check';
import type { Editor } from '../editor/editor';
import { addFreshNode } from '../editor/fresh';
import { picture } from '../editor/pictures';
import { shows } from '../editor/shows';
import { THREE_MINUTES } from '../film/film';
import type { Scene } from '../scene';

const NODE = { search: 'music video', action: 'Generate video from audio' };

/** A fresh node and a song of three minutes: the message says what the choices are and what each takes. */
export async function soundIsTooLong(scene: Scene, editor: Editor): Promise<void> {
	await addFreshNode(scene, editor, { ...NODE, file: [THREE_MINUTES.fixture, 'song.mp3'] });
	await editor.fill('prompt', 'A lighthouse at night');
	await editor.toggle('waitForCompletion');
	await editor.executeStep();
	await shows(editor.output, [
		'The sound is 183 seconds long',
		'makes videos of up to 10.042 seconds',
		'Make Several Clips and Join Them',
		`${THREE_MINUTES.clips} `,
		'Shorten',
		'Nothing was sent',
	]);
	await editor.screenshot(picture('too-long'), [...editor.form, editor.output], {
		upTo: editor.parameter('lengthMode'),
	});
	expectEqual(scene.requests('submit').length, 0, 'Submits of a song that is too long');
}

/** A model that the account does not have: deAPI decides, and the message says so by its label. */
export async function modelIsUnknown(scene: Scene, editor: Editor): Promise<void> {
	await addFreshNode(scene, editor, { ...NODE, file: ['song.mp3', 'song.mp3'] });
	await editor.fill('prompt', 'A lighthouse at night');
	await editor.enterId('model', 'Sora');
	await editor.executeStep();
	await shows(editor.output, ["deAPI did not accept 'Model'", 'Nothing was submitted']);
	const accepted = scene.requests('submit').filter(({ status }) => status === 200);
	expectEqual(accepted.length, 0, 'Jobs for a model that there is not');
}
