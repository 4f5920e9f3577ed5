import { expect, expectEqual } from '../check';
import type { Scene } from '../scene';
import type { Editor } from '../editor/editor';
import { picture } from '../editor/pictures';

/** What people type who want what the node does. */
const SEARCHES = [
	...['generate video', 'make video', 'create video', 'video from audio', 'voice to video'],
	...['mp3', 'music video', 'lip sync', 'reels'],
];

/** What people type who want what feeds or finishes a video. */
const FEEDS = [
	...['text to speech', 'TTS', 'voice clone', 'read aloud', 'generate speech'],
	...['music generator', 'song generator', 'generate music'],
	...['transcribe', 'speech to text', 'subtitles', 'Whisper'],
	...['image generation', 'generate image', 'text to image', 'FLUX'],
	...['upscale', 'prompt enhancer', 'join clips'],
	...['text to video', 'image to video', 'replace character', 'edit image', 'remove background'],
];

/** The actions in the order in which most people want them. */
const FIRST_ACTIONS = ['Generate video from audio', 'Estimate the price of a video'];

/** Whoever looks for what the node does finds it first, and in it the action that makes a video. */
export async function nodeIsFound(_scene: Scene, editor: Editor): Promise<void> {
	await editor.openNewWorkflow();
	for (const words of SEARCHES) {
		const [first] = await editor.searchNodes(words);
		expectEqual(first, 'deAPI', `What the search for '${words}' finds first`);
	}
	for (const words of FEEDS) {
		const found = await editor.searchNodes(words);
		expect(found.includes('deAPI'), `'${words}' should find deAPI, it finds: ${found.join(', ')}`);
	}
	await editor.searchNodes('text to speech');
	await editor.screenshot(picture('search-speech'), [editor.page.getByTestId('node-creator')]);
	await editor.pickInPanel('deAPI');
	const actions = editor.page.getByTestId('node-creator-item-name');
	// On an empty canvas n8n unfolds the triggers only.
	await editor.page.getByText(/^Actions \(\d+\)/).click();
	await actions.filter({ hasText: FIRST_ACTIONS[0] }).waitFor();
	const names = (await actions.allTextContents()).map((name) => name.trim());
	const begin = names.indexOf(FIRST_ACTIONS[0] ?? '');
	expectEqual(names.slice(begin, begin + 2), FIRST_ACTIONS, 'The first actions');
}

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
