import { readFileSync } from 'node:fs';
import { NodeOperationError } from 'n8n-workflow';
import { DeapiTrigger } from '../../nodes/Deapi/DeapiTrigger.node';
import { outputOf, readBinary, runWorkflow } from '../support/engine';
import type { WebhookHost, WebhookHostOptions } from '../support/webhook-host';
import { deapiWorkflow, fixture, NODE, songItem } from '../support/workflows';
import { EVERY_EVENT, SECRET, triggerTestbed } from './testbed';

const RESULT = readFileSync(fixture('result.mp4'));

const bed = triggerTestbed();
const { credentials, deliver, doneJob, host, submit } = bed;

describe('starting workflows', () => {
	test('starts one with the video when the job of another workflow is done', async () => {
		const trigger = await host();
		bed.fake.settings.accountWebhookUrl = trigger.url;
		const job = await submit();
		await bed.fake.waitFor(() => bed.fake.deliveries.length === 2);
		await trigger.idle();
		expect(bed.fake.deliveries.map(({ event, status }) => [event, status])).toEqual([
			['job.processing', 200],
			['job.completed', 200],
		]);
		const [item, ...others] = trigger.received();
		expect(others).toEqual([]);
		expect(item?.json).toMatchObject({
			event: 'job.completed',
			request_id: job.request_id,
			status: 'done',
			previous_status: 'processing',
			job_type: 'audio2video',
			result_url: expect.stringContaining(job.request_id) as string,
			processing_time_ms: expect.any(Number) as number,
			completed_at: expect.any(String) as string,
			delivery_id: bed.fake.deliveries[1]?.deliveryId,
			timestamp: expect.any(String) as string,
		});
		expect(item?.json).not.toHaveProperty('job_request_id');
		expect(item?.json).not.toHaveProperty('download_error');
		expect(item?.binary?.data).toMatchObject({
			fileName: `${job.request_id}.mp4`,
			mimeType: 'video/mp4',
		});
		expect((await readBinary(item?.binary?.data)).equals(RESULT)).toBe(true);
	});

	test('verifies with the secret that a v2 submit has sent along', async () => {
		bed.fake.settings.webhookSecret = 'a secret of the account, and not the one of the job';
		const trigger = await host();
		bed.fake.holdJobs(true);
		const run = await runWorkflow(
			deapiWorkflow([songItem()], {
				prompt: 'A singer',
				options: { webhookUrl: 'https://n8n.example/webhook' },
			}),
			{ credentials: credentials({ apiVersion: 'v2' }) },
		);
		const [job] = bed.fake.jobs;
		expect(job?.request_id).toBe(outputOf(run, NODE)[0]?.json.request_id);
		expect(job?.webhookSecret).toBe(SECRET);
		bed.fake.completeJob(job?.request_id ?? '');
		expect((await deliver(trigger, { ...(job ? { job } : {}) })).status).toBe(200);
		expect(trigger.executions).toHaveLength(1);
	});

	test.each(EVERY_EVENT)('starts for %s only the workflows that chose it', async (event) => {
		const chosen = await Promise.all(
			EVERY_EVENT.map(async (choice) => await host({ parameters: { events: [choice] } })),
		);
		const every = await host({ parameters: { events: EVERY_EVENT } });
		const byDefault = await host();
		const byExpression = await host({ parameters: { events: `={{ "${event}, x.y" }}` } });
		const job = await doneJob();
		const started: number[] = [];
		for (const trigger of [...chosen, every, byDefault, byExpression]) {
			const { status } = await deliver(trigger, { event, job });
			expect(status).toBe(200);
			started.push(trigger.executions.length);
		}
		expect(started).toEqual([
			...EVERY_EVENT.map((choice) => (choice === event ? 1 : 0)),
			1,
			event === 'job.processing' ? 0 : 1,
			1,
		]);
		expect(every.received()[0]?.json).toMatchObject({ event, request_id: job.request_id });
	});

	test('tells of a job that was given up all that deAPI tells', async () => {
		const trigger = await host();
		bed.fake.settings.accountWebhookUrl = trigger.url;
		bed.fake.failJob('next', { error_reason: 'SOURCE_PRIVATE', retryable: false, refunded: true });
		const job = await submit();
		await bed.fake.waitFor(() => bed.fake.deliveries.length === 2);
		await trigger.idle();
		expect(trigger.received().map(({ json }) => json)).toEqual([
			expect.objectContaining({
				event: 'job.failed',
				request_id: job.request_id,
				error_reason: 'SOURCE_PRIVATE',
				retryable: false,
				refunded: true,
			}),
		]);
	});

	test('leaves other job types alone, unless they are chosen or all are', async () => {
		const one = await host({ parameters: { downloadResult: false } });
		const all = await host({ parameters: { downloadResult: false, jobTypes: [] } });
		const images = await host({
			parameters: { downloadResult: false, jobTypes: '={{ ["txt2img", "new-type"] }}' },
		});
		for (const type of ['txt2img', 'new-type', 'audio2video']) {
			for (const trigger of [one, all, images]) {
				expect((await deliver(trigger, { data: { job_type: type } })).status).toBe(200);
			}
		}
		const typesOf = (trigger: WebhookHost) => trigger.received().map(({ json }) => json.job_type);
		expect(typesOf(one)).toEqual(['audio2video']);
		expect(typesOf(all)).toEqual(['txt2img', 'new-type', 'audio2video']);
		expect(typesOf(images)).toEqual(['txt2img', 'new-type']);
	});

	test('takes a list with commas from an expression, and passes over spaces', async () => {
		const trigger = await host({
			parameters: { downloadResult: false, events: '={{ "job.processing , job.failed" }}' },
		});
		for (const event of EVERY_EVENT) await deliver(trigger, { event });
		expect(trigger.received().map(({ json }) => json.event)).toEqual([
			'job.processing',
			'job.failed',
		]);
	});

	test.each(['={{ [""] }}', '={{ [null, " "] }}', '={{ "" }}', '={{ " , " }}'])(
		'hears of every type where an expression chooses none: %s',
		async (jobTypes) => {
			const trigger = await host({ parameters: { downloadResult: false, jobTypes } });
			await deliver(trigger, { data: { job_type: 'txt2img' } });
			expect(trigger.executions).toHaveLength(1);
		},
	);

	test('answers what starts nothing with 200, and says why', async () => {
		const trigger = await host();
		const processing = await deliver(trigger, { event: 'job.processing' });
		const image = await deliver(trigger, { data: { job_type: 'txt2img' } });
		const unknown = await deliver(trigger, { event: 'account.low_balance' });
		expect([processing, image, unknown].map(({ status, answer }) => [status, answer])).toEqual([
			[200, { status: 'ignored', reason: 'event not selected' }],
			[200, { status: 'ignored', reason: 'job type not selected' }],
			[200, { status: 'ignored', reason: 'event not selected' }],
		]);
		expect(trigger.executions).toEqual([]);
		expect(trigger.staticData).toEqual({});
	});
});

describe('output', () => {
	test('has the same shape with and without the download', async () => {
		const withFile = await host();
		const without = await host({ parameters: { downloadResult: false } });
		const job = await doneJob();
		const deliveryId = 'the-same';
		const body = JSON.stringify({
			event: 'job.completed',
			delivery_id: deliveryId,
			timestamp: '2026-01-15T10:30:45.000Z',
			data: { job_request_id: job.request_id, result_url: bed.fake.resultUrl(job.request_id) },
		});
		await deliver(withFile, { body });
		await deliver(without, { body });
		const [first] = withFile.received();
		const [second] = without.received();
		expect(first?.json).toEqual(second?.json);
		expect(Object.keys(first?.binary ?? {})).toEqual(['data']);
		expect(second?.binary).toBeUndefined();
		expect(bed.fake.requests.filter(({ route }) => route === 'result')).toHaveLength(1);
	});

	test('keeps fields that are not known today', async () => {
		bed.fake.settings.webhookExtraData = { new_field: { deep: ['ü', 1] } };
		const trigger = await host({ parameters: { downloadResult: false } });
		await deliver(trigger);
		expect(trigger.received()[0]?.json).toMatchObject({ new_field: { deep: ['ü', 1] } });
	});

	test('is the payload as it came where nothing is to be simplified', async () => {
		const trigger = await host({ parameters: { simplify: false } });
		const job = await doneJob();
		const { body } = await deliver(trigger, { job, data: { more: [{}] } });
		expect(trigger.received()[0]?.json).toEqual(JSON.parse(body.toString()));
		expect(trigger.received()[0]?.binary).toBeDefined();
	});

	test('puts the file into the field that was named', async () => {
		const trigger = await host({ parameters: { options: { outputBinaryProperty: 'video' } } });
		await deliver(trigger, { job: await doneJob() });
		expect(Object.keys(trigger.received()[0]?.binary ?? {})).toEqual(['video']);
	});

	test('needs no download where there is no result', async () => {
		const trigger = await host({ parameters: { events: EVERY_EVENT } });
		await deliver(trigger, { data: { result_url: null, result: 'Three words sung' } });
		await deliver(trigger, {
			event: 'job.failed',
			data: { result_url: `${bed.fake.url}/results/x` },
		});
		await deliver(trigger, { event: 'job.processing' });
		expect(trigger.received()).toHaveLength(3);
		for (const { json, binary } of trigger.received()) {
			expect(json).not.toHaveProperty('download_error');
			expect(binary).toBeUndefined();
		}
		expect(bed.fake.requests).toEqual([]);
	});
});

describe('activation', () => {
	async function activationError(
		options: Partial<WebhookHostOptions>,
	): Promise<NodeOperationError> {
		const outcome = await host(options).catch((error: unknown) => error);
		if (!(outcome instanceof NodeOperationError)) throw new Error('The activation was not refused');
		return outcome;
	}

	test.each(['webhook', 'manual'] as const)(
		'is refused without a secret, in %s mode, and says where to set it',
		async (mode) => {
			for (const webhookSecret of ['', '  ']) {
				const { message } = await activationError({
					mode,
					credentials: credentials({ webhookSecret }),
				});
				// All in the message: n8n's editor drops the description here.
				expect(message).toContain("'Webhook Secret' is empty in the 'deAPI API' credential");
				expect(message).toContain(
					'is V1, copy the secret from the webhook settings of the deAPI dashboard',
				);
				expect(message).toContain('is V2, make up 32 to 255 characters');
				expect(message).toContain("turning on 'Options' > 'Accept Unsigned Calls'");
			}
		},
	);

	test('goes through with a secret, or where unsigned calls are let in', async () => {
		const active = [
			await host(),
			await host({
				credentials: credentials({ webhookSecret: '' }),
				parameters: { options: { acceptUnsigned: true } },
			}),
		];
		expect(active.map(({ url }) => url)).toEqual(
			active.map((): unknown => expect.stringContaining('http')),
		);
	});
});

describe('fast', () => {
	test('answers while n8n has no place for executions', async () => {
		let free = () => {};
		const place = new Promise<void>((resolve) => (free = resolve));
		const trigger = await host({ startExecution: async () => await place });
		const job = await doneJob();
		for (const deliveryId of ['first', 'second']) {
			expect((await bed.fake.deliver({ url: trigger.url, job, deliveryId })).status).toBe(200);
		}
		await bed.fake.waitFor(() => trigger.executions.length === 2);
		expect(trigger.running).toBe(2);
		free();
		await trigger.idle();
		expect(trigger.received()).toHaveLength(2);
	});

	test('answers while results are being fetched', async () => {
		const trigger = await host();
		const job = await doneJob();
		bed.fake.faults.add({ route: 'result', fault: { type: 'hang' } });
		const isFetching = () =>
			bed.fake.requests.some(({ route, endedAt }) => route === 'result' && endedAt === null);
		expect((await bed.fake.deliver({ url: trigger.url, job })).status).toBe(200);
		await bed.fake.waitFor(isFetching);
		expect((await bed.fake.deliver({ url: trigger.url, job })).status).toBe(200);
		await bed.fake.waitFor(() => trigger.executions[1]?.run != null);
		// The first one's file is still on its way.
		expect([trigger.pending, trigger.running]).toEqual([0, 1]);
		trigger.executions[0]?.stop();
	});
});

describe('description', () => {
	const { description } = new DeapiTrigger();

	test('says where the URL goes, that it must be https, and that there are two of them', () => {
		const notice = description.properties.find(({ type }) => type === 'notice')?.displayName ?? '';
		for (const words of [
			"'Webhook URL'",
			'dashboard',
			'https',
			'Test URL',
			'Production URL',
			"'Webhook Secret'",
		]) {
			expect(notice).toContain(words);
		}
	});

	test('tells beside the button how to bring about an event', () => {
		const { triggerPanel } = description;
		const { header, ...texts } = typeof triggerPanel === 'object' ? triggerPanel : {};
		expect(header).toBeTruthy();
		for (const text of [texts.activationHint, texts.executionsHelp].flatMap((each) =>
			typeof each === 'object' ? [each.active, each.inactive] : [''],
		)) {
			for (const words of ['copy the Test URL', 'Execute this step', "'Webhook URL'"]) {
				expect(text).toContain(words);
			}
		}
	});

	test('is found in the nodes panel by what users want', () => {
		// n8n makes an entry of each option of a field that is called Events, and calls it by its action.
		const events = description.properties.find(({ displayName }) => displayName === 'Events');
		const entries = (events?.options ?? []).map((option) => 'action' in option && option.action);
		expect(entries).toEqual(['On video ready', 'On video failed', 'On video started']);
	});

	test('has the names that saved workflows hold', () => {
		expect(description).toMatchObject({ name: 'deapiTrigger', displayName: 'deAPI Trigger' });
		const named = description.properties.filter(({ type }) => type !== 'notice');
		expect(Object.fromEntries(named.map(({ name, default: value }) => [name, value]))).toEqual({
			events: ['job.completed', 'job.failed'],
			jobTypes: ['audio2video'],
			simplify: true,
			downloadResult: true,
			options: {},
		});
		expect(description.webhooks).toEqual([
			{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'webhook' },
		]);
	});
});
