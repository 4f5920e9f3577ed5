import { appendFile } from 'node:fs/promises';
import path from 'node:path';
import { expectEqual } from '../check';
import { say } from '../machine/steps';
import type { Scene } from '../scene';
import { publishEventDriven } from '../scenarios/event-driven';
import { OUTPUT_FOLDER } from '../stage';

/** n8n's setting that evaluates expressions without a sandbox of its own for each call and execution. */
const WITHOUT_SANDBOX = { N8N_EXPRESSION_ENGINE: 'legacy' };

/**
 * Many jobs end at once, as after an evening's batch. Ten deliveries in a row without an answer within ten seconds
 * switch off an account's webhooks. As n8n comes, 40 are answered on two processors; what 90 need is the setting
 * that docs/reliability.md names.
 */
export async function burstOfDeliveries(scene: Scene): Promise<void> {
	const { n8n } = scene.stage;
	await scene.addFile('song.mp3');
	await expectAnswered(scene, 20);
	await expectAnswered(scene, 40);
	await n8n.restart(WITHOUT_SANDBOX);
	try {
		await expectAnswered(scene, 90);
	} finally {
		await n8n.restart();
	}
}

/** Expects that all deliveries of one moment are answered in time, and that each starts one execution. */
async function expectAnswered(scene: Scene, count: number): Promise<void> {
	const { api, deapi } = scene.stage;
	const { workflow, url } = await publishEventDriven(scene);
	const deliveries = await Promise.all(
		Array.from({ length: count }, async () => await deapi.deliver({ url })),
	);
	const answered = deliveries.filter(({ status }) => status === 200);
	const took = deliveries.map(({ ms }) => ms / 1000).sort((a, b) => a - b);
	const [middle = 0, last = 0] = [took[count >> 1], took.at(-1)];
	const line = `${count} deliveries in one moment: ${answered.length} answered, half of them within ${middle.toFixed(1)} s, the last after ${last.toFixed(1)} s`;
	say(line);
	await appendFile(path.join(OUTPUT_FOLDER, 'bursts.txt'), `${line}\n`);
	expectEqual(answered.length, count, 'Deliveries that were answered in time');
	const executions = await api.executionsEnd(workflow.id, count, 120_000);
	expectEqual(executions.length, count, 'Executions');
	await api.deactivate(workflow);
}
