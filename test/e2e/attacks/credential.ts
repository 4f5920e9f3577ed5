import { setTimeout as wait } from 'node:timers/promises';
import { expect, expectEqual } from '../check';
import { publishEventDriven } from '../scenarios/event-driven';
import { type Scene, deapiCredential, expectSuccess, itemsOf, onlyItem } from '../scene';
import { GENERATE, expectNamed, expectNoneTwice, importSongs } from './songs';

const NEW_SECRET = 'chosen-anew-by-the-user-0123456789ab';
const TRIGGER = 'deAPI Trigger';

/** A credential of the scenario's own, which it may spoil. */
async function ownCredential(scene: Scene) {
	const data = deapiCredential(scene.stage);
	const deapiApi = await scene.stage.api.createCredential('deapiApi', 'deAPI to be spoilt', data);
	scene.credentials = { ...scene.credentials, deapiApi };
	return deapiApi;
}

/** The trigger's credential gets another secret, and is deleted, while results are being fetched. */
export async function triggerLosesItsCredential(scene: Scene): Promise<void> {
	const { api, deapi } = scene.stage;
	const credential = await ownCredential(scene);
	await scene.addFile('song.mp3');
	const { workflow, url } = await publishEventDriven(scene);
	deapi.holdJobs(true);
	try {
		await scene.run(workflow);
		await scene.run(workflow);
		const [first, second] = scene.expectSubmits(2);
		expect(first && second, 'deAPI should have two jobs');
		/** Lets a job end, and does something while its result is being fetched. */
		const during = async (requestId: string, act: () => Promise<void>) => {
			deapi.faults.add({ route: 'result', fault: { type: 'slow', ms: 3000 } });
			const asked = scene.requests('result').length;
			deapi.completeJob(requestId);
			await deapi.waitFor(() => scene.requests('result').length > asked, 60_000);
			await act();
		};
		await during(first.request_id, async () => {
			const data = deapiCredential(scene.stage, { webhookSecret: NEW_SECRET });
			await api.changeCredential(credential, 'deapiApi', data);
		});
		await expectVideo(scene, workflow.id, 3);
		const statusOf = async (secret?: string) => (await deapi.deliver({ url, secret })).status;
		expectEqual(await statusOf(), 401, 'The answer to a call with the old secret');
		await api.changeCredential(credential, 'deapiApi', deapiCredential(scene.stage));

		await during(second.request_id, async () => await api.deleteCredential(credential));
		await expectVideo(scene, workflow.id, 4);
		expectEqual(await statusOf(), 500, 'The answer to a call without a credential');
	} finally {
		deapi.holdJobs(false);
		deapi.faults.clear();
		await api.deactivate(workflow);
	}
}

async function expectVideo({ stage: { api } }: Scene, workflowId: string, count: number) {
	const [latest] = (await api.executionsEnd(workflowId, count)).filter(
		({ mode }) => mode === 'webhook',
	);
	expect(latest, 'The webhook should have started an execution');
	const execution = await api.execution(latest.id);
	expectSuccess(execution);
	const { json, binary } = onlyItem(execution, TRIGGER);
	expect(binary?.data, `The trigger's item should have a video: ${JSON.stringify(json)}`);
}

/**
 * A credential that is deleted before Retry On Fail's next try: n8n refuses that one with its own words,
 * and with another credential its button Retry sends only what has no job.
 */
export async function retriesLoseTheirCredential(scene: Scene): Promise<void> {
	const { api, deapi } = scene.stage;
	const credential = await ownCredential(scene);
	deapi.faults.add({
		route: 'submit',
		after: 1,
		fault: { type: 'status', status: 422, body: { message: 'No.' } },
	});
	const workflow = await importSongs(scene, {
		node: { retryOnFail: true, maxTries: 2, waitBetweenTries: 4000 },
	});
	const id = await api.run(workflow, 'Start');
	await deapi.waitFor(() => scene.requests('submit').some(({ status }) => status === 422), 60_000);
	await wait(500);
	await api.deleteCredential(credential);
	const failed = await api.executionEnds(id);
	expectEqual(failed.status, 'error', 'The end of the execution');
	const { message = '' } = failed.error ?? {};
	expect(/credential/i.test(message), `n8n should name the credential, it says: ${message}`);
	const { length } = scene.jobs;

	const other = await ownCredential(scene);
	const nodes = workflow.nodes.map((node) =>
		node.name === GENERATE ? { ...node, credentials: { deapiApi: other } } : node,
	);
	await api.call('PATCH', `/rest/workflows/${workflow.id}`, {
		nodes,
		connections: workflow.connections,
		versionId: workflow.versionId,
	});
	const again = await api.retry(failed, true);
	expectSuccess(again);
	expectEqual(scene.jobs.length, 3, `Jobs of both runs, of which the first made ${length}`);
	expectNoneTwice(scene);
	expectNamed(JSON.stringify(itemsOf(again, GENERATE)), scene.jobs);
}
