import { expect, expectEqual } from '../check';
import type { Editor } from '../editor/editor';
import { addFreshNode } from '../editor/fresh';
import { picture } from '../editor/pictures';
import type { Scene } from '../scene';

/** The options of a fresh node come by name; numbers are shown without needless decimals. */
export async function optionsAreInOrder(scene: Scene, editor: Editor): Promise<void> {
	const { page } = editor;
	await addFreshNode(scene, editor, {
		search: 'make video',
		action: 'Generate video from audio',
		file: ['song.mp3', 'song.mp3'],
	});
	await editor.fill('prompt', 'A singer in a street, slow camera');
	await editor.toggle('waitForCompletion');
	await editor.choose('whenTooLong', 'Make Several Clips and Join Them');
	const names = await editor.optionsToAdd();
	const sorted = [...names].sort((a, b) => a.localeCompare(b, 'en'));
	expectEqual(names, sorted, 'The options in the order of the list');
	for (const name of ['Max Price (USD)', 'Poll Interval (Seconds)', 'Wait At Most (Seconds)']) {
		expect(names.includes(name), `There should be the option ${name}, there are: ${names.join()}`);
	}

	await editor.addOption('Wait At Most (Seconds)');
	const shown = await editor.parameter('timeout').locator('input').inputValue();
	expectEqual(shown, '600', 'The number that the option shows');
	await editor.addOption('Scenes');
	await editor.fill('scenes', SCENES);
	// Nothing shall be pointed at.
	await page.getByText('Options', { exact: true }).first().click();
	await editor.parameter('timeout').scrollIntoViewIfNeeded();
	await editor.screenshot(picture('scenes'), editor.form);
	await editor.look('dark');
	await editor.screenshot(picture('scenes-dark'), editor.form);
	await editor.look('light');

	const docs = page.getByRole('link', { name: 'Docs' }).first();
	const address = (await docs.getAttribute('href')) ?? '';
	expect(
		address.includes('n8n-nodes-deapi-aud2video'),
		`Docs should lead to this package, it leads to ${address}`,
	);
	expectEqual(scene.jobs.length, 0, 'Jobs of a node that has not run');
}

const SCENES = `0:00 A street at dawn, empty and blue
0:21 The singer opens a window, warm light
0:48 The chorus: a crowd with lanterns
1:32 The street at night, lanterns fly up`;
