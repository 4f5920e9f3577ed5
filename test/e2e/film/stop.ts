import { setTimeout as wait } from 'node:timers/promises';
import { expect, expectEqual } from '../check';
import type { Scene } from '../scene';
import { THREE_MINUTES, importWholeSong, withFilms } from './film';

/** After so many submits deAPI asks for a pause; a few more may be on their way by then. */
const ACCEPTED = 5;

/** How long deAPI asks to wait, in seconds: the rest would be submitted then. */
const PAUSE = 3;

/** Longer than the pause before Retry On Fail's next try and the checks of a job's status. */
const LATER_MS = 6000;

/** The Stop button in the middle of a song, with Retry On Fail set: no further clip is submitted. */
export async function stoppedWithRetry(scene: Scene): Promise<void> {
	const { api, deapi } = scene.stage;
	await withFilms(scene, async () => {
		deapi.holdJobs(true);
		const fault = { type: 'rateLimit', kind: 'minute', retryAfter: PAUSE } as const;
		deapi.faults.add({ route: 'submit', after: ACCEPTED, fault });
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
		// What was on its way when the user pressed Stop is there by now.
		const { length } = scene.jobs;
		const asked = scene.requests().length;

		await wait(LATER_MS);
		expectEqual(scene.jobs.length, length, 'Jobs long after the Stop');
		expect(length < THREE_MINUTES.clips, 'The Stop should come in the middle of the song');
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
