/** A workflow that begins with the trigger: its calls, its executions, and n8n's restarts between them. */
import { createHmac } from 'node:crypto';
import { WebhookContext, WorkflowExecute } from 'n8n-core';
import type { INodeExecutionData, IRun, IWebhookData, IWorkflowBase } from 'n8n-workflow';
import { createRunExecutionData, Workflow } from 'n8n-workflow';
import { DeapiTrigger } from '../../../nodes/Deapi/DeapiTrigger.node.ts';
import { additionalDataFor, NodeTypes, TRIGGER_NODE } from '../../support/engine';
import { standInNodes } from '../../support/nodes';
import { chain, node } from '../../support/workflows';
import type { CallPlan, TriggerPlan } from '../scenario/scenario';
import { FILE_HOST } from '../service/service';
import type { Story } from '../story';
import type { SimulatedTime } from '../world/time';
import type { ByItem } from './credentials';

const TRIGGER = 'deAPI Trigger';

const registry = new NodeTypes({ ...standInNodes(), [TRIGGER_NODE]: new DeapiTrigger() });

/** One call, and what became of it. */
export interface Call {
	plan: CallPlan;
	/** Which of n8n's processes took it, counted from 0. */
	process: number;
	calledAt: number;
	answeredAt: number | undefined;
	status: number | undefined;
	/** Whether the trigger's memory was in the database when it had been worked off. */
	wasStored: boolean;
	execution: { items: INodeExecutionData[]; run: IRun | undefined } | undefined;
}

export class TriggeredWorkflow {
	readonly calls: Call[] = [];

	private process = 0;

	/** What n8n's database holds of the trigger's memory, and what it held before that. */
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
		const { acceptUnsigned, downloads, simplify } = plan;
		this.nodes = chain(
			node(
				TRIGGER,
				TRIGGER_NODE,
				{
					events: ['job.completed', 'job.failed', 'job.processing'],
					jobTypes: [],
					simplify,
					downloadResult: downloads,
					options: { acceptUnsigned },
				},
				{ id: 'trigger', credentials: { deapiApi: { id: '1', name: 'deAPI account' } } },
			),
			node('After', 'test.pass'),
		);
	}

	/** Takes all copies of a call; resolves when their executions have ended. */
	async take(plan: CallPlan): Promise<void> {
		this.restart(plan);
		await Promise.all(Array.from({ length: plan.copies }, async () => await this.takeOne(plan)));
	}

	private restart({ restart }: CallPlan): void {
		if (restart === 'none') return;
		this.process++;
		this.story.tell(`n8n starts anew, the trigger's memory is ${restart}`);
		if (restart === 'lost') this.stored = ['{}'];
		if (restart === 'stale' && this.stored.length > 1) this.stored.pop();
	}

	private async takeOne(plan: CallPlan): Promise<void> {
		const { process, time } = this;
		const call: Call = {
			plan,
			process,
			calledAt: time.now,
			answeredAt: undefined,
			status: undefined,
			wasStored: false,
			execution: undefined,
		};
		this.calls.push(call);
		const { headers, rawBody } = requestOf(plan, this.secret, time.now);
		const response = {
			status: (status: number) => {
				call.status = status;
				return response;
			},
			json: () => {
				call.answeredAt = time.now;
				return response;
			},
		};
		const workflow = this.load();
		const start = workflow.getNode(TRIGGER);
		const type = registry.getByNameAndVersion(TRIGGER_NODE);
		if (start === null || type.webhook === undefined) throw new Error('There is no trigger');
		const additionalData = additionalDataFor('webhook', this.workflowData, this.credentials);
		Object.assign(additionalData, { httpRequest: { headers, rawBody }, httpResponse: response });
		const webhookData = { workflowExecuteAdditionalData: additionalData } as IWebhookData;
		const context = new WebhookContext(
			workflow,
			start,
			additionalData,
			'webhook',
			webhookData,
			[],
			null,
		);
		const result = await type.webhook.call(context);
		// What an old process still does after its end reaches nobody.
		if (process !== this.process) return;
		if (workflow.staticData.__dataChanged === true) {
			this.stored.push(JSON.stringify(workflow.staticData));
			call.wasStored = true;
		}
		this.story.tell(`call of delivery ${plan.delivery} (${plan.signature}): ${call.status}`);
		if (result.workflowData === undefined) return;
		call.execution = { items: result.workflowData[0] ?? [], run: undefined };
		await this.execute(call);
	}

	private async execute({ execution }: Call): Promise<void> {
		if (execution === undefined) return;
		const workflow = this.load();
		const start = workflow.getNode(TRIGGER);
		if (start === null) throw new Error('There is no trigger');
		const main = [JSON.parse(JSON.stringify(execution.items)) as INodeExecutionData[]];
		const additionalData = additionalDataFor('webhook', this.workflowData, this.credentials);
		const data = createRunExecutionData({
			executionData: { nodeExecutionStack: [{ node: start, data: { main }, source: null }] },
		});
		const engine = new WorkflowExecute(additionalData, 'webhook', data);
		execution.run = await engine.processRunExecutionData(workflow);
	}

	/** Each process has a memory of its own; the package keeps it by the workflow's ID. */
	private get workflowData(): IWorkflowBase {
		return {
			id: `triggered-${this.name}-${this.process}`,
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

	private load(): Workflow {
		const staticData = JSON.parse(this.stored.at(-1) ?? '{}') as Workflow['staticData'];
		return new Workflow({ ...this.workflowData, nodeTypes: registry, staticData });
	}
}

/** A job that the service tells of; none that a workflow here has made. */
function jobOf(delivery: number): string {
	return `6a1d0c3e-77b2-4e5f-9b11-99999999000${delivery}`;
}

/** Where a forged call would lead the download. */
const ELSEWHERE = 'https://elsewhere.sim';

function requestOf({ delivery, event, signature }: CallPlan, secret: string, now: number) {
	const isForged = signature !== 'good';
	const payload = {
		event,
		delivery_id: `delivery-${delivery}`,
		timestamp: '2027-01-01T00:00:00Z',
		data: {
			job_request_id: jobOf(delivery),
			status: 'done',
			job_type: 'audio2video',
			...(event === 'job.completed'
				? { result_url: `${isForged ? ELSEWHERE : FILE_HOST}/${jobOf(delivery)}.mp4?sig=0` }
				: {}),
		},
	};
	const body = Buffer.from(JSON.stringify(payload).replaceAll('/', '\\/'));
	const skew = { old: -400, early: 400 }[String(signature)] ?? 0;
	const timestamp = String(Math.floor(now / 1000) + skew);
	const key = signature === 'otherSecret' ? `${secret}x` : secret;
	const signed = signature === 'otherBody' ? Buffer.concat([body, Buffer.from(' ')]) : body;
	const hex = createHmac('sha256', key).update(`${timestamp}.`).update(signed).digest('hex');
	const headers: { [name: string]: string } = {
		'x-deapi-event': event,
		'x-deapi-delivery-id': `delivery-${delivery}`,
		...(signature === 'noTime' ? {} : { 'x-deapi-timestamp': timestamp }),
		...(signature === 'none' ? {} : { 'x-deapi-signature': `sha256=${hex}` }),
		...(signature === 'empty' ? { 'x-deapi-signature': '' } : {}),
	};
	return { headers, rawBody: body };
}
