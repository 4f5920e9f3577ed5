import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expectEqual } from '../check';
import { type Scene, fixturePath, itemsOf } from '../scene';

/** A song of 26 seconds is cut in n8n's own Code node and becomes three clips, in order. */
export async function longSongInClips(scene: Scene): Promise<void> {
	const song = await readFile(fixturePath('song.mp3'));
	// An MP3 is a row of frames: three times the song of 8.6 seconds is a song.
	await writeFile(path.join(scene.files, 'song.mp3'), Buffer.concat([song, song, song]));
	const execution = await scene.run(await scene.importExample('long-song-in-clips'));

	const jobs = scene.expectSubmits(3);
	const byName = [...jobs].sort((a, b) => nameOf(a).localeCompare(nameOf(b)));
	expectEqual(byName.map(nameOf), ['song-001.mp3', 'song-002.mp3', 'song-003.mp3'], 'Pieces');
	const frames = byName.map(({ fields }) => Number(fields.frames));
	expectEqual(
		frames.map((count) => Math.round(count / 24)),
		[10, 10, 6],
		`Seconds of the clips, of ${frames.join(', ')} frames`,
	);
	expectEqual(
		itemsOf(execution, 'Generate Clip').map(({ json }) => json.request_id),
		byName.map(({ request_id }) => request_id),
		'The order of the clips',
	);
	const written = (await readdir(scene.files)).sort();
	expectEqual(
		written,
		['song-001.mp4', 'song-002.mp4', 'song-003.mp4', 'song.mp3'],
		'Files on disk',
	);
}

function nameOf({ files }: { files: Array<{ filename: string | null }> }): string {
	return files[0]?.filename ?? '';
}
