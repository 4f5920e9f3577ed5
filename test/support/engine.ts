/**
 * Runs workflows through n8n's real engine (n8n-core's WorkflowExecute), the way n8n itself sets it
 * up: only what n8n-core leaves to the application is filled in here, and no more than that.
 */
import { Container } from '@n8n/di';
import {
	BinaryDataConfig,
	BinaryDataService,
	DirectoryLoader,
	ExecuteContext,
	ExecutionLifecycleHooks,
	ExternalSecretsProxy,
	RoutingNode,
	WorkflowExecute,
} from 'n8n-core';
import type {
	IBinaryData,
	ICredentialDataDecryptedObject,
	ICredentialType,
	IDataObject,
	IExecuteFunctions,
	IHttpRequestOptions,
	INode,
	INodeExecutionData,
	INodeProperties,
	INodeType,
	INodeTypes,
	IRequestOptionsSimplified,
	IRun,
	IVersionedNodeType,
	IWorkflowBase,
	IWorkflowExecuteAdditionalData,
	IWorkflowSettings,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import { ICredentialsHelper, UnexpectedError, Workflow } from 'n8n-workflow';
import { DeapiApi } from '../../credentials/DeapiApi.credentials';
// With its ending: beside it lies Deapi.node.json, which Node would take first.
import { Deapi } from '../../nodes/Deapi/Deapi.node.ts';
import { startRun } from './engine-versions';
import { standInNodes } from './nodes';

export const PACKAGE = 'n8n-nodes-deapi-aud2video';
export const DEAPI_NODE = `${PACKAGE}.deapi`;
export const TRIGGER_NODE = `${PACKAGE}.deapiTrigger`;

/** Where n8n keeps files: `filesystem` is its own default since n8n 2, `default` memory, as in n8n 1. */
export type BinaryMode = 'default' | 'filesystem';

/** Switches n8n's file storage for what runs from here on; without a mode, to the usual one. */
export async function useBinaryMode(mode: BinaryMode = 'filesystem'): Promise<void> {
	Container.get(BinaryDataConfig).mode = mode;
	await Container.get(BinaryDataService).init();
}

// Jest's files share the engine: each begins with files on disk.
if ('beforeAll' in globalThis) beforeAll(async () => await useBinaryMode());

/** Reads a file of an item, wherever n8n keeps it. */
export async function readBinary(binary: IBinaryData | undefined): Promise<Buffer> {
	if (binary === undefined) throw new Error('The item has no such file');
	return await Container.get(BinaryDataService).getAsBuffer(binary);
}

/** A file's size in bytes; older engines do not write it into the item. */
export async function sizeOf(binary: IBinaryData | undefined): Promise<number> {
	if (binary?.bytes !== undefined) return binary.bytes;
	if (binary?.id === undefined) return (await readBinary(binary)).length;
	return (await Container.get(BinaryDataService).getMetadata(binary.id)).fileSize;
}

type NodeRegistry = { [type: string]: INodeType };

/** n8n's registry of node types: what real n8n does to a node when it loads it, is done here as well. */
export class NodeTypes implements INodeTypes {
	private readonly types: NodeRegistry;

	constructor(types: NodeRegistry) {
		this.types = Object.fromEntries(
			Object.entries(types).map(([name, type]) => [name, prepare(type)]),
		);
	}

	getByName(type: string): INodeType | IVersionedNodeType {
		return this.getByNameAndVersion(type);
	}

	getByNameAndVersion(type: string): INodeType {
		const found = this.types[type];
		if (found === undefined) throw new Error(`The test has no node type ${type}`);
		return found;
	}

	getKnownTypes(): IDataObject {
		return {};
	}
}

function prepare(nodeType: INodeType): INodeType {
	DirectoryLoader.applyDeclarativeNodeOptionParameters(nodeType);
	const { description } = nodeType;
	const isDeclarative =
		!nodeType.execute && !nodeType.poll && !nodeType.trigger && !nodeType.webhook;
	if (isDeclarative && description.requestDefaults !== undefined) {
		nodeType.execute = async function (this: IExecuteFunctions) {
			const output = await new RoutingNode(this as unknown as ExecuteContext, nodeType).runNode();
			return output ?? [];
		};
	}
	return nodeType;
}

/** n8n's access to credentials, with what the test has put in. */
export class TestCredentials extends ICredentialsHelper {
	/** How often a credential was decrypted. */
	reads = 0;

	private readonly type: ICredentialType = new DeapiApi();

	constructor(private readonly data: ICredentialDataDecryptedObject) {
		super();
	}

	getParentTypes(): string[] {
		return [];
	}

	isCredentialUsableByNode(): boolean {
		return true;
	}

	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		_typeName: string,
		requestOptions: IHttpRequestOptions | IRequestOptionsSimplified,
		workflow?: Workflow,
		node?: INode,
	): Promise<IHttpRequestOptions> {
		const options = requestOptions as IHttpRequestOptions;
		const { authenticate } = this.type;
		if (authenticate === undefined || typeof authenticate === 'function' || !workflow || !node) {
			throw new UnexpectedError('The test knows only generic authentication');
		}
		const { headers } = authenticate.properties as { headers: { [name: string]: string } };
		const resolved = Object.entries(headers).map(([name, value]) => [
			name,
			workflow.expression.getSimpleParameterValue(
				node,
				value,
				'internal',
				{ $credentials: credentials },
				undefined,
				'',
			),
		]);
		const added = Object.fromEntries(resolved) as IDataObject;
		return await Promise.resolve({ ...options, headers: { ...options.headers, ...added } });
	}

	async preAuthentication(): Promise<undefined> {
		await Promise.resolve();
		return undefined;
	}

	async runPreAuthentication(): Promise<undefined> {
		await Promise.resolve();
		return undefined;
	}

	async getCredentials(): Promise<never> {
		return await notNeeded();
	}

	async getDecrypted(
		...request: Partial<Parameters<ICredentialsHelper['getDecrypted']>>
	): Promise<ICredentialDataDecryptedObject>;
	async getDecrypted(): Promise<ICredentialDataDecryptedObject> {
		this.reads++;
		const defaults = Object.fromEntries(
			this.type.properties.map(({ name, default: value }) => [name, value]),
		) as ICredentialDataDecryptedObject;
		return await Promise.resolve({ ...defaults, ...this.data });
	}

	async updateCredentials(): Promise<void> {}

	async updateCredentialsOauthTokenData(): Promise<void> {}

	getCredentialsProperties(): INodeProperties[] {
		return this.type.properties;
	}
}

/** For what n8n's engine may ask of the application and does not in these tests. */
async function notNeeded(): Promise<never> {
	return await Promise.reject(new UnexpectedError('Nothing in these tests needs this'));
}

let lastExecutionId = 0;

/** What the application gives every execution. */
export function additionalDataFor(
	mode: WorkflowExecuteMode,
	workflowData: IWorkflowBase,
	credentials: TestCredentials,
): IWorkflowExecuteAdditionalData {
	const base = 'http://127.0.0.1:5678';
	const executionId = String(++lastExecutionId);
	return {
		credentialsHelper: credentials,
		hooks: new ExecutionLifecycleHooks(mode, executionId, workflowData),
		executionId,
		executeWorkflow: notNeeded,
		getRunExecutionData: async () => await Promise.resolve(undefined),
		getRuntimeCredential: async () => await Promise.resolve(undefined),
		startRunnerTask: notNeeded,
		logAiEvent: () => {},
		currentNodeExecutionIndex: 0,
		externalSecretsProxy: Container.get(ExternalSecretsProxy),
		restApiUrl: `${base}/rest`,
		instanceBaseUrl: `${base}/`,
		formBaseUrl: `${base}/form`,
		formWaitingBaseUrl: `${base}/form-waiting`,
		formTestBaseUrl: `${base}/form-test`,
		webhookBaseUrl: `${base}/webhook`,
		webhookWaitingBaseUrl: `${base}/webhook-waiting`,
		webhookTestBaseUrl: `${base}/webhook-test`,
		mcpBaseUrl: `${base}/mcp`,
		mcpTestBaseUrl: `${base}/mcp-test`,
		variables: {},
	};
}

export interface RunOptions {
	/** The `deapiApi` credential. */
	credentials: ICredentialDataDecryptedObject | TestCredentials;
	mode?: WorkflowExecuteMode;
	/** Node types besides deAPI's and the stand-ins. */
	nodeTypes?: NodeRegistry;
	/** The node to start from; n8n picks one otherwise. */
	startNode?: string;
	/** Told when a node begins and ends. */
	onNode?(name: string, moment: 'before' | 'after'): void;
	/** The editor that watches the execution; told by n8n what nodes write to its console. */
	sendDataToUI?: IWorkflowExecuteAdditionalData['sendDataToUI'];
}

/** A workflow as n8n saves it, as far as the engine reads it. */
export interface SavedWorkflow {
	name?: string;
	nodes: INode[];
	connections: IWorkflowBase['connections'];
	settings?: IWorkflowSettings;
}

/** A running execution: its result, and a way to cancel it as the user does. */
export interface Execution {
	result: Promise<IRun>;
	cancel(): void;
}

/** Makes the engine's workflow of a saved one. */
export function toWorkflow(
	saved: SavedWorkflow,
	nodeTypes: NodeRegistry = {},
): { workflow: Workflow; workflowData: IWorkflowBase } {
	const registry = new NodeTypes({
		...standInNodes(),
		[DEAPI_NODE]: new Deapi(),
		...nodeTypes,
	});
	const workflowData: IWorkflowBase = {
		id: 'test-workflow',
		name: saved.name ?? 'Test',
		active: false,
		activeVersionId: null,
		isArchived: false,
		createdAt: new Date(0),
		updatedAt: new Date(0),
		nodes: saved.nodes,
		connections: saved.connections,
		settings: { executionOrder: 'v1', ...saved.settings },
	};
	const workflow = new Workflow({ ...workflowData, nodeTypes: registry, staticData: {} });
	return { workflow, workflowData };
}

/** Starts a workflow and returns at once. */
export function startWorkflow(saved: SavedWorkflow, options: RunOptions): Execution {
	const { workflow, workflowData } = toWorkflow(saved, options.nodeTypes);
	const { credentials } = options;
	const mode = options.mode ?? 'manual';
	const helper =
		credentials instanceof TestCredentials ? credentials : new TestCredentials(credentials);
	const additionalData = additionalDataFor(mode, workflowData, helper);
	additionalData.sendDataToUI = options.sendDataToUI;
	additionalData.hooks?.addHandler('nodeExecuteBefore', (name) => options.onNode?.(name, 'before'));
	additionalData.hooks?.addHandler('nodeExecuteAfter', (name) => options.onNode?.(name, 'after'));
	const startNode = options.startNode ? workflow.getNode(options.startNode) : undefined;
	const engine = new WorkflowExecute(additionalData, mode);
	const execution = startRun(engine, workflow, startNode ?? undefined);
	return { result: execution, cancel: () => execution.cancel() };
}

/** Runs a workflow to its end. */
export async function runWorkflow(saved: SavedWorkflow, options: RunOptions): Promise<IRun> {
	return await startWorkflow(saved, options).result;
}

/** The items that a node gave out. */
export function outputOf(run: IRun, node: string, output = 0): INodeExecutionData[] {
	const runs = run.data.resultData.runData[node] ?? [];
	return runs.flatMap(({ data }) => data?.main?.[output] ?? []);
}

/** The message and description of what stopped a workflow. */
export function errorOf(run: IRun): { message: string; description: string; data: IDataObject } {
	const { error } = run.data.resultData;
	const {
		message = '',
		description,
		context,
	} = (error ?? {}) as {
		message?: string;
		description?: string | null;
		context?: { data?: IDataObject; facts?: IDataObject };
	};
	return { message, description: description ?? '', data: context?.data ?? context?.facts ?? {} };
}
