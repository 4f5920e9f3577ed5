/**
 * n8n's way from a webhook call to an execution, over real HTTP: the same steps in the same order as
 * n8n 2.41's body parser, `LiveWebhooks.executeWebhook` and `WebhookHelpers.executeWebhook`, with n8n-core's
 * real contexts and engine. Only what hangs on n8n's database and editor is left out.
 */
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { createGunzip, createInflate } from 'node:zlib';
import { HookContext, WebhookContext, WorkflowExecute } from 'n8n-core';
import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	INodeExecutionData,
	INodeParameters,
	INodeType,
	IRun,
	IWebhookData,
	IWebhookResponseData,
	IWorkflowBase,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import { createRunExecutionData, NodeHelpers, Workflow } from 'n8n-workflow';
import { DeapiTrigger } from '../../nodes/Deapi/DeapiTrigger.node.ts';
import {
	additionalDataFor,
	NodeTypes,
	outputOf,
	type SavedWorkflow,
	TestCredentials,
	TRIGGER_NODE,
} from './engine';
import { standInNodes } from './nodes';
import { chain, node } from './workflows';

/** n8n's limit for a webhook's body. */
const PAYLOAD_LIMIT_BYTES = 16 * 1024 * 1024;

export interface WebhookHostOptions {
	/** The trigger's parameters, as a user would have set them. */
	parameters?: INodeParameters;
	credentials: ICredentialDataDecryptedObject | TestCredentials;
	/** `webhook` for the production URL of an active workflow, `manual` for the editor's test URL. */
	mode?: Extract<WorkflowExecuteMode, 'webhook' | 'manual'>;
	trigger?: INodeType;
	/** Hosted instead of the trigger and one node behind it; its trigger is called `TRIGGER`. */
	workflow?: SavedWorkflow;
	/** The node types that this workflow needs besides the trigger and the stand-ins. */
	nodeTypes?: { [type: string]: INodeType };
	/** The workflow's stored static data, to go on after a restart. */
	staticData?: IDataObject;
	/** Shared by the processes of one n8n; each has one of its own otherwise. */
	database?: HostDatabase;
	workflowId?: string;
	/** Puts every execution off, as n8n does when its concurrency limit is reached. */
	startExecution?: () => Promise<void>;
}

/** What n8n's database holds of the hosted workflow. */
export interface HostDatabase {
	/** As JSON. */
	staticData: string;
}

/** An execution that a call has started. */
export interface HostedExecution {
	/** What the workflow began with. */
	items: INodeExecutionData[];
	/** Null until it has ended. */
	run: IRun | null;
	/** Stops it as the user does; does nothing before it has begun. */
	stop(): void;
}

export interface WebhookHost {
	/** The URL that calls go to. */
	url: string;
	executions: HostedExecution[];
	/** What `webhook()` has thrown; n8n makes an execution in error and a 500 of each. */
	thrown: unknown[];
	/** The static data as the database holds it. */
	readonly staticData: IDataObject;
	/** Calls that `webhook()` is still working on. */
	readonly pending: number;
	/** Executions that have not ended. */
	readonly running: number;
	/** The items that the node behind the trigger has given out, in all executions. */
	received(): INodeExecutionData[];
	/** Resolves when nothing is being worked on any more. */
	idle(): Promise<void>;
	/** Waits for what is on its way, deactivates the workflow and closes the server. */
	close(): Promise<void>;
}

/** The trigger's name in the hosted workflow; `AFTER` follows it. */
export const TRIGGER = 'deAPI Trigger';
export const AFTER = 'After';

/** Express' answer as far as n8n nodes use it. */
class HostResponse extends http.ServerResponse {
	status(code: number): this {
		this.statusCode = code;
		return this;
	}

	json(body: unknown): this {
		this.setHeader('Content-Type', 'application/json; charset=utf-8');
		this.end(JSON.stringify(body));
		return this;
	}
}

class HttpError extends Error {
	constructor(
		readonly status: number,
		message: string,
	) {
		super(message);
	}
}

/**
 * Activates a workflow of the trigger and one node behind it, and takes calls.
 *
 * @throws what the activation throws
 */
export async function startWebhookHost(options: WebhookHostOptions): Promise<WebhookHost> {
	const host = new Host(options);
	await host.start();
	return host;
}

class Host implements WebhookHost {
	url = '';

	readonly executions: HostedExecution[] = [];

	readonly thrown: unknown[] = [];

	private readonly database: HostDatabase;

	private readonly mode: 'webhook' | 'manual';

	private readonly trigger: INodeType;

	private readonly credentials: TestCredentials;

	private readonly registry: NodeTypes;

	private readonly workflowData: IWorkflowBase;

	private readonly server: http.Server<typeof http.IncomingMessage, typeof HostResponse>;

	private readonly work = new Set<Promise<unknown>>();

	pending = 0;

	constructor(private readonly options: WebhookHostOptions) {
		const { credentials } = options;
		this.mode = options.mode ?? 'webhook';
		this.trigger = options.trigger ?? new DeapiTrigger();
		this.credentials =
			credentials instanceof TestCredentials ? credentials : new TestCredentials(credentials);
		this.registry = new NodeTypes({
			...standInNodes(),
			...options.nodeTypes,
			[TRIGGER_NODE]: this.trigger,
		});
		this.database = options.database ?? { staticData: JSON.stringify(options.staticData ?? {}) };
		const saved =
			options.workflow ??
			chain(
				node(TRIGGER, TRIGGER_NODE, options.parameters ?? {}, {
					id: 'trigger',
					webhookId: 'b1946ac9-2492-4d23-b6b5-6f1c1f4a52a1',
					credentials: { deapiApi: { id: '1', name: 'deAPI account' } },
				}),
				node(AFTER, 'test.pass'),
			);
		this.workflowData = {
			id: options.workflowId ?? `hosted-${++lastWorkflow}`,
			name: 'Hosted',
			active: true,
			activeVersionId: null,
			isArchived: false,
			createdAt: new Date(0),
			updatedAt: new Date(0),
			nodes: saved.nodes,
			connections: saved.connections,
			settings: { executionOrder: 'v1' },
		};
		this.server = http.createServer({ ServerResponse: HostResponse }, (request, response) =>
			this.track(this.handle(request, response)),
		);
	}

	get staticData(): IDataObject {
		return JSON.parse(this.database.staticData) as IDataObject;
	}

	get running(): number {
		return this.executions.filter(({ run }) => run === null).length;
	}

	async start(): Promise<void> {
		if (!(await this.callMethod('checkExists'))) await this.callMethod('create');
		this.server.listen(0, '127.0.0.1');
		await once(this.server, 'listening');
		const { port } = this.server.address() as AddressInfo;
		this.url = `http://127.0.0.1:${port}/webhook/${this.webhookData().path}`;
	}

	received(): INodeExecutionData[] {
		return this.executions.flatMap(({ run }) => (run ? outputOf(run, AFTER) : []));
	}

	async idle(): Promise<void> {
		while (this.work.size > 0) await Promise.all(this.work);
	}

	async close(): Promise<void> {
		await this.idle();
		const closed = once(this.server, 'close');
		this.server.close();
		this.server.closeAllConnections();
		await closed;
		await this.callMethod('delete');
	}

	private track(work: Promise<unknown>): void {
		const tracked = work.finally(() => this.work.delete(tracked));
		this.work.add(tracked);
	}

	/** n8n loads a workflow anew for each call, with the static data that the database holds. */
	private loadWorkflow(): Workflow {
		const { workflowData, registry } = this;
		return new Workflow({ ...workflowData, nodeTypes: registry, staticData: this.staticData });
	}

	private webhookData(): IWebhookData {
		const workflow = this.loadWorkflow();
		const start = workflow.getNode(TRIGGER);
		const description = this.trigger.description.webhooks?.[0];
		if (start === null || description === undefined) throw new Error('There is no webhook');
		const additionalData = additionalDataFor(this.mode, this.workflowData, this.credentials);
		return {
			httpMethod: 'POST',
			node: TRIGGER,
			path: NodeHelpers.getNodeWebhookPath(this.workflowData.id, start, description.path),
			webhookDescription: description,
			workflowId: this.workflowData.id,
			workflowExecuteAdditionalData: additionalData,
			isTest: this.mode === 'manual',
		};
	}

	private async callMethod(name: 'checkExists' | 'create' | 'delete'): Promise<boolean> {
		const workflow = this.loadWorkflow();
		const start = workflow.getNode(TRIGGER);
		const method = this.trigger.webhookMethods?.default?.[name];
		if (start === null || method === undefined) throw new Error(`There is no method ${name}`);
		const webhookData = this.webhookData();
		const { workflowExecuteAdditionalData } = webhookData;
		const context = new HookContext(
			workflow,
			start,
			workflowExecuteAdditionalData,
			this.mode,
			this.mode === 'manual' ? 'manual' : 'activate',
			webhookData,
		);
		return await method.call(context);
	}

	private async handle(request: http.IncomingMessage, response: HostResponse): Promise<void> {
		this.pending++;
		try {
			if (request.method !== 'POST') throw new HttpError(404, 'This webhook is not registered');
			const body = await parseBody(request);
			await this.executeWebhook(Object.assign(request, { body, params: {}, query: {} }), response);
		} catch (error) {
			const status = error instanceof HttpError ? error.status : 500;
			const message = error instanceof Error ? error.message : String(error);
			if (!response.headersSent) response.status(status).json({ code: status, message });
		} finally {
			this.pending--;
		}
	}

	private async executeWebhook(
		request: http.IncomingMessage,
		response: HostResponse,
	): Promise<void> {
		const { mode, trigger } = this;
		const workflow = this.loadWorkflow();
		const start = workflow.getNode(TRIGGER);
		if (start === null || trigger.webhook === undefined) throw new Error('There is no webhook');
		const additionalData = additionalDataFor(mode, this.workflowData, this.credentials);
		delete additionalData.executionId;
		Object.assign(additionalData, { httpRequest: request, httpResponse: response });
		const context = new WebhookContext(
			workflow,
			start,
			additionalData,
			mode,
			this.webhookData(),
			[],
			null,
		);

		let result: IWebhookResponseData;
		let failed = false;
		try {
			result = await trigger.webhook.call(context);
		} catch (error) {
			this.thrown.push(error);
			failed = true;
			result = { noWebhookResponse: true, workflowData: [[{ json: {} }]] };
		}
		// With `noWebhookResponse` n8n saves the static data here; otherwise only after the start.
		if (failed) response.status(500).json({ message: 'Workflow Webhook Error' });
		else if (result.noWebhookResponse === true) this.saveStaticData(workflow);
		if (result.workflowData === undefined) {
			if (!response.headersSent) response.status(200).json({ message: 'Webhook call received' });
			return;
		}
		const run = this.execute(result.workflowData, failed);
		this.track(run);
		if (!response.headersSent) {
			await this.options.startExecution?.();
			response.status(200).json({ message: 'Workflow was started' });
		}
	}

	private saveStaticData(workflow: Workflow): void {
		if (this.mode === 'manual' || workflow.staticData.__dataChanged !== true) return;
		this.database.staticData = JSON.stringify(workflow.staticData);
		workflow.staticData.__dataChanged = false;
	}

	private async execute(given: INodeExecutionData[][], failed: boolean): Promise<void> {
		// With worker processes an execution begins from what the database holds of it.
		const items = JSON.parse(JSON.stringify(given)) as INodeExecutionData[][];
		const execution: HostedExecution = {
			items: items[0] ?? [],
			run: null,
			stop: () => {},
		};
		this.executions.push(execution);
		if (failed) return;
		await this.options.startExecution?.();
		const workflow = this.loadWorkflow();
		const start = workflow.getNode(TRIGGER);
		if (start === null) throw new Error('The trigger is gone');
		const runExecutionData = createRunExecutionData({
			executionData: {
				nodeExecutionStack: [{ node: start, data: { main: items }, source: null }],
			},
		});
		const additionalData = additionalDataFor(this.mode, this.workflowData, this.credentials);
		const engine = new WorkflowExecute(additionalData, this.mode, runExecutionData);
		const running = engine.processRunExecutionData(workflow);
		execution.stop = () => running.cancel();
		execution.run = await running;
		// n8n saves all of it, as old as it may be by now, where a node has changed its own part.
		this.saveStaticData(workflow);
	}
}

let lastWorkflow = 0;

/** n8n's body parser: raw bytes after decompression, then JSON where the type says so. */
async function parseBody(request: http.IncomingMessage): Promise<unknown> {
	const [contentType = '', ...parameters] = (request.headers['content-type'] ?? 'text/plain')
		.split(';')
		.map((part) => part.trim());
	request.contentType = contentType.toLowerCase();
	const charset = parameters.find((parameter) => /^charset=/i.test(parameter))?.slice(8);
	request.encoding = charset !== undefined && Buffer.isEncoding(charset) ? charset : 'utf-8';
	if (request.contentType.startsWith('multipart/')) return {};

	request.rawBody = await readAll(decompressed(request));
	if (request.contentType !== 'application/json' || request.rawBody.length === 0) return {};
	try {
		return JSON.parse(request.rawBody.toString(request.encoding));
	} catch {
		throw new HttpError(422, 'Failed to parse request body');
	}
}

function decompressed(request: http.IncomingMessage): Readable {
	const encoding = request.headers['content-encoding'];
	if (encoding === 'gzip') return request.pipe(createGunzip());
	return encoding === 'deflate' ? request.pipe(createInflate()) : request;
}

async function readAll(stream: Readable): Promise<Buffer> {
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of stream as AsyncIterable<Buffer>) {
		size += chunk.length;
		if (size > PAYLOAD_LIMIT_BYTES) throw new HttpError(413, 'request entity too large');
		chunks.push(chunk);
	}
	return Buffer.concat(chunks);
}
