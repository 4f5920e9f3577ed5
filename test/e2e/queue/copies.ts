import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, expectEqual } from '../check';
import { readExample, webhookPathOf } from '../n8n/example';
import { say, step } from '../machine/steps';
import { expectSuccess, fixturePath } from '../scene';
import { makeCredential } from './scenario';
import type { QueueStage } from './stage';

const AT_ONCE = 20;

/**
 * Copies of a delivery that reach two webhook processes: one execution where the second comes after the
 * first was answered. Of copies in the same moment each process may start one, and no more.
 */
export async function copiesOfDeliveries(stage: QueueStage): Promise<void> {
	const { api, deapi, files, webhookUrls } = stage;
	await copyFile(fixturePath('song.mp3'), path.join(files, 'song.mp3'));
	const example = await readExample('event-driven', {
		files,
		credentials: await makeCredential(stage),
		parameters: { 'deAPI Trigger': { downloadResult: false } },
	});
	const workflow = await api.createWorkflow({
		...example,
		name: 'Copies of deliveries',
		nodes: example.nodes.filter(({ name }) => name === 'deAPI Trigger'),
		connections: {},
	});
	await api.activate(workflow);
	const [first, second] = webhookUrls.map((url) => url + webhookPathOf(example, 'deAPI Trigger'));
	const send = async (url: string | undefined, deliveryId: string) =>
		(await deapi.deliver({ url: url ?? '', event: 'job.completed', deliveryId })).responseBody;
	const countOf = async (least: number) => {
		const executions = await api.executionsEnd(workflow.id, least);
		for (const { id } of executions) expectSuccess(await api.execution(id));
		return executions.length;
	};
	const taken = '{"status":"accepted"}';
	const known = '{"status":"ignored","reason":"duplicate"}';

	await step('A copy to the other process, after the answer to the first', async () => {
		expectEqual(await send(first, 'one-after-the-other'), taken, 'The answer to the first');
		await countOf(1);
		expectEqual(await send(second, 'one-after-the-other'), known, 'The answer to the copy');
		expectEqual(await send(first, 'one-after-the-other'), known, 'The answer to one more');
		expectEqual(await countOf(1), 1, 'Executions');
	});
	await step(`${AT_ONCE} copies in the same moment, half of them to each process`, async () => {
		const answers = await Promise.all(
			Array.from(
				{ length: AT_ONCE },
				async (_, index) => await send(index % 2 === 0 ? first : second, 'in-the-same-moment'),
			),
		);
		const started = answers.filter((answer) => answer === taken).length;
		expect(started === 1 || started === 2, `One or two should be taken, it were ${started}`);
		say(`of ${AT_ONCE} copies in the same moment ${started} started an execution`);
		expectEqual(await countOf(1 + started), 1 + started, 'Executions');
		for (const url of [first, second]) {
			expectEqual(await send(url, 'in-the-same-moment'), known, 'The answer to a later copy');
		}
	});
	await api.deactivate(workflow);
}
