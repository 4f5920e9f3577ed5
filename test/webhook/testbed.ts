/** What tests of the trigger share: a fake deAPI, hosted workflows, jobs and deliveries. */
import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	INodeParameters,
	INodeType,
} from 'n8n-workflow';
import { startFakeDeapi, type DeliverOptions, type FakeDeapi, type FakeJob } from '../fake-deapi';
import { outputOf, runWorkflow, useBinaryMode } from '../support/engine';
import {
	startWebhookHost,
	type WebhookHost,
	type WebhookHostOptions,
} from '../support/webhook-host';
import { deapiWorkflow, NODE, songItem } from '../support/workflows';
import { clockForEachTest, type TestClock } from './clock';

export const SECRET = 'the webhook secret of the tests, long enough';
export const EVERY_EVENT = ['job.processing', 'job.completed', 'job.failed'];

type Deliver = (
	to: WebhookHost,
	options?: Omit<DeliverOptions, 'url'>,
) => Promise<Awaited<ReturnType<FakeDeapi['deliver']>> & { answer: IDataObject }>;

export interface TriggerTestbed {
	/** A fresh one for each test. */
	readonly fake: FakeDeapi;
	readonly clock: TestClock;
	credentials: (changes?: IDataObject) => ICredentialDataDecryptedObject;
	/** Activates a workflow of the trigger; it is closed when the test is over. */
	host: (options?: Partial<WebhookHostOptions>) => Promise<WebhookHost>;
	/** Submits a job through the deAPI node, as the first half of a user's pair of workflows does. */
	submit: (options?: INodeParameters) => Promise<FakeJob>;
	/** A job that is done, without any webhook on the way. */
	doneJob: () => Promise<FakeJob>;
	/** Sends a call and waits until the trigger and the workflow are through with it. */
	deliver: Deliver;
	/** A trigger as a new process has it: with nothing in its memory. */
	restarted: () => INodeType;
}

/** Call it once at the top of a test file. */
export function triggerTestbed(): TriggerTestbed {
	let fake: FakeDeapi | undefined;
	let hosts: WebhookHost[] = [];
	const running = () => {
		if (fake === undefined) throw new Error('The fake runs within tests only');
		return fake;
	};
	const clock = clockForEachTest();
	beforeEach(async () => {
		await useBinaryMode();
		fake = await startFakeDeapi({ webhookSecret: SECRET });
	});
	afterEach(async () => {
		for (const { executions } of hosts) for (const execution of executions) execution.stop();
		for (const host of hosts) await host.close();
		for (const { thrown } of hosts) expect(thrown).toEqual([]);
		hosts = [];
		await fake?.close();
	});

	const credentials = (changes: IDataObject = {}) =>
		({
			apiKey: 'test-key',
			baseUrl: running().url,
			webhookSecret: SECRET,
			...changes,
		}) as ICredentialDataDecryptedObject;

	const submit = async (options: INodeParameters = {}) => {
		const workflow = deapiWorkflow([songItem()], {
			prompt: 'A singer on a rooftop',
			options,
		});
		const run = await runWorkflow(workflow, { credentials: credentials() });
		const requestId = outputOf(run, NODE)[0]?.json.request_id;
		const job = running().jobs.find(({ request_id }) => request_id === requestId);
		if (job === undefined) throw new Error('The job was not submitted');
		return job;
	};

	return {
		get fake() {
			return running();
		},
		clock,
		credentials,
		submit,
		host: async (options = {}) => {
			const started = await startWebhookHost({ credentials: credentials(), ...options });
			hosts.push(started);
			return started;
		},
		doneJob: async () => {
			const job = await submit();
			running().completeJob(job.request_id);
			return job;
		},
		deliver: async (to, options = {}) => {
			const delivery = await running().deliver({ url: to.url, ...options });
			await to.idle();
			return { ...delivery, answer: JSON.parse(delivery.responseBody) as IDataObject };
		},
		restarted: () => {
			let trigger: INodeType | undefined;
			jest.isolateModules(() => {
				// One n8n-workflow for all, as in n8n.
				jest.doMock('n8n-workflow', () => jest.requireActual<object>('n8n-workflow'));
				const module = jest.requireActual<typeof import('../../nodes/Deapi/DeapiTrigger.node')>(
					'../../nodes/Deapi/DeapiTrigger.node',
				);
				trigger = new module.DeapiTrigger();
			});
			if (trigger === undefined) throw new Error('The trigger could not be loaded');
			return trigger;
		},
	};
}
