import { randomUUID } from 'node:crypto';
import type { Editor } from './editor';
import type { WorkflowNode } from '../n8n/api';
import { nodeOf, readExample } from '../n8n/example';
import { expect } from '../check';
import { type Scene, deapiCredential } from '../scene';

interface NodeOptions {
	/** What a person types who looks for it. */
	search: string;
	/** The action in the panel of nodes. */
	action: string;
	/** A file for the node to work on, as a fixture and as it is called in the workflow. */
	file?: [fixture: string, name: string];
	/** A second one, in the field 'reference'. */
	reference?: [fixture: string, name: string];
}

/**
 * Makes another credential. With several, n8n chooses one for a fresh node by itself; whoever then chooses
 * another one makes n8n read the lists of the node's fields anew.
 */
export async function addAnotherCredential({ stage }: Scene): Promise<void> {
	const data = deapiCredential(stage);
	await stage.api.createCredential('deapiApi', 'deAPI account of a friend', data);
}

/** Puts the files of both nodes before it into one item. */
const BOTH: WorkflowNode = {
	name: 'Both Files',
	type: 'n8n-nodes-base.code',
	typeVersion: 2,
	position: [340, 0],
	parameters: {
		jsCode: `const { data } = $('Read Song').first().binary;
return [{ json: {}, binary: { data, reference: $input.first().binary.data } }];`,
	},
};

async function readNode(
	scene: Scene,
	node: WorkflowNode,
	[fixture, name]: [string, string],
): Promise<WorkflowNode> {
	const fileSelector = await scene.addFile(fixture, name);
	return { ...node, id: randomUUID(), parameters: { ...node.parameters, fileSelector } };
}

/**
 * Opens a workflow that begins with a button, and with a file where one is wanted; adds a fresh node of
 * deAPI's behind it by its action, and chooses the credential.
 */
export async function addFreshNode(
	scene: Scene,
	editor: Editor,
	{ search, action, file, reference }: NodeOptions,
): Promise<void> {
	const example = await readExample('song-to-video', scene);
	const nodes: WorkflowNode[] = [nodeOf(example, 'Start')];
	if (file) nodes.push(await readNode(scene, nodeOf(example, 'Read Song'), file));
	if (reference) {
		const read = await readNode(scene, nodeOf(example, 'Read Song'), reference);
		nodes.push({ ...read, name: 'Read Reference', position: [120, 0] }, BOTH);
	}
	const workflow = await scene.stage.api.createWorkflow({
		name: action,
		nodes,
		connections: Object.fromEntries(
			nodes.slice(1).map(({ name }, index) => {
				const target = { node: name, type: 'main', index: 0 };
				return [nodes[index]?.name ?? '', { main: [[target]] }];
			}),
		),
		settings: example.settings,
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
