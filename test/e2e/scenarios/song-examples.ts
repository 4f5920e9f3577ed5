import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { THREE_MINUTES, clipsOf, expectPictures, withFilms } from '../film/film';
import { expect, expectEqual } from '../check';
import { type Scene, onlyItem } from '../scene';

/** The film that an example writes beside its song. */
async function filmOnDisk({ files }: Scene): Promise<Buffer> {
	return await readFile(path.join(files, 'song-film.mp4'));
}

/** The shipped workflow of one node makes a film of three minutes. */
export async function wholeSongExample(scene: Scene): Promise<void> {
	await withFilms(scene, async () => {
		await scene.addFile(THREE_MINUTES.fixture, 'song.mp3');
		const execution = await scene.run(await scene.importExample('whole-song'));
		scene.expectSubmits(THREE_MINUTES.clips);
		const clips = clipsOf(onlyItem(execution, 'Make Film').json);
		expectEqual(clips.length, THREE_MINUTES.clips, 'Clips');
		await expectPictures(await filmOnDisk(scene), THREE_MINUTES.frames);
	});
}

/** Cuts at the times of lyrics, and two pictures at the film's ends. */
export async function lyricsExample(scene: Scene): Promise<void> {
	await withFilms(scene, async () => {
		await scene.addFile(THREE_MINUTES.fixture, 'song.mp3');
		await scene.addFile('frame.png', 'first.png');
		await scene.addFile('frame.png', 'last.png');
		const execution = await scene.run(await scene.importExample('lyrics-to-film'));
		const clips = clipsOf(onlyItem(execution, 'Make Film').json);
		scene.expectSubmits(clips.length);
		const starts = clips.map(({ start_seconds }) => start_seconds);
		for (const time of [0, 21.5, 48, 92]) {
			expect(
				starts.includes(time),
				`A clip should begin at ${time}, they do at ${starts.join(', ')}`,
			);
		}
		await expectPictures(await filmOnDisk(scene), THREE_MINUTES.frames);
	});
}
