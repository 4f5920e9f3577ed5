import { expectEqual, expectProperties } from '../check';
import { type Scene, expectSuccess, onlyItem } from '../scene';
import { readFilm } from '../../support/films';
import { GENERATE, THREE_MINUTES, clipsOf, expectFilm, importWholeSong, withFilms } from './film';

const SECONDS = 30;
const START = 60;

/** Half a minute out of the middle of a song, upright, for those who post it. */
export async function teaserOfSong(scene: Scene): Promise<void> {
	const { api } = scene.stage;
	await withFilms(scene, async () => {
		const workflow = await importWholeSong(scene, {
			song: THREE_MINUTES.fixture,
			parameters: { lengthMode: 'seconds', duration: SECONDS, size: 'portrait' },
			options: { startAt: START },
		});
		const execution = await api.executionEnds(await api.run(workflow, 'Start'));
		expectSuccess(execution);
		const item = onlyItem(execution, GENERATE);
		expectProperties(item.json, { width: 576, height: 1024 }, 'The item');
		const { length } = clipsOf(item.json);
		const jobs = scene.expectSubmits(length);
		const song = { clips: length, frames: SECONDS * 24 };
		const { film, clips } = await expectFilm(api, jobs, item, song);
		const { width, height } = await readFilm(film);
		expectEqual({ width, height }, { width: 576, height: 1024 }, 'The film');
		expectEqual(clips[0]?.start_seconds, START, 'Where the first clip begins in the song');
	});
}
