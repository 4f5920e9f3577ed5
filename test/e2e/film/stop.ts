import { setTimeout as wait } from 'node:timers/promises';
import { expect, expectEqual } from '../check';
import type { Scene } from '../scene';
import { THREE_MINUTES, importWholeSong, withFilms } from './film';

/** So many clips are submitted when the user presses Stop. */
const SUBMITTED = 5;

/** Longer than the pause before Retry On Fail's next try and the checks of a job's status. */
const LATER_MS = 6000;

/** The Stop button in the middle of a song, with Retry On Fail set: no further clip is submitted. */
export async function stoppedWithRetry(scene: Scene): Promise<void> {
	const { api, deapi } = scene.stage;
	await withFilms(scene, async () => {
		// The sixth submit waits for its answer when the user presses Stop.
		deapi.holdJobs(true);
		const fault = { type: 'rateLimit', kind: 'minute', retryAfter: 2 } as const;
		deapi.faults.add({ route: 'submit', after: SUBMITTED, fault });
		const workflow = await importWholeSong(scene, {
			song: THREE_MINUTES.fixture,
			node: { retryOnFail: true, maxTries: 5, waitBetweenTries: 1000 },
		});
		const id = await api.run(workflow, 'Start');
		await deapi.waitFor(
			() => scene.requests('submit').some(({ status }) => status === 429),
			60_000,
		);
		await api.stop(id);
		const execution = await api.executionEnds(id);
		expectEqual(execution.status, 'canceled', 'The end of the execution');
		const asked = scene.requests().length;

		await wait(LATER_MS);
		expectEqual(scene.jobs.length, SUBMITTED, 'Jobs, also later');
		const late = scene
			.requests()
			.slice(asked)
			.map(({ route }) => route);
		expect(
			late.length <= 1,
			`Requests after the end should be none, there were ${late.join(', ')}`,
		);
	});
}
