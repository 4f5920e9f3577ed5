import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, expectEqual } from '../check';
import { type Scene, itemsOf } from '../scene';
import { OUTPUT_FOLDER } from '../stage';
import { GENERATE, expectNamed, importSongs } from './songs';

const RETRY = { retryOnFail: true, maxTries: 5, waitBetweenTries: 500 };

/** Longer than the pause before Retry On Fail's next try and the checks of a job's status. */
const LATER_MS = 4000;

/** The Stop button while songs are waited for, with Retry On Fail: no next try, every job is named. */
export async function stopEndsTheRetries(scene: Scene): Promise<void> {
	const { api, deapi } = scene.stage;
	deapi.holdJobs(true);
	try {
		const workflow = await importSongs(scene, {
			node: RETRY,
			parameters: { waitForCompletion: true, options: { pollInterval: 1 } },
		});
		const id = await api.run(workflow, 'Start');
		await deapi.waitFor(
			() => new Set(scene.requests('status').map(({ path: asked }) => asked)).size === 3,
			60_000,
		);
		await api.stop(id);
		const execution = await api.executionEnds(id);
		expectEqual(execution.status, 'canceled', 'The end of the execution');
		const asked = scene.requests().length;
		await wait(LATER_MS);
		expect(scene.requests().length <= asked + 1, 'Nothing should be asked after the Stop');
		scene.expectSubmits(3);

		const { customData } = await api.call<{ customData: Record<string, string> }>(
			'GET',
			`/rest/executions/${id}`,
		);
		expectNamed(customData.deapi_request_ids ?? '', scene.jobs);
		expectNamed(await readFile(path.join(OUTPUT_FOLDER, 'n8n.log'), 'utf8'), scene.jobs);
		if (execution.runs[GENERATE]?.[0]?.data) {
			expectNamed(JSON.stringify(itemsOf(execution, GENERATE)), scene.jobs);
		}
	} finally {
		deapi.holdJobs(false);
	}
}
