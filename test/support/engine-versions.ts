/**
 * What differs between the versions of n8n's engine that the tests run on, found out by looking at
 * the engine itself. `npm run test:compat` puts older ones in the place of the installed one.
 */
import path from 'node:path';
import { ExecuteContext, WorkflowExecute } from 'n8n-core';
import type { IExecuteFunctions, INode, IRun, Workflow } from 'n8n-workflow';
import * as n8nWorkflow from 'n8n-workflow';

/** The `node_modules` that hold the engine, for a process outside of jest to find it there. */
export const ENGINE_MODULES =
	process.env.N8N_ENGINE_MODULES ?? path.join(__dirname, '..', '..', 'node_modules');

/** Whether a workflow can keep its files inside the JSON (Settings > Binary Mode). */
export const HAS_FILES_IN_JSON = 'BINARY_MODE_COMBINED' in n8nWorkflow;

/** Whether the error output takes items with `details`; the node looks for the same thing. */
export const HAS_ERROR_DETAILS = 'N8N_NODES_API_VERSION' in n8nWorkflow;

/**
 * Whether an n8n error keeps the one that it wraps. Where it does not, n8n's test of a credential
 * cannot tell the status of the answer, and shows a text of its own.
 */
const KEEPS_CAUSES = wrapped().cause !== undefined;

/** Whether a node is told that its execution has ended; where not, it can end a pass late. */
export const TELLS_OF_END = 'onExecutionFinish' in ExecuteContext.prototype;

/**
 * What a submit is whose connection broke in TLS' handshake: where n8n's error has lost its cause, with
 * the connection, it cannot be told from one that broke later.
 */
export const BROKEN_HANDSHAKE = KEEPS_CAUSES ? 'no' : 'unknown';

function wrapped(): Error {
	const node = { name: '', type: '' } as INode;
	return new n8nWorkflow.NodeOperationError(node, new Error('inside'));
}

/** Starting a workflow takes one object; at 2.0 it took an argument for each of its parts. */
const TAKES_OBJECT = WorkflowExecute.prototype.run.length <= 1;

/**
 * Whether an agent that lets the engine run its tools is told what went wrong in one; at 2.0, and
 * below, the workflow stopped.
 */
export const TELLS_AGENT_OF_ERRORS = TAKES_OBJECT;

/** Whether an operation's routing knows the credential; up to 2.0 the declared path is always that of v1. */
export const ROUTES_BY_CREDENTIAL = TAKES_OBJECT;

/**
 * Whether a request whose body is a stream passes a proxy unharmed. Up to 2.0 the library for proxies writes
 * the request's head into it again, where the address behind the proxy is no https.
 */
export const STREAMS_THROUGH_PROXY = TAKES_OBJECT;

/** A run that can be cancelled: n8n's own `PCancelable`. */
type Run = Promise<IRun> & { cancel(): void };

/** How n8n 1.123 and 2.0 start a workflow. */
type RunByPosition = (workflow: Workflow, startNode?: INode) => Run;

/** Starts a workflow. */
export function startRun(engine: WorkflowExecute, workflow: Workflow, startNode?: INode): Run {
	if (TAKES_OBJECT) return engine.run({ workflow, ...(startNode ? { startNode } : {}) });
	return (engine.run as unknown as RunByPosition).call(engine, workflow, startNode);
}

/** What the JSON of an item on the error output has besides its texts. */
export function inDetails<T>(details: T): { details?: T } {
	return HAS_ERROR_DETAILS ? { details } : {};
}

/** The node that a tool was made of: older engines do not write its name into the tool. */
export function nodeOfTool(
	agent: IExecuteFunctions,
	{ metadata }: { metadata?: { sourceNodeName?: string } },
): string {
	const connected = () =>
		agent.getParentNodes(agent.getNode().name, { connectionType: 'ai_tool', depth: 1 })[0]?.name;
	return metadata?.sourceNodeName ?? connected() ?? '';
}
