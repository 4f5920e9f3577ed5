import type { Editor } from './editor';
import { readExample } from '../n8n/example';
import { expect } from '../check';
import { type Scene, deapiCredential } from '../scene';

interface Wish {
	/** What a person types who looks for it. */
	search: string;
	/** The action in the panel of nodes. */
	action: string;
	/** A file for the node to work on, as a fixture and as it is called in the workflow. */
	file?: [fixture: string, name: string];
}

/**
 * Makes another credential. With several, n8n chooses one for a fresh node by itself; whoever then chooses
 * another one makes n8n read the lists of the node's fields anew.
 */
export async function addAnotherCredential({ stage }: Scene): Promise<void> {
	const data = deapiCredential(stage);
	await stage.api.createCredential('deapiApi', 'deAPI account of a friend', data);
}

/**
 * Opens a workflow that begins with a button, and with a file where one is wanted; adds a fresh node of
 * deAPI's behind it by its action, and chooses the credential.
 */
export async function addFreshNode(
	scene: Scene,
	editor: Editor,
	{ search, action, file }: Wish,
): Promise<void> {
	const { connections, nodes, settings } = await readExample('song-to-video', scene);
	const [fixture, name] = file ?? [];
	if (fixture) await scene.addFile(fixture, name);
	for (const node of nodes) {
		if (node.name === 'Read Song') node.parameters.fileSelector = `${scene.files}/${name}`;
	}
	const beginning = fixture ? ['Start', 'Read Song'] : ['Start'];
	const workflow = await scene.stage.api.createWorkflow({
		name: action,
		nodes: nodes.filter((node) => beginning.includes(node.name)),
		connections: fixture ? { Start: connections.Start } : {},
		settings,
	});
	await editor.openWorkflow(workflow.id);
	await editor.continueAfterLastNode();
	const found = await editor.searchNodes(search);
	expect(
		found.includes('deAPI'),
		`The search for '${search}' should find deAPI, it finds: ${found.join(', ')}`,
	);
	await editor.pickInPanel('deAPI');
	await editor.pickInPanel(action);
	await editor.chooseCredential('deAPI account');
}
