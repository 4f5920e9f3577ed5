import { expect, expectEqual } from '../check';
import {
	HALF_A_MINUTE,
	expectFilm,
	failureOf,
	importWholeSong,
	isPiece,
	withFilms,
} from '../film/film';
import { OUT_OF_MEMORY } from '../film/limits';
import type { Execution } from '../n8n/api';
import { type Scene, expectSuccess, itemsOf, onlyItem } from '../scene';
import { GENERATE, expectNamed, expectNoneTwice, importSongs, runBadly } from './songs';

const REFUSED = { type: 'status', status: 422, body: { message: 'No.' } } as const;

/** n8n's button Retry: what has a job is not sent again, what was never sent is. */
export async function retrySendsTheRest(scene: Scene): Promise<void> {
	const { api, deapi } = scene.stage;
	deapi.faults.add({ route: 'submit', after: 1, times: 1, fault: REFUSED });
	const workflow = await importSongs(scene);
	const failed = await runBadly(scene, workflow);
	expect(scene.jobs.length > 0 && scene.jobs.length < 3, 'Some songs should have a job, not all');
	const again = await api.retry(failed);
	expectSuccess(again);
	expectNoneTwice(scene);
	expectEqual(
		itemsOf(again, GENERATE)
			.map(({ json }) => json.request_id)
			.sort(),
		scene.jobs.map(({ request_id }) => request_id).sort(),
		'The jobs of the items',
	);
	expectEqual(scene.jobs.length, 3, 'Jobs');
}

/** An item whose outcome is not known is not repeated by the button, however often it is pressed. */
export async function retryLeavesTheUnclear(scene: Scene): Promise<void> {
	const { api, deapi } = scene.stage;
	deapi.faults.add({ route: 'submit', after: 1, fault: { type: 'cutAfterBody', accept: true } });
	const workflow = await importSongs(scene);
	let failed: Execution = await runBadly(scene, workflow);
	const { length } = scene.jobs;
	for (let time = 0; time < 2; time++) {
		failed = await api.retry(failed);
		expectEqual(failed.status, 'error', 'The end of the repeated execution');
		const { message = '', description = '', context } = failed.error ?? {};
		expect(message.includes('may have been charged'), `The message should warn, it is: ${message}`);
		expectEqual(context?.data?.submitted, 'unknown', "'submitted'");
		const unclear = scene.requests('submit').find(({ status }) => status === null)?.requestId;
		expectNamed(
			message + description,
			scene.jobs.filter(({ request_id }) => request_id !== unclear).slice(0, 1),
		);
		expectEqual(scene.jobs.length, length, 'Jobs');
	}
	expectNoneTwice(scene);
}

/** A whole song of which a clip failed and may be made again: the button pays for that one only. */
export async function retryMakesTheClip(scene: Scene): Promise<void> {
	const { api, deapi } = scene.stage;
	await withFilms(scene, async () => {
		deapi.failJob(({ files }) => isPiece(files, 3), { ...OUT_OF_MEMORY, retryable: true });
		const workflow = await importWholeSong(scene, { song: HALF_A_MINUTE.fixture });
		const failed = await runBadly(scene, workflow);
		expectNamed(failureOf(failed).description, scene.jobs);
		const again = await api.retry(failed);
		expectSuccess(again);
		expectEqual(scene.jobs.length, HALF_A_MINUTE.clips + 1, 'Jobs of both runs');
		await expectFilm(api, scene.jobs, onlyItem(again, GENERATE), HALF_A_MINUTE);
	});
}
