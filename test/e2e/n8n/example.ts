import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { WorkflowFile, WorkflowNode } from './api';
import { expect } from '../check';
import { PROJECT_FOLDER } from '../stage';

/** Where the examples read and write files: the folder that n8n's own image allows. */
const EXAMPLES_FOLDER = '/home/node/.n8n-files';

/** What a user does to an imported example before it can run. */
export interface Preparation {
	/** The folder that takes the place of the examples' own. */
	files: string;
	/** The credentials to choose, by type. */
	credentials: Record<string, { id: string; name: string }>;
	/** Parameters to set, by node; they replace those of the same name. */
	parameters?: Record<string, Record<string, unknown>>;
}

/** Reads one of the shipped examples and prepares it as its notes say. */
export async function readExample(
	name: string,
	{ files, credentials, parameters = {} }: Preparation,
): Promise<WorkflowFile> {
	const text = await readFile(path.join(PROJECT_FOLDER, 'examples', `${name}.json`), 'utf8');
	const workflow = JSON.parse(text) as WorkflowFile;
	for (const node of workflow.nodes) {
		// Notes speak of n8n's own image.
		if (!node.type.endsWith('.stickyNote')) {
			const parameters = JSON.stringify(node.parameters).replaceAll(EXAMPLES_FOLDER, files);
			node.parameters = JSON.parse(parameters) as WorkflowNode['parameters'];
		}
		for (const type of Object.keys(node.credentials ?? {})) {
			const chosen = credentials[type];
			expect(chosen, `The example ${name} needs a credential of type ${type}`);
			node.credentials = { ...node.credentials, [type]: chosen };
		}
		lookOften(node);
	}
	for (const [nodeName, changes] of Object.entries(parameters)) {
		Object.assign(nodeOf(workflow, nodeName).parameters, changes);
	}
	return workflow;
}

export function nodeOf(workflow: WorkflowFile, name: string): WorkflowNode {
	const node = workflow.nodes.find((each) => each.name === name);
	expect(node, `The workflow '${workflow.name}' has no node '${name}'`);
	return node;
}

/** The path of a trigger's production webhook. */
export function webhookPathOf(workflow: WorkflowFile, name: string): string {
	const { webhookId } = nodeOf(workflow, name);
	expect(webhookId, `'${name}' in '${workflow.name}' has no webhook ID`);
	return `/webhook/${webhookId}/webhook`;
}

/** The stand-in's jobs are quick: no need to wait the usual five seconds for the first look. */
function lookOften({ parameters }: WorkflowNode): void {
	if (parameters.waitForCompletion !== true) return;
	parameters.options = { ...(parameters.options as object | undefined), pollInterval: 1 };
}
