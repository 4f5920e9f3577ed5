import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Delivery } from '../../fake-deapi';
import type { SavedWorkflow } from '../n8n/api';
import { expect, expectBytes, expectEqual, expectProperties } from '../check';
import { readExample, webhookPathOf } from '../n8n/example';
import {
	type Scene,
	deapiCredential,
	expectSuccess,
	fixturePath,
	itemsOf,
	onlyItem,
} from '../scene';

/** A submit that waits for nothing, and a trigger that starts when deAPI calls: with the video. */
export async function eventDriven(scene: Scene): Promise<void> {
	await scene.addFile('song.mp3');
	const { workflow, url } = await publishEventDriven(scene);

	const submitted = await scene.run(workflow);
	const [job] = scene.expectSubmits(1);
	expect(job, 'deAPI should have a job');
	expectEqual(job.webhookUrl, url, 'The webhook URL that deAPI got');
	const { request_id } = onlyItem(submitted, 'Submit Song').json;
	expectEqual(request_id, job.request_id, "The submit's request_id");
	expectEqual(scene.requests('status').length, 0, 'Status reads of a workflow that does not wait');

	await expectVideoSaved(scene, workflow, job.request_id, 2);
	const events = scene.stage.deapi.deliveries
		.filter(({ requestId }) => requestId === job.request_id)
		.map(({ event, status, responseBody }) => `${event} ${status} ${responseBody}`)
		.sort();
	expectEqual(
		events,
		[
			'job.completed 200 {"status":"accepted"}',
			'job.processing 200 {"status":"ignored","reason":"event not selected"}',
		],
		"The trigger's answers",
	);
	await scene.stage.api.deactivate(workflow);
}

/** With API version v2 the job carries the credential's secret, and deAPI signs with that one. */
export async function eventDrivenOnV2(scene: Scene): Promise<void> {
	const webhookSecret = 'chosen-by-the-user-for-n8n-alone-0123';
	const data = deapiCredential(scene.stage, { apiVersion: 'v2', webhookSecret });
	const deapiApi = await scene.stage.api.createCredential('deapiApi', 'deAPI account, v2', data);
	scene.credentials = { ...scene.credentials, deapiApi };
	await eventDriven(scene);
	const [job] = scene.jobs;
	expectEqual(job?.surface, 'v2', 'The API version of the submit');
	expectEqual(job?.webhookSecret, webhookSecret, 'The secret that deAPI got');
}

/** Calls that are unsigned, signed with another secret, or old start nothing. */
export async function forgedCallsAreRefused(scene: Scene): Promise<void> {
	const { api, deapi } = scene.stage;
	await scene.addFile('song.mp3');
	const { workflow, url } = await publishEventDriven(scene);
	const old = Math.floor(Date.now() / 1000) - 301;
	const calls: Delivery[] = [
		await deapi.deliver({ url, secret: null }),
		await deapi.deliver({ url, secret: 'somebody-else-with-another-secret' }),
		await deapi.deliver({ url, timestamp: old }),
	];
	expectEqual(
		calls.map(({ status }) => status),
		[401, 401, 401],
		"The trigger's answers to forged calls",
	);
	expectEqual(await api.executions(workflow.id), [], 'Executions started by forged calls');
	await api.deactivate(workflow);
}

/** Imports the example and publishes it, with the trigger's own URL in the submit. */
export async function publishEventDriven(
	scene: Scene,
): Promise<{ workflow: SavedWorkflow; url: string }> {
	const { api, publicUrl } = scene.stage;
	const example = await readExample('event-driven', scene);
	const url = publicUrl + webhookPathOf(example, 'deAPI Trigger');
	const workflow = await scene.importExample('event-driven', {
		'Submit Song': { options: { webhookUrl: url } },
	});
	await api.activate(workflow);
	return { workflow, url };
}

/** Waits until the trigger's execution has ended, as the last of so many, and looks at the video. */
export async function expectVideoSaved(
	scene: Scene,
	workflow: SavedWorkflow,
	requestId: string,
	executionCount: number,
): Promise<void> {
	const { api } = scene.stage;
	const executions = await api.executionsEnd(workflow.id, executionCount);
	expectEqual(executions.length, executionCount, 'Executions');
	const started = executions.find(({ mode }) => mode === 'webhook');
	expect(started, 'The webhook should have started an execution');
	const execution = await api.execution(started.id);
	expectSuccess(execution);

	const { json, binary } = onlyItem(execution, 'deAPI Trigger');
	expectProperties(
		json,
		{ event: 'job.completed', request_id: requestId, status: 'done', download_error: undefined },
		"The trigger's item",
	);
	const result = await readFile(fixturePath('result.mp4'));
	expect(binary?.data, "The trigger's item should have the video in the binary field 'data'");
	expectBytes(await api.binary(binary.data), result, 'The video in the binary field');
	expectEqual(itemsOf(execution, 'Write Video').length, 1, 'Videos written');
	const file = path.join(scene.files, `${requestId}.mp4`);
	expectBytes(await readFile(file), result, 'The video on disk');
}
