/**
 * What n8n makes of a node that an AI agent uses: the tool version of its description, and the two
 * ways in which n8n's agents call a tool. The language model is left out: the calls are scripted.
 */
import { DirectoryLoader, RoutingNode, type ExecuteContext } from 'n8n-core';
import type {
	EngineRequest,
	EngineResponse,
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
	NodeOutput,
} from 'n8n-workflow';
import { deepCopy, NodeConnectionTypes } from 'n8n-workflow';

const { Main, AiTool } = NodeConnectionTypes;

/** Makes a tool of a node as n8n does (its `convertNodeToAiTool`), run by the node's own description. */
export function toTool(nodeType: INodeType): INodeType {
	if (!nodeType.description.usableAsTool) throw new Error('Node cannot be used as a tool');
	DirectoryLoader.applyDeclarativeNodeOptionParameters(nodeType);
	const description = deepCopy(nodeType.description);
	delete description.usableAsTool;
	return {
		methods: nodeType.methods ?? {},
		description: {
			...description,
			name: `${description.name}Tool`,
			displayName: `${description.displayName} Tool`,
			inputs: [],
			outputs: [AiTool],
			properties: [
				{
					displayName: 'Tool Description',
					name: 'descriptionType',
					type: 'options',
					noDataExpression: true,
					options: [
						{ name: 'Set Automatically', value: 'auto' },
						{ name: 'Set Manually', value: 'manual' },
					],
					default: 'auto',
				},
				{
					displayName: 'Description',
					name: 'toolDescription',
					type: 'string',
					default: description.description,
					required: true,
					displayOptions: { show: { descriptionType: ['manual'] } },
				},
				...nodeType.description.properties,
			],
		},
		async execute(this: IExecuteFunctions) {
			const context = this as unknown as ExecuteContext;
			return (await new RoutingNode(context, nodeType).runNode()) ?? [];
		},
	};
}

/** What an agent's model decided: the arguments of each call, in turn. */
export type Calls = IDataObject[];

function describeAgent(name: string): INodeTypeDescription {
	return {
		displayName: name,
		name,
		group: ['transform'],
		version: 1,
		description: name,
		defaults: { name },
		inputs: [Main, { type: AiTool, displayName: 'Tools' }],
		outputs: [Main],
		properties: [],
	};
}

/** Anything that n8n hands to an agent as a tool. */
interface Tool {
	name: string;
	description: string;
	schema: { shape: IDataObject };
	invoke(input: IDataObject): Promise<string>;
}

/**
 * Calls its tools itself, as n8n's older agents and its MCP server do: for each of its items all
 * calls at the same time or one after another.
 */
export class CallingAgent implements INodeType {
	description = describeAgent('callingAgent');

	/** The tools that it was given, in the last run. */
	tools: Tool[] = [];

	constructor(
		private readonly calls: Calls,
		private readonly isParallel = false,
	) {}

	/** n8n runs `execute` with a context as `this`. */
	execute = makeExecute(this);

	async callAll(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const answers: INodeExecutionData[] = [];
		for (const [item] of context.getInputData().entries()) {
			this.tools = (await context.getInputConnectionData(AiTool, item)) as Tool[];
			const call = async (input: IDataObject) => {
				const answer = await this.tools[0]
					?.invoke(input)
					.then((text) => ({ text }))
					.catch((reason: unknown) => ({
						refused: reason instanceof Error ? reason.message : String(reason),
					}));
				answers.push({ json: answer ?? {}, pairedItem: { item } });
			};
			if (this.isParallel) await Promise.all(this.calls.map(call));
			else for (const input of this.calls) await call(input);
		}
		return [answers];
	}
}

function makeExecute(agent: CallingAgent) {
	return async function (this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await agent.callAll(this);
	};
}

/** Lets n8n's engine run the tool node, as n8n's newer agents do. */
export class RequestingAgent implements INodeType {
	description = describeAgent('requestingAgent');

	execute: (this: IExecuteFunctions, response?: EngineResponse) => Promise<NodeOutput>;

	constructor(calls: Calls, toolName: string) {
		this.execute = async function (response) {
			if (response === undefined || response.actionResponses.length === 0) {
				const request: EngineRequest = {
					actions: calls.map((input, index) => ({
						actionType: 'ExecutionNodeAction',
						nodeName: toolName,
						input,
						type: AiTool,
						id: `call-${index}`,
						metadata: { itemIndex: 0 },
					})),
					metadata: {},
				};
				return await Promise.resolve(request);
			}
			return [
				response.actionResponses.map(({ data }) => ({
					json: { answers: (data.data?.ai_tool?.[0] ?? []).map(({ json }) => json) },
				})),
			];
		};
	}
}
