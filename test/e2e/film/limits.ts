import { expect, expectEqual } from '../check';
import { type Scene, expectSuccess, onlyItem } from '../scene';
import {
	GENERATE,
	HALF_A_MINUTE,
	THREE_MINUTES,
	expectFilm,
	failureOf,
	importWholeSong,
	isPiece,
	withFilms,
} from './film';

/** A 429 in the middle of a song is waited for; no clip is sent twice. */
export async function limitInTheMiddle(scene: Scene): Promise<void> {
	const { api, deapi } = scene.stage;
	await withFilms(scene, async () => {
		const fault = { type: 'rateLimit', kind: 'minute', retryAfter: 3 } as const;
		deapi.faults.add({ route: 'submit', after: 7, fault });
		const workflow = await importWholeSong(scene, { song: THREE_MINUTES.fixture });
		const execution = await api.executionEnds(await api.run(workflow, 'Start'));
		expectSuccess(execution);
		const refused = scene.requests('submit').filter(({ status }) => status === 429);
		expect(refused.length > 0, 'deAPI should have refused a submit');
		expectEqual(scene.jobs.length, THREE_MINUTES.clips, 'Jobs that deAPI made');
		await expectFilm(api, scene.jobs, onlyItem(execution, GENERATE), THREE_MINUTES);
	});
}

/** A clip fails: the others are awaited, all are named, and the repeat pays for the failed one only. */
export async function clipFails(scene: Scene): Promise<void> {
	const { api, deapi } = scene.stage;
	await withFilms(scene, async () => {
		deapi.failJob(({ files }) => isPiece(files, 3), OUT_OF_MEMORY);
		const workflow = await importWholeSong(scene, { song: HALF_A_MINUTE.fixture });
		const execution = await api.executionEnds(await api.run(workflow, 'Start'));
		expectEqual(execution.status, 'error', 'The end of the execution');
		const { message, description, clips } = failureOf(execution);
		expect(
			message.startsWith(`Clip 3 of 4: deAPI could not make it: ${OUT_OF_MEMORY.error_message}`),
			`The message should name the clip and the reason, it is: ${message}`,
		);
		for (const { request_id } of scene.jobs) {
			expect(description.includes(request_id), `The description should name ${request_id}`);
		}
		expectEqual(
			clips.map(({ status }) => status),
			['done', 'done', 'error', 'done'],
			'The states of the clips',
		);
		scene.expectSubmits(HALF_A_MINUTE.clips);

		const repeat = await importWholeSong(scene, {
			song: HALF_A_MINUTE.fixture,
			options: { existingClips: JSON.stringify(clips) },
		});
		const second = await api.executionEnds(await api.run(repeat, 'Start'));
		expectSuccess(second);
		scene.expectSubmits(HALF_A_MINUTE.clips + 1);
		await expectFilm(api, scene.jobs, onlyItem(second, GENERATE), HALF_A_MINUTE);
	});
}

/** Why a job fails here; deAPI says that another try would not help. */
export const OUT_OF_MEMORY = {
	error_code: 'out_of_memory',
	error_message: 'the worker ran out of memory',
	retryable: false,
};
