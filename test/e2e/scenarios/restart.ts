import { expect, expectEqual } from '../check';
import type { Scene } from '../scene';
import { expectVideoSaved, publishEventDriven } from './event-driven';

/** deAPI repeats a call after 1, 2, 5, 10 minutes and so on: here after as many half seconds. */
const HALF_SECOND_A_MINUTE = 1 / 120;

/**
 * n8n dies between a submit and its webhook, and deAPI calls while nobody is there. Back again, it takes
 * deAPI's next attempt and starts the workflow, once: what comes again is known, also after one more
 * restart.
 */
export async function webhookAfterRestart(scene: Scene): Promise<void> {
	const { api, deapi, n8n } = scene.stage;
	const { webhookTimeScale } = deapi.settings;
	deapi.settings.webhookTimeScale = HALF_SECOND_A_MINUTE;
	deapi.holdJobs(true);
	try {
		await scene.addFile('song.mp3');
		const { workflow, url } = await publishEventDriven(scene);
		await scene.run(workflow);
		const [job] = scene.expectSubmits(1);
		expect(job, 'deAPI should have a job');
		const deliveries = () =>
			deapi.deliveries.filter(
				({ requestId, event }) => requestId === job.request_id && event === 'job.completed',
			);

		await n8n.kill();
		deapi.completeJob(job.request_id);
		await deapi.waitFor(() => deliveries().length > 0);
		expectEqual(deliveries()[0]?.ok, false, "Success of deAPI's call while n8n is down");
		await n8n.start();
		await deapi.waitFor(() => deliveries().some(({ ok }) => ok), 60_000);
		await expectVideoSaved(scene, workflow, job.request_id, 2);
		scene.expectSubmits(1);

		const deliveryId = deliveries()[0]?.deliveryId ?? '';
		const repeat = async () => (await deapi.deliver({ url, job, deliveryId })).responseBody;
		const ignored = '{"status":"ignored","reason":"duplicate"}';
		expectEqual(await repeat(), ignored, 'The answer to the same call again');
		await n8n.restart();
		expectEqual(await repeat(), ignored, 'The answer to the same call after another restart');
		const executions = await api.executionsEnd(workflow.id, 2);
		expectEqual(executions.length, 2, 'Executions, the repeated calls included');
		await api.deactivate(workflow);
	} finally {
		deapi.settings.webhookTimeScale = webhookTimeScale;
		deapi.holdJobs(false);
	}
}
