import path from 'node:path';
import type { Editor } from '../editor/editor';
import { expect, expectEqual } from '../check';
import { run } from '../machine/child';
import type { Scene } from '../scene';
import { servePlayer } from '../services/files';
import { OUTPUT_FOLDER, PROJECT_FOLDER } from '../stage';
import { expectEndsWithSong, watchFilm } from './watch';

/** After `npm ci`, on a machine that has never seen the project, in seconds. */
const LONGEST = 60;

const SECONDS = 32.6;

/** `npm run demo` is over soon, and the film that it made plays: four clips, under the song. */
export async function demoPlays(_scene: Scene, { page }: Editor): Promise<void> {
	const begun = performance.now();
	const logFile = path.join(OUTPUT_FOLDER, 'demo.log');
	await run('npm', ['run', 'demo'], { cwd: PROJECT_FOLDER, logFile });
	const took = (performance.now() - begun) / 1000;
	expect(
		took < LONGEST,
		`The demo should take less than ${LONGEST} s, it took ${took.toFixed(0)} s`,
	);

	await page.goto(await servePlayer(path.join(PROJECT_FOLDER, 'out/half-minute-film.mp4')));
	// A page may make a sound once somebody has touched it.
	await page.mouse.click(5, 5);
	const moments = Array.from({ length: Math.floor(SECONDS) }, (_, second) => second + 0.5);
	const seen = await watchFilm(page, moments);
	const { width, height, colors, loudness } = seen;
	expectEqual({ width, height }, { width: 512, height: 512 }, 'The film of the demo');
	expectEndsWithSong(seen, SECONDS);
	expectEqual(new Set(colors).size, 4, `Clips in different colours, of ${colors.join(' ')}`);
	expect(loudness > 0.01, `The film should be heard; its sound is ${loudness}`);
}
