import type { Editor } from '../editor/editor';
import { expectEqual } from '../check';
import type { Scene } from '../scene';
import { addFreshNode } from '../editor/fresh';
import { expectJson } from '../editor/output';

const IDEA = 'A singer on a rooftop';

/** Someone has a better prompt made of an idea, for a model of videos, and reads it in the editor. */
export async function promptIsEnhanced(scene: Scene, editor: Editor): Promise<void> {
	await addFreshNode(scene, editor, { search: 'prompt enhancer', action: 'Enhance a prompt' });
	await editor.fill('prompt', IDEA);
	await expectJson(editor, ['"prompt"', IDEA]);
	const [request, ...others] = scene.requests('prompt');
	expectEqual(others.length, 0, 'Further requests for a prompt');
	const sent = Object.fromEntries(
		(request?.parts ?? []).map(({ name, value }) => [name, value] as const),
	);
	expectEqual(
		{ status: request?.status, ...sent },
		{
			status: 200,
			prompt: IDEA,
			type: 'images.generations',
			model_slug: 'Flux_2_Klein_4B_BF16',
		},
		'What deAPI was asked',
	);
}
