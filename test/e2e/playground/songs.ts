import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { PROJECT_FOLDER } from '../stage';

/** What lies in the folder that n8n may read, by the names that the examples look for. */
const FILES: Record<string, string> = {
	'song.mp3': 'songs/half-minute.mp3',
	'three-minutes.mp3': 'songs/three-minutes.mp3',
	'short-song.mp3': 'song.mp3',
	'speech.mp3': 'speech.mp3',
	'song.mp4': 'result.mp4',
	'first.png': 'frame.png',
	'last.png': 'frame.png',
	'songs/first.mp3': 'song.mp3',
	'songs/second.mp3': 'speech.mp3',
	'songs/broken.mp3': 'not-audio.mp3',
};

/** Puts the songs and pictures there, and makes the folder that an example writes into. */
export async function addSongs(folder: string): Promise<void> {
	await mkdir(path.join(folder, 'videos'), { recursive: true });
	for (const [name, fixture] of Object.entries(FILES)) {
		const target = path.join(folder, name);
		await mkdir(path.dirname(target), { recursive: true });
		await copyFile(path.join(PROJECT_FOLDER, 'test/fixtures', fixture), target);
	}
}
