import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expectEqual } from '../check';
import { until } from '../n8n/api';
import { type Scene, expectSuccess, onlyItem } from '../scene';
import { HALF_A_MINUTE, expectPictures, withFilms } from './film';

/** The example sleeps for 65 seconds at a time, and deAPI is done before it wakes up. */
const TIMEOUT_MS = 180_000;

/**
 * The shipped workflow that sleeps: the song is cut, its clips are submitted, and the execution lies in
 * n8n's database while deAPI works. n8n dies meanwhile; started again, it goes on where it was, and
 * nothing is paid for twice.
 */
export async function asleep(scene: Scene): Promise<void> {
	const { api, n8n } = scene.stage;
	await withFilms(scene, async () => {
		await scene.addFile(HALF_A_MINUTE.fixture, 'song.mp3');
		const workflow = await scene.importExample('whole-song-asleep');
		const id = await api.run(workflow, 'Start');
		await until('the execution sleeps', 60_000, async () =>
			(await api.execution(id)).status === 'waiting' ? true : undefined,
		);
		scene.expectSubmits(HALF_A_MINUTE.clips);

		await n8n.kill();
		await n8n.start();
		const execution = await api.executionEnds(id, TIMEOUT_MS);
		expectSuccess(execution);
		scene.expectSubmits(HALF_A_MINUTE.clips);
		const { json } = onlyItem(execution, 'Join Clips');
		expectEqual(json.clips, HALF_A_MINUTE.clips, 'Clips joined');
		const film = await readFile(path.join(scene.files, 'song-film.mp4'));
		await expectPictures(film, HALF_A_MINUTE.frames);
	});
}
