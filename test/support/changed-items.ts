/** A node between the source and deAPI that does to items what a Code node might. */
import type {
	IExecuteFunctions,
	INode,
	INodeExecutionData,
	INodeParameters,
	INodeType,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import type { SavedWorkflow } from './engine';
import { DEAPI_NODE } from './engine';
import type { Source } from './nodes';
import { registerSource } from './nodes';
import { chain, node, NODE, PLAIN } from './workflows';

/** Changes an item, or gives another one. */
export type Change = (item: INodeExecutionData, index: number) => INodeExecutionData;

class ChangeNode implements INodeType {
	description: INodeType['description'] = {
		displayName: 'Change',
		name: 'change',
		group: ['transform'],
		version: 1,
		description: 'Change',
		defaults: { name: 'Change' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		properties: [],
	};

	execute: (this: IExecuteFunctions) => Promise<INodeExecutionData[][]>;

	constructor(change: Change) {
		this.execute = async function () {
			return await Promise.resolve([this.getInputData().map(change)]);
		};
	}
}

/**
 * The workflow items → change → deAPI.
 *
 * @returns it with the node type that the run needs
 */
export function changedWorkflow(
	source: Source,
	change: Change,
	parameters: INodeParameters = {},
	extra: Partial<INode> = {},
): { saved: SavedWorkflow; nodeTypes: { [type: string]: INodeType } } {
	const saved = chain(
		node('Start', 'n8n-nodes-base.manualTrigger'),
		node('Items', 'test.source', { key: registerSource(source) }),
		node('Change', 'test.change'),
		node(
			NODE,
			DEAPI_NODE,
			{ ...PLAIN, prompt: 'A singer', ...parameters },
			{ credentials: { deapiApi: { id: '1', name: 'deAPI account' } }, ...extra },
		),
	);
	return { saved, nodeTypes: { 'test.change': new ChangeNode(change) } };
}
