/**
 * A workflow that begins with the trigger: its calls, its executions, and what n8n's database holds of its
 * memory while processes come and go.
 */
import { createHmac } from 'node:crypto';
import { WebhookContext, WorkflowExecute } from 'n8n-core';
import type {
	IDataObject,
	INodeExecutionData,
	IRun,
	IWebhookData,
	IWorkflowBase,
	IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';
import { createRunExecutionData, Workflow } from 'n8n-workflow';
import { DeapiTrigger } from '../../../nodes/Deapi/DeapiTrigger.node.ts';
import { additionalDataFor, NodeTypes, TRIGGER_NODE } from '../../support/engine';
import { standInNodes } from '../../support/nodes';
import { chain, node } from '../../support/workflows';
import type { CallPlan, TriggerPlan } from '../scenario/scenario';
import { jobOfDelivery } from '../service/records';
import { ELSEWHERE, FILE_HOST } from '../service/service';
import type { Story } from '../story';
import type { SimulatedTime } from '../world/time';
import type { ByItem } from './credentials';

const TRIGGER = 'deAPI Trigger';
const AFTER = 'After';

const registry = new NodeTypes({ ...standInNodes(), [TRIGGER_NODE]: new DeapiTrigger() });

/** An execution that a call has started. */
export interface TriggeredExecution {
	beganAt: number;
	endedAt: number | undefined;
	run: IRun | undefined;
}

/** One call, and what became of it. */
export interface Call {
	plan: CallPlan;
	/** How often n8n had started anew before it. */
	generation: number;
	calledAt: number;
	answeredAt: number | undefined;
	status: number | undefined;
	body: IDataObject | undefined;
	execution: TriggeredExecution | undefined;
}

/** n8n has started anew, and found so much of the trigger's memory in its database. */
export interface Restart {
	at: number;
	memory: CallPlan['restart'];
}

export class TriggeredWorkflow {
	readonly calls: Call[] = [];

	readonly restarts: Restart[] = [];

	private isClosed = false;

	/** Cancels the executions that are under way. */
	private readonly running = new Set<() => void>();

	/** What n8n's database holds of the trigger's memory, the latest last. */
	private stored: string[] = ['{}'];

	private readonly nodes: Pick<IWorkflowBase, 'nodes' | 'connections'>;

	constructor(
		readonly plan: TriggerPlan,
		private readonly credentials: ByItem,
		/** That of the trigger's credential. */
		private readonly secret: string,
		private readonly time: SimulatedTime,
		private readonly story: Story,
		/** Sets this scenario's trigger apart from those of others. */
		private readonly name: string,
	) {
		this.nodes = chain(
			node(TRIGGER, TRIGGER_NODE, parametersOf(plan), {
				id: 'trigger',
				credentials: { deapiApi: { id: '1', name: 'deAPI account' } },
			}),
			node(AFTER, 'test.pass'),
		);
	}

	/** Takes all copies of a call; resolves when their executions have ended. */
	async take(plan: CallPlan): Promise<void> {
		if (this.isClosed) return;
		this.restart(plan.restart);
		await Promise.all(Array.from({ length: plan.copies }, async () => await this.takeOne(plan)));
	}

	/** The items with which an execution went on behind the trigger. */
	itemsOf({ execution }: Call): INodeExecutionData[] {
		return execution?.run?.data.resultData.runData[AFTER]?.[0]?.data?.main?.[0] ?? [];
	}

	/** A process that dies in a simulation leaves nothing behind for the next one. */
	close(): void {
		this.isClosed = true;
		for (const cancel of this.running) cancel();
	}

	private restart(memory: CallPlan['restart']): void {
		if (memory === 'none') return;
		this.restarts.push({ at: this.time.now, memory });
		this.story.tell(`n8n starts anew, the trigger's memory is ${memory}`);
		if (memory === 'lost') this.stored = ['{}'];
		if (memory === 'stale' && this.stored.length > 1) this.stored.pop();
	}

	private async takeOne(plan: CallPlan): Promise<void> {
		const call: Call = {
			plan,
			generation: this.restarts.length,
			calledAt: this.time.now,
			answeredAt: undefined,
			status: undefined,
			body: undefined,
			execution: undefined,
		};
		this.calls.push(call);
		const workflow = this.load(call);
		const items = await this.answer(call, workflow);
		this.story.tell(
			`delivery ${plan.delivery} (${plan.signature}, process ${plan.process}): ${call.status} ${JSON.stringify(call.body)}`,
		);
		// As n8n does: first its memory is saved, then the execution begins.
		if (workflow.staticData.__dataChanged === true) {
			const memory = JSON.stringify(workflow.staticData);
			await new Promise<void>((resolve) => this.time.after(this.plan.saveTakes, resolve));
			if (this.isOver(call)) return;
			this.stored.push(memory);
		}
		if (items === undefined || this.isOver(call)) return;
		const execution = { beganAt: this.time.now, endedAt: undefined, run: undefined };
		call.execution = execution;
		await this.execute(call, execution, items);
	}

	/** What a process still does after its end reaches nobody. */
	private isOver({ generation }: Call): boolean {
		return this.isClosed || generation !== this.restarts.length;
	}

	/** Has the trigger answer a call, as n8n does with it. */
	private async answer(call: Call, workflow: Workflow): Promise<INodeExecutionData[] | undefined> {
		const { plan } = call;
		const { time } = this;
		const response = {
			status: (status: number) => {
				call.status = status;
				return response;
			},
			json: (body: IDataObject) => {
				call.answeredAt = time.now;
				call.body = body;
				return response;
			},
		};
		const additionalData = this.additionalDataFor(call);
		const httpRequest = requestOf(plan, this.secret, time.now);
		Object.assign(additionalData, { httpRequest, httpResponse: response });
		const webhookData = { workflowExecuteAdditionalData: additionalData } as IWebhookData;
		const type = registry.getByNameAndVersion(TRIGGER_NODE);
		const start = workflow.getNode(TRIGGER);
		if (start === null || type.webhook === undefined) throw new Error('There is no trigger');
		const context = new WebhookContext(
			workflow,
			start,
			additionalData,
			'webhook',
			webhookData,
			[],
			null,
		);
		const { workflowData } = await type.webhook.call(context);
		return workflowData?.[0];
	}

	private async execute(
		call: Call,
		execution: TriggeredExecution,
		items: INodeExecutionData[],
	): Promise<void> {
		const workflow = this.load(call);
		const start = workflow.getNode(TRIGGER);
		if (start === null) throw new Error('There is no trigger');
		// n8n stores the items of an execution before it begins.
		const main = [JSON.parse(JSON.stringify(items)) as INodeExecutionData[]];
		const data = createRunExecutionData({
			executionData: { nodeExecutionStack: [{ node: start, data: { main }, source: null }] },
		});
		const engine = new WorkflowExecute(this.additionalDataFor(call), 'webhook', data);
		const running = engine.processRunExecutionData(workflow);
		const cancel = () => running.cancel();
		this.running.add(cancel);
		execution.run = await running;
		this.running.delete(cancel);
		execution.endedAt = this.time.now;
	}

	private additionalDataFor(call: Call): IWorkflowExecuteAdditionalData {
		return additionalDataFor('webhook', this.dataFor(call), this.credentials);
	}

	/** Each process has a memory of its own; the package keeps it by the workflow's ID. */
	private dataFor({ plan, generation }: Call): IWorkflowBase {
		return {
			id: `triggered-${this.name}-${generation}-${plan.process}`,
			name: 'Triggered',
			active: true,
			activeVersionId: null,
			isArchived: false,
			createdAt: new Date(0),
			updatedAt: new Date(0),
			...this.nodes,
			settings: { executionOrder: 'v1', timezone: 'UTC' },
		};
	}

	/** The workflow as n8n loads it for each call, with its saved memory. */
	private load(call: Call): Workflow {
		const staticData = JSON.parse(this.stored.at(-1) ?? '{}') as Workflow['staticData'];
		return new Workflow({ ...this.dataFor(call), nodeTypes: registry, staticData });
	}
}

function parametersOf({ acceptUnsigned, downloads, simplify, hearsAll }: TriggerPlan) {
	return {
		events: ['job.completed', 'job.failed', ...(hearsAll ? ['job.processing'] : [])],
		simplify,
		downloadResult: downloads,
		options: { acceptUnsigned },
	};
}

/** How many seconds a signature's time is off; deAPI's calls may be 300 seconds old. */
const SKEWS_S: { [signature: string]: number } = { tardy: -300, old: -301, early: 301 };

function requestOf({ delivery, event, signature }: CallPlan, secret: string, now: number) {
	const isGenuine = signature === 'good' || signature === 'tardy';
	const job = jobOfDelivery(delivery);
	const payload = {
		event,
		delivery_id: `delivery-${delivery}-${event}`,
		timestamp: '2027-01-01T00:00:00Z',
		data: {
			job_request_id: job,
			status: 'done',
			job_type: 'audio2video',
			...(event === 'job.completed'
				? { result_url: `${isGenuine ? FILE_HOST : ELSEWHERE}/${job}.mp4?sig=0` }
				: {}),
		},
	};
	const body = Buffer.from(JSON.stringify(payload).replaceAll('/', '\\/'));
	const timestamp = String(Math.floor(now / 1000) + (SKEWS_S[signature] ?? 0));
	const key = signature === 'otherSecret' ? `${secret}x` : secret;
	const signed = signature === 'otherBody' ? Buffer.concat([body, Buffer.from(' ')]) : body;
	const hex = createHmac('sha256', key).update(`${timestamp}.`).update(signed).digest('hex');
	const headers: { [name: string]: string } = {
		'x-deapi-event': event,
		'x-deapi-delivery-id': payload.delivery_id,
		...(signature === 'noTime' ? {} : { 'x-deapi-timestamp': timestamp }),
		...(signature === 'none' ? {} : { 'x-deapi-signature': `sha256=${hex}` }),
		...(signature === 'empty' ? { 'x-deapi-signature': '' } : {}),
	};
	return { headers, rawBody: body };
}
