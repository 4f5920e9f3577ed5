import path from 'node:path';
import type { IDataObject, INode, INodeParameters } from 'n8n-workflow';
import { DEAPI_NODE, type SavedWorkflow } from './engine';
import { registerSource, type Source, type SourceFile } from './nodes';

/** A file of ours in test/fixtures. */
export function fixture(name: string): string {
	return path.join(__dirname, '..', 'fixtures', name);
}

/** A fixture as a file of an item. */
export function file(name: string, extra: Partial<SourceFile> = {}): SourceFile {
	return { data: fixture(name), fileName: name, ...extra };
}

/** An item with a song in the field `data`. */
export function songItem(name = 'song.mp3', json: IDataObject = {}) {
	return { json, files: { data: file(name) } };
}

let lastNode = 0;

/** A node as n8n saves it. */
export function node(
	name: string,
	type: string,
	parameters: INodeParameters = {},
	extra: Partial<INode> = {},
): INode {
	return {
		id: `node-${++lastNode}`,
		name,
		type,
		typeVersion: 1,
		position: [0, 0],
		parameters,
		...extra,
	};
}

/** Connects nodes in a row by their first outputs. */
export function chain(...nodes: INode[]): SavedWorkflow {
	const connections: SavedWorkflow['connections'] = {};
	for (const [index, from] of nodes.entries()) {
		const to = nodes[index + 1];
		if (to) connections[from.name] = { main: [[{ node: to.name, type: 'main', index: 0 }]] };
	}
	return { nodes, connections };
}

/** The name of the deAPI node in `deapiWorkflow`. */
export const NODE = 'deAPI';

/** A video of a fixed length, no shorter than the songs here, which are sent as they are: 241 frames of 512 × 512 pixels. */
export const PLAIN: INodeParameters = { lengthMode: 'frames', frames: 241, size: 'custom' };

/**
 * The workflow that most tests run: items → deAPI.
 *
 * @param parameters the node's parameters, as a user would have set them
 * @param extra node settings such as `onError`
 */
export function deapiWorkflow(
	source: Source,
	parameters: INodeParameters,
	extra: Partial<INode> = {},
): SavedWorkflow {
	return chain(
		node('Start', 'n8n-nodes-base.manualTrigger'),
		node('Items', 'test.source', { key: registerSource(source) }),
		node(
			NODE,
			DEAPI_NODE,
			{ ...PLAIN, ...parameters },
			{
				credentials: { deapiApi: { id: '1', name: 'deAPI account' } },
				...extra,
			},
		),
	);
}
