/**
 * Small stand-ins for n8n's own nodes: those live in a package of hundreds of megabytes, and what is
 * tested here is what lies between them. The end-to-end tests use the real ones.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { asText } from './text';

/** A file that the source node puts into an item. */
export interface SourceFile {
	/** Read from disk by n8n's own storage, or given as bytes. */
	data: Buffer | string;
	fileName?: string;
	mimeType?: string;
}

/** An item that the source node gives out. */
export interface SourceItem {
	json?: IDataObject;
	files?: { [field: string]: SourceFile };
}

/** The source's items; a function gives them when the node runs. */
export type Source = SourceItem[] | (() => SourceItem[]);

const sources = new Map<string, Source>();
let lastSource = 0;

/** Registers items for a source node and returns the parameter that finds them. */
export function registerSource(source: Source): string {
	const key = String(++lastSource);
	sources.set(key, source);
	return key;
}

function describe(
	name: string,
	inputs: INodeTypeDescription['inputs'],
	...parameters: string[]
): INodeTypeDescription {
	return {
		displayName: name,
		name,
		group: ['transform'],
		version: 1,
		description: name,
		defaults: { name },
		inputs,
		outputs: [NodeConnectionTypes.Main],
		// n8n drops parameters that a node does not declare.
		properties: parameters.map((parameter) => ({
			displayName: parameter,
			name: parameter,
			type: 'string',
			default: '',
		})),
	};
}

/**
 * A node that gives out items of its own making.
 *
 * @param give makes them; it has n8n's helpers to store files
 */
export function sourceNode(
	give: (context: IExecuteFunctions) => Promise<INodeExecutionData[]>,
): INodeType {
	return {
		description: describe('source', [NodeConnectionTypes.Main]),
		async execute(this: IExecuteFunctions) {
			return [await give(this)];
		},
	};
}

/** Gives out the registered items, their files stored by n8n's own helper. */
class SourceNode implements INodeType {
	description = describe('source', [NodeConnectionTypes.Main], 'key');

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const source = sources.get(asText(this.getNodeParameter('key', 0))) ?? [];
		const items = typeof source === 'function' ? source() : source;
		const output: INodeExecutionData[] = [];
		for (const [index, { json = {}, files = {} }] of items.entries()) {
			const item: INodeExecutionData = { json, pairedItem: { item: 0 } };
			for (const [field, { data, fileName, mimeType }] of Object.entries(files)) {
				const content = typeof data === 'string' ? await readFile(data) : data;
				const binary = await this.helpers.prepareBinaryData(content, fileName, mimeType);
				// n8n guesses where a type is missing; some nodes leave it at that.
				if (mimeType === '') binary.mimeType = 'application/octet-stream';
				item.binary = { ...item.binary, [field]: binary };
			}
			output[index] = item;
		}
		return [output];
	}
}

class PassNode implements INodeType {
	description = describe('pass', [NodeConnectionTypes.Main]);

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const items = this.getInputData();
		const paired = items.map((item, index) => ({ ...item, pairedItem: { item: index } }));
		return await Promise.resolve([paired]);
	}
}

class StartNode implements INodeType {
	description = describe('manualTrigger', []);

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await Promise.resolve([this.getInputData()]);
	}
}

/** Reads and writes files like n8n's Read/Write Files from Disk. */
class ReadWriteFileNode implements INodeType {
	description = describe(
		'readWriteFile',
		[NodeConnectionTypes.Main],
		'operation',
		'fileSelector',
		'fileName',
		'dataPropertyName',
	);

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const output: INodeExecutionData[] = [];
		for (const [index, item] of this.getInputData().entries()) {
			const pairedItem = { item: index };
			if (this.getNodeParameter('operation', index, '') !== 'write') {
				const file = asText(this.getNodeParameter('fileSelector', index));
				const data = await this.helpers.prepareBinaryData(
					await readFile(file),
					path.basename(file),
				);
				output.push({ json: { fileName: path.basename(file) }, binary: { data }, pairedItem });
				continue;
			}
			const file = asText(this.getNodeParameter('fileName', index));
			const field = this.getNodeParameter('dataPropertyName', index, '') || 'data';
			await writeFile(file, await this.helpers.getBinaryDataBuffer(index, field));
			output.push({ ...item, json: { ...item.json, fileName: file }, pairedItem });
		}
		return [output];
	}
}

/** The stand-ins by the type names that workflows use. */
export function standInNodes(): { [type: string]: INodeType } {
	return {
		'test.source': new SourceNode(),
		'test.pass': new PassNode(),
		'n8n-nodes-base.manualTrigger': new StartNode(),
		'n8n-nodes-base.noOp': new PassNode(),
		'n8n-nodes-base.stickyNote': new PassNode(),
		'n8n-nodes-base.readWriteFile': new ReadWriteFileNode(),
	};
}
