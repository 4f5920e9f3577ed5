/**
 * Stand-ins for those nodes of n8n that the shipped examples use, with the parameters that the
 * examples set and the output of the real ones. What is n8n's own engine is used as it is: filters,
 * expressions, files, requests, and the way in which agents and their tools run.
 */
import { readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import vm from 'node:vm';
import FormData from 'form-data';
import type {
	EngineRequest,
	EngineResponse,
	ICredentialDataDecryptedObject,
	IBinaryKeyData,
	IDataObject,
	IExecuteFunctions,
	IHttpRequestOptions,
	INodeCredentialsDetails,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
	IWorkflowExecuteAdditionalData,
	NodeOutput,
	SupplyData,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
// With its ending: beside it lies Deapi.node.json, which Node would take first.
import { Deapi } from '../../nodes/Deapi/Deapi.node.ts';
import { toTool } from './agents';
import { DEAPI_NODE, TestCredentials } from './engine';
import { nodeOfTool } from './engine-versions';
import { asText } from './text';

const { Main, AiTool, AiLanguageModel } = NodeConnectionTypes;

/** The credentials of an example's nodes, by their types. */
export class ExampleCredentials extends TestCredentials {
	constructor(
		deapi: ICredentialDataDecryptedObject,
		private readonly others: { [type: string]: ICredentialDataDecryptedObject } = {},
	) {
		super(deapi);
	}

	override async getDecrypted(
		additionalData: IWorkflowExecuteAdditionalData,
		details: INodeCredentialsDetails,
		type = 'deapiApi',
	): Promise<ICredentialDataDecryptedObject> {
		return this.others[type] ?? (await super.getDecrypted(additionalData, details));
	}
}

type Parameters = INodeTypeDescription['properties'];

function describe(
	name: string,
	parameters: string[],
	changes: Partial<INodeTypeDescription> = {},
): INodeTypeDescription {
	return {
		displayName: name,
		name,
		group: ['transform'],
		version: 1,
		description: name,
		defaults: { name },
		inputs: [Main],
		outputs: [Main],
		// n8n drops parameters that a node does not declare.
		properties: parameters.map((parameter) => ({
			displayName: parameter,
			name: parameter,
			type: 'string',
			default: '',
		})),
		...changes,
	};
}

/** Files by a path with stars in its last part, in the order of their names. */
function matching(pattern: string): string[] {
	const { dir, base } = path.parse(pattern);
	if (!base.includes('*')) return [pattern];
	const wanted = new RegExp(`^${base.split('*').map(escaped).join('.*')}$`);
	return readdirSync(dir)
		.filter((name) => wanted.test(name))
		.sort()
		.map((name) => path.join(dir, name));
}

function escaped(text: string): string {
	return text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
}

class ReadWriteFile implements INodeType {
	description = describe('readWriteFile', [
		'operation',
		'fileSelector',
		'fileName',
		'dataPropertyName',
		'options',
	]);

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const output: INodeExecutionData[] = [];
		for (const [index, item] of this.getInputData().entries()) {
			const pairedItem = { item: index };
			if (this.getNodeParameter('operation', index) === 'write') {
				const fileName = asText(this.getNodeParameter('fileName', index));
				const field = this.getNodeParameter('dataPropertyName', index);
				await writeFile(fileName, await this.helpers.getBinaryDataBuffer(index, field));
				output.push({ ...item, json: { ...item.json, fileName }, pairedItem });
				continue;
			}
			const { dataPropertyName } = this.getNodeParameter('options', index);
			const field = asText(dataPropertyName ?? 'data');
			const files = matching(asText(this.getNodeParameter('fileSelector', index)));
			for (const file of files) {
				const data = await this.helpers.prepareBinaryData(await readFile(file), file);
				const { mimeType, fileType, fileName, fileExtension, fileSize } = data;
				const json = { mimeType, fileType, fileName, fileExtension, fileSize } as IDataObject;
				output.push({ json, binary: { [field]: data }, pairedItem });
			}
		}
		return [output];
	}
}

class Limit implements INodeType {
	description = describe('limit', ['maxItems', 'keep']);

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const count = Number(this.getNodeParameter('maxItems', 0));
		const isFirst = this.getNodeParameter('keep', 0) === 'firstItems';
		const items = this.getInputData().map((item, index) => ({
			...item,
			pairedItem: { item: index },
		}));
		return await Promise.resolve([isFirst ? items.slice(0, count) : items.slice(-count)]);
	}
}

/** Decided by n8n's own filter, as in the real node. */
class If implements INodeType {
	description = describe('if', [], {
		outputs: [Main, Main],
		properties: [
			{
				displayName: 'Conditions',
				name: 'conditions',
				type: 'filter',
				default: {},
				typeOptions: {
					filter: { caseSensitive: true, typeValidation: 'strict', version: 2 },
				},
			},
		] satisfies Parameters,
	});

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const yes: INodeExecutionData[] = [];
		const no: INodeExecutionData[] = [];
		for (const [index, item] of this.getInputData().entries()) {
			const holds = this.getNodeParameter('conditions', index, false, { extractValue: true });
			(holds === true ? yes : no).push({ ...item, pairedItem: { item: index } });
		}
		return await Promise.resolve([yes, no]);
	}
}

class EditFields implements INodeType {
	description = describe('set', ['mode', 'assignments', 'includeOtherFields', 'options']);

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const output = this.getInputData().map((item, index) => {
			const { assignments } = this.getNodeParameter('assignments', index) as {
				assignments: Array<{ name: string; value: string }>;
			};
			const json = Object.fromEntries(assignments.map(({ name, value }) => [name, value]));
			return { json, ...(item.binary ? { binary: item.binary } : {}), pairedItem: { item: index } };
		});
		return await Promise.resolve([output]);
	}
}

/** Combines by position only. */
class Merge implements INodeType {
	description = describe('merge', ['mode', 'combineBy', 'numberInputs', 'options'], {
		inputs: `={{ Array.from({ length: $parameter.numberInputs || 2 }, () => ({ type: '${Main}' })) }}`,
	});

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const count = Number(this.getNodeParameter('numberInputs', 0)) || 2;
		const { includeUnpaired } = this.getNodeParameter('options', 0);
		const inputs = Array.from({ length: count }, (_, index) => this.getInputData(index));
		const lengths = inputs.map(({ length }) => length);
		const rows = includeUnpaired === true ? Math.max(...lengths) : Math.min(...lengths);
		const output = Array.from({ length: rows }, (_, index): INodeExecutionData => {
			const row = inputs.map((items) => items[index]);
			return {
				json: Object.assign({}, ...row.map((item) => item?.json)) as IDataObject,
				binary: Object.assign({}, ...row.map((item) => item?.binary)) as IBinaryKeyData,
				pairedItem: row.flatMap((item, input) => (item ? [{ item: index, input }] : [])),
			};
		});
		return await Promise.resolve([output]);
	}
}

/** Puts the execution to sleep, as the real one does for a minute and more. */
class Wait implements INodeType {
	description = describe('wait', ['resume', 'amount', 'unit']);

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const seconds = Number(this.getNodeParameter('amount', 0));
		await this.putExecutionToWait(new Date(Date.now() + seconds * 1000));
		return await Promise.resolve([this.getInputData()]);
	}
}

/** Runs the code as n8n's task runner does: without `require`, with the helpers that it lets through. */
class Code implements INodeType {
	description = describe('code', ['mode', 'language', 'jsCode']);

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const code = asText(this.getNodeParameter('jsCode', 0));
		const { helpers } = this;
		const items = this.getInputData();
		const self = {
			helpers: {
				getBinaryDataBuffer: helpers.getBinaryDataBuffer.bind(helpers),
				prepareBinaryData: helpers.prepareBinaryData.bind(helpers),
			},
		};
		const $input = { all: () => items, first: () => items[0] };
		const { $ } = this.getWorkflowDataProxy(0) as { $: unknown };
		const run = vm.runInNewContext(`(async function () {\n${code}\n})`, { Buffer, $input, $ }) as (
			this: typeof self,
		) => Promise<INodeExecutionData[]>;
		return [await run.call(self)];
	}
}

interface BodyParameter {
	parameterType: 'formData' | 'formBinaryData';
	name: string;
	value?: string;
	inputDataFieldName?: string;
}

async function sendForm(context: IExecuteFunctions, index: number): Promise<IDataObject> {
	const { parameters } = context.getNodeParameter('bodyParameters', index) as {
		parameters: BodyParameter[];
	};
	const form = new FormData();
	for (const { parameterType, name, value, inputDataFieldName = '' } of parameters) {
		if (parameterType === 'formData') {
			form.append(name, value);
			continue;
		}
		const { fileName, mimeType } = context.helpers.assertBinaryData(index, inputDataFieldName);
		const content = await context.helpers.getBinaryDataBuffer(index, inputDataFieldName);
		form.append(name, content, { filename: fileName ?? 'file', contentType: mimeType });
	}
	const { parameters: headers = [] } = context.getNodeParameter('headerParameters', index, {}) as {
		parameters?: Array<{ name: string; value: string }>;
	};
	const request: IHttpRequestOptions = {
		method: 'POST',
		url: asText(context.getNodeParameter('url', index)),
		headers: {
			...Object.fromEntries(headers.map(({ name, value }) => [name, value])),
			...form.getHeaders(),
		},
		body: form,
	};
	if (context.getNodeParameter('authentication', index) === 'predefinedCredentialType') {
		const type = asText(context.getNodeParameter('nodeCredentialType', index));
		const { helpers } = context;
		return (await helpers.httpRequestWithAuthentication.call(
			context,
			type,
			request,
		)) as IDataObject;
	}
	const { token } = await context.getCredentials<{ token: string }>('httpBearerAuth');
	const authorized = { ...request.headers, Authorization: `Bearer ${token}` };
	return (await context.helpers.httpRequest({ ...request, headers: authorized })) as IDataObject;
}

/** Sends multipart requests, with deAPI's credential or with a bearer token. */
class HttpRequest implements INodeType {
	description = describe('httpRequest', [
		'method',
		'url',
		'authentication',
		'nodeCredentialType',
		'genericAuthType',
		'sendHeaders',
		'headerParameters',
		'sendBody',
		'contentType',
		'bodyParameters',
		'options',
	]);

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const output: INodeExecutionData[] = [];
		for (const index of this.getInputData().keys()) {
			const json = await sendForm(this, index);
			output.push({ json, pairedItem: { item: index } });
		}
		return [output];
	}
}

class S3 implements INodeType {
	description = describe(
		's3',
		['resource', 'operation', 'bucketName', 'fileName', 'binaryData', 'binaryPropertyName'],
		{ credentials: [{ name: 's3', required: true }] },
	);

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const { endpoint } = await this.getCredentials<{ endpoint: string }>('s3');
		const output: INodeExecutionData[] = [];
		for (const index of this.getInputData().keys()) {
			const bucket = asText(this.getNodeParameter('bucketName', index));
			const key = asText(this.getNodeParameter('fileName', index));
			const field = this.getNodeParameter('binaryPropertyName', index);
			await this.helpers.httpRequest({
				method: 'PUT',
				url: `${endpoint}/${bucket}/${key}`,
				body: await this.helpers.getBinaryDataBuffer(index, field),
			});
			// The real one gives out no more than this.
			output.push({ json: { success: true }, pairedItem: { item: index } });
		}
		return [output];
	}
}

/** A tool as n8n hands it to an agent. */
interface Tool {
	name: string;
	description: string;
	schema: { parse(input: unknown): unknown; shape: IDataObject };
	metadata?: { sourceNodeName?: string };
	invoke(input: IDataObject): Promise<string>;
}

/** What stands in for a language model: it decides which arguments the tool gets. */
export interface ScriptedModel {
	/** What the agent told it. */
	prompts: string[];
	/** The tools that it was offered. */
	tools: Tool[];
	callWith(message: string): IDataObject;
}

class ChatTrigger implements INodeType {
	description = describe('chatTrigger', ['public', 'options'], { inputs: [] });

	constructor(private readonly chatInput: string) {}

	execute = async (): Promise<INodeExecutionData[][]> =>
		await Promise.resolve([
			[{ json: { sessionId: '1', action: 'sendMessage', chatInput: this.chatInput } }],
		]);
}

class ChatModel implements INodeType {
	description = describe('lmChatOpenAi', ['model', 'options'], {
		inputs: [],
		outputs: [AiLanguageModel],
	});

	constructor(private readonly model: ScriptedModel) {}

	supplyData = async (): Promise<SupplyData> => await Promise.resolve({ response: this.model });
}

/** How an agent of n8n gets at its tools: version 3 asks the engine, the ones before call them. */
export type AgentStyle = 'engine' | 'call';

/** An agent that asks its model once, runs the tool once and gives out what came back. */
class Agent implements INodeType {
	description = describe('agent', ['promptType', 'text', 'hasOutputParser', 'options'], {
		inputs: [
			{ type: Main },
			{ type: AiLanguageModel, required: true, maxConnections: 1 },
			{ type: AiTool },
		],
	});

	constructor(private readonly style: AgentStyle) {
		const { style: how } = this;
		this.execute = async function (response): Promise<NodeOutput> {
			if (response !== undefined && response.actionResponses.length > 0) return answerOf(response);
			const model = (await this.getInputConnectionData(AiLanguageModel, 0)) as ScriptedModel;
			const tools = (await this.getInputConnectionData(AiTool, 0)) as Tool[];
			const { systemMessage } = this.getNodeParameter('options', 0) as { systemMessage: string };
			const message = asText(this.getNodeParameter('text', 0));
			model.prompts.push(systemMessage, message);
			model.tools.push(...tools);
			const [tool] = tools;
			if (tool === undefined) throw new Error('The agent has no tool');
			const input = model.callWith(message);
			tool.schema.parse(input);
			if (how === 'call') return [[{ json: { output: await tool.invoke(input) } }]];
			const request: EngineRequest = {
				actions: [
					{
						actionType: 'ExecutionNodeAction',
						nodeName: nodeOfTool(this, tool),
						input,
						type: AiTool,
						id: 'call-1',
						metadata: { itemIndex: 0, toolName: tool.name },
					},
				],
				metadata: {},
			};
			return request;
		};
	}

	execute: NonNullable<INodeType['execute']>;
}

/** What the agent reads to the model: the tool's JSON, or the message of what stopped it. */
function answerOf({ actionResponses }: EngineResponse): INodeExecutionData[][] {
	const [response] = actionResponses;
	const items = response?.data.data?.ai_tool?.[0];
	const output = items
		? items.map(({ json }) => json)
		: { error: response?.data.error?.message ?? 'Unknown error' };
	return [[{ json: { output: JSON.stringify(output) } }]];
}

/** The deAPI node as an agent's tool: n8n adds the ending by itself. */
export const DEAPI_TOOL = `${DEAPI_NODE}Tool`;

/** The stand-ins by the type names that the examples use. */
export function exampleNodes(): { [type: string]: INodeType } {
	return {
		[DEAPI_TOOL]: toTool(new Deapi()),
		'n8n-nodes-base.readWriteFile': new ReadWriteFile(),
		'n8n-nodes-base.limit': new Limit(),
		'n8n-nodes-base.if': new If(),
		'n8n-nodes-base.set': new EditFields(),
		'n8n-nodes-base.merge': new Merge(),
		'n8n-nodes-base.wait': new Wait(),
		'n8n-nodes-base.code': new Code(),
		'n8n-nodes-base.httpRequest': new HttpRequest(),
		'n8n-nodes-base.s3': new S3(),
	};
}

/** Gives out what somebody has filled in. */
class FormTrigger implements INodeType {
	description = describe('formTrigger', ['formTitle', 'formDescription', 'formFields', 'options'], {
		inputs: [],
	});

	constructor(private readonly item: INodeExecutionData) {}

	execute = async (): Promise<INodeExecutionData[][]> => await Promise.resolve([[this.item]]);
}

/** A page of a form, as somebody fills it in, or its last one. The real one puts the execution to sleep. */
class FormPage implements INodeType {
	description = describe('form', [
		...['operation', 'defineForm', 'jsonOutput', 'options'],
		...['respondWith', 'redirectUrl', 'completionTitle', 'completionMessage', 'inputDataFieldName'],
	]);

	/** What the pages have shown: a description and fields. */
	readonly shown: Array<{ description: unknown; fields: IDataObject[] }> = [];

	constructor(answer: IDataObject) {
		const { shown } = this;
		this.execute = async function (this: IExecuteFunctions) {
			if (this.getNodeParameter('operation', 0) !== 'page') {
				return await Promise.resolve([this.getInputData()]);
			}
			const { formDescription: text } = this.getNodeParameter('options', 0);
			const fields = JSON.parse(asText(this.getNodeParameter('jsonOutput', 0))) as IDataObject[];
			shown.push({ description: text, fields });
			return [[{ json: answer, pairedItem: { item: 0 } }]];
		};
	}

	execute: NonNullable<INodeType['execute']>;
}

/** A form, as somebody fills it in. */
export function formNodes(
	json: IDataObject,
	binary?: INodeExecutionData['binary'],
	answer: IDataObject = {},
) {
	return {
		'n8n-nodes-base.formTrigger': new FormTrigger({ json, binary }),
		'n8n-nodes-base.form': new FormPage(answer),
	};
}

/** A chat with an agent: what the user writes, and the model that reads it. */
export function chatNodes(
	chatInput: string,
	model: ScriptedModel,
	style: AgentStyle,
): { [type: string]: INodeType } {
	return {
		'@n8n/n8n-nodes-langchain.chatTrigger': new ChatTrigger(chatInput),
		'@n8n/n8n-nodes-langchain.lmChatOpenAi': new ChatModel(model),
		'@n8n/n8n-nodes-langchain.agent': new Agent(style),
	};
}
